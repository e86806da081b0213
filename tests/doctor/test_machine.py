"""Versions, memory, the seal, the clock and the disk: what is right is told as such, each fault has its verdict."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from findings import NOW, found

from homebody.doctor import (
    clock,
    disk,
    kernel,
    memory,
    model,
    versions,
)
from homebody.errors import SealError
from homebody.model.computer import Memory, cgroup_limit, cgroup_room, memory_here, parse_meminfo
from homebody.paths import Home, starter_model
from homebody.seal import SealReport


def test_versions_that_belong_together():
    """What is installed here does."""
    here = versions.versions_here()
    assert {"versions": "right"} == {
        name: one.verdict for name, one in found(versions.versions(here, here.homebody)).items()
    }
    assert here.llama in found(versions.versions(here, None))["versions"].words


def test_versions_that_do_not():
    """An older daemon is asked to restart; a library out of the range, and none, are wrong."""
    here = versions.versions_here()
    assert "homebody restart" in found(versions.versions(here, "0.0.9"))["daemon-version"].cure
    for llama in ("0.4.0", "0.3.35", None):
        other = versions.Versions(homebody="1", python="3", system="x", llama=llama, wanted="<0.4,>=0.3.36")
        assert found(versions.versions(other, None))["library"].verdict == "wrong"
    assert versions.within("0.3.40", "<0.4,>=0.3.36")
    assert versions.within("7", "")


MEMINFO = (
    "MemTotal: 8000000 kB\nMemFree: 1 kB\nMemAvailable: {free} kB\nSwapTotal: 2000 kB\nSwapFree: 1000 kB\n"
)


def test_memory_that_is_there_and_that_is_scarce():
    """Total, free, swap, and a limit of the control group that is below what is free."""
    there = parse_meminfo(MEMINFO.format(free=4_000_000))
    (one,) = memory.memory(there)
    assert (one.verdict, "4.1 GB of 8.2 GB are free, 1.0 MB of 2.0 MB swap") == (
        one.verdict,
        one.words.split(": ")[1],
    )
    assert one.verdict == "right"
    assert found(memory.memory(parse_meminfo(MEMINFO.format(free=9_000))))["memory"].verdict == "note"
    held = found(memory.memory(parse_meminfo(MEMINFO.format(free=4_000_000), limit=100_000_000)))["memory"]
    assert (held.verdict, "may use 100.0 MB" in held.words) == ("note", True)
    assert parse_meminfo("nothing") is None
    assert [] == list(memory.memory(None))


def test_the_least_limit_of_all_control_groups_counts(tmp_path: Path):
    """Version 2 with a limit further up, version 1 in its own tree, `max` and the huge number that means none."""
    group = tmp_path / "user.slice" / "a.service"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("max\n")
    (tmp_path / "user.slice" / "memory.max").write_text("3000000\n")
    assert 3_000_000 == cgroup_limit("0::/user.slice/a.service\n", tmp_path)
    assert cgroup_limit("0::/\n", tmp_path) is None
    old = tmp_path / "memory" / "box"
    old.mkdir(parents=True)
    (old / "memory.limit_in_bytes").write_text("2000000\n")
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    assert 2_000_000 == cgroup_limit("5:cpu,memory:/box\n0::/user.slice\n", tmp_path)
    assert cgroup_limit("5:memory:/\n", tmp_path) is None
    assert cgroup_limit("nonsense\n\n", tmp_path) is None


def test_what_others_in_the_group_use_is_not_free(tmp_path: Path):
    """In both versions: the limit less what is used, pages of files counted as free; the narrowest group counts."""
    group = tmp_path / "box"
    group.mkdir()
    (group / "memory.max").write_text("3000000\n")
    (group / "memory.current").write_text("2500000\n")
    (group / "memory.stat").write_text("anon 1000000\nactive_file 300000\ninactive_file 700000\n")
    assert 1_500_000 == cgroup_room("0::/box\n", tmp_path)
    assert cgroup_room("0::/\n", tmp_path) is None
    old = tmp_path / "memory" / "box"
    old.mkdir(parents=True)
    (old / "memory.limit_in_bytes").write_text("2000000\n")
    (old / "memory.usage_in_bytes").write_text("2500000\n")
    (old / "memory.stat").write_text("total_active_file 100000\n")
    assert 0 == cgroup_room("5:memory:/box\n0::/box\n", tmp_path)


def test_this_computers_memory():
    """Something is there, here and for another process."""
    assert memory_here().total >= memory_here(os.getpid()).free > 0


@pytest.mark.parametrize(
    ("free", "total", "limit", "verdict"),
    [
        (10**9, 10**9, None, "right"),
        (2 * 10**8, 10**9, None, "note"),
        (5 * 10**7, 10**9, None, "wrong"),
        (5 * 10**7, 5 * 10**7, None, "wrong"),
        (10**9, 10**9, 5 * 10**7, "wrong"),
    ],
)
def test_whether_the_model_fits(home: Home, free: int, total: int, limit: int | None, verdict: str):
    """Into what is free, into the computer, into the limit; a loaded one has shown that it does."""
    room = Memory(total=total, free=free, limit=limit)
    assert found(model.model(home, room, loaded=False))["model-memory"].verdict == verdict
    assert "model-memory" not in found(model.model(home, room, loaded=True))


def test_a_model_that_cannot_be_loaded(home: Home, tmp_path: Path):
    """Not there, cut short, no model at all; and settings that are none."""
    whole = starter_model().read_bytes()
    for name, data in (("none.gguf", None), ("cut.gguf", whole[:-100_000]), ("text.gguf", b"hello")):
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        home.settings.write_text(f"model: {path}\n", encoding="utf-8")
        one = found(model.model(home, None, loaded=False))["model"]
        assert (one.verdict, str(path) in one.words) == ("wrong", True)
    home.settings.write_text("modle: x\n", encoding="utf-8")
    assert "modle" in found(model.model(home, None, loaded=False))["settings"].words


def test_a_seal_with_its_levels():
    """Each missing level is a note of its own with what it costs; root is told; a refusal is wrong with its cure."""
    report = SealReport(tier="daemon", kernel="5.15", landlock_abi=1, seccomp_sha256="", instructions=1, as_root=True,
                        milliseconds=1.0, missing=("no second lock on TCP", "no moving"))  # fmt: skip
    said = list(kernel.sealed(report))
    assert ["seal", "seal-level", "seal-level", "root"] == [one.name for one in said]
    assert "no moving" in said[2].words
    refusal = kernel.refused(SealError("This kernel has no Landlock.", hint="Use a newer one."))
    assert ("wrong", "Use a newer one.") == (refusal.verdict, refusal.cure)
    (way,) = kernel.open_ways(("23: /net is open",))
    assert (way.name, way.verdict, "way 23: /net" in way.words) == ("uncovered", "note", True)


def test_a_clock_that_is_right_and_wrong(home: Home):
    """Before this was written, before the newest entry, many years on; a little set back is no fault."""
    assert found(clock.clock(NOW, None, ZoneInfo("Europe/Lisbon")))["clock"].verdict == "right"
    assert found(clock.clock(NOW, NOW + timedelta(minutes=4), UTC))["clock"].verdict == "right"
    for now, newest in (
        (datetime(1970, 1, 1, tzinfo=UTC), None),
        (NOW, NOW + timedelta(hours=1)),
        (NOW.replace(year=2060), None),
    ):
        assert found(clock.clock(now, newest, UTC))["clock"].verdict == "wrong"


def test_a_time_zone_that_is_not_known():
    """A wrong TZ is noticed by a process that has it, and is no end of anything."""
    ask = "from homebody.clock import local_zone; print(local_zone())"
    said = [
        subprocess.run(
            [sys.executable, "-I", "-c", ask], env={"TZ": zone}, capture_output=True, text=True, check=True
        ).stdout.strip()
        for zone in ("Middle/Earth", "Europe/Lisbon")
    ]
    assert ["None", "Europe/Lisbon"] == said
    assert "timedatectl" in found(clock.clock(NOW, None, None))["time-zone"].cure


def test_a_disk_with_room_and_without(tiny_disk: Path, tmp_path: Path):
    """Each disk once, also for a folder that is not there yet; a real small one is wrong."""
    free = disk.free_on([tmp_path, tmp_path / "not" / "there", tiny_disk / "x"])
    assert {tmp_path, tiny_disk} == set(free)
    assert {"right", "wrong"} == {one.verdict for one in disk.disk(free)}


@pytest.mark.parametrize(("made", "verdict"), [("whole", "right"), ("cut", "wrong"), ("none", "wrong")])
def test_an_embedding_model_is_looked_at(home: Home, encoder: Path, made: str, verdict: str):
    """Where one was chosen it is named, or its fault is, with what cures it; where none was, nothing is said."""
    assert "embeddings" not in found(model.model(home, None, loaded=False))
    path = home.settings.with_name("search.gguf")
    if made != "none":
        path.write_bytes(encoder.read_bytes()[: None if made == "whole" else 3000])
    home.settings.write_text(f"embeddings: {path}\n")
    one = found(model.model(home, None, loaded=False))["embeddings"]
    assert verdict == one.verdict
    assert verdict == "right" or "--for embeddings" in (one.cure or "")
