"""A throw-away home and the real daemon in it, as the demo and `homebody prove` need one."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

from homebody.errors import HomebodyError, NotRunningError
from homebody.paths import Home, find_home
from homebody.secrets import KEY_BYTES, write_file
from homebody.service.control import request

POLL_SECONDS = 0.1


class Throwaway:
    """A home in *folder* and a daemon process on it; whoever made the folder takes it away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home: Home = find_home(root=self.folder / "home")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the daemon as a process of its own; its words go to a file beside its log."""
        self.keep_key_here()
        out = (self.folder / "daemon.txt").open("ab")
        command = [sys.executable, "-I", "-m", "homebody", "--home", str(self.home.config), "serve"]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        out.close()

    def keep_key_here(self) -> None:
        """Put the vault's key into this home: the person's keyring would keep it when the home is long gone."""
        if not self.home.key.exists():
            write_file(self.home.key, token_hex(KEY_BYTES))

    def until(self, ready: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait until *ready*, or raise HomebodyError saying *what* did not happen and what the daemon said."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self._process is not None and self._process.poll() is not None:
                raise HomebodyError(
                    f"The daemon ended by itself (exit code {self._process.poll()}).\n{self.words()}"
                )
            if time.monotonic() > deadline:
                raise HomebodyError(f"Waited {seconds:.0f} s for {what}.\n{self.words()}")
            time.sleep(POLL_SECONDS)

    def words(self) -> str:
        """Return the last lines that the daemon printed."""
        try:
            lines = (self.folder / "daemon.txt").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-8:])

    def ask(self, method: str, route: str, body: dict[str, Any] | None = None) -> Any:
        """Return the daemon's answer."""
        return request(self.home.socket, method, route, body)

    def status(self) -> dict[str, Any] | None:
        """Return the daemon's status, or None while it does not answer."""
        try:
            answer: dict[str, Any] = self.ask("GET", "/v1/status")
        except NotRunningError:
            return None
        return answer

    def model_settled(self) -> bool:
        """Return whether the model has loaded or failed to."""
        status = self.status()
        return status is not None and status["model"]["state"] != "loading"

    def kill(self) -> None:
        """Kill the daemon with SIGKILL, which no program can hear coming."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ask the daemon to stop, and wait until it has."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
