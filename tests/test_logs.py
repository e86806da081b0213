"""Nothing of a person's is in a log."""

import io
import json
import logging
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from homebody import logs
from homebody.logs import KEYS, OURS, get_log, harmless, keep_private


@pytest.fixture
def configure():
    """Return the function that configures the log; all is as it was after the test."""
    open_tees = []
    yield lambda *args: open_tees.append(logs.configure(*args))
    for tee in open_tees:
        tee.close()
    structlog.reset_defaults()


def lines(path: Path) -> list[dict[str, object]]:
    """Return the log's lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_is_json_with_time_level_and_event(tmp_path: Path, configure):
    """A log line in the file is one JSON object."""
    configure(tmp_path / "log")
    get_log().info("run finished", run=3, state="done")
    (line,) = lines(tmp_path / "log")
    assert {"event": "run finished", "level": "info", "run": 3, "state": "done"} == {
        key: line[key] for key in ("event", "level", "run", "state")
    }
    assert str(line["timestamp"]).endswith("Z")


def test_what_has_no_key_is_dropped_and_counted(tmp_path: Path, configure):
    """A document's text given under a key of its own does not reach the file."""
    configure(tmp_path / "log")
    get_log().info("read", text="Dear Ines, the roof leaks", path="/home/ines/roof.md", run=1)
    assert "roof" not in (tmp_path / "log").read_text(encoding="utf-8")
    assert lines(tmp_path / "log")[0]["dropped"] == 2


def test_an_exception_is_reduced_to_its_class(tmp_path: Path, configure):
    """An exception's message may name a file, so only its class is logged."""
    configure(tmp_path / "log")
    get_log().error("it broke", error=FileNotFoundError("/home/ines/roof.md"))
    assert lines(tmp_path / "log")[0]["error"] == "FileNotFoundError"


def test_the_terminal_gets_words(tmp_path: Path, configure):
    """A person at a terminal reads the event, not JSON."""
    terminal = io.StringIO()
    configure(None, terminal)
    get_log().info("sealed", landlock_abi=7)
    assert "sealed" in terminal.getvalue()
    assert "landlock_abi=7" in terminal.getvalue()


def test_a_full_disk_under_the_log_does_not_stop_the_caller(configure):
    """A log that cannot be written is given up, and the work goes on."""
    configure(Path("/dev/full"))
    log = get_log()
    for _ in range(3):
        log.info("run finished", run=1)


@given(
    st.dictionaries(
        st.text(max_size=20), st.text(max_size=80) | st.binary() | st.integers() | st.none(), max_size=8
    )
)
def test_only_known_keys_pass_and_only_harmless_values(line):
    """Whatever is logged, what comes out has known keys, and no text with a slash or a letter beyond ASCII."""
    kept = keep_private(None, "info", {**line, "event": "x"})
    assert set(kept) <= KEYS | OURS | {"error", "dropped"}
    for key, value in kept.items():
        if isinstance(value, str) and key not in OURS:
            assert "/" not in value
            assert value.isascii()


def test_a_path_is_never_harmless():
    """A path given by mistake under a known key becomes the name of its type."""
    assert harmless(Path("/home/ines/roof.md")) == "<PosixPath>"
    assert harmless("/home/ines/roof.md") == "<str>"


def test_what_libraries_log_goes_nowhere(tmp_path: Path, configure, capfd):
    """A library that logs a path through the standard library reaches neither the file nor the terminal."""
    configure(tmp_path / "log", io.StringIO())
    logging.getLogger("watchdog.observers").error("queue overflow in /home/ines/Notes")
    logging.getLogger("apscheduler.executors").exception("job failed for /home/ines/Notes")
    assert "ines" not in (tmp_path / "log").read_text(encoding="utf-8") + "".join(capfd.readouterr())


def test_a_file_that_is_too_large_is_set_aside(tmp_path: Path, monkeypatch, configure):
    """A new file is begun; two older ones are kept, private, and every line that is kept is whole and in order."""
    monkeypatch.setattr(logs, "LARGEST_BYTES", 2_000)
    configure(tmp_path / "log")
    for number in range(100):
        get_log().info("run finished", run=number, state="done")
    names = ["log.2", "log.1", "log"]
    assert set(names) == {path.name for path in tmp_path.iterdir()}
    assert all((tmp_path / name).stat().st_size < 2_200 for name in names)
    assert {0o600} == {(tmp_path / name).stat().st_mode & 0o777 for name in names}
    kept = [line["run"] for name in names for line in lines(tmp_path / name)]
    assert list(range(100))[-len(kept) :] == kept
    assert len(kept) > 40


def test_where_no_new_file_can_be_begun_the_old_one_goes_on(tmp_path: Path, monkeypatch, configure):
    """A name that is taken by a folder stops the setting aside, not the log."""
    monkeypatch.setattr(logs, "LARGEST_BYTES", 500)
    (tmp_path / "log.1" / "full").mkdir(parents=True)
    (tmp_path / "log.2" / "full").mkdir(parents=True)
    configure(tmp_path / "log")
    for number in range(30):
        get_log().info("run finished", run=number, state="done")
    assert list(range(30)) == [line["run"] for line in lines(tmp_path / "log")]


def test_a_full_disk_loses_lines_and_says_how_many(tiny_disk: Path, configure):
    """The log goes on by itself when there is room: every line is whole, and the lost ones are counted."""
    configure(tiny_disk / "log")
    written = 0
    while (tiny_disk / "log").stat().st_size < 65_536:
        get_log().info("run finished", run=written, state="done")
        written += 1
    get_log().info("run finished", run=written, state="done")
    with (tiny_disk / "log").open("rb+") as file:
        whole = file.read().rindex(b"\n") + 1
        before = file.seek(0) or file.read(whole).count(b"\n")
        file.truncate(30_000)
    get_log().info("run finished", run=-1, state="done")
    text = (tiny_disk / "log").read_bytes()[30_000:].split(b"\n")
    told, last = (json.loads(line) for line in text if line)
    assert {"event": "the log had no room for lines", "count": written + 1 - before} == {
        key: told[key] for key in ("event", "count")
    }
    assert last["run"] == -1
