"""A wish to give one piece of work up."""

import threading

from homebody.model.cancellation import Cancellation


def test_made_once_and_heard_by_whoever_listens() -> None:
    """Every listener is called once, in the thread that cancels, and a second wish changes nothing."""
    cancellation, heard = Cancellation(), []

    with cancellation.listening(lambda: heard.append(threading.current_thread().name)):
        assert not cancellation.cancelled
        thread = threading.Thread(target=cancellation.cancel, name="who cancels")
        thread.start()
        thread.join()
        cancellation.cancel()

    assert cancellation.cancelled
    assert ["who cancels"] == heard


def test_a_late_listener_hears_of_it_at_once() -> None:
    """A wish that was made before is not missed."""
    cancellation, heard = Cancellation(), []
    cancellation.cancel()

    with cancellation.listening(lambda: heard.append(1)):
        assert [1] == heard

    assert [1] == heard


def test_nobody_is_called_after_the_end_of_its_work() -> None:
    """Work that has ended is not given up afterwards."""
    cancellation, heard = Cancellation(), []
    with cancellation.listening(lambda: heard.append(1)):
        pass

    cancellation.cancel()

    assert [] == heard


def test_a_listener_may_pass_the_wish_on() -> None:
    """One wish can stand for another: what listens may be another's cancel, even its own."""
    outer, inner = Cancellation(), Cancellation()
    with outer.listening(inner.cancel), inner.listening(inner.cancel):
        outer.cancel()

    assert inner.cancelled
