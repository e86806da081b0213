"""As many threads as the model has slots, and never fewer for it."""

import threading

from several import until

from homebody.house.crew import Crew
from homebody.house.loop import Kind
from homebody.house.model import MOST_SLOTS


class Rounds:
    """A loop that only counts who goes round in it."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.here: list[Kind] = []

    def work(self, kind: Kind) -> None:
        """Stay until the end."""
        self.here.append(kind)
        self.stop.wait()


def test_threads_are_taken_on_when_the_model_has_more_slots_and_none_is_sent_away():
    """Asked again for as many or for fewer, the crew stays as it is; beyond the most it does not grow."""
    rounds = Rounds()
    crew = Crew(rounds)
    crew.muster(Kind.PLAIN, 1)
    for wanted, there in ((1, 1), (4, 4), (2, 4), (4, 4), (500, MOST_SLOTS)):
        crew.muster(Kind.ASKS, wanted)
        until(lambda there=there: rounds.here.count(Kind.ASKS) == there)
    assert 1 == rounds.here.count(Kind.PLAIN)
    rounds.stop.set()
    crew.join()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("house-")]
