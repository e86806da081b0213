"""How does a process that runs as root give its powers up for good?

capabilities(7): the bounding set first, which needs CAP_SETPCAP, then the ambient set, then permitted,
effective and inheritable. With no_new_privs on, no later exec gives any of them back.
"""

import ctypes
import errno
import os
import struct

from homebody.errors import SealError
from homebody.seal import kernel

PR_CAPBSET_READ, PR_CAPBSET_DROP = 23, 24
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
HIGHEST = 64
VERSION_3 = 0x20080522
"""_LINUX_CAPABILITY_VERSION_3: two words of 32 bits for each set (linux/capability.h)."""


def held() -> int:
    """Return the effective, permitted and inheritable capabilities of this thread together, as a bit mask."""
    header = ctypes.create_string_buffer(struct.pack("=Ii", VERSION_3, 0), 8)
    data = ctypes.create_string_buffer(24)
    kernel.call("capget", header, data)
    words = struct.unpack("=6I", data.raw)
    low = words[0] | words[1] | words[2]
    return int(low | (words[3] | words[4] | words[5]) << 32)


def bounding() -> tuple[int, ...]:
    """Return the capabilities that an exec could still give."""
    found = []
    for capability in range(HIGHEST):
        try:
            if kernel.prctl(PR_CAPBSET_READ, capability):
                found.append(capability)
        except OSError:  # EINVAL: past the last one that this kernel knows
            break
    return tuple(found)


def drop_all() -> bool:
    """Drop every capability; return whether the bounding set holds none that root could get back.

    It does only where a container took CAP_SETPCAP away and left others, and no_new_privs then keeps them out
    of reach, as it does for an ordinary user, who has none to drop. Raises SealError when a capability is left.
    """
    if not held() and os.geteuid() != 0:
        return True
    emptied = _empty_bounding_set()
    if held():
        kernel.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
        try:
            kernel.call("capset", struct.pack("=Ii", VERSION_3, 0), bytes(24))
        except OSError as error:
            raise SealError(
                f"The capabilities of this process cannot be dropped ({os.strerror(error.errno or 0)}).",
                hint="Start homebody as an ordinary user.",
            ) from error
    if held():
        raise SealError(
            "The kernel kept a capability that was dropped.", hint="Start homebody as an ordinary user."
        )
    return emptied


def _empty_bounding_set() -> bool:
    for capability in range(HIGHEST):
        try:
            kernel.prctl(PR_CAPBSET_DROP, capability)
        except OSError as error:
            if error.errno == errno.EINVAL:  # past the last one that this kernel knows
                break
            return not bounding()
    return True
