"""Why does no homebody answer? What a person should know who asked one that is not there."""

from homebody.errors import HomebodyError, NotRunningError
from homebody.paths import Home
from homebody.service import refusal
from homebody.service.control import request
from homebody.service.lock import cut_off, holder
from homebody.upgrading import upgraded

ANSWER_SECONDS = 5.0


def absent(home: Home, usual: NotRunningError) -> NotRunningError:
    """Return why nobody answers on *home*, as far as what was left there tells; *usual* when it says more."""
    if str(usual) != str(NotRunningError()):
        return usual
    if (pid := holder(home.lock)) is not None:
        return NotRunningError(
            f"homebody (process {pid}) is there and does not answer: it is just starting or ending, or very busy.",
            hint="Ask again in a moment. `homebody logs` says what it does.",
        )
    if (why := refusal.read(home)) is not None:
        return NotRunningError(
            str(usual),
            hint=f"Its last start failed: {why.error} {why.hint or ''}".strip() + f"\n  {usual.hint}",
        )
    if (pid := cut_off(home.lock)) is not None:
        return NotRunningError(
            f"No homebody daemon is running. The last one (process {pid}) did not end in order: it was killed,"
            " the memory ran out, or the computer went off.",
            hint="No run is lost, and what was in hand is finished or taken back at the next start."
            f"\n  {next_start(home)}",
        )
    return usual


def next_start(home: Home) -> str:
    """Return who starts a homebody again that was cut off."""
    from homebody.cli.managing import is_service, manager_here

    manager = manager_here()
    if is_service(manager, home):
        return (
            f"The {manager.name} starts it again by itself, within some seconds, or minutes when it ends again and"
            " again; `homebody start` does so at once."
        )
    return str(NotRunningError.hint)


def misunderstood(home: Home, installed: str) -> HomebodyError | None:
    """Return that the homebody that runs is another one than is *installed*, None when it is not, or none answers."""
    try:
        running = request(home.socket, "GET", "/v1/status", timeout=ANSWER_SECONDS)["version"]
    except (HomebodyError, LookupError, TypeError):
        return None
    words = upgraded(running, installed)
    return None if words is None else HomebodyError(f"The two do not understand each other: {words}.")
