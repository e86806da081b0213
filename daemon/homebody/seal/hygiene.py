"""What does a process put in order before it is sealed: descriptors, environment, dumps?"""

import contextlib
import errno
import fcntl
import os
import resource
import socket
import stat
import struct
from collections.abc import Collection, Mapping

from homebody.seal import kernel

KEPT = frozenset(
    {
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TERM", "NO_COLOR", "COLUMNS",
        "LINES", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME",
        "PYTHONDONTWRITEBYTECODE", "PYTHONUTF8", "OMP_NUM_THREADS", "OMP_PROC_BIND", "OMP_WAIT_POLICY",
        "OPENBLAS_NUM_THREADS",
    }
)  # fmt: skip
KEPT_BEGINNINGS = ("HOMEBODY_", "LC_")
"""The variables that stay: no proxies, agents' sockets, D-Bus addresses, LD_PRELOAD or tokens."""

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}
"""Only to let libraries fail fast; it is the kernel that refuses."""

PR_SET_DUMPABLE = 4
HIGHEST_DESCRIPTOR = 1 << 20
SOL_LOCAL, LOCAL_PEERCRED, LOCAL_PEERPID, XUCRED_BYTES = 0, 1, 2, 76


def scrub_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what of *environ* sealed processes keep: an allow-list, and words that say "stay offline"."""
    kept = {
        name: value for name, value in environ.items() if name in KEPT or name.startswith(KEPT_BEGINNINGS)
    }
    return kept | OFFLINE


def scrub_environment_here() -> None:
    """Do the same to our own environment, in place."""
    kept = scrub_environment(os.environ)
    for name in set(os.environ) - set(kept):
        del os.environ[name]
    os.environ.update(kept)


def close_inherited(keep: Collection[int]) -> None:
    """Close every descriptor but those in *keep*: one that was left open could lead outside.

    Empty ranges are left out, because CPython 3.11 takes ``closerange(0, 0)`` for everything.
    """
    lowest = 0
    for descriptor in (*sorted(keep), HIGHEST_DESCRIPTOR):
        if lowest < descriptor:
            os.closerange(lowest, descriptor)
        lowest = descriptor + 1


def let_go_of_input() -> None:
    """Read from nowhere: whatever our standard input was, a terminal or a program's connection, is let go."""
    nowhere = os.open(os.devnull, os.O_RDONLY)
    if nowhere != 0:
        os.dup2(nowhere, 0)
        os.close(nowhere)


def foreign_sockets(allowed: Collection[int]) -> list[int]:
    """Return the open sockets that could lead outside, those in *allowed* left aside.

    Ours are: unix streams that are connected to nobody (a listener, say), both ends of a pair that this
    process made, and a unix stream as standard input, output or error, which is how a service manager takes a
    log. All others are foreign.
    """
    return [fd for fd in open_descriptors() if fd not in allowed and _is_foreign(fd)]


def open_descriptors() -> list[int]:
    """Return the numbers of all open descriptors of this process."""
    try:
        listed = [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208 - names are numbers
    except OSError:
        listed = list(range(min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], HIGHEST_DESCRIPTOR)))
    found = []
    for fd in listed:
        with contextlib.suppress(OSError):
            fcntl.fcntl(fd, fcntl.F_GETFD)  # libc's fstat is another call, which the reader may not make
            found.append(fd)
    return found


def forbid_dumps() -> None:
    """Make sure that no core file, crash handler or debugger of the same user gets this process's memory."""
    forbid_core_files()
    kernel.prctl(PR_SET_DUMPABLE, 0)


def forbid_core_files() -> None:
    """Make sure that no core file of this process is written."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _is_foreign(fd: int) -> bool:
    if not stat.S_ISSOCK(os.fstat(fd).st_mode):
        return False
    with socket.socket(fileno=os.dup(fd)) as found:
        if found.family != socket.AF_UNIX or found.type not in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
            return True
        try:
            found.getpeername()
        except OSError:
            return False  # connected to nobody, and connect is refused from now on
        return fd > 2 and peer_process(found) != os.getpid()


def peer_process(connected: socket.socket) -> int:
    """Return the number of the process that is at the other end of a unix socket. Raises OSError."""
    credentials = getattr(socket, "SO_PEERCRED", None)
    if credentials is None:  # macOS: sys/un.h
        return int(connected.getsockopt(SOL_LOCAL, LOCAL_PEERPID))
    return int(struct.unpack("3i", connected.getsockopt(socket.SOL_SOCKET, credentials, 12))[0])


def peer_user(connected: socket.socket) -> int:
    """Return the user at the other end of a unix socket. Raises OSError.

    Linux: SO_PEERCRED (unix(7)). macOS: LOCAL_PEERCRED, a struct xucred: its version, the user, the groups
    (sys/ucred.h); another version than 0 is an error, because its fields could lie elsewhere.
    """
    credentials = getattr(socket, "SO_PEERCRED", None)
    if credentials is not None:
        return int(struct.unpack("3i", connected.getsockopt(socket.SOL_SOCKET, credentials, 12))[1])
    version, user = struct.unpack_from("=II", connected.getsockopt(SOL_LOCAL, LOCAL_PEERCRED, XUCRED_BYTES))
    if version != 0:
        raise OSError(errno.EPROTO, os.strerror(errno.EPROTO))
    return int(user)
