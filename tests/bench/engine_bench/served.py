"""How are servers started and asked: over the loopback, with many requests at once?"""

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from engine_bench.children import Child, running

START_SECONDS = 300
ANSWER_SECONDS = 3600
HOST = "127.0.0.1"


def free_port() -> int:
    """Return a port of the loopback that nobody listens on now."""
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def served(
    name: str, command: Sequence[str | Path], *, port: int, health: str, environ: dict[str, str] | None = None
) -> Iterator[Child]:
    """Give a server that answers; it has ended when this is left. Raises RivalError when it does not come up."""
    with running(name, command, answers=False, environ=environ) as child:
        last = time.monotonic() + START_SECONDS
        while not _answers(port, health):
            if child.process.poll() is not None:
                raise child.failed("it ended before it answered")
            if time.monotonic() > last:
                raise child.failed(f"it did not answer for {START_SECONDS} s")
            time.sleep(0.2)
        yield child


def ask_all(
    child: Child, port: int, requests: Sequence[dict[str, Any]]
) -> tuple[list[dict[str, Any]], float]:
    """Send all *requests* at once; return the `usage` of each and the seconds in all. Raises RivalError."""
    with ThreadPoolExecutor(len(requests)) as pool:
        began = time.perf_counter()
        asked = [pool.submit(_ask, port, request) for request in requests]
        try:
            found = [one.result() for one in asked]
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            raise child.failed(f"it did not answer as it should ({error})") from error
        except BaseException:
            child.end()  # nobody waits for the others' answers
            raise
        return found, time.perf_counter() - began


def _ask(port: int, request: dict[str, Any]) -> dict[str, Any]:
    """Return the `usage` of one chat completion. Raises OSError, HTTPException, ValueError."""
    connection = http.client.HTTPConnection(HOST, port, timeout=ANSWER_SECONDS)
    with contextlib.closing(connection):
        body = json.dumps(request)
        connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
    if response.status != http.client.OK:
        raise ValueError(f"status {response.status}: {text[:300]}")
    usage: dict[str, Any] = json.loads(text)["usage"]
    return usage


def _answers(port: int, path: str) -> bool:
    """Return whether somebody answers there that all is well."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
