"""How does a notice get onto the desktop? By the desktop's own program, and nothing of ours stays running for it."""

import html
import shutil
import subprocess
import sys

PATIENCE_SECONDS = 10
"""A desktop that does not answer keeps nobody waiting for longer."""

SCRIPT = (
    "on run argv", "display notification (item 1 of argv) with title (item 2 of argv)", "end run",
)  # fmt: skip
"""AppleScript: the words are given as arguments, so that none of them is taken for a command."""


def command(title: str, words: str) -> list[str] | None:
    """Return the command line that shows *words* on this desktop, None where there is no program for it."""
    if str(sys.platform) == "darwin":
        program = shutil.which("osascript")
        lines = [part for line in SCRIPT for part in ("-e", line)]
        return None if program is None else [program, *lines, words, title]
    program = shutil.which("notify-send")
    if program is None:
        return None
    # Desktops take the words for markup, and a name could hold a link.
    return [program, "--app-name=homebody", "--", title, html.escape(words, quote=False)]


def show(title: str, words: str) -> bool:
    """Show *words* on the desktop, and return whether that could be done."""
    line = command(title, words)
    if line is None:
        return False
    try:
        done = subprocess.run(
            line,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
