"""The filters of the three tiers, judged in the simulator for both machines."""

import errno
from collections.abc import Callable

import pytest

from homebody.seal.bpf import ALLOW, ENOSYS, KILL, LONGEST_PROGRAM, compile_filter, refuse, simulate
from homebody.seal.rules import DEFAULTS, rules_for
from homebody.seal.syscalls import NEWEST, TABLE, X32_BIT, Machine, number
from homebody.seal.tier import Tier

PID = 4321
Surprises = Callable[[bytes, Tier, Machine], list[tuple[str, tuple[int, ...]]]]
EPERM = refuse(errno.EPERM)
FOREIGN = (0x40000003, 0x40000028, 0xC000003E, 0xC00000B7, 0x80000015, 0xC00000F3, 0)
GARBAGE = (0, 1 << 32, 0xDEADBEEF << 32)
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
        for audit in FOREIGN
        if audit != machine.audit
        for call in range(NEWEST + 40)
    }
    assert verdicts == {KILL}


@pytest.mark.parametrize("tier", Tier)
def test_x32_is_killed(tier: Tier) -> None:
    """No call through the x32 ABI of x86-64 gets through."""
    filter_ = program(tier, Machine.X86_64)
    audit = Machine.X86_64.audit
    assert {simulate(filter_, audit, X32_BIT | call) for call in range(600)} == {KILL}


@EACH
def test_calls_of_the_future_do_not_exist(tier: Tier, machine: Machine) -> None:
    """Every number above the newest that was reviewed gets ENOSYS."""
    filter_ = program(tier, machine)
    assert {simulate(filter_, machine.audit, call) for call in range(NEWEST + 1, 3000)} == {ENOSYS}


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
