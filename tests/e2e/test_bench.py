"""`homebody bench` beside a running daemon."""

import subprocess
import sys


def test_it_asks_the_running_daemon_and_never_measures_beside_it(house):
    """What the daemon's own model process told is shown; measuring anew is refused with the cure, and done after a
    stop."""

    def typed(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), "bench", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    house.start()
    shown = typed()
    assert (0, "") == (shown.returncode, shown.stderr)
    assert "the running homebody has it loaded" in shown.stdout
    refused = typed("--again")
    assert (75, "") == (refused.returncode, refused.stdout)
    assert "`homebody stop`" in refused.stderr
    assert house.stop() == 0
    measured = typed("--again")
    assert measured.returncode == 0
    assert "measured on " in measured.stdout
    house.start()
    assert "measured on " in typed().stdout, "the next daemon goes by it"
