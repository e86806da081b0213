"""How could a process reach the network, or a service that reaches it?"""

import contextlib
import encodings.idna  # noqa: F401 - getaddrinfo needs it, and inside the reader's seal nothing is imported
import errno
import os
import socket

from homebody.seal import kernel
from homebody.seal.probe import Probe, ProbeTargets, Untestable, needs

LOOPBACK = "127.0.0.1"
DISCARD = 9
"""The port that is knocked at when no target is given: a refused connection has reached the network, too."""

SECONDS = 2.0
GOT_THERE = frozenset({errno.ECONNREFUSED, errno.EINPROGRESS, errno.ETIMEDOUT})

FAMILIES = {
    "inet": (2, 1), "inet6": (10, 1), "unix": (1, 1), "netlink": (16, 3), "packet": (17, 3), "vsock": (40, 1),
    "bluetooth": (31, 3), "alg": (38, 5), "key": (15, 3), "rds": (21, 5), "tipc": (30, 1), "can": (29, 3),
    "qipcrtr": (42, 2), "xdp": (44, 3), "smc": (43, 1), "kcm": (41, 5), "ib": (27, 3), "nfc": (39, 5),
    "pppox": (24, 2), "llc": (26, 1), "mctp": (45, 2),
}  # fmt: skip
"""Socket families and a type that each takes (linux/socket.h); kernels lack some, and the control says which."""


def tcp(targets: ProbeTargets) -> None:
    """Open a TCP connection to this computer."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as made:
        made.settimeout(SECONDS)
        _arrive(made, (LOOPBACK, targets.tcp_port or DISCARD))


def udp(targets: ProbeTargets) -> None:
    """Send a UDP datagram to this computer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.sendto(b"homebody probe", (LOOPBACK, targets.udp_port or DISCARD))


def listen(_targets: ProbeTargets) -> None:
    """Listen for TCP connections."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as made:
        made.bind((LOOPBACK, 0))
        made.listen(1)


def dns(_targets: ProbeTargets) -> None:
    """Look a name up. It is the one name that answers without a network, so that nothing leaves this computer.

    getaddrinfo has error codes of its own, so the kernel's is taken from the socket that a resolver needs.
    """
    try:
        socket.getaddrinfo(b"localhost", DISCARD)
    except socket.gaierror as error:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM):
            raise Untestable("this computer does not resolve localhost") from error


def unix(targets: ProbeTargets) -> None:
    """Connect to a named unix socket, as D-Bus, a resolver or a container engine have one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
        made.settimeout(SECONDS)
        _arrive(made, targets.unix_path or "/run/homebody-probe-nobody")


def abstract(targets: ProbeTargets) -> None:
    """Connect to an abstract unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
        made.settimeout(SECONDS)
        _arrive(made, "\0" + (targets.abstract_name or "homebody-probe-nobody"))


def datagram_pair(targets: ProbeTargets) -> None:
    """Make a pair of datagram sockets and send from it to a named one (no-egress, row 5)."""
    ours, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, other:
        ours.sendto(b"homebody probe", needs(targets.datagram_path, "datagram socket"))


def raw(_targets: ProbeTargets) -> None:
    """Open a raw IP socket."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP):
        pass


def ping(_targets: ProbeTargets) -> None:
    """Open an ICMP socket, as an unprivileged ping has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP):
        pass


def io_uring(_targets: ProbeTargets) -> None:
    """Set up an io_uring, whose requests seccomp never sees (no-egress, row 9)."""
    os.close(kernel.call("io_uring_setup", 4, kernel.buffer(120)))


def family(name: str) -> Probe:
    """Return the probe that makes a socket of the family *name*."""
    number, kind = FAMILIES[name]

    def attempt(_targets: ProbeTargets) -> None:
        os.close(kernel.call("socket", number, kind, 0))

    return Probe(name=f"socket_{name}", channel="socket", words=f"make a socket of the family {name.upper()}",
                 attempt=attempt, refusals=frozenset({errno.EPERM}))  # fmt: skip


def on_no_socket(name: str, words: str, *arguments: int) -> Probe:
    """Return the probe that makes the call *name* on the descriptor -1: unsealed it says EBADF, and that counts."""

    def attempt(_targets: ProbeTargets) -> None:
        kernel.call(name, -1, *arguments)

    return Probe(name=name, channel="socket call", words=words, attempt=attempt)


def _arrive(made: socket.socket, address: tuple[str, int] | str) -> None:
    """Connect; an answer from beyond the seal, even a refusing one, means that the request got there."""
    try:
        made.connect(address)
    except TimeoutError:
        return
    except OSError as error:
        if error.errno not in GOT_THERE:
            raise
        return
    with contextlib.suppress(OSError):
        made.sendall(b"homebody probe")


PROBES = (
    Probe(name="tcp", channel="internet", words="open a TCP connection", attempt=tcp),
    Probe(name="udp", channel="internet", words="send a UDP datagram", attempt=udp),
    Probe(name="dns", channel="internet", words="look up a name (DNS)", attempt=dns),
    Probe(name="listen", channel="internet", words="listen for TCP connections", attempt=listen),
    Probe(name="raw", channel="internet", words="open a raw IP socket", attempt=raw),
    Probe(name="ping", channel="internet", words="open an ICMP socket", attempt=ping),
    Probe(name="unix", channel="unix socket", words="connect to a unix socket", attempt=unix),
    Probe(name="abstract", channel="unix socket", words="connect to an abstract unix socket", attempt=abstract),
    Probe(name="datagram_pair", channel="unix socket", words="send to a named socket from a datagram pair",
          attempt=datagram_pair),
    Probe(name="io_uring", channel="io_uring", words="set up an io_uring", attempt=io_uring),
    *(family(name) for name in FAMILIES),
    on_no_socket("connect", "connect any socket", 0, 0),
    on_no_socket("bind", "bind any socket", 0, 0),
    on_no_socket("recvmsg", "take a descriptor that another process hands in", 0, 0),
    on_no_socket("recvmmsg", "take several messages at once", 0, 0, 0, 0),
    on_no_socket("sendmmsg", "send several messages at once", 0, 0, 0),
    on_no_socket("sendto", "send to an address", 0, 0, 0, 1, 16),
)  # fmt: skip
