"""A model that other programs leave no memory for: nobody waits, nothing is read, and it is tried again."""

from pathlib import Path

import pytest

from homebody.model.choice import Choice
from homebody.model.computer import Memory
from homebody.model.fit import NoRoomNowError
from homebody.model.loading import Loader
from homebody.model.states import State
from homebody.model.supervisor import Supervisor
from homebody.testing import FakeClock


def test_tried_again_a_minute_later(random_model: Path) -> None:
    """Within a minute the reason is repeated; when the memory is there again after it, the model is loaded."""
    rooms = [Memory(total=64 * 10**9, free=10**7)]
    clock = FakeClock()
    loader = Loader(random_model, clock=clock, choice=Choice(context=512), wishes={}, memory=None, command=None,
                    computer=lambda: rooms[-1])  # fmt: skip
    supervisor = Supervisor(loader, clock)
    for _ in range(2):
        with pytest.raises(NoRoomNowError, match="does not fit just now"):
            supervisor.start()
    assert State.BACKING_OFF is supervisor.standing.state
    assert "It is tried again every minute" in supervisor.standing.reason

    rooms.append(Memory(total=64 * 10**9, free=60 * 10**9))
    with pytest.raises(NoRoomNowError):
        supervisor.start()
    clock.advance(61)
    assert 512 == supervisor.start().context
    supervisor.stop()
