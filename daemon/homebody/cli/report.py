"""``homebody report``: what was done, what it cost and what failed, as one page with plots."""

import contextlib
import json
import os
import shutil
import sys
from pathlib import Path

import click

from homebody.cli.csv_chart import charts
from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted
from homebody.cli.report_page import MARK, page
from homebody.cli.times import WRITTEN_LIKE, moment
from homebody.clock import SystemClock
from homebody.errors import HomebodyError, UsageError
from homebody.paths import Home
from homebody.service.either import ask

USUAL = Path("homebody-report.html")

LARGEST_CSV = 50_000_000


@click.command(
    "report",
    epilog=examples("homebody report", "homebody report --since 7d --csv ~/Journal/mood.csv -o ~/week.html"),
)
@click.option(
    "--since", metavar="WHEN", default="30d", show_default=True, help=f"From then on: {WRITTEN_LIKE}."
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default=USUAL,
              show_default=True, metavar="FILE", help="Where to write the page; - for standard output.")  # fmt: skip
@click.option("--csv", "tables", type=click.Path(path_type=Path, dir_okay=False), multiple=True,
              metavar="PATH", help="Also draw a table that a recipe keeps; may be repeated.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON instead of writing a page.")
@click.pass_obj
def report_command(home: Home, since: str, output: Path, tables: tuple[Path, ...], *, as_json: bool) -> None:
    """Write one HTML page with plots: runs per day, time and tokens per recipe, failures, disk.

    It fetches nothing and runs no script, so it can be kept and sent. Of a table, columns of numbers are drawn as lines
    and columns of few words as bars, over its dates. It works without a running homebody, too. A file that is no
    report of homebody is never overwritten.
    """
    told = ask(home, "/v1/report", {"since": moment(since, SystemClock().now().astimezone()).isoformat()})
    disk, free = disk_of(home)
    if as_json:
        click.echo(json.dumps({**told, "disk": dict(disk), "free_bytes": free}, ensure_ascii=False))
        return
    drawn: list[tuple[str, str]] = []
    for table in tables:
        found, left_out = charts_of(table)
        drawn += [(f"{table.stem}: {name}", chart) for name, chart in found]
        if left_out:
            echo_fitted(
                [f"{table.name}: not drawn, neither numbers nor few words: {', '.join(left_out)}"], error=True
            )
    text = page(told, disk, free, drawn)
    if str(output) == "-":
        sys.stdout.write(text)
        return
    put(output, text)
    echo_fitted([f"Wrote {output}. Open it in a browser; it fetches nothing."])


def charts_of(table: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the charts of a CSV file, and the names of columns that have none. Raises UsageError."""
    try:
        with table.open("rb") as file:
            data = file.read(LARGEST_CSV + 1)
    except OSError as error:
        raise UsageError(f"{table} cannot be read: {error.strerror}.") from error
    if len(data) > LARGEST_CSV:
        raise UsageError(f"{table} is too large to be drawn: more than {LARGEST_CSV / 1e6:.0f} MB.")
    try:
        return charts(data.decode("utf-8-sig", "replace"))
    except UsageError as error:
        raise UsageError(f"{table} cannot be drawn: {error}", hint=error.hint) from error


def disk_of(home: Home) -> tuple[list[tuple[str, int]], int]:
    """Return the bytes of what homebody keeps, by what it is, and the bytes that are free there."""
    kinds = {"journal": 0, "vault": 0, "log": 0, "beginnings of prompts": 0, "other": 0}
    for folder, _folders, names in os.walk(home.state):
        for name in names:
            with contextlib.suppress(OSError):
                kinds[kind_of(home, Path(folder) / name)] += (Path(folder) / name).lstat().st_size
    try:
        free = shutil.disk_usage(home.state).free
    except OSError:
        free = 0
    return list(kinds.items()), free


def kind_of(home: Home, path: Path) -> str:
    """Return what a file of the state folder belongs to."""
    if path.is_relative_to(home.vault):
        return "vault"
    if path.is_relative_to(home.prefixes):
        return "beginnings of prompts"
    if path.name.startswith(home.journal.name):
        return "journal"
    return "log" if path.name.startswith(home.log.name) else "other"


def put(path: Path, text: str) -> None:
    """Write the page for its owner alone, whole or not at all. Raises UsageError when another file has that name."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.exists() and MARK not in head_of(path):
            raise UsageError(
                f"{path} is there already and is no report of homebody's.", hint="Name another: -o FILE."
            )
        with os.fdopen(
            os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(text)
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise HomebodyError(f"{path} cannot be written: {error.strerror}.") from error


def head_of(path: Path) -> str:
    """Return how a file begins."""
    with path.open("rb") as file:
        return file.read(2000).decode("utf-8", "replace")
