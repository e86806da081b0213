"""What a daemon takes over from whoever started it: nothing but where its words go."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="the descriptors of a process that forbids dumps are root's to read"
)

HAND_DOWN = """
import os, socket, sys
listener = socket.create_server(("127.0.0.1", 0))
outside, inside = os.pipe()
for number, made in ((3, listener.fileno()), (7, os.open(sys.argv[1], os.O_RDWR)), (9, inside), (10, outside)):
    os.dup2(made, number + 100)
for number in (3, 7, 9, 10):
    os.dup2(number + 100, number)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid()), "NOTIFY_SOCKET": "/run/nobody",
               "SSH_AUTH_SOCK": "/run/agent", "HTTPS_PROXY": "http://proxy.invalid"}
if sys.argv[2] == "socket":
    ours, theirs = socket.socketpair()
    os.dup2(theirs.fileno(), 0)
    os.set_inheritable(ours.fileno(), True)
os.execv(sys.argv[3], sys.argv[3:])
"""


@needs_root
@pytest.mark.parametrize("stdin", ["socket", pytest.param("null", marks=pytest.mark.long)])
def test_nothing_that_was_handed_down_is_left(house, tmp_path: Path, descriptors_of, stdin: str):
    """A listener on 3, a file on 7, a pipe on 9 and a connection as input: none is open in any of the three processes.

    Their environments hold no variable that leads anywhere either: not those of socket activation.
    """
    house.shipped("summarize-notes")
    secret = tmp_path / "secret"
    secret.write_text("x")
    house.start(launcher=[sys.executable, "-c", HAND_DOWN, str(secret), stdin])
    house.drop("a.txt", "The car was washed on Monday.\n")
    house.ended("a.txt")
    status = house.status()
    allowed = {"file", "pipe", "socket", "null", "anon"}
    for name, pid in {
        "daemon": status["pid"],
        "model": status["model"]["pid"],
        "reader": status["reader"]["pid"],
    }.items():
        open_now = descriptors_of(pid)
        assert str(secret) not in open_now.values(), name
        assert open_now[0] in {
            "/dev/null",
            *(link for link in open_now.values() if link.startswith("pipe:")),
        }, name
        most = 2 if name == "daemon" else 0  # the listener, and we who ask, once who asked before is gone
        house.until(
            lambda pid=pid, most=most: (
                sum(link.startswith("socket:") for link in descriptors_of(pid).values()) <= most
            )
        )
        assert allowed >= {kind(link, house.folder) for link in open_now.values()}, open_now
        if name != "daemon":
            environ = Path(f"/proc/{pid}/environ").read_bytes()
            for word in (b"LISTEN_", b"NOTIFY", b"SSH_AUTH", b"PROXY"):
                assert word not in environ, name


def kind(link: str, folder: Path) -> str:
    """Return what a descriptor of ours may lead to, or the link itself."""
    for beginning, name in (
        ("pipe:", "pipe"),
        ("socket:", "socket"),
        ("anon_inode:", "anon"),
        ("/dev/null", "null"),
    ):
        if link.startswith(beginning):
            return name
    known = (str(folder), "/proc/", "/dev/urandom")
    return "file" if link.startswith(known) else link


def test_connection_as_output_stops_the_start(house):
    """A connection to the internet as standard output leads outside: it does not start, and says why and what to do."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as made,
    ):
        done = subprocess.run(
            house.command(),
            stdin=subprocess.DEVNULL,
            stdout=made,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert done.returncode == 77
    assert b"sockets open that lead outside (descriptor 1)" in done.stderr


def test_device_as_output_stops_the_start(house):
    """A device that could type into other programs stops it as well."""
    with open("/dev/ptmx", "wb", buffering=0) as device:  # noqa: PTH123 - it is no path of ours
        done = subprocess.run(
            house.command(),
            stdin=subprocess.DEVNULL,
            stdout=device,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert done.returncode == 77
    assert b"descriptor 1: device 5:2" in done.stderr


@pytest.mark.parametrize(
    ("call", "verdict", "words"),
    [
        ("seccomp", "ENOSYS", "does not take the seccomp filter (ENOSYS)"),
        pytest.param("seccomp", "EINVAL", "the seccomp filter (EINVAL)", marks=pytest.mark.long),
        ("landlock_restrict_self", "EPERM", "does not put it on (EPERM)"),
        pytest.param("landlock_add_rule", "ENOSYS", "does not put it on (ENOSYS)", marks=pytest.mark.long),
    ],
)
def test_kernel_that_lacks_a_lock_is_refused(house, call: str, verdict: str, words: str):
    """Whatever of the two locks the kernel will not give, the daemon ends with 77 and a cure, and reads nothing."""
    house.shipped("summarize-notes")
    house.drop("a.txt", "The car was washed on Monday.\n")
    launcher = Path(__file__).with_name("without_call.py")
    done = subprocess.run(
        [sys.executable, str(launcher), call, verdict, *house.command()],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 77, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "serving" not in house.home.log.read_text(encoding="utf-8")
