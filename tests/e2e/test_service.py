"""A daemon without a terminal: `start`, `stop`, `restart`, `logs` and `status` as a person types them."""

import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from homebody.errors import NotRunningError
from homebody.service.control import request
from homebody.service.ending import end
from homebody.service.lock import holder

WRITES = """
version: 1
name: notice
triggers: [{{watch: "{notes}", settle: 100ms}}]
filters: [{{extension: md}}]
actions: [{{write: {{dest: "{notes}/{{{{ file.stem }}}}.txt", content: "seen"}}}}]
"""


@pytest.fixture
def types(house, tmp_path: Path) -> Iterator:
    """The command line on the house's home, by a person who has neither systemd unit nor agent."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}

    def run(*words: str, code: int = 0) -> str:
        """Return what `homebody WORDS` prints; it has to end with *code*."""
        command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), *words]
        done = subprocess.run(
            command, env=environ | {"HOME": str(tmp_path)}, capture_output=True, text=True, timeout=60, check=False
        )  # fmt: skip
        assert code == done.returncode, done.stdout + done.stderr
        return done.stdout + done.stderr

    yield run
    end(house.home.lock)


def pid_in(words: str) -> int:
    """Return the number of the process that *words* name."""
    found = re.search(r"process (\d+)", words)
    assert found is not None, words
    return int(found[1])


def test_it_is_started_sealed_restarted_and_stopped(house, types):
    """It has no terminal and lets go of what it was given; a recipe that came meanwhile runs after `restart`."""
    first = pid_in(types("start"))
    assert holder(house.home.lock) == first
    assert os.getsid(first) == first
    if os.geteuid() == 0:
        links = [Path(f"/proc/{first}/fd/{number}").readlink() for number in range(3)]
        assert [Path("/dev/null")] * 3 == links
    assert f"already (process {first})" in types("start")

    house.recipe("notice", WRITES.format(notes=house.notes))
    said = types("restart")
    second = pid_in(said)
    assert second != first
    assert "with 1 recipe." in said
    house.drop("a.md", "hello")
    deadline = time.monotonic() + 30
    while not (house.notes / "a.txt").exists():
        assert time.monotonic() < deadline
        request(house.home.socket, "GET", "/v1/changes?after=0&wait=0.2")
    assert {"pid": second, "stopped": True} == json.loads(types("stop", "--json"))
    assert holder(house.home.lock) is None
    assert "homebody was not running." in types("stop")
    with pytest.raises(NotRunningError):
        house.status()
    log = types("logs", "-n", "1000")
    assert 2 == log.count("  sealed  ")
    assert log.rstrip().endswith("  stopped")
    assert "a.md" not in log


@pytest.mark.long
def test_after_kill_it_is_started_again(house, types):
    """kill -9 leaves a socket and a lock file behind, and neither stands in the way."""
    first = pid_in(types("start"))
    os.kill(first, signal.SIGKILL)
    while holder(house.home.lock) is not None:
        os.sched_yield()
    assert house.home.socket.exists()
    types("status", code=69)
    assert first != pid_in(types("start"))


def test_one_that_cannot_start_says_why(house, types):
    """Its own words, cure and exit code come out of `start`, and `status` remembers them until it starts."""
    house.settings("contxt: 5\n")
    said = types("start", code=78)
    assert said.startswith(f"homebody: {house.home.settings}: contxt")
    assert "The settings are:" in said
    assert "Its last start failed" in types("status", code=69)
    house.settings("settle: 0.1\n")
    types("start")
    assert not house.home.refusal.exists()


@pytest.mark.parametrize("kind", ["a path", "an abstract name"])
def test_the_service_manager_hears_ready_from_inside_the_seal(
    house, tmp_path: Path, monkeypatch, descriptors_of, kind: str
):
    """READY=1 comes once, from the daemon itself; then it has no socket any more that could send to others."""
    path = tmp_path / "notify" if kind == "a path" else Path(f"homebody-test-{os.getpid()}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path) if kind == "a path" else f"\0{path}")
        manager.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        manager.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path) if kind == "a path" else f"@{path}")
        house.start(model=False)
        said, ancillary, _flags, _address = manager.recvmsg(4096, socket.CMSG_SPACE(12))
        assert b"READY=1" == said.splitlines()[0]
        ((_level, _type, credentials),) = ancillary
        assert house.process.pid == struct.unpack("3i", credentials)[0]
        manager.setblocking(False)
        with pytest.raises(BlockingIOError):
            manager.recv(4096)
    log = [json.loads(line)["event"] for line in house.home.log.read_text().splitlines()]
    assert "the service manager cannot be told" not in log
    if os.geteuid() == 0:
        links = descriptors_of(house.process.pid).values()
        open_ones = {link[len("socket:[") : -1] for link in links if link.startswith("socket:")}
        rows = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
        assert {"0001"} == {row[4] for row in rows if row[6] in open_ones}, (
            "streams only: the control socket's"
        )


def test_the_log_is_followed_into_the_next_file(house):
    """`logs -f` shows what comes, each line once, also across a file that was set aside."""
    house.home.state.mkdir(parents=True, exist_ok=True)
    line = '{{"event": "run finished", "level": "info", "timestamp": "2026-11-24T18:00:00Z", "run": {}}}\n'
    house.home.log.write_text("".join(line.format(number) for number in range(3)))
    command = [
        sys.executable,
        "-I",
        "-m",
        "homebody",
        "--home",
        str(house.home.config),
        "logs",
        "-f",
        "-n",
        "2",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout is not None
        seen = [follower.stdout.readline() for _ in range(2)]
        with house.home.log.open("a") as file:
            file.write(line.format(3) + line.format(4)[:20])
        seen.append(follower.stdout.readline())
        with house.home.log.open("a") as file:
            file.write(line.format(4)[20:])
        house.home.log.rename(house.home.log.with_name("homebody.log.1"))
        house.home.log.write_text(line.format(5))
        seen += [follower.stdout.readline() for _ in range(2)]
        follower.kill()
    assert [f"run={number}" for number in range(1, 6)] == [words.split()[-1] for words in seen]


def test_a_stopped_daemon_hands_back_the_run_in_hand(house, types):
    """`stop` in the middle of a long text, with `serve` typed by hand: gone in five seconds, the run queued again."""
    house.shipped("summarize-notes")
    house.start()
    house.drop("long.md", "The car was washed on Monday, and again on Tuesday. " * 4000)
    house.until(lambda: any(run["state"] == "running" for run in house.runs("long.md")))
    began = time.monotonic()
    types("stop")
    assert time.monotonic() - began < 5
    assert 0 == house.process.wait(timeout=5)
    (run,) = json.loads(types("history", "--json"))["runs"]
    assert "queued" == run["state"]
    assert "stopped in the middle" in run["reason"]
