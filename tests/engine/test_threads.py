"""How many threads the model gets."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.threads import cgroup_quota, choose, physical_cores, thread_count


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="ascii")


@given(st.integers(1, 256), st.none() | st.floats(0.1, 300), st.integers(0, 300))
def test_never_more_than_any_limit(cores: int, quota: float | None, asked: int) -> None:
    """At least one, and never more than the cores, the quota's whole processors or what was asked for."""
    count = choose(cores, quota, asked, 10**9)

    assert 1 <= count <= cores
    assert quota is None or count <= max(1, int(quota))
    assert asked == 0 or count <= asked


def test_small_models_get_one() -> None:
    """A model whose steps are too short to share gets one thread, unless a person asks for more."""
    assert 1 == choose(8, None, 0, 5_000_000)
    assert 4 == choose(8, None, 4, 5_000_000)
    assert 8 == choose(8, None, 0, 5_000_000_000)


def test_siblings_count_once(tmp_path: Path) -> None:
    """Two processors of one core count as one; a processor that says nothing counts for itself."""
    for number, siblings in ((0, "0,4"), (4, "0,4"), (1, "1,5"), (5, "1,5")):
        write(tmp_path / f"cpu{number}" / "topology" / "thread_siblings_list", siblings + "\n")

    assert 2 == physical_cores([0, 1, 4, 5], tmp_path)
    assert 1 == physical_cores([0, 4], tmp_path)
    assert 3 == physical_cores([0, 1, 9], tmp_path)


@pytest.mark.parametrize(
    ("own", "root", "expected"),
    [
        ("150000 100000", "max 100000", 1.5),
        ("max 100000", "400000 100000", 4.0),
        ("max 100000", "max 100000", None),
    ],
)
def test_every_group_on_the_way_limits(tmp_path: Path, own: str, root: str, expected: float | None) -> None:
    """The tightest control group between ours and the root decides."""
    write(tmp_path / "groups" / "a" / "b" / "cpu.max", own)
    write(tmp_path / "groups" / "cpu.max", root)
    write(tmp_path / "cgroup", "0::/a/b\n")

    assert expected == cgroup_quota(tmp_path / "groups", tmp_path / "cgroup")


def test_version_1(tmp_path: Path) -> None:
    """The older control groups say it in two files, -1 meaning no limit."""
    write(tmp_path / "cpu" / "cpu.cfs_quota_us", "250000")
    write(tmp_path / "cpu" / "cpu.cfs_period_us", "100000")
    assert 2.5 == cgroup_quota(tmp_path, tmp_path / "none")

    write(tmp_path / "cpu" / "cpu.cfs_quota_us", "-1")
    assert cgroup_quota(tmp_path, tmp_path / "none") is None


def test_nonsense_is_no_limit(tmp_path: Path) -> None:
    """Files that say nothing sensible limit nothing."""
    write(tmp_path / "cpu.max", "a lot")
    assert cgroup_quota(tmp_path, tmp_path / "none") is None


def test_this_computer() -> None:
    """On this computer the count is between one and the processors that we may run on."""
    assert 1 <= thread_count(0, 10**9) <= len(os.sched_getaffinity(0))
    assert 1 == thread_count(1, 10**9)
