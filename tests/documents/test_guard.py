"""A process that watches its own memory, for systems whose kernel does not."""

import subprocess
import sys

CODE = """
import sys
from pathlib import Path
from homebody.documents.guard import end_beyond, largest

def held():
    # On Linux getrusage also counts what the parent held when it started us; macOS has no such file.
    status = Path("/proc/self/status")
    return int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024 if status.exists() else largest()

end_beyond(held() + (60 << 20), held)
held = [bytearray(b"x") * (1 << 20) for _ in range(int(sys.argv[1]))]
sys.stdin.read()
print("alive")
"""


def run(megabytes: int, *, wait: bool) -> tuple[int, str]:
    """Return how a child ends that takes so many megabytes, and what it says."""
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", CODE, str(megabytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    if wait:  # its end is waited for, with its input open
        assert child.stdin is not None
        code = child.wait(timeout=30)
        child.stdin.close()
        assert child.stdout is not None
        child.stdout.close()
        return code, ""
    out, _ = child.communicate(timeout=30)
    return child.returncode, out


def test_too_much_is_the_end():
    """A process that takes more than it may is killed, as the kernel would kill it."""
    assert run(200, wait=True) == (-9, "")


def test_enough_is_left_alone():
    """One that stays within its limit goes on."""
    assert run(10, wait=False) == (0, "alive\n")
