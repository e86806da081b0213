"""Which folders do the synchronising programs of this person carry away, as their own settings say?

Only settings that are plain text are read: those of MEGA and pCloud are encrypted or a database, and these two
are known by their markers and mounts.
"""

import html
import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from homebody.synced.marks import NEXTCLOUD, Mark

LARGEST = 1_000_000
"""The most bytes that are read of a program's settings."""

Reader = Callable[[str, Path], Iterator[str]]


def dropbox(text: str, _file: Path) -> Iterator[str]:
    """Yield the folders in Dropbox's info.json (help.dropbox.com, "Locate your Dropbox folder")."""
    for account in json.loads(text).values():
        for key in ("path", "root_path"):
            if isinstance(account, dict) and isinstance(account.get(key), str):
                yield account[key]


def syncthing(text: str, _file: Path) -> Iterator[str]:
    """Yield the folders in Syncthing's config.xml (syncthing-config(5)); the example for new ones is none."""
    text = re.sub(r"<defaults>.*?</defaults>|<!--.*?-->", "", text, flags=re.DOTALL)
    for tag in re.findall(r"<folder\s[^>]*>", text):
        if match := re.search(r"""\spath=(["'])(.*?)\1""", tag):
            yield html.unescape(match[2])


def nextcloud(text: str, _file: Path) -> Iterator[str]:
    r"""Yield the folders in nextcloud.cfg or owncloud.cfg: lines such as ``0\Folders\1\localPath=/home/a/Cloud/``.

    QSettings puts quotes around a text with blanks or commas, and older ones write ä as ``\xe4``.
    """
    for name in re.findall(r"(?m)^\d+\\\w*[Ff]olders\w*\\[^=\n]*\\localPath=(.+?)\s*$", text):
        yield re.sub(r"\\x([0-9a-fA-F]{1,4})", lambda match: chr(int(match[1], 16)), name.strip('"'))


def onedrive(text: str, _file: Path) -> Iterator[str]:
    """Yield the ``sync_dir`` of the OneDrive client for Linux (abraunegg/onedrive, config)."""
    yield from re.findall(r'(?m)^\s*sync_dir\s*=\s*"([^"\n]+)"', text)


def onedrive_usual(_text: str, file: Path) -> Iterator[str]:
    """Yield ``~/OneDrive``, where that client puts everything once it has logged in and is not told otherwise."""
    if not _names(file.with_name("config"), onedrive):
        yield "~/OneDrive"


def seafile(text: str, _file: Path) -> Iterator[str]:
    """Yield the folder in which Seafile's libraries lie: beside its data, which seafile.ini names."""
    if text.strip():
        yield str(Path(text.strip()).parent)


def presence(folder: str) -> Reader:
    """Return a reader for a program that, once it is set up, carries *folder* away unless it is told otherwise."""

    def found(_text: str, _file: Path) -> Iterator[str]:
        yield folder

    return found


SETTINGS: tuple[tuple[str, str, Reader], ...] = (
    ("Dropbox", ".dropbox/info.json", dropbox),
    ("Dropbox", ".var/app/com.dropbox.Client/.dropbox/info.json", dropbox),
    ("Syncthing", ".local/state/syncthing/config.xml", syncthing),
    ("Syncthing", ".config/syncthing/config.xml", syncthing),
    ("Syncthing", "Library/Application Support/Syncthing/config.xml", syncthing),
    (NEXTCLOUD, ".config/Nextcloud/nextcloud.cfg", nextcloud),
    (NEXTCLOUD, ".var/app/com.nextcloud.desktopclient.nextcloud/config/Nextcloud/nextcloud.cfg", nextcloud),
    (NEXTCLOUD, "Library/Preferences/Nextcloud/nextcloud.cfg", nextcloud),
    (NEXTCLOUD, ".config/ownCloud/owncloud.cfg", nextcloud),
    (NEXTCLOUD, ".local/share/data/ownCloud/owncloud.cfg", nextcloud),
    (NEXTCLOUD, "Library/Preferences/ownCloud/owncloud.cfg", nextcloud),
    ("OneDrive", ".config/onedrive/config", onedrive),
    ("OneDrive", ".config/onedrive/refresh_token", onedrive_usual),
    ("Seafile", ".ccnet/seafile.ini", seafile),
    ("Insync", ".config/Insync", presence("~/Insync")),
    ("Box", "Library/Application Support/Box/Box", presence("~/Box")),
    ("Box", "Library/Application Support/Box Sync", presence("~/Box Sync")),
)
"""Each program, its settings below the home folder, and what reads them."""

ICLOUD = "Library/Mobile Documents"
"""iCloud Drive on macOS; with "Desktop & Documents Folders" these two are in it under their own names."""

ICLOUD_DRIVE = f"{ICLOUD}/com~apple~CloudDocs"

CLOUD_STORAGE = "Library/CloudStorage"
"""Where macOS 12.3 and newer keeps every other provider: Dropbox, OneDrive-NAME, GoogleDrive-NAME, Box-Box."""

UNREADABLE = (("pCloud", ".pcloud"), ("MEGA", ".local/share/data/Mega Limited/MEGAsync"))
"""Programs that keep to themselves which folders they carry away, and where they leave a trace."""


def marks_of_programs(home: Path) -> tuple[Mark, ...]:
    """Return the folders that the programs of the person at *home* carry away, each with how that is known.

    Settings that cannot be read, or mean nothing, name no folder.
    """
    found = [
        Mark(folder=_folder(name, home), by=by, sign=f"its settings in ~/{place} name {_folder(name, home)}")
        for by, place, reader in SETTINGS
        for name in _names(home / place, reader)
    ]
    found += [mark for mark in _of_macos(home) if mark.folder.is_dir()]
    return tuple(mark for mark in dict.fromkeys(found) if mark.folder.is_absolute())


def unreadable(home: Path) -> tuple[str, ...]:
    """Return the programs that are here and of which nobody can know what they carry away."""
    return tuple(by for by, trace in UNREADABLE if os.path.lexists(home / trace))


def _names(path: Path, reader: Reader) -> list[str]:
    try:
        return [name for name in reader(_text(path), path) if "\0" not in name]
    except (OSError, ValueError, AttributeError, RecursionError):
        return []


def _text(path: Path) -> str:
    """Return what a plain file holds, nothing for a folder. Raises OSError."""
    if path.is_dir():
        return ""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return ""
        return file.read(LARGEST).decode("utf-8", "replace")


def _folder(name: str, home: Path) -> Path:
    """Return the folder that a program's settings call *name*; ``~`` is the person's home."""
    path = home / name[2:] if name.startswith("~/") else home if name == "~" else Path(name)
    return Path(os.path.normpath(path))


def _of_macos(home: Path) -> Iterator[Mark]:
    yield Mark(folder=home / ICLOUD, by="iCloud Drive", sign=f"~/{ICLOUD} is iCloud's own")
    for name in ("Desktop", "Documents"):
        if os.path.lexists(home / ICLOUD_DRIVE / name):
            yield Mark(folder=home / name, by="iCloud Drive", sign=f"iCloud Drive holds {name}")
    try:
        providers = sorted(path.name for path in (home / CLOUD_STORAGE).iterdir())
    except OSError:
        providers = []
    for name in providers:
        by = {"GoogleDrive": "Google Drive", "Box": "Box"}.get(name.partition("-")[0], name.partition("-")[0])
        yield Mark(folder=home / CLOUD_STORAGE / name, by=by, sign=f"it lies in ~/{CLOUD_STORAGE}")
    yield Mark(
        folder=home / CLOUD_STORAGE, by="a cloud provider", sign=f"~/{CLOUD_STORAGE} is for such folders"
    )
