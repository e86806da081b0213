"""The assembler and the simulator of filter programs."""

import struct
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.seal.bpf import (
    ALLOW,
    ENOSYS,
    KILL,
    LONGEST_JUMP,
    Assembler,
    Check,
    Rule,
    compile_filter,
    refuse,
    simulate,
)  # fmt: skip
from homebody.seal.syscalls import NEWEST, TABLE, Machine, number

REGISTER = st.integers(0, 2**64 - 1)
VERDICTS = (ALLOW, KILL, refuse(1), refuse(13))


def judged(rules: Sequence[Rule], default: int, name: str, arguments: Sequence[int]) -> int:
    """Return the verdict by the definition of rules, in plain Python."""
    for rule in rules:
        if rule.name == name and all(holds(check, arguments[check.argument]) for check in rule.checks):
            return rule.verdict
    return default


def holds(check: Check, register: int) -> bool:
    """Return whether a check holds, by its definition."""
    found = (register & check.mask & 0xFFFFFFFF) in check.values
    if check.wide:
        found = found and register >> 32 == 0
    return found != check.inverted


def longest(rule: Rule) -> int:
    """Return how many instructions a rule can take: all that are about one call have to fit into one jump."""
    return 1 + sum(4 + len(check.values) for check in rule.checks)


CHECKS = st.builds(
    Check,
    argument=st.integers(0, 5),
    values=st.lists(st.integers(0, 7), min_size=1, max_size=4, unique=True).map(tuple),
    mask=st.sampled_from([0xFFFFFFFF, 0x3, 0x4]),
    inverted=st.booleans(),
    wide=st.booleans(),
)
NAMES = ("socket", "openat", "read", "clone", "futex")
RULES = st.lists(
    st.builds(
        Rule,
        name=st.sampled_from(NAMES),
        verdict=st.sampled_from(VERDICTS),
        checks=st.lists(CHECKS).map(tuple),
    ),
    max_size=12,
).filter(lambda rules: sum(longest(rule) for rule in rules) < LONGEST_JUMP)
ARGUMENTS = st.lists(st.one_of(st.integers(0, 8), REGISTER), min_size=6, max_size=6)


@given(rules=RULES, default=st.sampled_from(VERDICTS), name=st.sampled_from(NAMES), arguments=ARGUMENTS)
def test_program_judges_as_the_rules_say(
    rules: list[Rule], default: int, name: str, arguments: list[int]
) -> None:
    """Whatever the rules and the registers hold, the program's verdict is that of the first rule that fits."""
    for machine in Machine:
        program = compile_filter(rules, default, machine)
        call = number(name, machine)
        assert call is not None
        assert simulate(program, machine.audit, call, arguments) == judged(rules, default, name, arguments)


@given(call=st.integers(0, 2**32 - 1), audit=st.integers(0, 2**32 - 1), arguments=ARGUMENTS)
def test_foreign_machine_is_killed(call: int, audit: int, arguments: list[int]) -> None:
    """A call through another machine's ABI ends the process, whatever it is."""
    for machine in Machine:
        if audit != machine.audit:
            program = compile_filter((), ALLOW, machine)
            assert simulate(program, audit, call, arguments) == KILL


@given(call=st.integers(NEWEST + 1, 0x3FFFFFFF))
def test_newer_call_does_not_exist(call: int) -> None:
    """A call above the newest that was reviewed gets ENOSYS on both machines."""
    for machine in Machine:
        assert simulate(compile_filter((), ALLOW, machine), machine.audit, call) == ENOSYS


def test_jump_that_is_too_long_is_an_error() -> None:
    """A jump over more instructions than the kernel's eight bits count is never assembled."""
    program = Assembler()
    far = program.fresh()
    program.add(0x15, 1, yes=far)
    for _ in range(256):
        program.add(0x06, ALLOW)
    program.place(far)
    with pytest.raises(AssertionError, match="256 long"):
        program.assemble()


def test_label_that_was_never_placed_is_an_error() -> None:
    """A jump to nowhere is never assembled."""
    program = Assembler()
    program.add(0x15, 1, yes=program.fresh())
    with pytest.raises(AssertionError, match="long"):
        program.assemble()


def test_simulator_refuses_foreign_instructions() -> None:
    """An instruction that our assembler does not make is an error, not a guess."""
    with pytest.raises(ValueError, match="0x7"):
        simulate(struct.pack("=HBBI", 0x07, 0, 0, 0), 0, 0)


def test_rules_about_calls_of_another_machine_are_left_out() -> None:
    """A rule for a call that only x86-64 has costs aarch64 no instruction."""
    only_x86 = next(name for name, (_x86, arm) in TABLE.items() if arm is None)
    rule = Rule(name=only_x86, verdict=refuse(1))
    assert compile_filter((rule,), ALLOW, Machine.AARCH64) == compile_filter((), ALLOW, Machine.AARCH64)
