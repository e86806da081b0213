"""Does a report of the real daemon's work say the same whether the daemon runs or not?"""

import json
from pathlib import Path

from click.testing import CliRunner

from homebody.cli.main import cli


def test_it_is_written_with_and_without_a_daemon(house, tmp_path: Path):
    """A summary that was made counts with its tokens; neither page nor JSON has the name of a file or a word of it."""
    house.shipped("summarize-notes")
    house.start()
    house.drop("roof.md", "The roof leaks in the north corner. It was mended on Friday.\n")
    house.ended("roof.md")

    def report(*words: str) -> str:
        result = CliRunner().invoke(cli, ["--home", str(house.home.config), "report", *words])
        assert (0, None) == (result.exit_code, result.exception), result.output
        return result.output

    running = json.loads(report("--json"))
    (recipe,) = running["recipes"]
    assert ("summarize-notes", 1) == (recipe["name"], recipe["states"]["done"])
    assert recipe["tokens_read"] > 5
    assert recipe["seconds"] > 0
    page = tmp_path / "report.html"
    assert f"Wrote {page}" in report("-o", str(page)).replace("\n  ", " ")
    assert 0 == house.stop()
    alone = json.loads(report("--json"))
    assert running["recipes"] == alone["recipes"]
    assert (True, False) == (running["serving"], alone["serving"])
    text = page.read_text(encoding="utf-8") + json.dumps(running)
    assert "summarize-notes" in text
    assert "roof" not in text.lower()
    assert report("-o", "-").startswith("<!doctype html>")
