"""Is the report right, does it fetch nothing, and does a real browser show it without a complaint?"""

import os
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.cli.csv_chart import charts, read
from homebody.cli.plots import Series, lines, lying, stacked, ticks
from homebody.cli.report import put
from homebody.cli.report_page import MARK, page
from homebody.errors import UsageError

EVIL = "</bdi><script>alert(1)</script>\u202e\x1b[2J\"'&"

TOLD: dict[str, Any] = {
    "since": "2026-11-20T00:00:00+00:00",
    "now": "2026-11-22T12:00:00+00:00",
    "days": [
        {"day": "2026-11-20", "states": {"done": 3, "failed": 1}},
        {"day": "2026-11-21", "states": {}},
        {"day": "2026-11-22", "states": {"done": 2, "skipped": 4}},
    ],
    "recipes": [
        {"name": EVIL, "states": {"done": 5, "failed": 1}, "seconds": 90.0, "model_seconds": 60.0,
         "tokens_read": 1200, "tokens_written": 300},
        {"name": "move", "states": {"skipped": 4}, "seconds": 0.5, "model_seconds": 0.0, "tokens_read": 0,
         "tokens_written": 0},
    ],
    "failures": [{"run": 7, "at": "2026-11-20T10:00:00+00:00", "recipe": "x", "state": "failed", "reason": EVIL}],
}  # fmt: skip
DISK = [("journal", 40_000), ("vault", 1_500_000), ("log", 0)]
MOOD = "".join(
    f"2026-11-{day:02},{mood},{day / 2},Day {day} in a line\n"
    for day, mood in enumerate(["good", "good", "poor", "great", "fair"] * 4, 1)
)


class Elements(HTMLParser):
    """Every element of a page, and all text outside of its style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note text."""
        if self.found and self.found[-1][0] != "style":
            self.words += f"{data} "


def test_the_page_says_what_was_done():
    """Figures, plots, the table, the failures and the disk are all there."""
    words = Elements(page(TOLD, DISK, 9_000_000_000)).words
    for told in ("2026-11-20 to 2026-11-22", "Runs per day", "Time per recipe", "Tokens per recipe", "Failures",
                 "1,200 / 300", "1.5 MB", "9.0 GB are free"):  # fmt: skip
        assert told in words
    tiles = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page(TOLD, DISK, 0))
    assert [("runs", "10"), ("done", "5"), ("failed", "1"), ("at work", "90 s"), ("tokens read", "1,200"),
            ("tokens written", "300")] == [(name, value.replace("2 min", "90 s")) for name, value in tiles]  # fmt: skip


def test_nothing_from_outside_is_markup_and_nothing_is_fetched():
    """Names and reasons are words; no element or attribute leads anywhere, runs anything, or has a style of its own."""
    text = page(TOLD, DISK, 0, charts(MOOD)[0])
    found = Elements(text).found
    assert {tag for tag, _attributes in found} <= {
        "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "p", "dl", "div", "dt", "dd", "section",
        "figure", "svg", "rect", "line", "text", "polyline", "circle", "ul", "li", "i", "table", "thead", "tbody", "tr",
        "th", "td", "bdi", "footer",
    }  # fmt: skip
    names = {name for _tag, attributes in found for name in attributes}
    assert not names & {"href", "src", "srcset", "style", "action", "background", "xlink:href"}
    assert not any(name.startswith("on") for name in names)
    assert "url(" not in text
    assert "@import" not in text
    assert "\u202e" not in text
    assert "\x1b" not in text
    for drawing in re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL):
        ET.fromstring(drawing)


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9), st.booleans())
def test_a_scale_holds_its_values_in_few_round_steps(least: float, span: float, whole: bool):
    """It begins at or below the least and ends at or above the most, in equal steps."""
    scale = ticks(least, least + span, whole=whole)
    slack = (abs(least) + span) * 1e-6 + 1e-6
    assert scale[0] <= least + slack
    assert scale[-1] >= least + span - slack
    assert 2 <= len(scale) <= 9
    assert scale == sorted(set(scale))


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=70), st.text(max_size=8))
def test_every_drawing_stays_on_its_sheet(values: list[float | None], name: str):
    """Whatever the figures: well-formed, and no shape leaves the picture."""
    labels = [str(number) for number in range(len(values))]
    positive = [None if value is None else abs(value) for value in values]
    for drawn in (
        lines("t", labels, [Series(name, "c0", values)]),
        stacked("t", labels, [Series(name, "c0", positive), Series("more", "c1", positive)]),
        lying("t", labels, [Series(name, "c0", positive)], labels),
    ):
        text = re.search(r"<svg.*</svg>", drawn, flags=re.DOTALL)
        assert text is not None
        root = ET.fromstring("".join(c for c in text[0] if c.isprintable()))
        _x, _y, width, height = map(float, root.attrib["viewBox"].split())
        for shape in root.iter():
            for word, most in (("x", width), ("cx", width), ("y", height), ("cy", height), ("x2", width)):
                assert -0.1 <= float(shape.attrib.get(word, 0)) <= most + 0.1
            if "width" in shape.attrib:
                assert float(shape.attrib["x"]) + float(shape.attrib["width"]) <= width + 1


def test_a_table_is_drawn_over_its_dates():
    """With or without a head, words as bars, numbers as a line, sentences not; with semicolons, too."""
    drawn, left_out = charts(MOOD)
    assert (["column 2", "column 3"], ["column 4"]) == ([name for name, _chart in drawn], left_out)
    bars, line = (chart for _name, chart in drawn)
    assert 20 == bars.count("<rect")
    assert "2026-11-03: poor 1" in bars
    assert 1 == line.count("<polyline")
    drawn, left_out = charts("date,mood,hours,line\n" + MOOD)
    assert ["mood", "hours"] == [name for name, _chart in drawn]
    assert ["line"] == left_out
    assert ["a", "b; c"] == [column.name for column in read('a;"b; c"\n2026-01-02;x\n')]


def test_long_times_are_drawn_by_month_and_means_have_gaps():
    """A value counts for its month; a month without one breaks the line."""
    rows = [f"20{20 + number // 12}-{number % 12 + 1:02}-05,{number}" for number in range(30) if number != 4]
    (drawn,) = charts("\n".join(rows))[0]
    assert 2 == drawn[1].count("<polyline")
    assert "2020-01: mean 0" in drawn[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no rows"),
        ("\n\n", "no rows"),
        ("date,mood\n", "no rows"),
        ("mood\ngood\n", "dates"),
        ("1,2\n3,4\n", "dates"),
    ],
)
def test_a_table_that_cannot_be_drawn_says_why(text: str, words: str):
    """An empty one, and one without dates."""
    with pytest.raises(UsageError, match=words):
        charts(text)


@given(st.text(max_size=300))
def test_any_text_is_drawn_or_refused(text: str):
    """Nothing else comes of a file that is no table at all."""
    try:
        charts(text)
    except UsageError:
        return


def test_only_a_report_of_ours_is_replaced(tmp_path: Path):
    """It is for its owner alone; any other file of that name stays as it is."""
    path = tmp_path / "r.html"
    for free in (1, 2):
        put(path, page(TOLD, DISK, free))
    assert 0o600 == path.stat().st_mode & 0o777
    other = tmp_path / "other.html"
    other.write_text("mine")
    with pytest.raises(UsageError, match="no report of homebody"):
        put(other, page(TOLD, DISK, 0))
    assert "mine" == other.read_text()
    assert {"r.html", "other.html"} == {one.name for one in tmp_path.iterdir()}
    assert MARK in path.read_text(encoding="utf-8")


def complaints(path: Path) -> list[str]:
    """Return what a browser writes to its console over a page, with a network that leads nowhere."""
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("there is no chromium here")
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [browser, "--headless", "--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else []), "--no-first-run",
             "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}",
             "--enable-logging=stderr", "--v=0", f"--screenshot={path.with_suffix('.png')}", path.as_uri()],
            capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "HOME": profile},
        )  # fmt: skip
    assert path.with_suffix(".png").exists(), done.stderr
    return [line for line in done.stderr.splitlines() if ":CONSOLE" in line]


def test_a_browser_shows_it_without_a_word(tmp_path: Path):
    """Nothing is in its console; and what somebody put into the page is refused, script and picture alike."""
    path = tmp_path / "r.html"
    text = page(TOLD, DISK, 5, charts(MOOD)[0])
    path.write_text(text, encoding="utf-8")
    assert [] == complaints(path)
    worse = tmp_path / "worse.html"
    added = '<script>document.title = "x"</script><img src="https://example.org/x.png"><p style="color: red">x</p>'
    worse.write_text(text.replace("</body>", f"{added}</body>"), encoding="utf-8")
    refused = complaints(worse)
    assert 3 == len(refused), refused
    assert all("Content Security Policy" in line for line in refused)
