"""A mount whose other side is gone: whoever looks into it waits for ever, so nobody does."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

RECIPE = """\
name: far
triggers:
  - watch: {notes}
actions:
  - append: {{dest: "{dead}/in/log.md", content: x}}
"""


@pytest.fixture
def dead(tmp_path: Path) -> Iterator[Path]:
    """A file system in user space whose program never answers; only root may make one like this."""
    folder = tmp_path / "dead"
    folder.mkdir()
    try:
        device = os.open("/dev/fuse", os.O_RDWR)
    except OSError:
        pytest.skip("this user may not open /dev/fuse")
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0"
    made = subprocess.run(
        ["mount", "-i", "-t", "fuse.silent", "-o", options, "silent", str(folder)],
        check=False, capture_output=True, pass_fds=[device],
    )  # fmt: skip
    if made.returncode:
        os.close(device)
        pytest.skip("this user may not mount")
    yield folder
    os.close(device)  # whoever waits in it is let go
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_it_is_known_without_a_look(dead: Path):
    """Also through a link; and a plain look at it does hang."""
    (dead.parent / "link").symlink_to(dead / "in")
    ask = (
        "import sys; from pathlib import Path; from homebody.synced.away import Carriers;"
        " c = Carriers(Path(sys.argv[1])); print(c.of(Path(sys.argv[1])).by, c.of(Path(sys.argv[2])).by)"
    )
    command = [sys.executable, "-I", "-c", ask, str(dead / "x"), str(dead.parent / "link" / "x")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout.count("a program's own file system (fuse.silent)") == 2, done.stderr
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(["stat", str(dead / "x")], timeout=0.3, check=False, capture_output=True)


@pytest.mark.long
def test_doctor_names_it_and_ends(dead: Path, tmp_path: Path):
    """With a recipe that writes there: which folder may be gone, the cure, and all that can be told without it."""
    (tmp_path / "home" / "recipes").mkdir(parents=True)
    (tmp_path / "Notes").mkdir()
    text = RECIPE.format(notes=tmp_path / "Notes", dead=dead)
    (tmp_path / "home" / "recipes" / "far.yaml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(tmp_path / "home"), "doctor", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    found = {one["name"]: one for one in json.loads(done.stdout)["findings"]}
    assert 1 == done.returncode
    assert str(dead) in found["folder-silent"]["cure"]
    assert str(dead) in found["uncovered"]["words"]
    assert {"seal", "model", "journal", "disk"} <= set(found)
