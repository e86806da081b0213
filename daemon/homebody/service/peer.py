"""Who listens on the control socket? Apart from who asks there: `homebody status` is to answer at once."""

import socket
from pathlib import Path

from homebody import seal
from homebody.errors import NotRunningError
from homebody.service.control import PATIENCE_SECONDS


def listener_of(path: Path) -> tuple[int, int]:
    """Return process and user of whoever listens on the socket at *path*, in the kernel's word (unix(7)).

    Raises NotRunningError when nobody listens there.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
        asked.settimeout(PATIENCE_SECONDS)
        try:
            asked.connect(str(path))
        except OSError as error:
            raise NotRunningError from error
        return seal.peer_process(asked), seal.peer_user(asked)
