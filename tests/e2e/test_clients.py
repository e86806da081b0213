"""Hostile clients of the real, sealed daemon's control socket: recipes go on, and nothing grows."""

import contextlib
import resource
import socket
from pathlib import Path

import pytest

LIST = """
name: keep-a-list
triggers:
  - watch: {notes}
    settle: 100ms
actions:
  - append: {{dest: "{folder}/list/names.md", content: "{{{{ file.name }}}}"}}
"""


def resident_kib(pid: int) -> int:
    """Return the memory that a process has (proc(5))."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError


def rude(path: Path, data: bytes) -> bytes:
    """Send *data* and return the first line of the answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.settimeout(20)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            return connection.recv(65536).split(b"\r\n")[0]
    return b""


def test_hostile_clients_stop_no_recipe_and_cost_no_memory(house) -> None:
    """Three hundred idle clients and hundreds of bad requests: a file is done, and threads and memory come back."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2048:
        pytest.skip("this user may not open enough files")
    house.recipe("keep-a-list", LIST.format(notes=house.notes, folder=house.folder))
    house.start()
    house.drop("before.md", "x")
    house.ended("before.md")
    pid, path = house.status()["pid"], house.home.socket
    threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    for _ in range(2):  # the first time Python takes what it then keeps
        before = resident_kib(pid)
        for data in (
            b"\x00" * 70_000,
            b"POST /v1/run HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n" + b"[" * 1_000_000,
        ):
            for _ in range(30):
                assert rude(path, data)[9:12] in (b"400", b"431", b"")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2048), hard))
    idle = []
    try:
        for _ in range(300):
            idle.append(socket.socket(socket.AF_UNIX))
            idle[-1].connect(str(path))
        house.drop("amid.md", "y")
        assert "done" == house.ended("amid.md")[-1]["state"]
        assert len(list(Path(f"/proc/{pid}/fd").iterdir())) < 300
    finally:
        for one in idle:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    slots = house.status()["model"]["settings"]["slots"]  # so many threads ask the model when it is loaded
    house.until(lambda: len(list(Path(f"/proc/{pid}/task").iterdir())) <= threads + slots + 4)
    assert resident_kib(pid) - before < 16_000
    assert "before.md\namid.md\n" == (house.folder / "list" / "names.md").read_text()
    assert "RecursionError" not in house.words.read_text()
