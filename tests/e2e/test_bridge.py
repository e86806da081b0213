"""`homebody bridge` beside a real, sealed daemon: off until it is started, seen while it is open, gone when it ends."""

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import httpx2
import openai
import pytest


def homebody(house, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the house's home, where no keyring is."""
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), *words]
    return subprocess.run(
        command, env=environment(house), capture_output=True, text=True, timeout=60, check=False
    )


def environment(house) -> dict[str, str]:
    """Return an environment that leads to no keyring."""
    return {"HOME": str(house.folder), "XDG_RUNTIME_DIR": str(house.folder), "PATH": "/usr/bin:/bin"}


@contextlib.contextmanager
def bridge(house) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    """Hold a bridge open as a person would; yield it and what it says of itself."""
    command = [
        sys.executable,
        "-I",
        "-m",
        "homebody",
        "--home",
        str(house.home.config),
        "bridge",
        "--port",
        "0",
    ]
    process = subprocess.Popen(
        [*command, "--json"], env=environment(house), stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def inside(house) -> dict[str, object] | None:
    """Return what `homebody status` says of a bridge."""
    return json.loads(homebody(house, "status", "--json").stdout)["bridge"]


def test_a_program_asks_over_the_bridge(house):
    """From nothing to an answer: no port before, status says it loudly, and nothing of it is left."""
    house.start()
    assert inside(house) is None
    assert "BRIDGE" not in homebody(house, "status").stdout
    with bridge(house) as (process, said):
        assert {"pid": process.pid, "address": said["address"]} == inside(house)
        assert homebody(house, "status").stdout.startswith(f"THE BRIDGE IS OPEN: programs with its token reach the"
                                                           f" model over TCP at {said['address']}")  # fmt: skip
        assert f"TCP at {said['address']}" in homebody(house, "doctor").stdout
        assert "THE BRIDGE IS OPEN" in homebody(house, "top", "--once").stdout
        token = homebody(house, "bridge", "--show-token").stdout.strip()
        with httpx2.Client(trust_env=False, timeout=60) as http:
            ai = openai.OpenAI(base_url=str(said["address"]), api_key=token, http_client=http, max_retries=0)
            asked = {
                "model": "homebody",
                "messages": [{"role": "user", "content": "Hello."}],
                "max_tokens": 4,
            }
            assert 0 < ai.chat.completions.create(**asked).usage.completion_tokens
        second = homebody(house, "bridge")
        assert (73, True) == (second.returncode, "--stop" in second.stderr)
        assert 73 == homebody(house, "bridge", "--new-token").returncode
        stopped = homebody(house, "bridge", "--stop")
        assert (0, True) == (stopped.returncode, str(process.pid) in stopped.stdout)
        assert 0 == process.wait(20)
    assert inside(house) is None
    assert not house.home.bridge_address.exists()
    assert "No bridge was open." in homebody(house, "bridge", "--stop").stdout
    assert token not in house.home.log.read_text(encoding="utf-8")
    assert token != homebody(house, "bridge", "--new-token", "--show-token").stdout.strip()


def test_a_bridge_that_is_killed_is_not_open_any_more(house):
    """Ended in whatever way it is gone from the status, and the next one opens; without homebody it says so, too."""
    house.start(model=False)
    with bridge(house) as (process, _said):
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert inside(house) is None
        with bridge(house) as (_second, said):
            assert said["address"] == dict(inside(house) or {})["address"]
            house.stop()
            shown = homebody(house, "status")
            assert (69, True) == (shown.returncode, "THE BRIDGE IS OPEN" in shown.stderr)


def test_a_port_that_is_taken_is_said(house):
    """Another program's port is named with the cure, and no bridge is left behind."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = homebody(house, "bridge", "--port", str(taken.getsockname()[1]))
    assert (1, True) == (refused.returncode, "--port 0" in refused.stderr)
    assert "No bridge was open." in homebody(house, "bridge", "--stop").stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_curl_asks_over_the_bridge(house):
    """The bridge is plain HTTP with a bearer's token."""
    house.start()
    with bridge(house) as (_process, said):
        token = homebody(house, "bridge", "--show-token").stdout.strip()
        done = subprocess.run(
            ["curl", "-sS", "--noproxy", "*", "-H", f"Authorization: Bearer {token}", f"{said['address']}/models"],
            capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
    assert "homebody" == json.loads(done.stdout)["data"][0]["id"]
