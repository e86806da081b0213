"""The control socket: ours alone, and patient with nobody who means ill."""

import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from listening import listening

from homebody.errors import HomebodyError, NotRunningError
from homebody.service.control import request
from homebody.service.http_request import LARGEST_REQUEST
from homebody.service.listener import ControlServer


def refuse(_asked):
    """Refuse, as a route does."""
    raise HomebodyError("That cannot be done.", hint="Do something else.")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Path]:
    """Return the socket of a server with three routes."""
    path = tmp_path / "run" / "control.sock"
    routes = {
        ("GET", "/v1/echo"): lambda asked: {"asked": dict(asked)},
        ("POST", "/v1/refuse"): refuse,
        ("POST", "/v1/fault"): lambda asked: {"half": 1 / int(asked["number"])},
    }
    with listening(path, routes):
        yield path


def raw(path: Path, data: bytes) -> bytes:
    """Send bytes as they are and return the answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(str(path))
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while block := connection.recv(65536):
            answer += block
    return answer


def test_a_question_is_answered(server: Path):
    """A route's answer comes back; what was asked comes from body and query alike."""
    assert {"asked": {"a": 1}} == request(server, "GET", "/v1/echo", {"a": 1})
    assert {"asked": {"after": "7"}} == request(server, "GET", "/v1/echo?after=7")


def test_a_refusal_keeps_its_words_and_hint(server: Path):
    """What the daemon says when it refuses is what the person reads."""
    with pytest.raises(HomebodyError, match=r"That cannot be done\.") as caught:
        request(server, "POST", "/v1/refuse", {})
    assert caught.value.hint == "Do something else."


def test_only_the_owner_can_open_it(server: Path):
    """The socket is 0600 in a folder that is 0700."""
    assert 0o600 == stat.S_IMODE(server.stat().st_mode)
    assert 0o700 == stat.S_IMODE(server.parent.stat().st_mode)


def test_a_folder_that_others_can_write_is_refused(tmp_path: Path):
    """A socket is not made where others could put theirs."""
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(HomebodyError, match="can be written by others"):
        ControlServer(folder / "control.sock", {})


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n", b" 404 "),
        (b"POST /v1/echo HTTP/1.1\r\nHost: x\r\n\r\n", b" 404 "),
        (b"GET /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{nope", b" 400 "),
        (b"GET /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n[]", b" 409 "),
        (b"GET /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (LARGEST_REQUEST + 1), b" 413 "),
        (b"POST /v1/fault HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", b" 400 "),
        (b"BREW /coffee HTTP/1.1\r\nHost: x\r\n\r\n", b" 501 "),
        (b"\x00\x01\x02\r\n\r\n", b" 400 "),
    ],
)
def test_nonsense_gets_an_error_and_the_server_lives(server: Path, data: bytes, status: bytes):
    """A request that makes no sense is answered with an error, and the next one is served."""
    first_line = raw(server, data).split(b"\r\n")[0]
    assert status in first_line + b" " or b"Error code: 400" in raw(server, data)
    assert {"asked": {}} == request(server, "GET", "/v1/echo")


def test_a_client_that_hangs_up_hurts_nobody(server: Path):
    """A connection cut in the middle of a request does not stop the next."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(server))
        connection.sendall(b"POST /v1/echo HTTP/1.1\r\nContent-Length: 1000\r\n\r\n{")
    assert {"asked": {}} == request(server, "GET", "/v1/echo")


def test_many_ask_at_once(server: Path):
    """Thirty-two clients are all answered, a silent one beside them."""
    silent = socket.socket(socket.AF_UNIX)
    silent.connect(str(server))
    answers: list[object] = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(request(server, "GET", "/v1/echo", {"n": n})))
        for n in range(32)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    silent.close()
    assert sorted(range(32)) == sorted(answer["asked"]["n"] for answer in answers)  # type: ignore[index]


def test_where_nobody_listens_it_says_so(tmp_path: Path):
    """Without a daemon the error says that none is running, and how to start one."""
    with pytest.raises(NotRunningError) as caught:
        request(tmp_path / "nobody.sock", "GET", "/v1/status")
    assert "homebody serve" in (caught.value.hint or "")


def test_a_stale_socket_is_replaced(tmp_path: Path):
    """The socket file that a killed daemon left behind does not keep the next one from starting."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(folder / "control.sock"))
    left.close()
    ControlServer(folder / "control.sock", {}).server_close()
    assert (folder / "control.sock").is_socket()
