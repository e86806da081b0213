"""What is open before the seal, and what of it stops the seal."""

import os
import stat
from collections.abc import Callable
from typing import Any

import pytest

from homebody.seal.inherited import audit, kind_of

TRY = """
try:
    seal.enter(seal.reader_policy())
    told("sealed")
except SealError as error:
    told([str(error), error.hint is not None])
"""


@pytest.mark.parametrize(
    ("mode", "device", "link", "kind", "harmless"),
    [
        (stat.S_IFREG, (0, 0), "/home/me/log", "file", True),
        (stat.S_IFDIR, (0, 0), "/home/me", "folder", True),
        (stat.S_IFIFO, (0, 0), "pipe:[1]", "pipe", True),
        (stat.S_IFSOCK, (0, 0), "socket:[1]", "socket", True),
        (stat.S_IFCHR, (1, 3), "/dev/null", "harmless device", True),
        (stat.S_IFCHR, (1, 9), "/dev/urandom", "harmless device", True),
        (stat.S_IFCHR, (136, 0), "/dev/pts/0", "terminal", True),
        (stat.S_IFCHR, (4, 1), "/dev/tty1", "terminal", True),
        (stat.S_IFCHR, (5, 0), "/dev/tty", "terminal", True),
        (stat.S_IFCHR, (5, 2), "/dev/ptmx", "device 5:2", False),
        (stat.S_IFCHR, (10, 200), "/dev/net/tun", "device 10:200", False),
        (stat.S_IFCHR, (10, 223), "/dev/uinput", "device 10:223", False),
        (stat.S_IFCHR, (1, 1), "/dev/mem", "device 1:1", False),
        (stat.S_IFBLK, (8, 0), "/dev/sda", "device 8:0", False),
        (0o600, (0, 0), "anon_inode:[eventpoll]", "eventpoll", True),
        (0o600, (0, 0), "anon_inode:inotify", "inotify", True),
        (0o600, (0, 0), "anon_inode:[io_uring]", "io_uring", False),
        (0o700, (0, 0), "anon_inode:[pidfd]", "pidfd", False),
        (stat.S_IFREG, (0, 0), "anon_inode:[pidfd]", "pidfd", False),
        (0o600, (0, 0), "anon_inode:bpf-prog", "bpf-prog", False),
        (0o600, (0, 0), "", "unknown", False),
    ],
)  # fmt: skip
def test_kinds(mode: int, device: tuple[int, int], link: str, kind: str, harmless: bool) -> None:
    """What fstat(2) and /proc say of a descriptor decides what it is, and the unknown is not harmless."""
    assert kind_of(mode, device, link) == (kind, harmless)


def test_our_own_descriptors_are_known() -> None:
    """Every descriptor of this process has a kind, a folder and a pipe among them."""
    folder = os.open("/", os.O_RDONLY)
    reading, writing = os.pipe()
    try:
        kinds = {one.number: one.kind for one in audit()}
        assert (kinds[folder], kinds[reading], kinds[writing]) == ("folder", "pipe", "pipe")
        assert "unknown" not in kinds.values()
    finally:
        for number in (folder, reading, writing):
            os.close(number)


@pytest.mark.parametrize("place", [0, 1, 2, 7])
def test_device_from_elsewhere_stops_the_seal(child: Callable[..., Any], place: int) -> None:
    """The far end of a terminal, which could type into programs, is refused wherever it is, and named."""
    code = f"""
answers = os.dup(1)
os.dup2(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY), {place})
os.closerange(8, 64) if {place} == 7 else None
def told(value):
    os.write(answers, (json.dumps(value) + "\\n").encode())
{TRY}
"""
    message, has_hint = child(code)
    assert f"{place}: device 5:2" in message
    assert has_hint


def test_process_handle_stops_the_seal(child: Callable[..., Any]) -> None:
    """A pidfd of another process is refused: signals and memory of that process hang on it."""
    code = f"""
handle = os.pidfd_open(os.getppid())
{TRY}
"""
    message, _has_hint = child(code)
    assert "pidfd" in message


def test_ring_stops_the_seal(child: Callable[..., Any]) -> None:
    """An io_uring that was there before would make calls that no filter sees, so it is refused."""
    code = f"""
from homebody.seal import kernel
try:
    ring = kernel.call("io_uring_setup", 4, kernel.buffer(120))
except OSError:
    told(None)
    os._exit(0)
{TRY}
"""
    answer = child(code)
    if answer is None:
        pytest.skip("this kernel or container gives no io_uring")
    assert "io_uring" in answer[0]


def test_ways_to_wait_are_fine(child: Callable[..., Any]) -> None:
    """What asyncio and threads of ours open does not stop the seal."""
    code = f"""
import select, socket
kept = [select.epoll(), os.eventfd(0), socket.socketpair(), os.open("/dev/null", os.O_RDWR)]
{TRY}
"""
    assert child(code) == "sealed"


def test_standard_input_is_let_go(child: Callable[..., Any]) -> None:
    """Afterwards standard input reads nothing, whatever it was, also when it was closed."""
    code = """
from homebody.seal.inherited import audit
theirs, ours = os.pipe()
os.write(ours, b"secret")
os.dup2(theirs, 0)
seal.let_go_of_input()
first = os.read(0, 9)
os.close(0)
seal.let_go_of_input()
told([first.decode(), os.read(0, 9).decode(), {one.number: one.kind for one in audit()}[0]])
"""
    assert child(code) == ["", "", "harmless device"]
