"""From which places do programs start by themselves, so that homebody must never write there?

Whoever writes a start-up file, a key, a hook or a module runs later, outside every seal. Landlock grants
folders whole, so a folder that has such a place in it is refused as well.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from homebody.errors import SealError
from homebody.seal.interpreter import interpreter_paths

START_UP_NAMES = (
    ".bashrc", ".bash_profile", ".bash_login", ".bash_logout", ".profile", ".zshrc", ".zshenv", ".zprofile",
    ".zlogin", ".xprofile", ".xinitrc", ".xsession", ".ssh", ".gnupg", ".git", ".hg", ".gitconfig", ".vimrc",
    ".pam_environment", ".envrc",
)  # fmt: skip
"""Names that act wherever they lie: none may be directly in a write list, nor a write list in one."""

START_UP_FOLDERS = (
    ".config/autostart", ".config/systemd", ".config/environment.d", ".config/fish", ".config/git",
    ".config/nvim", ".local/bin", ".local/lib", ".local/share/systemd", ".local/share/applications",
    ".local/share/dbus-1", "bin", "Library/LaunchAgents", "Library/LaunchDaemons",
    "Library/Application Scripts", "Library/Python", "Library/Services",
)  # fmt: skip
"""Folders of the home folder from which a session, a shell or Python starts things."""

SYSTEM_FOLDERS = (
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr",
    "/var/spool", "/System", "/Library", "/Applications", "/private/etc", "/private/var/at", "/private/var/db",
    "/private/var/root",
)  # fmt: skip

CURE = "Let the recipe write in a folder made for it, such as ~/Notes/homebody."


def refuse_start_up_places(folder: Path) -> None:
    """Raise SealError when *folder* is, holds or lies in a place from which programs start.

    Three rules: not ``/`` and not a folder that the home folder is in or is; not a system folder, a folder on
    PATH or one that Python imports from, nor anything above or below one; nothing with a name from
    ``START_UP_NAMES`` in its path or directly in it. The temporary folder and what is in it are fine.
    """
    folder = Path(os.path.realpath(folder))  # links that go round in a circle are left as they are
    home = Path(os.path.expanduser("~")).resolve()  # noqa: PTH111 - Path.home() raises where there is none
    if folder == Path(folder.anchor) or folder == home or folder in home.parents:
        raise SealError(f"homebody may not write in all of {folder}: programs start from there.", hint=CURE)
    for part in folder.parts:
        if part in START_UP_NAMES:
            raise SealError(
                f"homebody may not write in {folder}: what is in {part} is run or trusted.", hint=CURE
            )
    for name in START_UP_NAMES:
        if os.path.lexists(folder / name):
            raise SealError(
                f"homebody may not write in all of {folder}: its {name} is run or trusted.", hint=CURE
            )
    for place in _places(home):
        if folder == place or place in folder.parents:
            raise SealError(f"homebody may not write in {folder}: programs start from {place}.", hint=CURE)
        if folder in place.parents and os.path.lexists(place):
            raise SealError(
                f"homebody may not write in all of {folder}: programs start from {place}.", hint=CURE
            )


def _places(home: Path) -> Iterator[Path]:
    """Yield the real folders from which programs start, those that are temporary left aside."""
    yield from (home / name for name in START_UP_FOLDERS)
    yield from (Path(name) for name in SYSTEM_FOLDERS)
    yield from interpreter_paths()
    for name in os.environ.get("PATH", "").split(os.pathsep):
        if os.path.isabs(name) and os.path.isdir(name):  # noqa: PTH112, PTH117 - Path raises where we may not look
            yield Path(name).resolve()
