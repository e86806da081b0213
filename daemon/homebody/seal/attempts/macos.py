"""How could a process get out on macOS, besides the ways that all systems have?

By asking one of the many services there to act for it, by sockets into the kernel, by another process's memory
or words, by names that others can open. Never run on a Mac: there the macOS job runs each of them unsealed first.
"""

import ctypes
import errno
import os
import socket
import subprocess
from collections.abc import Callable

from homebody.seal.attempts import files, macos_calls, network, processes
from homebody.seal.attempts.macos_calls import function, refused, variable
from homebody.seal.probe import Probe, ProbeTargets, Untestable, needs, probe

BOOTSTRAP_NOT_PRIVILEGED = 1100
"""What launchd answers about a service that the seal keeps out of reach (servers/bootstrap.h)."""

ECHO_REQUEST = b"\x08\x00\xf7\xff\x00\x00\x00\x00"

SERVICES = {
    "launchservicesd": "com.apple.launchservicesd", "coreservices_launch": "com.apple.coreservices.launchservicesd",
    "appleevents": "com.apple.coreservices.appleevents", "nsurlsessiond": "com.apple.nsurlsessiond",
    "trustd": "com.apple.trustd", "dnssd": "com.apple.dnssd.service",
    "configd": "com.apple.SystemConfiguration.configd",
    "pasteboard": "com.apple.pasteboard.1", "security": "com.apple.SecurityServer", "tccd": "com.apple.tccd",
    "usernoted": "com.apple.usernoted.daemon_client", "windowserver": "com.apple.windowserver.active",
    "directory": "com.apple.system.opendirectoryd.libinfo", "fsevents": "com.apple.FSEvents",
    "cloudd": "com.apple.cloudd", "bird": "com.apple.bird", "sharing": "com.apple.sharingd",
    "distributed": "com.apple.distributed_notifications@Uv3", "spotlight": "com.apple.metadata.mds",
    "bluetooth": "com.apple.bluetoothd", "analytics": "com.apple.analyticsd", "network": "com.apple.networkd",
    "notify": "com.apple.system.notification_center", "logger": "com.apple.system.logger",
}  # fmt: skip
PROGRAMS = {
    "open": ["/usr/bin/open", "-h"], "osascript": ["/usr/bin/osascript", "-e", "1"],
    "launchctl": ["/bin/launchctl", "version"], "curl": ["/usr/bin/curl", "--version"],
    "shortcuts": ["/usr/bin/shortcuts", "help"], "security_tool": ["/usr/bin/security", "help"],
}  # fmt: skip
FAMILIES = {
    "system_control": (32, socket.SOCK_DGRAM, 2), "system_event": (32, socket.SOCK_RAW, 1),
    "route": (17, socket.SOCK_RAW, 0), "ndrv": (27, socket.SOCK_RAW, 0), "key": (29, socket.SOCK_RAW, 2),
    "vsock": (40, socket.SOCK_STREAM, 0),
}  # fmt: skip
"""Families that lead into the kernel or to other machines, with a type and a protocol (sys/socket.h)."""

UNIX_PATHS = {
    "mdnsresponder": "/var/run/mDNSResponder",
    "syslog": "/var/run/syslog",
    "usbmuxd": "/var/run/usbmuxd",
}


def look_up(service: str) -> Callable[[ProbeTargets], None]:
    """Return the attempt to reach a service by its name."""

    def attempt(_targets: ProbeTargets) -> None:
        port = ctypes.c_uint()
        ask = function("bootstrap_look_up")
        answer = ask(ctypes.c_uint(variable("bootstrap_port")), service.encode(), ctypes.byref(port))
        if answer == BOOTSTRAP_NOT_PRIVILEGED:
            raise refused()
        if answer:
            raise Untestable(f"nobody serves {service} here ({answer})")

    return attempt


def start(command: list[str]) -> Callable[[ProbeTargets], None]:
    """Return the attempt to start a program that could act outside the seal; with arguments that do nothing."""

    def attempt(_targets: ProbeTargets) -> None:
        try:
            subprocess.run(command, check=False, capture_output=True, timeout=20)
        except FileNotFoundError as error:
            raise Untestable("this computer has no such program") from error

    return attempt


def make_socket(family: int, kind: int, protocol: int) -> Callable[[ProbeTargets], None]:
    """Return the attempt to make a socket of a family."""

    def attempt(_targets: ProbeTargets) -> None:
        try:
            socket.socket(family, kind, protocol).close()
        except OSError as error:
            if error.errno in (*network.NO_SUCH_FAMILY, errno.EPROTOTYPE, errno.ENOPROTOOPT):
                raise Untestable("this kernel has no such sockets") from error
            raise

    return attempt


def connect_to(path: str) -> Callable[[ProbeTargets], None]:
    """Return the attempt to connect to a service's unix socket, by stream and by datagram."""

    def attempt(_targets: ProbeTargets) -> None:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(socket.AF_UNIX, kind) as made:
                try:
                    made.connect(path)
                except OSError as error:
                    if error.errno == errno.EPROTOTYPE:
                        continue
                    if error.errno in (errno.ENOENT, errno.ECONNREFUSED):
                        raise Untestable("nobody listens there") from error
                    raise
            return

    return attempt


def tcp6(_targets: ProbeTargets) -> None:
    """Open a TCP connection over IPv6; a refusing answer has been there, too."""
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as made:
        made.settimeout(network.SECONDS)
        try:
            made.connect(("::1", network.DISCARD))
        except OSError as error:
            if error.errno not in network.GOT_THERE:
                raise


def sendmsg(targets: ProbeTargets) -> None:
    """Send a datagram by sendmsg."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.sendmsg([b"homebody probe"], [], 0, (network.LOOPBACK, targets.udp_port or network.DISCARD))


def ping(_targets: ProbeTargets) -> None:
    """Send an ICMP echo request to this computer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP) as made:
        made.sendto(ECHO_REQUEST, (network.LOOPBACK, 0))


def bind_unix(targets: ProbeTargets) -> None:
    """Listen on a unix socket with a name of its own, in a folder whose path is short enough for one."""
    path = f"{os.path.dirname(needs(targets.unix_path, 'unix socket'))}/{os.getpid()}"  # noqa: PTH120
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
        made.bind(path)
    files.take_away(path)


SHARED = (
    "tcp", "udp", "listen", "unix", "datagram_pair", "child", "signal", "write_outside", "read_outside",
    "append_outside", "list_outside", "rename_outside", "folder_outside", "symlink_outside", "hardlink_outside",
    "fifo_outside", "chmod_outside", "chown_outside", "utime_outside", "terminal",
)  # fmt: skip
"""The ways of all systems: each is made by Python alone, of calls that every Unix has."""


def shared() -> tuple[Probe, ...]:
    """Return the probes that run on macOS as they are."""
    known = {one.name: one for one in (*network.PROBES, *processes.PROBES, *files.PROBES)}
    return tuple(known[name] for name in SHARED)


DNS = probe("dns", "internet", "look up a name (DNS)", connect_to(UNIX_PATHS["mdnsresponder"]))
PROBES = (
    *shared(),
    DNS,
    probe("tcp6", "internet", "open a TCP connection over IPv6", tcp6),
    probe("sendmsg", "internet", "send a datagram by sendmsg", sendmsg),
    probe("ping", "internet", "send an ICMP packet", ping),
    probe("bind_unix", "unix socket", "listen on a unix socket of its own", bind_unix),
    *(probe(f"unix_{name}", "unix socket", f"reach the service {name}", connect_to(path))
      for name, path in UNIX_PATHS.items() if name != "mdnsresponder"),
    *(probe(f"socket_{name}", "socket", f"make a socket of the family {name.upper()}", make_socket(*how))
      for name, how in FAMILIES.items()),
    *(probe(f"service_{name}", "services", f"reach {service}", look_up(service)) for name, service in SERVICES.items()),
    *(probe(f"start_{name}", "programs", f"start {command[0]}", start(command)) for name, command in PROGRAMS.items()),
    probe("fork", "programs", "make a second process", macos_calls.fork),
    probe("spawn", "programs", "start a program by posix_spawn", macos_calls.spawn),
    probe("task", "other processes", "take hold of another process's memory", macos_calls.take_task),
    probe("attach", "other processes", "debug another process", macos_calls.attach),
    probe("pidinfo", "other processes", "learn what another process is", macos_calls.ask_about, errno.ESRCH),
    probe("procargs", "other processes", "read another process's environment", macos_calls.read_words),
    probe("truncate_outside", "files", "cut a file outside", macos_calls.truncate_outside),
    probe("clone_outside", "files", "clone a file outside", macos_calls.clone_outside),
    probe("xattr_outside", "file metadata", "hang an attribute on a file", macos_calls.xattr_outside),
    probe("flags_outside", "file metadata", "change a file's flags", macos_calls.flags_outside),
    files.aimed("stat_outside", "file metadata", "learn whether a file outside is there", files.stat_outside),
    probe("shared_memory", "shared memory", "make shared memory with a name", macos_calls.posix_name("shm", 0o600)),
    probe("semaphore", "shared memory", "make a semaphore with a name", macos_calls.posix_name("sem", 0o600, 1)),
    probe("shmget", "shared memory", "use System V shared memory", macos_calls.system_v("shmget", 1, 0)),
    probe("semget", "message queues", "use System V semaphores", macos_calls.system_v("semget", 1, 0)),
    probe("msgget", "message queues", "use System V messages", macos_calls.system_v("msgget", 0)),
    probe("driver", "devices", "open a driver", macos_calls.device),
    probe("make_code", "programs", "make a program in memory", macos_calls.make_code),
)  # fmt: skip

LIMITS = (
    Probe(
        name="socket_inet", channel="socket", words="make an internet socket that leads nowhere",
        attempt=make_socket(socket.AF_INET, socket.SOCK_DGRAM, 0),
        limit="macOS judges a socket when it is connected, bound or sent from, not when it is made",
        number=1,
    ),
)  # fmt: skip
