"""Descriptors, environment and dumps before the seal."""

import os
import socket
import struct
from collections.abc import Callable
from typing import Any

import pytest

from homebody.seal import foreign_sockets, hygiene, scrub_environment


def test_environment_is_an_allow_list() -> None:
    """What leads outside or carries secrets goes; what programs need to find their way stays."""
    environ = {
        "PATH": "/usr/bin", "HOME": "/home/me", "LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo", "HOMEBODY_HOME": "/h",
        "HTTPS_PROXY": "http://proxy", "SSH_AUTH_SOCK": "/run/agent", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/x",
        "LD_PRELOAD": "/tmp/evil.so", "PYTHONPATH": "/tmp", "AWS_SECRET_ACCESS_KEY": "secret", "DISPLAY": ":0",
    }  # fmt: skip
    kept = scrub_environment(environ)
    assert {name for name in environ if name in kept} == {"PATH", "HOME", "LC_ALL", "TZ", "HOMEBODY_HOME"}
    assert kept["HF_HUB_OFFLINE"] == "1"


def test_environment_is_scrubbed_in_place(child: Callable[..., Any]) -> None:
    """Afterwards neither we nor our children see what was taken away."""
    code = """
import subprocess
os.environ["SSH_AUTH_SOCK"] = "/run/agent"
seal.scrub_environment_here()
ask = "import os; print('SSH_AUTH_SOCK' in os.environ, os.environ['DO_NOT_TRACK'])"
told(["SSH_AUTH_SOCK" in os.environ, subprocess.check_output([sys.executable, "-I", "-c", ask], text=True).strip()])
"""
    assert child(code) == [False, "False 1"]


def test_inherited_descriptors_are_closed(child: Callable[..., Any]) -> None:
    """Everything but what is to be kept is closed, at both ends of the range and between."""
    code = """
from homebody.seal.hygiene import open_descriptors
made = [os.open("/dev/null", os.O_RDONLY) for _ in range(6)]
kept = {0, 1, 2, made[1], made[4]}
seal.close_inherited(kept)
told([sorted(kept) == open_descriptors(), len(kept)])
"""
    assert child(code) == [True, 5]


def test_nothing_kept_means_all_closed(child: Callable[..., Any]) -> None:
    """With an empty list everything goes, and descriptors that are kept at the start survive."""
    code = """
from homebody.seal.hygiene import open_descriptors
out = os.dup(1)
os.close(0)
seal.close_inherited({out})
left = open_descriptors()
os.dup2(out, 1)
told(left == [out])
"""
    assert child(code) is True


def test_sockets_that_lead_outside_are_found() -> None:
    """Internet and datagram sockets and connections to others are foreign; our own pair and listener are not."""
    ours, other = socket.socketpair()
    with ours, other, socket.socket(socket.AF_UNIX) as idle, socket.socket() as internet:
        datagrams = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        with datagrams[0], datagrams[1]:
            foreign = foreign_sockets(())
            found = {
                one.fileno(): one.fileno() in foreign for one in (ours, other, idle, internet, *datagrams)
            }
            assert list(found.values()) == [False, False, False, True, True, True]
            assert internet.fileno() not in foreign_sockets({internet.fileno()})


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_SEQPACKET, socket.SOCK_DGRAM])
def test_connection_from_elsewhere_stops_the_seal(child: Callable[..., Any], kind: socket.SocketKind) -> None:
    """A connection that another process made, to a bus or an agent, is refused: the seal does not go on."""
    code = """
try:
    seal.enter(seal.reader_policy())
except SealError as error:
    told([str(error), error.hint is not None])
"""
    ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    with ours, theirs:
        number = theirs.fileno()
        message, has_hint = child(code, descriptors=(number,))
    assert f"sockets open that lead outside (descriptor {number})" in message
    assert has_hint


def test_dumps_are_off_afterwards(child: Callable[..., Any]) -> None:
    """A sealed process leaves no core, and its memory is closed to other processes of the same user."""
    code = """
import resource
from homebody.seal import kernel
seal.enter(seal.reader_policy())
try:
    dumpable = kernel.prctl(3)
except PermissionError:
    dumpable = "not allowed to ask"
told([resource.getrlimit(resource.RLIMIT_CORE), dumpable])
"""
    assert child(code) == [[0, 0], "not allowed to ask"]


def test_log_of_a_service_manager_may_be_a_socket(child: Callable[..., Any]) -> None:
    """A unix stream as standard error, as a service manager gives it, does not stop the seal."""
    code = """
import socket
ours, theirs = socket.socketpair()
handed = os.fork()
if handed == 0:
    os.dup2(theirs.fileno(), 2)
    os.closerange(3, 256)
    seal.enter(seal.reader_policy())
    os.write(2, b"sealed")
    os._exit(0)
theirs.close()
told(ours.recv(99).decode())
os.waitpid(handed, 0)
"""
    assert child(code) == "sealed"


def test_peer_of_a_unix_socket_is_known() -> None:
    """The kernel says which user and which process are at the other end."""
    ours, other = socket.socketpair()
    with ours, other:
        assert hygiene.peer_user(ours) == os.getuid()
        assert hygiene.peer_process(ours) == os.getpid()


class Mac:
    """A socket that answers as macOS does: struct xucred, or the number of the peer's process."""

    def __init__(self, version: int = 0, user: int = 501) -> None:
        self._credentials = struct.pack("=IIh2x16I", version, user, 1, *([20] * 16))

    def getsockopt(self, level: int, option: int, size: int = 0) -> int | bytes:
        """Return what LOCAL_PEERCRED and LOCAL_PEERPID say (sys/un.h)."""
        assert level == 0
        return {1: self._credentials[:size], 2: 4711}[option]


def test_peer_is_known_on_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no SO_PEERCRED, macOS' own answers are read; an unknown version of them is an error."""
    monkeypatch.delattr(socket, "SO_PEERCRED")
    assert hygiene.peer_user(Mac()) == 501  # type: ignore[arg-type]
    assert hygiene.peer_process(Mac()) == 4711  # type: ignore[arg-type]
    assert struct.calcsize("=IIh2x16I") == hygiene.XUCRED_BYTES
    with pytest.raises(OSError, match="rotocol"):
        hygiene.peer_user(Mac(version=1))  # type: ignore[arg-type]
