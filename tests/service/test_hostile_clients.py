"""The control socket among clients that are slow, many, strangers, or talk nonsense."""

import contextlib
import json
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from listening import listening

from homebody.service import listener, responding
from homebody.service.control import request
from homebody.service.http_request import LARGEST_HEAD, LARGEST_REQUEST, MOST_HEADERS
from homebody.service.listener import MOST_CLIENTS

ECHO = b"GET /v1/echo HTTP/1.1\r\nHost: x\r\n"
SECRET = "the vault's own key"


def fault(_asked):
    """Fail as no route should."""
    raise RuntimeError(SECRET)


@contextlib.contextmanager
def serving(path: Path) -> Iterator[Path]:
    """Serve an echo, a fault, and a name that is not UTF-8 on the socket at *path*."""
    routes = {
        ("GET", "/v1/echo"): lambda asked: {"asked": dict(asked)},
        ("POST", "/v1/echo"): lambda asked: {"asked": dict(asked)},
        ("GET", "/v1/fault"): fault,
        ("GET", "/v1/name"): lambda _asked: {"name": "bad\udc80"},
        ("GET", "/v1/whole"): lambda asked: {"whole": int(float(asked["number"]))},
    }
    with listening(path, routes):
        yield path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Path]:
    """Return the socket of a server."""
    with serving(tmp_path / "run" / "control.sock") as path:
        yield path


def connected(path: Path) -> socket.socket:
    """Return a connection that is patient for ten seconds."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(path))
    connection.settimeout(10)
    return connection


def raw(path: Path, data: bytes) -> bytes:
    """Send bytes as they are, end, and return all that comes back."""
    with connected(path) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        return rest(connection)


def rest(connection: socket.socket) -> bytes:
    """Return all that comes until the other side ends."""
    answer = b""
    with contextlib.suppress(ConnectionResetError):
        while block := connection.recv(65536):
            answer += block
    return answer


def still_serves(path: Path) -> bool:
    """Return whether an honest client is answered."""
    return {"asked": {}} == request(path, "GET", "/v1/echo")


def body(text: bytes) -> bytes:
    """Return a request with *text* for its body."""
    return b"POST /v1/echo HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /v1/echo\r\n\r\n", 400),  # HTTP/0.9
        (b"GET /v1/echo HTTP/2.0\r\n\r\n", 400),
        (b"get /v1/echo HTTP/1.1\r\n\r\n", 400),
        (b"GET  /v1/echo HTTP/1.1\r\n\r\n", 400),
        (b"GET http://x/v1/echo HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1/echo\x00 HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1/\xff HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1/echo?a=%ff HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1/echo?" + b"a=1&" * 1000 + b" HTTP/1.1\r\n\r\n", 400),
        (b"DELETE /v1/echo HTTP/1.1\r\n\r\n", 501),
        (ECHO + b"Content-Length: -1\r\n\r\n", 400),
        (ECHO + b"Content-Length: +1\r\n\r\n{", 400),
        (ECHO + b"Content-Length: 1_0\r\n\r\n{}", 400),
        (ECHO + b"Content-Length: 0x2\r\n\r\n{}", 400),
        (ECHO + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
        (ECHO + b"Content-Length: 2, 2\r\n\r\n{}", 400),
        (ECHO + b"Content-Length: 99999999999999999999\r\n\r\n", 400),
        (ECHO + b"Content-Length: %d\r\n\r\n" % (LARGEST_REQUEST + 1), 413),
        (ECHO + b"Content-Length: 10\r\n\r\n{}", 400),
        (ECHO + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 501),
        (ECHO + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", 501),
        (ECHO + b" folded: yes\r\n\r\n", 400),
        (ECHO + b"no colon\r\n\r\n", 400),
        (ECHO + b"a b: c\r\n\r\n", 400),
        (ECHO + b"A: \x00\r\n\r\n", 400),
        (ECHO + b"A: b\n\n\r\n\r\n", 400),
        (ECHO + b"A: b\r\n" * (MOST_HEADERS + 1) + b"\r\n", 431),
        (ECHO + b"A: " + b"x" * 10_000_000 + b"\r\n\r\n", 431),
        (b"x" * (LARGEST_HEAD + 1), 431),
        (ECHO + b"A: b", 400),
        (body(b"{"), 400),
        (body(b"\xff\xfe{}"), 400),
        (body("{}".encode("utf-16")), 400),
        (body(b'{"a": NaN}'), 400),
        (body(b'{"a": 1, "a": 2}'), 400),
        (body(b"[" * 100_000), 400),
        (body(b'{"a":' * 50_000 + b"1" + b"}" * 50_000), 400),
        (body(b'{"a": ' + b"9" * 100_000 + b"}"), 400),
        (body(b"[]"), 409),
        (body(b"null"), 409),
        (b"GET /v1/whole?number=x HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1/whole?number=1e999 HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1/fault HTTP/1.1\r\n\r\n", 500),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_not_exactly_a_request_is_refused(server: Path, data: bytes, status: int) -> None:
    """Each is answered with its own number and one sentence, and the next client is served."""
    head, _, said = raw(server, data).partition(b"\r\n\r\n")
    assert f"HTTP/1.1 {status} ".encode() == head[:13]
    assert {"error"} == set(json.loads(said))
    assert still_serves(server)


def test_a_fault_tells_nothing_of_itself(server: Path) -> None:
    """An answer names the kind of fault, and neither its words nor a line of code."""
    answer = raw(server, b"GET /v1/fault HTTP/1.1\r\n\r\n")
    assert b"RuntimeError" in answer
    assert SECRET.encode() not in answer
    assert b"Traceback" not in answer
    assert b".py" not in answer


def test_what_follows_a_request_is_never_looked_at(server: Path) -> None:
    """A second request behind the first, or behind its body, gets no answer: nothing can hide there."""
    for first in (ECHO + b"\r\n", body(b"{}")):
        answer = raw(server, first + ECHO + b"\r\n")
        assert 1 == answer.count(b"HTTP/1.1 ")
        assert b"Connection: close" in answer


def test_a_name_that_is_not_utf8_can_be_told(server: Path) -> None:
    """The answer comes, and it is JSON in UTF-8."""
    assert {"name": "bad\udc80"} == request(server, "GET", "/v1/name")


def test_a_client_that_dribbles_is_hung_up_on(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then does not buy more time: the whole request counts, and others are served meanwhile."""
    monkeypatch.setattr(listener, "REQUEST_SECONDS", 0.6)
    began = time.monotonic()
    with connected(server) as slow:
        slow.settimeout(0.05)
        answer = b""
        for byte in ECHO * 100:
            with contextlib.suppress(TimeoutError, BrokenPipeError):
                slow.send(bytes([byte]))
                answer = slow.recv(100)
                break
            assert still_serves(server)
        assert answer.startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - began < 8


def test_a_client_that_takes_no_answer_is_left(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its thread ends with its patience, not with the client."""
    monkeypatch.setattr(responding, "ANSWER_SECONDS", 0.2)
    before = threading.active_count()
    with connected(server) as deaf:
        text = json.dumps({"a": "x" * 900_000}).encode()
        deaf.sendall(body(text))
        until(lambda: threading.active_count() > before)
        until(lambda: threading.active_count() == before)


def until(holds) -> None:
    """Wait until *holds*, at most ten seconds."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_a_thousand_idle_clients_keep_nobody_out(server: Path) -> None:
    """Threads and descriptors stay bounded, sixty-four honest clients at once are answered, and all is given back."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4096:
        pytest.skip("this user may not open enough files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
    before = threading.active_count()
    idle: list[socket.socket] = []
    try:
        for _ in range(1000):
            idle.append(connected(server))
        assert threading.active_count() <= before + MOST_CLIENTS + 4
        answers: list[int] = []
        threads = [
            threading.Thread(
                target=lambda n=n: answers.append(request(server, "GET", "/v1/echo", {"n": n})["asked"]["n"])
            )
            for n in range(64)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert list(range(64)) == sorted(answers)
    finally:
        for one in idle:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    until(lambda: threading.active_count() <= before)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=3000),
        st.lists(
            st.sampled_from(
                [b"GET ", b"POST ", b"/v1/echo", b" HTTP/1.1", b"\r\n", b"\n", b":", b"Content-Length: ", b"2",
                 b"{}", b"9" * 30, b"\x00", b"\xff", b" ", b"Transfer-Encoding: chunked", b"?a=", b"%00", b'{"a":']
            ),
            max_size=30,
        ).map(b"".join),
    )
)  # fmt: skip
def test_no_bytes_are_too_strange(server: Path, data: bytes) -> None:
    """Whatever comes, the answer is none or one of ours, and the next client is served."""
    answer = raw(server, data)
    if answer:
        head, _, said = answer.partition(b"\r\n\r\n")
        assert head.split(b" ")[1] in (b"200", b"400", b"404", b"409", b"413", b"431", b"501")
        json.loads(said)
    assert still_serves(server)


STRANGER = """
import os, socket, sys
os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
with socket.socket(socket.AF_UNIX) as connection:
    connection.settimeout(10)
    try:
        connection.connect(sys.argv[1])
        connection.sendall(b"GET /v1/echo HTTP/1.1\\r\\n\\r\\n")
        print(connection.recv(100))
    except OSError as error:
        print(type(error).__name__)
"""


def said_to(path: Path, uid: int) -> str:
    """Return what a process of the user *uid* gets to hear on the socket at *path*."""
    command = [sys.executable, "-I", "-c", STRANGER, str(path), str(uid)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    if "PermissionError" in done.stderr and "setgroups" in done.stderr:
        pytest.skip("only root can become another user")
    return done.stdout.strip() or done.stderr


def test_another_user_is_refused_even_where_the_modes_are_open() -> None:
    """The folder keeps a stranger out; with folder and socket open to all, the kernel's word for the uid does."""
    folder = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    try:
        folder.chmod(0o755)
        with serving(folder / "run" / "control.sock") as path:
            assert "PermissionError" == said_to(path, 65534)
            path.parent.chmod(0o755)
            assert "PermissionError" == said_to(path, 65534)
            path.chmod(0o666)
            assert said_to(path, 65534) in ("b''", "ConnectionResetError", "BrokenPipeError")
            assert "200 OK" in said_to(path, 0)
    finally:
        shutil.rmtree(folder)
