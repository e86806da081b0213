"""How could a process slip past its seal: by another layer, another way to call, or a descriptor from elsewhere?"""

import array
import ctypes
import os
import signal
import socket
import struct
import subprocess
import sys

from homebody.seal import kernel
from homebody.seal.attempts.files import own_name, take_away
from homebody.seal.attempts.network import LOOPBACK
from homebody.seal.attempts.processes import CHILD_SECONDS, in_a_thread
from homebody.seal.landlock import O_PATH
from homebody.seal.probe import Killed, ProbeTargets, Untestable, needs, probe
from homebody.seal.seccomp import SET_MODE_FILTER, Program

PR_SET_NO_NEW_PRIVS = 38
ALLOW_EVERYTHING = struct.pack("=HBBI", 0x06, 0, 0, 0x7FFF0000)
"""A filter of one instruction: return SECCOMP_RET_ALLOW (linux/seccomp.h)."""

ALL_FILES = (1 << 13) - 1
"""Everything that the first Landlock ABI knows."""

RULE_PATH_BENEATH = 1

SOCKET_BY_INT_80 = "53b867010000bb02000000b90100000031d2cd805b4898c3"
"""mov eax, 359 (socket of i386); mov ebx, 2; mov ecx, 1; xor edx, edx; int 0x80; give eax back."""

SOCKET_BY_X32 = "b829000040bf02000000be0100000031d20f05c3"
"""mov eax, 0x40000029 (socket of x32); mov edi, 2; mov esi, 1; xor edx, edx; syscall."""

RUN_CODE = """
import ctypes, mmap, sys
page = mmap.mmap(-1, 4096, prot=7)
page.write(bytes.fromhex(sys.argv[1]))
start = ctypes.addressof(ctypes.c_char.from_buffer(page))
made = ctypes.CFUNCTYPE(ctypes.c_long)(start)()
sys.exit(0 if made >= 0 else 7)
"""


def by_machine_code(code: str) -> None:
    """Let a child of ours run machine code that asks for a socket; a filter ends whoever calls so."""
    if os.uname().machine != "x86_64":
        raise Untestable("this processor has no such calls")
    command = [sys.executable, "-I", "-S", "-c", RUN_CODE, code]
    done = subprocess.run(command, check=False, timeout=CHILD_SECONDS, capture_output=True)
    if done.returncode == -signal.SIGSYS:
        raise Killed("SIGSYS")
    if done.returncode:
        raise Untestable("this kernel takes no such calls")


def old_call(_targets: ProbeTargets) -> None:
    """Make a socket by a call of 32-bit programs, whose numbers are others."""
    by_machine_code(SOCKET_BY_INT_80)


def x32_call(_targets: ProbeTargets) -> None:
    """Make a socket by a call of the x32 ABI."""
    by_machine_code(SOCKET_BY_X32)


def lax_filter(_targets: ProbeTargets) -> None:
    """Lay a filter that allows everything over the seal, in a thread that ends right after; then make a socket."""

    def attempt() -> None:
        kernel.prctl(PR_SET_NO_NEW_PRIVS, 1)
        code = ctypes.create_string_buffer(ALLOW_EVERYTHING, len(ALLOW_EVERYTHING))
        kernel.call("seccomp", SET_MODE_FILTER, 0, Program(1, ctypes.addressof(code)))
        os.close(kernel.call("socket", 2, 1, 0))

    in_a_thread(attempt)


def lax_folders(targets: ProbeTargets) -> None:
    """Lay a Landlock layer that allows the folder outside over the seal, in a thread; then write there."""
    path = own_name(targets, "layer")
    folder = needs(targets.outside, "folder outside")

    def attempt() -> None:
        kernel.prctl(PR_SET_NO_NEW_PRIVS, 1)
        rules = kernel.call("landlock_create_ruleset", struct.pack("=Q", ALL_FILES), 8, 0)
        try:
            beneath = os.open(folder, O_PATH | os.O_CLOEXEC)
            try:
                rule = struct.pack("=Qi", ALL_FILES, beneath)
                kernel.call("landlock_add_rule", rules, RULE_PATH_BENEATH, rule, 0)
            finally:
                os.close(beneath)
            kernel.call("landlock_restrict_self", rules, 0)
        finally:
            os.close(rules)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        take_away(path)

    in_a_thread(attempt)


def handed_in(_targets: ProbeTargets) -> None:
    """Take an open file that comes over a socket, as another program could hand in a connection."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with ours, theirs:
        rights = array.array("i", [theirs.fileno()])
        theirs.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        _data, ancillary, _flags, _address = ours.recvmsg(1, socket.CMSG_SPACE(rights.itemsize))
        for _level, _kind, data in ancillary:
            os.close(struct.unpack("i", data[:4])[0])


def leftover_datagram(targets: ProbeTargets) -> None:
    """Send from one of a pair of datagram sockets to a named one by sendmsg, which hides the name from a filter."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        ours.sendmsg([b"homebody probe"], [], 0, needs(targets.datagram_path, "datagram socket"))


def zero_copy(targets: ProbeTargets) -> None:
    """Send a datagram straight out of memory (MSG_ZEROCOPY)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.setsockopt(socket.SOL_SOCKET, 60, 1)
        made.sendto(b"homebody probe", 0x4000000, (LOOPBACK, needs(targets.udp_port, "UDP port")))


def fast_open(targets: ProbeTargets) -> None:
    """Send the first bytes together with the wish for a connection (TCP fast open)."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as made:
        made.settimeout(2)
        made.sendto(b"homebody probe", 0x20000000, (LOOPBACK, needs(targets.tcp_port, "TCP port")))


def unix_datagram(targets: ProbeTargets) -> None:
    """Send to a named datagram socket, as the system's log has one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.sendto(b"homebody probe", needs(targets.datagram_path, "datagram socket"))


PROBES = (
    probe("old_call", "other calls", "make a socket by a 32-bit call", old_call),
    probe("x32_call", "other calls", "make a socket by an x32 call", x32_call),
    probe("lax_filter", "other layers", "lay a lax filter over the seal", lax_filter),
    probe("lax_folders", "other layers", "lay lax folders over the seal", lax_folders),
    probe("handed_in", "unix socket", "be handed an open file by a socket", handed_in),
    probe("leftover_datagram", "unix socket", "send to a name that a filter cannot see", leftover_datagram),
    probe("unix_datagram", "unix socket", "send to a named datagram socket", unix_datagram),
    probe("zero_copy", "internet", "send a datagram without copying it", zero_copy),
    probe("fast_open", "internet", "send before a connection stands", fast_open),
)  # fmt: skip
