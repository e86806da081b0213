"""How is a list of rules turned into the program that the kernel runs before every system call?

Classic BPF as seccomp(2) takes it: an assembler for the few instructions that are needed, and a simulator
that runs a program without a kernel, so that the filters of both machines are tested on either.
"""

import functools
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from homebody.seal.syscalls import NEWEST, X32_BIT, Machine, gaps, number

ALLOW = 0x7FFF0000
KILL = 0x80000000
_ERRNO = 0x00050000
ENOSYS = _ERRNO | 38

LOAD, AND, RETURN = 0x20, 0x54, 0x06
IF_EQUAL, IF_GREATER, IF_AT_LEAST = 0x15, 0x25, 0x35
NUMBER_AT, MACHINE_AT, ARGUMENTS_AT = 0, 4, 16
"""Offsets in struct seccomp_data (linux/seccomp.h)."""

LONGEST_JUMP = 255
LONGEST_PROGRAM = 4096
"""BPF_MAXINSNS (linux/bpf_common.h)."""


def refuse(number_of_error: int) -> int:
    """Return the verdict that makes a call fail with this errno."""
    return _ERRNO | number_of_error


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question about an argument: is ``argument & mask`` one of ``values`` (or, inverted, none of them)?

    Only the low half of the register is looked at, as the kernel does for an int; ``wide`` is for pointers
    and asks that the high half be zero as well.
    """

    argument: int
    values: tuple[int, ...]
    mask: int = 0xFFFFFFFF
    inverted: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What becomes of the call ``name`` when every check holds; otherwise the next rule is asked."""

    name: str
    verdict: int
    checks: tuple[Check, ...] = ()


PAST_ONE = -1
"""The label of the place behind the next instruction."""


class Assembler:
    """Collects instructions and resolves the labels; jumps go forward only, at most 255 far.

    A label is a number of its own, and None means the next instruction.
    """

    def __init__(self) -> None:
        self._instructions: list[tuple[int, int, int | None, int | None]] = []
        self._places: list[int] = []

    def fresh(self) -> int:
        """Return a new label, which stands for nothing yet."""
        self._places.append(-1)
        return len(self._places) - 1

    def place(self, label: int) -> None:
        """Let *label* stand for the next instruction."""
        self._places[label] = len(self._instructions)

    def add(self, code: int, value: int, yes: int | None = None, no: int | None = None) -> None:
        """Append an instruction; a jump goes to *yes* or *no*."""
        self._instructions.append((code, value, yes, no))

    def assemble(self) -> bytes:
        """Return the program as an array of struct sock_filter."""
        assert len(self._instructions) <= LONGEST_PROGRAM, "the filter is longer than the kernel takes"
        fields: list[int] = []
        for following, (code, value, yes, no) in enumerate(self._instructions, start=1):
            if yes is None and no is None:
                fields += (code, 0, 0, value)
            else:
                fields += (code, self._distance(following, yes), self._distance(following, no), value)
        return struct.pack("=" + "HBBI" * len(self._instructions), *fields)

    def _distance(self, following: int, label: int | None) -> int:
        if label is None:
            return 0
        distance = 1 if label == PAST_ONE else self._places[label] - following
        assert 0 <= distance <= LONGEST_JUMP, f"a jump is {distance} long"
        return distance


def compile_filter(rules: Sequence[Rule], default: int, machine: Machine) -> bytes:
    """Return the program that judges calls by *rules*, the first that fits winning, and else by *default*.

    A call through another ABI than the machine's own (i386, x32, arm32) kills the process; a call that the
    table does not know, because it is newer, gets ENOSYS. Rules for calls that *machine* has not are left out.
    """
    program = Assembler()
    program.add(LOAD, MACHINE_AT)
    ours, native, known = program.fresh(), program.fresh(), program.fresh()
    program.add(IF_EQUAL, machine.audit, yes=ours)
    program.add(RETURN, KILL)
    program.place(ours)
    program.add(LOAD, NUMBER_AT)
    if machine is Machine.X86_64:
        program.add(IF_AT_LEAST, X32_BIT, no=native)
        program.add(RETURN, KILL)
        program.place(native)
    program.add(IF_GREATER, NEWEST, no=known)
    program.add(RETURN, ENOSYS)
    program.place(known)
    for first, last in gaps(machine):
        beyond = program.fresh()
        program.add(IF_AT_LEAST, first, no=beyond)
        program.add(IF_GREATER, last, yes=beyond)
        program.add(RETURN, ENOSYS)
        program.place(beyond)
    grouped: dict[str, list[Rule]] = {}
    for rule in rules:
        grouped.setdefault(rule.name, []).append(rule)
    for name, group in grouped.items():
        wanted = number(name, machine)
        if wanted is None:
            continue
        if group[0].checks:
            _judge_call(program, wanted, group, default)
        else:
            program.add(IF_EQUAL, wanted, no=PAST_ONE)
            program.add(RETURN, group[0].verdict)
    program.add(RETURN, default)
    return program.assemble()


def _judge_call(program: Assembler, wanted: int, rules: Sequence[Rule], default: int) -> None:
    """Add the instructions for all *rules* about the call *wanted*."""
    other = program.fresh()
    program.add(IF_EQUAL, wanted, no=other)
    for rule in rules:
        following = program.fresh()
        for check in rule.checks:
            _ask(program, check, otherwise=following)
        program.add(RETURN, rule.verdict)
        program.place(following)
    if all(rule.checks for rule in rules):
        program.add(RETURN, default)
    program.place(other)


def _ask(program: Assembler, check: Check, *, otherwise: int) -> None:
    """Add the instructions that go on when *check* holds and jump to *otherwise* when it does not."""
    low = ARGUMENTS_AT + 8 * check.argument
    holds = program.fresh()
    is_value, is_none = (otherwise, holds) if check.inverted else (holds, otherwise)
    if check.wide:
        program.add(LOAD, low + 4)
        program.add(IF_EQUAL, 0, no=is_none)
    program.add(LOAD, low)
    if check.mask != 0xFFFFFFFF:
        program.add(AND, check.mask)
    for value in check.values[:-1]:
        program.add(IF_EQUAL, value, yes=is_value)
    program.add(IF_EQUAL, check.values[-1], yes=is_value, no=is_none)
    program.place(holds)


@functools.lru_cache(maxsize=8)
def _decoded(program: bytes) -> tuple[tuple[int, int, int, int], ...]:
    """Return the instructions of *program*: code, jump if true, jump if false, value."""
    return tuple(struct.iter_unpack("=HBBI", program))


def simulate(program: bytes, audit: int, call: int, arguments: Sequence[int] = ()) -> int:
    """Return the verdict of *program* on the call number *call*, both machines being little-endian."""
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<IIQ6Q", call & 0xFFFFFFFF, audit, 0, *padded)
    instructions = _decoded(program)
    accumulator = at = 0
    while True:
        code, yes, no, value = instructions[at]
        at += 1
        match code:
            case 0x20:
                accumulator = struct.unpack_from("<I", data, value)[0]
            case 0x54:
                accumulator &= value
            case 0x06:
                return int(value)
            case 0x15:
                at += yes if accumulator == value else no
            case 0x25:
                at += yes if accumulator > value else no
            case 0x35:
                at += yes if accumulator >= value else no
            case _:
                raise ValueError(f"instruction {code:#x} is not one of ours")
