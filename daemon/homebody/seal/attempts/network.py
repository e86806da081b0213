"""How could a process reach the network, or a service that reaches it?"""

import contextlib
import encodings.idna  # noqa: F401 - getaddrinfo needs it, and inside the reader's seal nothing is imported
import errno
import os
import socket

from homebody.seal import kernel
from homebody.seal.probe import Probe, ProbeTargets, Untestable, needs, probe

LOOPBACK = "127.0.0.1"
DISCARD = 9
"""The port that is knocked at when no target is given: a refused connection has reached the network, too."""

SECONDS = 2.0
GOT_THERE = frozenset({errno.ECONNREFUSED, errno.EINPROGRESS, errno.ETIMEDOUT})

NO_SUCH_FAMILY = frozenset({errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT})

FAMILIES = {
    "inet": (2, 1), "inet6": (10, 1), "unix": (1, 1), "netlink": (16, 3), "packet": (17, 3), "vsock": (40, 1),
    "bluetooth": (31, 3), "alg": (38, 5), "key": (15, 3), "rds": (21, 5), "tipc": (30, 1), "can": (29, 3),
    "qipcrtr": (42, 2), "xdp": (44, 3), "smc": (43, 1), "kcm": (41, 5), "ib": (27, 3), "nfc": (39, 5),
    "pppox": (24, 2), "llc": (26, 1), "mctp": (45, 2),
}  # fmt: skip
"""Socket families and a type that each takes (linux/socket.h); kernels lack some: the control says which."""


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
    """Look up the one name that answers without a network, so that nothing leaves this computer.

    A list of hosts may answer that, so it counts only together with the socket that any other name needs;
    and getaddrinfo has error codes of its own, so the kernel's is taken from there as well.
    """
    try:
        found = socket.getaddrinfo(b"localhost", DISCARD)
    except socket.gaierror:
        found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM):
        if not found:
            raise Untestable("this computer does not resolve localhost")


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
    """Make a pair of datagram sockets and send from it to a named one, such as a resolver has."""
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
    """Set up an io_uring, whose requests seccomp never sees."""
    os.close(kernel.call("io_uring_setup", 4, kernel.buffer(120)))


def family(name: str) -> Probe:
    """Return the probe that makes a socket of the family *name*."""
    number, kind = FAMILIES[name]

    def attempt(_targets: ProbeTargets) -> None:
        try:
            os.close(kernel.call("socket", number, kind, 0))
        except OSError as error:
            if error.errno in NO_SUCH_FAMILY:
                raise Untestable("this kernel has no such sockets") from error
            raise

    return probe(f"socket_{name}", "socket", f"make a socket of the family {name.upper()}", attempt)


def on_no_socket(name: str, words: str, *arguments: int) -> Probe:
    """Return the probe that makes the call *name* on descriptor -1; unsealed it says EBADF, which is out."""

    def attempt(_targets: ProbeTargets) -> None:
        kernel.call(name, -1, *arguments)

    return probe(name, "socket call", words, attempt)


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
    probe("tcp", "internet", "open a TCP connection", tcp),
    probe("udp", "internet", "send a UDP datagram", udp),
    probe("dns", "internet", "look up a name (DNS)", dns),
    probe("listen", "internet", "listen for TCP connections", listen),
    probe("raw", "internet", "open a raw IP socket", raw),
    probe("ping", "internet", "open an ICMP socket", ping),
    probe("unix", "unix socket", "connect to a unix socket", unix),
    probe("abstract", "unix socket", "connect to an abstract unix socket", abstract),
    probe("datagram_pair", "unix socket", "send to a named socket from a datagram pair", datagram_pair),
    probe("io_uring", "io_uring", "set up an io_uring", io_uring),
    *(family(name) for name in FAMILIES),
    on_no_socket("connect", "connect any socket", 0, 0),
    on_no_socket("bind", "bind any socket", 0, 0),
    on_no_socket("recvmsg", "take a descriptor that another process hands in", 0, 0),
    on_no_socket("recvmmsg", "take several messages at once", 0, 0, 0, 0),
    on_no_socket("sendmmsg", "send several messages at once", 0, 0, 0),
    on_no_socket("sendto", "send to an address", 0, 0, 0, 1, 16),
)  # fmt: skip
