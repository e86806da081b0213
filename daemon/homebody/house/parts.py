"""How are the parts of a long document asked about: as many at once as the model answers side by side?"""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from homebody.house.model import InTurn
from homebody.model.cancellation import Cancellation

Found = TypeVar("Found")

LOOK_SECONDS = 0.1
"""How often it is looked meanwhile whether the whole run is to be given up."""


def each_part(model: InTurn, parts: Sequence[str], ask: Callable[[InTurn, int, str], Found]) -> list[Found]:
    """Return what *ask* returns for each of *parts*, in their order; it gets a model, the part's number and its text.

    With a model of one slot they are asked about one after the other. The first failure gives up all the others and
    is raised; CancelledError when the run is given up.
    """
    numbered = list(enumerate(parts, start=1))
    at_once = min(model.at_once, len(numbered))
    if at_once < 2:
        return [ask(model, number, part) for number, part in numbered]
    together = Cancellation()
    theirs = model.apart(together)
    with ThreadPoolExecutor(at_once, thread_name_prefix="part") as pool:
        asked = [pool.submit(ask, theirs, number, part) for number, part in numbered]
        try:
            _wait_for(asked, model.cancellation)
        except BaseException:
            together.cancel()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [one.result() for one in asked]


def _wait_for(asked: Sequence[Future[Found]], cancellation: Cancellation) -> None:
    """Wait for all of *asked*; raise what the first of them raised that failed, or CancelledError."""
    under_way = set(asked)
    while under_way:
        over, under_way = wait(under_way, timeout=LOOK_SECONDS, return_when=FIRST_EXCEPTION)
        cancellation.heed()
        for one in asked:
            if one in over:
                one.result()
