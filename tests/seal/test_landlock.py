"""What kernels of each ABI are told to forbid, and what is said about what they lack."""

from pathlib import Path

import pytest

from homebody.seal.landlock import (
    EXECUTE,
    LACKS,
    READ,
    WRITE,
    WRITE_FILE,
    Handled,
    lacks,
    rules_of,
)  # fmt: skip
from homebody.seal.policy import Policy
from homebody.seal.tier import Tier

MAKE_CHAR, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = 1 << 6, 1 << 9, 1 << 10, 1 << 11, 1 << 12


@pytest.mark.parametrize(
    ("abi", "files", "network", "scopes", "size"),
    [
        (1, 0x1FFF, 0, 0, 8), (2, 0x3FFF, 0, 0, 8), (3, 0x7FFF, 0, 0, 8), (4, 0x7FFF, 3, 0, 16),
        (5, 0xFFFF, 3, 0, 16), (6, 0xFFFF, 3, 3, 24), (7, 0xFFFF, 3, 3, 24), (8, 0xFFFF, 3, 3, 24),
        (9, 0x1FFFF, 3, 3, 24), (10, 0x1FFFF, 15, 3, 24), (12, 0x1FFFF, 15, 3, 24),
    ],
)  # fmt: skip
def test_each_abi_is_told_all_that_it_knows(
    abi: int, files: int, network: int, scopes: int, size: int
) -> None:
    """The attribute is as long and has as many bits as linux/landlock.h has at that ABI."""
    handled = Handled.by(abi)
    assert (handled.files, handled.network, handled.scopes) == (files, network, scopes)
    assert len(handled.packed(abi)) == size


def test_older_kernels_lack_more() -> None:
    """What is missing is said in words, the more the older the kernel is, and nothing is missing at last."""
    counts = [len(lacks(abi)) for abi in range(1, 12)]
    assert counts == sorted(counts, reverse=True)
    assert (counts[0], counts[-1]) == (len(LACKS), 0)
    assert "signals" in " ".join(lacks(5))
    assert "signals" not in " ".join(lacks(6))


def test_write_list_makes_files_and_folders_only() -> None:
    """No right to make devices, sockets, pipes or symbolic links, nor to start a program, is in any rule."""
    policy = Policy(tier=Tier.DAEMON, read=(Path("/r"),), write=(Path("/w"),), execute=(Path("/x"),))
    granted = dict(rules_of(policy))
    assert granted[Path("/w")] == WRITE
    assert not WRITE & (MAKE_CHAR | MAKE_SOCK | MAKE_FIFO | MAKE_BLOCK | MAKE_SYM | EXECUTE)
    assert not READ & (WRITE_FILE | EXECUTE)


def test_only_the_daemon_gets_the_null_device() -> None:
    """The children write nothing, not even to the null device."""
    for tier in Tier:
        named = [path for path, _access in rules_of(Policy(tier=tier))]
        assert named == ([Path("/dev/null")] if tier is Tier.DAEMON else [])
