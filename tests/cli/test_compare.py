"""What `homebody compare` shows: figures, answers, one page that fetches nothing, and JSON."""

import json
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

from click.testing import CliRunner

from homebody.cli.compare import lines
from homebody.cli.compare_page import page
from homebody.cli.main import cli

TURN = {
    "asked": "Hello <b>!", "answer": "Hi\x1b there\n<script>", "first_token_seconds": 0.5, "read_per_second": 100.0,
    "written_per_second": 20.0, "answer_tokens": 7,
}  # fmt: skip
ROW = {
    "name": "small", "quantization": "Q4_K_M", "bytes": 5_000_000, "load_seconds": 1.25, "peak_bytes": 90_000_000,
    "joules": None, "error": None, "work": [TURN, TURN],
}  # fmt: skip
BAD = {"name": "broken", "bytes": 1, "error": "The file is damaged.", "joules": None}
WORK = ROW | {
    "joules": 41.6,
    "work": {
        "documents": 2, "valid": 1, "values": 3, "values_in_document": 2, "agrees": 0.5,
        "answers": {"a.md": {"title": "Roof"}, "b.md": None}, "reasons": {"b.md": "The answer is wrong."},
    },
}  # fmt: skip
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_conversation_in_words() -> None:
    """Each model's figures on a line, then what was asked and said; one that failed says why."""
    told = "\n".join(lines([ROW, BAD], None))
    for words in (
        "weights Q4_K_M; size 5.0 MB; load 1.2 s; first word 0.50 s; read/s 100; written/s 20; tokens 14; "
        "memory 90.0 MB; energy not told",
        "> Hello <b>!",
        "| Hi\\x1b there",
        "could not be compared: The file is damaged.",
    ):
        assert words in told


def test_a_recipe_in_words() -> None:
    """How many documents were valid, values that stand there, agreement, and each answer or its reason."""
    told = "\n".join(lines([WORK], "r"))
    for words in (
        "valid 1 of 2; in the document 2 of 3; agrees 50 %",
        "energy 42 J",
        "title: Roof",
        "The answer is wrong.",
    ):
        assert words in told


class Seen(HTMLParser):
    """Notes what a page would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.fetched += [name for name, _ in attrs if name in ("src", "href", "srcset", "onload")]


def test_the_page_fetches_and_runs_nothing() -> None:
    """Neither of what models say nor of what was asked becomes markup; bars and both answers are there."""
    for rows, recipe in (([ROW, ROW, BAD], None), ([WORK, WORK], "r"), ([BAD], None)):
        text = page(rows, NOW, recipe)
        seen = Seen()
        seen.feed(text)
        assert ([], False) == (seen.fetched, "script" in seen.tags or "b" in seen.tags)
        assert "default-src 'none'" in text
    assert "The file is damaged." in page([BAD], NOW, None)
    assert 2 == page([ROW, ROW], NOW, None).count("Hello &lt;b&gt;!")


def test_the_command(tmp_path: Path) -> None:
    """Own turns, a page that is never overwritten, JSON; what does not go together is said."""
    turns = tmp_path / "turns.txt"
    turns.write_text("Hello!\n\nAnd?\n", encoding="utf-8")
    html = tmp_path / "page.html"
    start = ["--home", str(tmp_path / "home"), "compare", "starter"]
    shown = CliRunner().invoke(
        cli, [*start, "--prompts", str(turns), "--tokens", "5", "--html", str(html), "--json"]
    )

    assert 0 == shown.exit_code, shown.output
    (row,) = json.loads(shown.stdout)
    assert ["Hello!", "And?"] == [turn["asked"] for turn in row["work"]]
    assert html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert 64 == CliRunner().invoke(cli, [*start, "--html", str(html)]).exit_code
    assert 64 == CliRunner().invoke(cli, [*start, "--recipe", "summarize-notes"]).exit_code
    turns.write_text("\n", encoding="utf-8")
    assert 64 == CliRunner().invoke(cli, [*start, "--prompts", str(turns)]).exit_code
