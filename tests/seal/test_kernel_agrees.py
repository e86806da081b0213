"""Does the real kernel judge calls as the simulator says? Its verdicts are fetched, and not one call is made.

Each way to end a program is replaced by an error number of its own, so that whatever the kernel decides comes back
as that number. A magic sixth argument, which no rule looks at, says which calls are meant; all others pass.
"""

import base64
import json
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homebody.seal.bpf import ALLOW, ENOSYS, KILL, Check, Rule, compile_filter, refuse, simulate
from homebody.seal.rules import DEFAULTS, rules_for
from homebody.seal.syscalls import NEWEST, TABLE, X32_BIT, Machine, number, this_machine
from homebody.seal.tier import Tier

LOAD, RETURN, IF_EQUAL = 0x20, 0x06, 0x15
LAST_ARGUMENT = 56
MAGIC = 0x5EA1ED00C0FFEE11
PID = 4321
VERDICTS = (ALLOW, KILL, ENOSYS, refuse(1), refuse(13), refuse(25))
FIRST_ERROR = 3000
"""No call fails with such numbers by itself; seccomp gives back any up to 4095 (MAX_ERRNO)."""

SERVER = """
import base64, ctypes, json, os, sys
from homebody.seal import kernel, seccomp
from homebody.errors import SealError
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
for line in sys.stdin:
    asked = json.loads(line)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            kernel.prctl(38, 1)
            seccomp.install(base64.b64decode(asked["program"]))
            found = []
            for call, *arguments in asked["calls"]:
                made = libc.syscall(ctypes.c_long(call), *(ctypes.c_ulong(word) for word in arguments))
                found.append(ctypes.get_errno() if made == -1 else -1)
            os.write(writing, json.dumps(found).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        answer = answers.read()
    os.waitpid(pid, 0)
    print(answer.decode() or "null", flush=True)
"""

NEVER_ASKED = (335, 336)
"""uretprobe of x86-64, and its younger sister: the kernel asks no filter about a tracer's trampoline (335 is seen to
end a process that calls it from anywhere else with SIGILL, so it leads nowhere)."""

Judge = Callable[[bytes, Sequence[Sequence[int]]], list[int]]

ARGUMENT = st.one_of(
    st.integers(0, 8), st.sampled_from([0x5412, 511, 512, 1023, 1024, PID]), st.integers(0, 2**64 - 1)
)
FIVE = st.lists(ARGUMENT, min_size=5, max_size=5)


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """Return a function that gives the kernel's verdicts of a program on calls of five arguments each."""
    command = [sys.executable, "-I", "-c", SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        stdin, stdout = server.stdin, server.stdout

        def verdicts(program: bytes, calls: Sequence[Sequence[int]]) -> list[int]:
            asked = {
                "program": base64.b64encode(harmless(program)).decode(),
                "calls": [[*call, MAGIC] for call in calls],
            }
            stdin.write(json.dumps(asked) + "\n")
            stdin.flush()
            found = json.loads(stdout.readline())
            assert found is not None, "the kernel did not take the program"
            return [VERDICTS[error - FIRST_ERROR] for error in found]

        yield verdicts
        stdin.close()


def harmless(program: bytes) -> bytes:
    """Return *program* with an error number for each verdict, behind the question for the magic argument.

    A program for another machine is told that this one is its own, so that the numbers of both are judged here.
    """
    machines = {machine.audit for machine in Machine}
    body = []
    for place, (code, yes, no, value) in enumerate(struct.iter_unpack("=HBBI", program)):
        meant = value
        if code == RETURN:
            meant = refuse(FIRST_ERROR + VERDICTS.index(value))
        elif place == 1:
            assert value in machines
            meant = this_machine().audit
        body.append((code, yes, no, meant))
    asked = []
    for at, half in ((LAST_ARGUMENT + 4, MAGIC >> 32), (LAST_ARGUMENT, MAGIC & 0xFFFFFFFF)):
        asked += [(LOAD, 0, 0, at), (IF_EQUAL, 1, 0, half), (RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in (*asked, *body))


def simulated(program: bytes, machine: Machine, calls: Sequence[Sequence[int]]) -> list[int]:
    """Return the simulator's verdicts."""
    return [simulate(program, machine.audit, call, arguments) for call, *arguments in calls]


@pytest.mark.parametrize("machine", Machine)
@pytest.mark.parametrize("tier", Tier)
def test_kernel_judges_every_number_as_the_simulator(judge: Judge, tier: Tier, machine: Machine) -> None:
    """Every number up to 600, and the borders of x32 and of 32 bits, with three sets of arguments."""
    program = compile_filter(rules_for(tier, PID), DEFAULTS[tier], machine)
    borders = (X32_BIT - 1, X32_BIT, X32_BIT | 41, 0x7FFFFFFF, 0x80000000)
    sets = ((0, 0, 0, 0, 0), (PID, 1, 1, 0, 1), (0xFFFFFFFF00000001, 0xFFFFFFFF00000001, 3, 1 << 32, 1 << 32))
    numbers = (*(call for call in range(600) if call not in NEVER_ASKED), *borders)
    calls = [(call, *arguments) for call in numbers for arguments in sets]
    assert judge(program, calls) == simulated(program, machine, calls)


@pytest.mark.parametrize("machine", Machine)
@pytest.mark.parametrize("tier", Tier)
@given(drawn=st.lists(st.tuples(st.sampled_from(sorted(TABLE)), FIVE), min_size=40, max_size=120))
@settings(max_examples=4)
def test_kernel_judges_arguments_as_the_simulator(
    judge: Judge, tier: Tier, machine: Machine, drawn: list[tuple[str, list[int]]]
) -> None:
    """Whatever the registers hold, for calls that a rule looks into and all others."""
    program = compile_filter(rules_for(tier, PID), DEFAULTS[tier], machine)
    looked_into = sorted({rule.name for rule in rules_for(tier, PID) if rule.checks})
    drawn += [(name, drawn[place][1]) for place, name in enumerate(looked_into)]
    calls = [(call, *five) for name, five in drawn if (call := number(name, machine)) is not None]
    assert judge(program, calls) == simulated(program, machine, calls)


CHECKS = st.builds(
    Check,
    argument=st.integers(0, 4),
    values=st.lists(st.integers(0, 7), min_size=1, max_size=4, unique=True).map(tuple),
    mask=st.sampled_from([0xFFFFFFFF, 0x3, 0x4]),
    inverted=st.booleans(),
    wide=st.booleans(),
)
CALLS = (st.integers(0, NEWEST + 5) | st.sampled_from([0, 41, 56, 202, 257])).filter(
    lambda call: call not in NEVER_ASKED
)
NAMES = ("socket", "openat", "read", "clone", "futex")
RULES = st.lists(
    st.builds(
        Rule,
        name=st.sampled_from(NAMES),
        verdict=st.sampled_from(VERDICTS),
        checks=st.lists(CHECKS, max_size=3).map(tuple),
    ),
    max_size=8,
)


@given(
    rules=RULES,
    default=st.sampled_from(VERDICTS),
    calls=st.lists(st.tuples(CALLS, FIVE), min_size=20, max_size=40),
)  # fmt: skip
@settings(max_examples=20)
def test_kernel_and_simulator_agree_on_any_rules(
    judge: Judge, rules: list[Rule], default: int, calls: list[tuple[int, list[int]]]
) -> None:
    """Not only our filters: any that the assembler makes is judged alike."""
    program = compile_filter(rules, default, this_machine())
    flat = [(call, *five) for call, five in calls]
    assert judge(program, flat) == simulated(program, this_machine(), flat)


def test_a_wrong_simulator_would_be_noticed(judge: Judge) -> None:
    """The comparison has teeth: with one rule less the kernel's verdict on that rule's call is another."""
    rules = rules_for(Tier.DAEMON, PID)
    fewer = tuple(rule for rule in rules if rule.name != "socket")
    calls = [(number("socket", this_machine()) or 0, 2, 1, 0, 0, 0)]
    whole, less = (compile_filter(each, ALLOW, this_machine()) for each in (rules, fewer))
    assert judge(less, calls) != simulated(whole, this_machine(), calls)
