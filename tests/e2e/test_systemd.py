"""The service under a real systemd user manager, in namespaces of its own: nothing of this computer's is touched."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from homebody import seal
from homebody.errors import NotRunningError
from homebody.paths import find_home, shipped
from homebody.service.control import request
from homebody.service.lock import cut_off

SYSTEMD = Path("/lib/systemd/systemd")
PATIENCE_SECONDS = 60

BEGIN = """
set -e
mount -t tmpfs none /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
mkdir -p /sys/fs/cgroup/$1 && echo $$ > /sys/fs/cgroup/$1/cgroup.procs
exec unshare --cgroup sh -c '
set -e
umount /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
mount -t tmpfs none /run && mkdir -p /run/systemd/system /run/dbus
exec unshare --user --map-user=1000 --map-group=1000 "$@"' sh "$2" --user
"""
"""A folder of control groups, a /run that looks as if systemd had booted, and a user who is not root."""

END = """
mount -t tmpfs none /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && cd /sys/fs/cgroup/$1 || exit 0
echo 1 > cgroup.kill
for try in 1 2 3 4 5 6 7 8 9; do find . -depth -type d -exec rmdir {} + 2>/dev/null; done
cd .. && rmdir $1
"""


class UserManager:
    """systemd's user manager for a person who has only *folder*."""

    def __init__(self, folder: Path) -> None:
        self.person = folder / "per son %h $HOME"
        self.runtime = folder / "run"
        self.person.mkdir(parents=True)
        self.runtime.mkdir(mode=0o700)
        self.environ = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.person),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "DBUS_SESSION_BUS_ADDRESS": "",  # no keyring of this computer's
        }
        self.group = f"homebody-test-{os.getpid()}"
        self.words = folder / "words.txt"
        self.log_in()

    def log_in(self) -> None:
        """Start the manager, as a first login does."""
        with self.words.open("wb") as out:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "--propagation", "private", "sh", "-c", BEGIN, "sh", self.group, SYSTEMD],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self.environ,
            )  # fmt: skip

    def log_out(self) -> None:
        """End the manager, as the last log-out does: it stops what it has started."""
        self.process.terminate()
        self.process.wait(timeout=PATIENCE_SECONDS)
        (self.runtime / "systemd" / "private").unlink(missing_ok=True)

    def answers(self) -> bool:
        """Return whether the manager came up."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            if (self.runtime / "systemd" / "private").exists() and self.inside(
                "systemctl", "--user", "show-environment"
            ).returncode == 0:
                return True
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=0.1)
        return False

    def inside(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Return how *command* ended, called as the person calls it."""
        entered = [
            "nsenter",
            "--target",
            str(self.process.pid),
            "--mount",
            "--user",
            "--preserve-credentials",
        ]
        return subprocess.run(
            [*entered, *command], env=self.environ, capture_output=True, text=True, check=False,
            timeout=PATIENCE_SECONDS,
        )  # fmt: skip

    def homebody(self, *words: str, code: int = 0) -> str:
        """Return what `homebody WORDS` says; it has to end with *code*."""
        done = self.inside(Path(sys.executable).with_name("homebody"), *words)
        assert code == done.returncode, done.stdout + done.stderr
        return done.stdout + done.stderr

    def status(self) -> dict[str, Any]:
        """Return the daemon's status."""
        home = find_home({"HOME": str(self.person)})
        found: dict[str, Any] = request(home.socket, "GET", "/v1/status")
        return found

    def serves(self) -> bool:
        """Return whether the daemon answers."""
        try:
            return bool(self.status())
        except NotRunningError:
            return False

    def unit(self, *names: str) -> list[str]:
        """Return properties of the unit, as systemd knows it."""
        asked = [word for name in names for word in ("-p", name)]
        said = self.inside("systemctl", "--user", "show", "homebody.service", *asked).stdout
        told = dict(line.split("=", 1) for line in said.splitlines())
        return [told[name] for name in names]

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until *holds*."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < deadline, self.words.read_text()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=0.1)

    def end(self) -> None:
        """End the manager and all that it started."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=10)
        subprocess.run(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", END, "sh", self.group],
            check=False, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.process.kill()
        self.process.wait()


@pytest.fixture
def manager() -> Iterator[UserManager]:
    """Return a running user manager; skip the test where none can be made."""
    if os.geteuid() != 0:
        pytest.skip("only root may make a user manager of its own")
    if not SYSTEMD.exists() or not all(map(shutil.which, ("unshare", "nsenter", "systemctl"))):
        pytest.skip("needs systemd: apt-get install systemd")
    folder = Path(tempfile.mkdtemp(prefix="hb-"))  # short: the control socket's path has to fit
    made = UserManager(folder)
    try:
        if not made.answers():
            pytest.skip(f"no user manager can be run here: {made.words.read_text()[-300:]}")
        yield made
    finally:
        made.end()
        shutil.rmtree(folder)


def test_the_service_is_installed_works_and_goes(manager: UserManager):
    """Installed, sealed, started anew with a recipe, doing its work, and gone without a trace."""
    recipes = manager.person / ".config" / "homebody" / "recipes"
    notes = manager.person / "Notes"
    notes.mkdir()
    (manager.person / ".config").mkdir()
    said = manager.homebody("install", "--yes")
    assert "sealed, with" in said
    first = manager.status()
    state, main, preset, status = manager.unit("ActiveState", "MainPID", "UnitFileState", "StatusText")
    assert [state, main, preset, status] == [
        "active",
        str(first["pid"]),
        "enabled",
        "Sealed: no way to the network.",
    ]
    assert first["seal"]["as_root"] is False

    recipe = (shipped("recipes") / "summarize-notes.yaml").read_text().replace("settle: 5s", "settle: 100ms")
    (recipes / "summarize-notes.yaml").write_text(recipe.replace("~/Notes", str(notes)))
    assert "with 1 recipe" in manager.homebody("restart")
    second = manager.status()
    assert second["pid"] != first["pid"]
    (notes / "car.md").write_text("The car was washed on Monday. It is blue.\n")
    manager.until((notes / "car.summary.md").exists)

    assert str(recipes.parent) in manager.homebody("uninstall", "--yes")
    assert [] == [path for path in manager.person.rglob("*") if path.name == "homebody.service"]
    assert not (manager.person / ".config" / "systemd").exists()
    assert (recipes / "summarize-notes.yaml").exists()


def test_setup_lets_a_recipe_run_at_each_login(manager: UserManager):
    """The third answer is yes: a service that is sealed, with the recipe, and a note that gets its summary."""
    (manager.person / ".config").mkdir()
    notes = manager.person / "Notes"
    said = manager.homebody("setup", "--recipe", "summarize-notes", "--folder", str(notes), "--login")
    assert "sealed, with 1 recipe." in said
    assert ["active", "enabled"] == manager.unit("ActiveState", "UnitFileState")
    (notes / "car.md").write_text("The car was washed on Monday. It is blue.\n")
    manager.until((notes / "car.summary.md").exists)


def test_nothing_is_left_of_an_install_that_fails(manager: UserManager):
    """Settings that cannot be used: the daemon's reason is said, and neither file, link nor unit is left.

    The home is named, and its name has everything in it that a unit could take for something else.
    """
    home = manager.person / "a b%n%%$HOME ${x}'\"\\;#é"
    home.mkdir()
    (home / "settings.yaml").write_text("contxt: 5\n")
    said = manager.homebody("--home", str(home), "install", "--yes", code=78)
    assert f"{home}/settings.yaml: contxt" in said
    assert "Nothing was installed." in said
    assert not (manager.person / ".config" / "systemd").exists()
    assert ["not-found"] == manager.unit("LoadState")


@pytest.mark.long
def test_a_start_that_would_fail_again_is_not_repeated(manager: UserManager):
    """Settings that cannot be used: the reason is said, systemd leaves it, and `start` and `stop` go on working."""
    manager.homebody("install", "--yes")
    settings = manager.person / ".config" / "homebody" / "settings.yaml"
    settings.write_text("contxt: 5\n")
    assert "contxt" in manager.homebody("restart", code=78)
    manager.until(lambda: manager.unit("ActiveState") == ["failed"])
    assert ["78", "0"] == manager.unit("ExecMainStatus", "NRestarts")
    assert "Its last start failed" in manager.homebody("status", code=69)
    settings.unlink()
    manager.homebody("start")
    assert ["active"] == manager.unit("ActiveState")
    assert "has stopped" in manager.homebody("stop")
    assert ["inactive", "success"] == manager.unit("ActiveState", "Result")


@pytest.mark.long
def test_it_ends_with_the_session_and_begins_with_the_next(manager: UserManager):
    """At log-out it is stopped in order, and `status` says no worse; at the next login it runs without a word."""
    manager.homebody("install", "--yes")
    before = manager.status()["pid"]
    home = find_home({"HOME": str(manager.person)})
    manager.log_out()
    assert not Path(f"/proc/{before}").exists()
    assert '"event": "stopped"' in home.log.read_text().splitlines()[-1]
    assert cut_off(home.lock) is None
    manager.log_in()
    assert manager.answers()
    manager.until(manager.serves)
    assert manager.status()["pid"] != before
    assert "homebody.service" in manager.inside("systemctl", "--user", "list-units", "--state=active").stdout


@pytest.mark.long
def test_systemd_starts_a_killed_one_again(manager: UserManager, descriptors_of):
    """kill -9: systemd starts it again, with the second lock on it and no way out."""
    manager.homebody("install", "--yes")
    before = manager.status()["pid"]
    os.kill(before, signal.SIGKILL)
    home = find_home({"HOME": str(manager.person)})
    manager.until(lambda: cut_off(home.lock) == before)
    assert "did not end in order" in (said := manager.homebody("status", code=69))
    assert "systemd user unit starts it again by itself" in " ".join(said.split())
    manager.until(lambda: manager.unit("ActiveState", "NRestarts") == ["active", "1"])
    manager.until(manager.serves)
    after = manager.status()["pid"]
    assert after != before
    lines = Path(f"/proc/{after}/status").read_text().splitlines()
    kernel = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    assert "1" == kernel["NoNewPrivs"]
    assert int(kernel["Seccomp_filters"]) > 2
    links = descriptors_of(after).values()
    open_ones = {link[len("socket:[") : -1] for link in links if link.startswith("socket:")}
    rows = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    assert {"0001"} == {row[4] for row in rows if row[6] in open_ones}, "streams only: the control socket's"
    assert ["/dev/null"] * 3 == [str(Path(f"/proc/{after}/fd/{number}").readlink()) for number in range(3)]
    names = [probe.name for probe in seal.PROBES if probe.limit is None]
    with seal.Targets(outside=manager.person) as targets:
        body = {"process": "daemon", "names": names, "targets": targets.targets.to_dict()}
        rows = request(home.socket, "POST", "/v1/probe", body)["results"]
    results = [seal.ProbeResult.from_dict(row) for row in rows]
    assert [] == [result.name for result in results if result.reached]
    assert {"tcp", "udp", "unix", "child", "write_outside"} <= {
        result.name for result in results if result.refused
    }
