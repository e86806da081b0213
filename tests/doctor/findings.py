"""Recipes that are put in place, and findings by their names."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from homebody.doctor.finding import Finding
from homebody.paths import Home

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)

RECIPE = """\
name: tidy
triggers:
  - watch: {notes}
filters:
  - not name: "*.log.md"
actions:
  - append: {{dest: "{out}/log.md", content: x}}
"""


def put_recipe(home: Home, out: Path, more: str = "", name: str = "tidy") -> None:
    """Put a recipe in place that watches the notes and writes in *out*."""
    text = RECIPE.format(notes=home.config.parent / "Notes", out=out).replace("tidy", name)
    (home.recipes / f"{name}.yaml").write_text(text + more, encoding="utf-8")


def found(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Return findings by their names; each that is not right has a cure."""
    by_name = {finding.name: finding for finding in findings}
    assert all(finding.cure for finding in by_name.values() if finding.verdict == "wrong")
    return by_name
