"""A control socket that answers, as long as it is wanted."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from homebody.service.control import Route
from homebody.service.listener import ControlServer


@contextmanager
def listening(path: Path, routes: Mapping[tuple[str, str], Route]) -> Iterator[Path]:
    """Serve *routes* on the socket at *path*."""
    server = ControlServer(path, routes)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield path
    server.shutdown()
    server.server_close()
    thread.join()
