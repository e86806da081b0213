"""Where does the vault's key lie, and can it be had?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from homebody.doctor.finding import Finding, note, right, wrong
from homebody.errors import HomebodyError
from homebody.paths import Home
from homebody.secrets import IN_KEYRING, key_in, look_in_keyring, read_file

PATIENCE_SECONDS = 5.0
"""A keyring that has to ask its person for a password is not waited for any longer."""

Keyring = Literal["here", "gone", "none", "silent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFound:
    """The key's file, what is wrong with it, whether it has the key itself, and what the keyring says."""

    file: Path
    problem: HomebodyError | None
    place: Literal["file", "keyring", "nowhere"]
    keyring: Keyring


def look(home: Home, environ: Mapping[str, str], patience: float = PATIENCE_SECONDS) -> KeyFound:
    """Return how the key stands; none is made."""
    try:
        kept = read_file(home.key)
        if kept is not None and not kept.startswith(IN_KEYRING):
            key_in(kept, home.key)
    except HomebodyError as error:
        return KeyFound(file=home.key, problem=error, place="file", keyring="none")
    account = "" if kept is None else kept.removeprefix(IN_KEYRING)
    in_keyring = kept is not None and kept.startswith(IN_KEYRING)
    said = look_in_keyring(account if in_keyring else "homebody-doctor", environ, patience)
    place: Literal["file", "keyring", "nowhere"] = (
        "nowhere" if kept is None else "keyring" if in_keyring else "file"
    )
    return KeyFound(file=home.key, problem=None, place=place, keyring=said)


def key(found: KeyFound) -> Iterator[Finding]:
    """Yield whether the key can be had, and what it is worth where it lies."""
    if found.problem is not None:
        yield wrong("key", str(found.problem), found.problem.hint or "`homebody serve` says more.")
    elif found.place == "keyring":
        yield _kept(found)
    elif found.place == "nowhere" and found.keyring == "silent":
        yield note(
            "key",
            "the keyring is locked or does not answer; the vault's key would go into a file",
            "Unlock it (log in at the desktop) before the first start of homebody.",
        )
    elif found.keyring == "none" or found.place == "file":
        cure = (
            "Where a keyring is there (GNOME, KDE, macOS), homebody keeps it in that from the first start on."
        )
        if found.keyring in ("here", "gone"):
            cure = "A keyring is there by now; the key stays in its file, or what it encrypted would be lost."
        yield note("key", f"the vault's key lies in a file that only you can read: {found.file}", cure)
    else:
        yield right("key", "the vault's key will lie in the keyring")


def _kept(found: KeyFound) -> Finding:
    """Return how a key stands that is in the keyring."""
    if found.keyring == "here":
        return right("key", "the vault's key lies in the keyring")
    if found.keyring == "gone":
        return wrong(
            "key",
            "the keyring is open, and the vault's key is not in it any more",
            f"Put the keyring back from a backup. If it is gone for good, move {found.file} away: a new key is"
            " made, and what was done before cannot be undone any more.",
        )
    why = "is locked or does not answer" if found.keyring == "silent" else "cannot be reached from here"
    return wrong(
        "key",
        f"the vault's key lies in the keyring, and that {why}",
        "Unlock it: log in at the desktop, or open it with the desktop's password program.",
    )
