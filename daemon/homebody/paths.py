"""Where do things live on this computer?"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SOCKET_PATH_BYTES = 104
"""The longest path of a unix socket that macOS takes, its closing NUL included (sys/un.h; Linux takes 108)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The two folders that homebody owns: what a person edits, and what homebody remembers."""

    config: Path
    state: Path

    @property
    def recipes(self) -> Path:
        """The folder of the person's recipes."""
        return self.config / "recipes"

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.config / "settings.yaml"

    @property
    def journal(self) -> Path:
        """The journal's SQLite file."""
        return self.state / "journal.db"

    @property
    def vault(self) -> Path:
        """The folder of encrypted before-images and kept answers."""
        return self.state / "vault"

    @property
    def prefixes(self) -> Path:
        """The folder of beginnings of prompts, as the model had read them (`homebody.model.prefixes`)."""
        return self.state / "prefixes"

    @property
    def key(self) -> Path:
        """The vault's key, where the computer has no keyring."""
        return self.state / "vault.key"

    @property
    def bridge_token(self) -> Path:
        """What programs must show to the bridge, or where in the computer's keyring that is."""
        return self.state / "bridge.key"

    @property
    def bridge_lock(self) -> Path:
        """The file that an open bridge holds locked."""
        return self.state / "bridge.lock"

    @property
    def bridge_address(self) -> Path:
        """Where the bridge that was opened last listens."""
        return self.state / "bridge.address"

    @property
    def log(self) -> Path:
        """The daemon's log, one JSON object a line."""
        return self.state / "homebody.log"

    @property
    def refusal(self) -> Path:
        """Why the last start failed, when it did."""
        return self.state / "refusal.json"

    @property
    def lock(self) -> Path:
        """The file that the one daemon on this state folder holds locked."""
        return self.state / "daemon.lock"

    @property
    def socket(self) -> Path:
        """The control socket: in the state folder, or in a short one of its own where that is too long."""
        path = self.state / "control.sock"
        if len(os.fsencode(path)) < SOCKET_PATH_BYTES:
            return path
        short = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"homebody-{os.getuid()}" / f"{short}.sock"


def real(path: Path) -> Path:
    """Return *path* without links, as far as they lead anywhere.

    Unlike ``Path.resolve``, which raises for links that go round in a circle before Python 3.13, this never does:
    such a path stays as it is, and whoever opens it is told.
    """
    return Path(os.path.realpath(path))


def find_home(environ: Mapping[str, str] | None = None, root: Path | None = None) -> Home:
    """Return the home: under *root* or ``HOMEBODY_HOME`` if given, else where the platform keeps such files.

    Linux follows the XDG base directories, macOS uses Application Support.
    """
    environ = os.environ if environ is None else environ
    if root is None and environ.get("HOMEBODY_HOME"):
        root = Path(environ["HOMEBODY_HOME"])
    if root is not None:
        root = root.expanduser().absolute()
        return Home(config=root, state=root / "state")
    user = Path(environ.get("HOME") or Path.home())
    if str(sys.platform) == "darwin":  # as a plain string: else a type checker leaves one half out
        base = user / "Library" / "Application Support" / "homebody"
        return Home(config=base, state=base / "state")
    config = Path(environ.get("XDG_CONFIG_HOME") or user / ".config")
    state = Path(environ.get("XDG_STATE_HOME") or user / ".local" / "state")
    return Home(config=config / "homebody", state=state / "homebody")


def shipped(name: str) -> Path:
    """Return the folder of files that ship with homebody: ``recipes`` or ``launchd``.

    In a checkout that is the folder at its top; in a wheel, the copy inside the package.
    """
    packaged = Path(__file__).parent / "_shipped" / name
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / name


def starter_model() -> Path:
    """Return the small model that ships with homebody."""
    return Path(__file__).parent / "model" / "starter.gguf"
