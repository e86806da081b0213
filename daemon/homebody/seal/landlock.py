"""Which files does the kernel still let this process reach?

Landlock (Documentation/userspace-api/landlock.rst): an allow-list of folders that every child inherits and
nobody can widen. Each kernel knows a number of things to forbid, its ABI; what a kernel lacks is said in
words, so that nobody believes in more than there is.
"""

import errno
import os
import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from homebody.errors import SealError
from homebody.seal import kernel
from homebody.seal.policy import Policy
from homebody.seal.tier import Tier

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << bit for bit in range(6))
MAKE_DIR, MAKE_REG, REFER, TRUNCATE, IOCTL_DEV = 1 << 7, 1 << 8, 1 << 13, 1 << 14, 1 << 15
READ = READ_FILE | READ_DIR
WRITE = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE
"""What a write list grants: ordinary files and folders; no devices, sockets, pipes or links."""

ON_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
"""What the kernel takes in a rule for something that is not a folder."""

CREATE_VERSION = 1
RULE_PATH_BENEATH = 1
NET_TCP, NET_UDP = 0b0011, 0b1100
SCOPE_ABSTRACT_UNIX_AND_SIGNALS = 0b11
QUIET = 0b101
"""LOG_SAME_EXEC_OFF and LOG_SUBDOMAINS_OFF: refusals put names of files into the audit log otherwise."""

NULL_DEVICE = Path("/dev/null")
O_PATH = 0o10000000
"""asm-generic/fcntl.h; Python has it on Linux only."""

LACKS = {
    2: "the kernel refuses to move a file to another folder, so homebody moves it by copying it",
    4: "no second lock on TCP beside seccomp",
    5: "device files that may be read take ioctl calls",
    6: "signals to other processes of the same user are not refused",
    9: "no second lock on named unix sockets beside seccomp",
    10: "no second lock on UDP beside seccomp",
}
"""What a kernel below each ABI cannot do. ABI 3 guards truncation: seccomp refuses truncate(2) by itself, and
ftruncate(2) needs a file that was opened for writing. ABI 7 and 8 add logging and thread sync, which we do
without: the seal goes on while there is one thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What a kernel of a given ABI can be told to forbid, as bits of struct landlock_ruleset_attr."""

    files: int
    network: int
    scopes: int

    @classmethod
    def by(cls, abi: int) -> "Handled":
        """Return everything that *abi* knows."""
        known = {1: 13, 2: 14, 3: 15, 4: 15}.get(abi, 16 if abi < 9 else 17)
        network = (NET_TCP if abi >= 4 else 0) | (NET_UDP if abi >= 10 else 0)
        return cls(
            files=(1 << known) - 1, network=network, scopes=SCOPE_ABSTRACT_UNIX_AND_SIGNALS if abi >= 6 else 0
        )

    def packed(self, abi: int) -> bytes:
        """Return struct landlock_ruleset_attr as long as *abi* knows it."""
        size = 24 if abi >= 6 else 16 if abi >= 4 else 8
        return struct.pack("=QQQ", self.files, self.network, self.scopes)[:size]


def abi() -> int:
    """Return the Landlock ABI of this kernel, 0 where there is none or it was switched off."""
    try:
        return kernel.call("landlock_create_ruleset", None, 0, CREATE_VERSION)
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM):
            return 0
        raise


def lacks(level: int) -> tuple[str, ...]:
    """Return in words what a kernel with the ABI *level* cannot do."""
    return tuple(words for needed, words in LACKS.items() if level < needed)


def rules_of(policy: Policy) -> tuple[tuple[Path, int], ...]:
    """Return every path that *policy* names with what it grants there."""
    devices = ((NULL_DEVICE, READ_FILE | WRITE_FILE),) if policy.tier is Tier.DAEMON else ()
    return (
        *((path, READ) for path in policy.read),
        *((path, READ_FILE | EXECUTE) for path in policy.execute),
        *((path, WRITE) for path in policy.write),
        *devices,
    )


def restrict(policy: Policy) -> int:
    """Let this thread and its children reach only what *policy* names, for good; return the ABI.

    Raises SealError when the kernel has no Landlock or does not put it on, or a path of the policy cannot be reached.
    """
    level = abi()
    if level < 1:
        raise SealError(
            "This kernel has no Landlock, so it cannot keep homebody out of other folders.",
            hint="Use Linux 5.13 or newer with Landlock switched on (lsm=landlock,... on the kernel's command"
            " line); a container may have to allow the landlock calls.",
        )
    try:
        _put_on(policy, level)
    except OSError as error:
        why = errno.errorcode.get(error.errno or 0, str(error.errno))
        raise SealError(
            f"The kernel has Landlock and does not put it on ({why}).",
            hint="A container may have to allow the landlock calls; E2BIG means that homebody was started inside"
            " too many other sandboxes.",
        ) from error
    return level


def _put_on(policy: Policy, level: int) -> None:
    handled = Handled.by(level)
    attributes = handled.packed(level)
    ruleset = kernel.call("landlock_create_ruleset", attributes, len(attributes), 0)
    try:
        _add_rules(ruleset, rules_of(policy), handled.files)
        kernel.call("landlock_restrict_self", ruleset, QUIET if level >= 7 else 0)
    finally:
        os.close(ruleset)


def _add_rules(ruleset: int, rules: Iterable[tuple[Path, int]], handled: int) -> None:
    for path, access in rules:
        try:
            beneath = os.open(path, O_PATH | os.O_CLOEXEC)
        except OSError as error:
            raise SealError(
                f"{path} cannot be reached ({error.strerror}), so the seal cannot name it.",
                hint="Make the folder or correct the path, and start homebody again.",
            ) from error
        try:
            is_folder = stat.S_ISDIR(os.fstat(beneath).st_mode)
            wanted = access & handled if is_folder else access & handled & ON_A_FILE
            kernel.call(
                "landlock_add_rule", ruleset, RULE_PATH_BENEATH, struct.pack("=Qi", wanted, beneath), 0
            )
        finally:
            os.close(beneath)
