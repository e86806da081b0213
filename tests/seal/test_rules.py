"""The filters of the three tiers, judged in the simulator for both machines."""

import errno
from collections.abc import Callable

import pytest

from homebody.seal.bpf import ALLOW, ENOSYS, KILL, LONGEST_PROGRAM, compile_filter, refuse, simulate
from homebody.seal.rules import DEFAULTS, rules_for
from homebody.seal.syscalls import NEWEST, TABLE, X32_BIT, Machine, number
from homebody.seal.tier import Tier

PID = 4321
Expectation = tuple[str, tuple[int, ...], int]
Surprises = Callable[[bytes, Tier, Machine], list[tuple[str, tuple[int, ...]]]]
EPERM = refuse(errno.EPERM)
GARBAGE = (0, 1 << 32, 0xDEADBEEF << 32, 0xFFFFFFFF << 32)
AUDIT_MACHINES = {
    "aarch64": 0xC00000B7, "alpha": 0xC0009026, "arcompact": 0x4000005D, "arcompactbe": 0x5D, "arcv2": 0x400000C3,
    "arcv2be": 0xC3, "arm": 0x40000028, "armeb": 0x28, "c6x": 0x4000008C, "c6xbe": 0x8C, "cris": 0x4000004C,
    "csky": 0x400000FC, "frv": 0x5441, "h8300": 0x2E, "hexagon": 0xA4, "i386": 0x40000003, "ia64": 0xC0000032,
    "m32r": 0x58, "m68k": 0x4, "microblaze": 0xBD, "mips": 0x8, "mipsel": 0x40000008, "mips64": 0x80000008,
    "mips64n32": 0xA0000008, "mipsel64": 0xC0000008, "mipsel64n32": 0xE0000008, "nds32": 0x400000A7,
    "nds32be": 0xA7, "nios2": 0x40000071, "openrisc": 0x5C, "parisc": 0xF, "parisc64": 0x8000000F, "ppc": 0x14,
    "ppc64": 0x80000015, "ppc64le": 0xC0000015, "riscv32": 0x400000F3, "riscv64": 0xC00000F3, "s390": 0x16,
    "s390x": 0x80000016, "sh": 0x2A, "shel": 0x4000002A, "sh64": 0x8000002A, "shel64": 0xC000002A, "sparc": 0x2,
    "sparc64": 0x8000002B, "tilegx": 0xC00000BF, "tilegx32": 0x400000BF, "tilepro": 0x400000BC,
    "unicore": 0x4000006E, "x86_64": 0xC000003E, "xtensa": 0x5E, "loongarch32": 0x40000102,
    "loongarch64": 0xC0000102, "none": 0, "all": 0xFFFFFFFF,
}  # fmt: skip
"""Every machine that seccomp can name to a filter (AUDIT_ARCH_* of linux/audit.h), and two that are none."""

EACH = pytest.mark.parametrize(("tier", "machine"), [(tier, machine) for tier in Tier for machine in Machine])


def program(tier: Tier, machine: Machine) -> bytes:
    """Return the filter of *tier* for a process with the number PID."""
    return compile_filter(rules_for(tier, PID), DEFAULTS[tier], machine)


@EACH
def test_every_expectation_holds(tier: Tier, machine: Machine, surprises: Surprises) -> None:
    """Each call that expectations.yaml names is judged as written there."""
    assert surprises(program(tier, machine), tier, machine) == []


@EACH
def test_foreign_machines_are_killed(tier: Tier, machine: Machine) -> None:
    """No call through another machine's ABI gets through, int 0x80 included."""
    filter_ = program(tier, machine)
    verdicts = {
        simulate(filter_, audit, call)
        for audit in AUDIT_MACHINES.values()
        if audit != machine.audit
        for call in (*range(NEWEST + 40), X32_BIT, 2**32 - 1)
    }
    assert verdicts == {KILL}


@pytest.mark.parametrize("tier", Tier)
def test_x32_is_killed(tier: Tier) -> None:
    """No call through the x32 ABI of x86-64 gets through."""
    filter_ = program(tier, Machine.X86_64)
    audit = Machine.X86_64.audit
    calls = (*(X32_BIT | call for call in range(600)), 0x7FFFFFFF, 0x80000000, 0xC0000000, 2**32 - 1)
    assert {simulate(filter_, audit, call) for call in calls} == {KILL}


@EACH
def test_calls_of_the_future_do_not_exist(tier: Tier, machine: Machine) -> None:
    """Every number above the newest that was reviewed gets ENOSYS, and so does one in a gap of the table.

    Above the bit of x32, x86-64 kills instead.
    """
    filter_ = program(tier, machine)
    known = {number(name, machine) for name in TABLE}
    unknown = [call for call in range(5000) if call not in known]
    assert min(unknown) < NEWEST
    powers = [call for bit in range(13, 30) for call in (1 << bit, (1 << bit) + 41)]
    above = [] if machine is Machine.X86_64 else [X32_BIT, X32_BIT + 41, 2**31, 2**32 - 1]
    calls = (*unknown, *powers, X32_BIT - 1, *above)
    assert {simulate(filter_, machine.audit, call) for call in calls} == {ENOSYS}


@EACH
def test_no_family_of_sockets_is_left(tier: Tier, machine: Machine) -> None:
    """Families 0 to 299 are refused, with rubbish in the upper half of the register as well."""
    filter_, call = program(tier, machine), number("socket", machine)
    assert call is not None
    verdicts = {
        simulate(filter_, machine.audit, call, (high | family, kind, 0))
        for family in range(300)
        for high in GARBAGE
        for kind in (1, 2, 3, 5, 0x80801)
    }
    assert verdicts == {EPERM}


@EACH
def test_rubbish_in_the_upper_half_changes_nothing(
    tier: Tier, machine: Machine, expectations: dict[Tier, tuple[Expectation, ...]]
) -> None:
    """Each expectation holds with every register's upper half full of rubbish, but for pointers that must be null."""
    filter_ = program(tier, machine)
    pointers = {
        (rule.name, check.argument) for rule in rules_for(tier, PID) for check in rule.checks if check.wide
    }
    wrong = []
    for name, given, verdict in expectations[tier]:
        if (call := number(name, machine)) is None:
            continue
        arguments = (*given, 0, 0, 0, 0, 0, 0)[:6]
        for high in GARBAGE:
            filled = [
                argument if (name, place) in pointers else argument & 0xFFFFFFFF | high
                for place, argument in enumerate(arguments)
            ]
            if simulate(filter_, machine.audit, call, filled) != verdict:
                wrong.append((name, filled))
            for place in range(6):
                if (name, place) in pointers and verdict == ALLOW and arguments[place] == 0 and high:
                    filled[place] = high
                    if simulate(filter_, machine.audit, call, filled) == ALLOW:
                        wrong.append((name, filled))
                    filled[place] = 0
    assert wrong == []


def test_daemons_expectations_name_every_call(expectations: dict[Tier, tuple[Expectation, ...]]) -> None:
    """The daemon has a deny-list, so for every call of the table somebody has written down what it is to be."""
    assert {name for name, _arguments, _verdict in expectations[Tier.DAEMON]} == set(TABLE)


@EACH
def test_only_connected_unix_pairs_are_left(tier: Tier, machine: Machine) -> None:
    """The daemon may make stream and seqpacket pairs of unix sockets; nobody may make another pair."""
    filter_, call = program(tier, machine), number("socketpair", machine)
    assert call is not None
    allowed = {
        (family, kind)
        for family in range(300)
        for kind in range(16)
        for high in GARBAGE
        if simulate(filter_, machine.audit, call, (high | family, kind | 0x80800, 0)) == ALLOW
    }
    assert allowed == ({(1, 1), (1, 5)} if tier is Tier.DAEMON else set())


@EACH
def test_every_call_has_been_thought_about(tier: Tier, machine: Machine) -> None:
    """With ordinary arguments a call is allowed or refused, and never kills."""
    filter_ = program(tier, machine)
    verdicts = {
        simulate(filter_, machine.audit, call)
        for name in TABLE
        if (call := number(name, machine)) is not None
    }
    assert verdicts <= {ALLOW, EPERM, ENOSYS, refuse(errno.ENOTTY)}


@EACH
def test_filter_fits_the_kernel(tier: Tier, machine: Machine) -> None:
    """The program is well below the kernel's limit, so that three of them can be stacked."""
    assert len(program(tier, machine)) // 8 < LONGEST_PROGRAM // 8


def test_tiers_are_nested() -> None:
    """What the reader may do by name, the model may do; and both live under the daemon's filter."""
    for machine in Machine:
        filters = {tier: program(tier, machine) for tier in Tier}
        for name in TABLE:
            call = number(name, machine)
            if call is None:
                continue
            arguments = (PID, 0, 0, 0, 0, 0) if name == "tgkill" else (0,) * 6
            verdicts = [simulate(filters[tier], machine.audit, call, arguments) for tier in Tier]
            allowed = [verdict == ALLOW for verdict in verdicts]
            assert allowed == sorted(allowed, reverse=True), name


def test_small_tiers_can_be_put_on_inside_the_daemons() -> None:
    """The calls by which a child seals itself further pass the daemon's filter."""
    for machine in Machine:
        filter_ = program(Tier.DAEMON, machine)
        for name in (
            "seccomp",
            "landlock_create_ruleset",
            "landlock_add_rule",
            "landlock_restrict_self",
            "capget",
        ):
            call = number(name, machine)
            assert call is not None
            assert simulate(filter_, machine.audit, call) == ALLOW, name
