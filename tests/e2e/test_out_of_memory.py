"""The kernel kills for memory, for real: in a group of its own whose members may have no page more."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from homebody.cli.demo_documents import logbook

GROUPS = (Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup"))
"""Where groups are made that limit memory: of version 1, of version 2 (kernel.org, cgroup-v1/memory, cgroup-v2)."""

NOTICE = """
version: 1
name: notice
triggers: [{{watch: "{notes}", settle: 100ms}}]
actions: [{{append: {{dest: "{folder}/list/names.md", content: "{{{{ file.name }}}}"}}}}]
"""


@pytest.fixture
def starve() -> Iterator[Callable[[int], None]]:
    """Return what lets a process have no page of memory more; skip where this user may not."""
    made: list[Path] = []

    def take(pid: int) -> None:
        """Put the process into a group that has no memory."""
        for top in GROUPS:
            group = top / f"homebody-test-{os.getpid()}-{pid}"
            with contextlib.suppress(OSError):
                group.mkdir()
                made.append(group)
                (limit,) = [
                    group / name
                    for name in ("memory.limit_in_bytes", "memory.max")
                    if (group / name).exists()
                ] or [group / "none"]
                limit.write_text("0")
                (group / "cgroup.procs").write_text(str(pid))
                return
        pytest.skip("this user may not limit a process's memory")

    yield take
    for group in made:
        with contextlib.suppress(OSError):
            group.rmdir()


@pytest.mark.long
def test_what_runs_out_of_memory_is_told_and_loses_nothing(house, starve):
    """The model first, in the middle of a text: another takes its place. Then the daemon: `status` says so."""
    house.shipped("summarize-notes")
    house.recipe("notice", NOTICE.format(notes=house.notes, folder=house.folder))
    house.start()
    first = house.status()["model"]["pid"]
    house.drop("long.txt", logbook("A long year"))
    house.until(lambda: any(step["name"] == "asked" for step in house.steps()))
    starve(first)
    house.ended("long.txt", 2)
    assert ["done", "done"] == [run["state"] for run in house.runs("long.txt")]
    assert house.status()["model"]["pid"] != first
    assert '"signal": "SIGKILL"' in house.home.log.read_text()

    pid = house.status()["pid"]
    starve(pid)
    for number in range(200):
        house.drop(f"{number}.md", f"The {number}th note.\n")
        if house.process.poll() is not None:
            break
    house.process.wait(timeout=60)
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), "status"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert 69 == shown.returncode
    assert (
        f"The last one (process {pid}) did not end in order: it was killed, the memory ran out"
        in shown.stderr
    )
    house.start()
    notes = {path.name for path in house.notes.iterdir() if not path.name.endswith(".summary.md")}
    house.until(lambda: house.status()["counts"].get("done", 0) >= 2 * len(notes))
    listed = (house.folder / "list" / "names.md").read_text().split()
    assert notes == set(listed) - {"long.summary.md"}
    assert len(listed) == len(set(listed))
