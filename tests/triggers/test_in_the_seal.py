"""Do events, schedules and rescans work inside the daemon's seal?"""

import json
import subprocess
import sys
from pathlib import Path


def test_a_sealed_process_hears_of_files_and_of_times(tmp_path: Path):
    """Watching needs no socket and no program, and neither does the scheduler."""
    script = Path(__file__).with_name("sealed_watch.py")
    done = subprocess.run(
        [sys.executable, "-I", script, tmp_path], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    expected = {"hint": "note.md", "due": "digest", "problems": 0, "scanned": ["note.md"]}
    assert expected == json.loads(done.stdout)
