"""What a process holds open: seen from outside, by its own account, and what of it is foreign."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homebody.seal import own_descriptors, seen_descriptors

OPEN = """
import os, select, socket, sys
held = [
    socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socketpair(),
    os.memfd_create("x"), open("/etc/passwd"), open("/dev/full", "w"), select.epoll(), os.pipe(),
]
control = socket.socket(socket.AF_UNIX)
control.bind(sys.argv[1])
control.listen()
print(flush=True)
sys.stdin.read()
"""


def test_foreign_descriptors_are_seen(tmp_path: Path) -> None:
    """Sockets, memory that could be a program, and devices are foreign; pipes, files and our listener are not."""
    control = tmp_path / "c.sock"
    (tmp_path / "link").symlink_to(tmp_path)
    command = [sys.executable, "-I", "-S", "-c", OPEN, str(control)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = seen_descriptors(child.pid, control)
        linked = seen_descriptors(child.pid, tmp_path / "link" / "c.sock")
        elsewhere = seen_descriptors(child.pid, tmp_path / "other.sock")
        child.kill()
    assert found is not None
    assert elsewhere is not None
    held = [one for one in found if one.number > 2]
    assert sorted(one.kind for one in held if one.foreign) == [
        "device", "other", "socket", "socket", "stream", "stream",
    ]  # fmt: skip
    assert sorted(one.kind for one in held if not one.foreign) == [
        "control socket", "eventpoll", "file", "pipe", "pipe",
    ]  # fmt: skip
    assert linked == found, "the same socket by another name"
    assert sum(one.foreign for one in elsewhere) == 7


def test_process_that_is_gone_shows_nothing(tmp_path: Path) -> None:
    """None, rather than an empty list that would look like a process with nothing open."""
    assert seen_descriptors(2**22 + 1, tmp_path) is None


def test_own_account_finds_a_connection_and_spares_our_listener(tmp_path: Path) -> None:
    """A connected TCP socket of our own is foreign; a listener and what it accepts are ours."""
    path = tmp_path / "c.sock"
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as made,
        socket.socket(socket.AF_UNIX) as control,
    ):
        control.bind(str(path))
        control.listen()
        told = {one.number: one for one in own_descriptors(path)}
        assert told[made.fileno()].foreign
        assert not told[control.fileno()].foreign


@pytest.mark.parametrize("tier", ["daemon", "model", "reader"])
def test_account_in_the_seal(child: Callable[..., Any], tmp_path: Path, tier: str) -> None:
    """In every tier a process can say what it holds, and a socket that it holds is foreign."""
    (tmp_path / "one.gguf").write_bytes(b"GGUF")
    code = f"""
import socket
folder = Path(given["folder"])
reading, writing = os.pipe()
policy = {{"daemon": lambda: seal.daemon_policy(read=[], write=[folder]),
          "model": lambda: seal.model_policy(model=folder / "one.gguf"), "reader": seal.reader_policy}}[{tier!r}]()
from homebody.seal import entry
entry.refuse_sockets = lambda closing: None
held = socket.socket()
seal.enter(policy)
found = {{one.number: one for one in seal.own_descriptors()}}
told([found[reading].kind, found[writing].foreign, found[held.fileno()].kind, found[held.fileno()].foreign])
"""
    assert child(code, folder=str(tmp_path)) == ["pipe", False, "socket", True]


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can look at a process that forbids dumps as another user"
)
def test_closed_folder_is_said(as_user: Callable[..., Any], tmp_path: Path) -> None:
    """Where the kernel does not show another's descriptors, the answer is None."""
    code = f"told(seal.seen_descriptors({os.getpid()}, Path('/x')) is None)"
    assert as_user(code) is True
