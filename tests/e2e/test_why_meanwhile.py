"""Commands beside the daemon and beside each other, on one state folder."""

import json
import subprocess
import sys

from homebody.cli.demo_documents import MARKDOWN


def command(house, *words: str) -> list[str]:
    """Return a command line on the house's home."""
    return [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), *words]


def every_byte(house) -> bytes:
    """Return the whole state folder."""
    return b"\n".join(path.read_bytes() for path in house.home.state.rglob("*") if path.is_file())


def test_a_second_daemon_is_refused_and_commands_are_safe_beside_it(house):
    """Two daemons: refused with 73. Many commands at once, with and without a daemon: each gets its answer."""
    house.shipped("summarize-notes")
    house.start()
    path = house.drop("roof.md", MARKDOWN)
    house.ended("roof.md")
    second = subprocess.run(house.command(), capture_output=True, text=True, timeout=60, check=False)
    assert (73, True) == (second.returncode, "already uses this state folder" in second.stderr)
    for end in (None, house.kill):
        if end is not None:
            end()
        asked = [("history", "--json"), ("why", str(path), "--json"), ("show", "1", "--json")] * 2
        started = [
            subprocess.Popen(command(house, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for words in asked
        ]
        for process in started:
            out, error = process.communicate(timeout=120)
            assert process.returncode == 0, error
            assert json.loads(out)["serving"] is (end is None)


def test_a_file_is_forgotten_while_others_ask(house):
    """Two commands forget the same file while others read: every one ends well, and nothing is left of it."""
    house.shipped("summarize-notes")
    house.start()
    path = house.drop("zebra-diagnosis.md", MARKDOWN)
    house.ended(path.name)
    path.unlink()
    asked = [("forget", str(path)), ("history",), ("forget", str(path)), ("why", str(path))]
    started = [subprocess.Popen(command(house, *words), stdout=subprocess.DEVNULL) for words in asked]
    assert [0, 0, 0, 0] == [process.wait(timeout=120) for process in started]
    assert b"zebra-diagnosis.md" not in every_byte(house)
