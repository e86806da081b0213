"""The table of system calls."""

import re
from collections import Counter
from pathlib import Path

import pytest

from homebody.errors import SealError
from homebody.seal import syscalls
from homebody.seal.syscalls import NEWEST, TABLE, Machine, number

HEADERS = {
    Machine.X86_64: ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"),
    Machine.AARCH64: ("/usr/include/asm-generic/unistd.h",),
}


def kernel_numbers(machine: Machine) -> dict[str, int]:
    """Return the numbers of the kernel headers that are installed here, or skip."""
    for path in HEADERS[machine]:
        if Path(path).is_file():
            found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", Path(path).read_text())
            return {name: int(value) for name, value in found}
    pytest.skip("the kernel's headers are not installed here")


@pytest.mark.parametrize("machine", Machine)
def test_numbers_are_the_kernels_own(machine: Machine) -> None:
    """Every number that the installed kernel headers know is the one in the table."""
    kernel = kernel_numbers(machine)
    ours = {name: number(name, machine) for name in TABLE if name in kernel}
    assert len(ours) > 250
    assert {name: kernel[name] for name in ours} == ours


@pytest.mark.parametrize("machine", Machine)
def test_no_number_is_given_twice(machine: Machine) -> None:
    """Two names never share a number, and none is above the newest that was reviewed."""
    numbers = [found for name in TABLE if (found := number(name, machine)) is not None]
    assert [value for value, times in Counter(numbers).items() if times > 1] == []
    assert max(numbers) == NEWEST


def test_x86_table_has_no_gaps() -> None:
    """Every call of x86-64 up to the newest is named, so that none is allowed unseen."""
    named = {number(name, Machine.X86_64) for name in TABLE}
    never_assigned = set(range(335, 424))
    assert set(range(NEWEST + 1)) - never_assigned - named == set()


def test_aarch64_table_has_no_gaps() -> None:
    """Every call of aarch64 up to the newest is named, apart from the range kept for other machines."""
    named = {number(name, Machine.AARCH64) for name in TABLE}
    never_assigned = set(range(244, 260)) | set(range(295, 424))
    assert set(range(NEWEST + 1)) - never_assigned - named == set()


def test_machine_without_filter_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a processor that homebody has no filter for, the error says which one it is."""
    uname = type("Uname", (), {"machine": "riscv64"})
    monkeypatch.setattr(syscalls.os, "uname", lambda: uname)
    with pytest.raises(SealError, match="riscv64"):
        syscalls.this_machine()
