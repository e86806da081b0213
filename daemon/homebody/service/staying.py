"""May homebody's own state lie where it lies?"""

from homebody.errors import SettingsError
from homebody.paths import Home
from homebody.synced.away import Away, Carriers, person

CURE = (
    "Keep it on this computer's own disk: set XDG_STATE_HOME, or HOMEBODY_HOME for recipes and state, to a folder"
    " there, and move what is in the old one if it is to be kept."
)


def state_away(home: Home, carriers: Carriers | None = None) -> Away | None:
    """Return what carries the state folder of *home* away, None when it stays."""
    return (Carriers(person()) if carriers is None else carriers).of(home.state)


def refuse_carried_state(home: Home) -> None:
    """Raise SettingsError when something carries the state folder away.

    The journal has the names of files in it, the key to the vault may lie beside the vault, and a journal that a
    second computer writes, or that lies on a network file system, is soon damaged (sqlite.org/wal.html).
    """
    away = state_away(home)
    if away is not None:
        raise SettingsError(
            f"homebody's state would not stay on this computer: {home.state} is to hold it, and {away}.",
            hint=CURE,
        )
