"""``homebody notices``: what recipes told you, and how it comes onto the desktop."""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from homebody.cli.desktop import show
from homebody.cli.examples import examples
from homebody.cli.paragraphs import indented
from homebody.cli.plans import printable
from homebody.errors import NotRunningError
from homebody.paths import Home
from homebody.service.control import request
from homebody.service.either import ask

ROUTE = "/v1/notices"
WAIT_SECONDS = 20
PAUSE_SECONDS = 2.0
"""How long a follower waits before it asks again for a homebody that does not run."""


@click.command("notices", epilog=examples("homebody notices -n 5", "homebody notices --follow"))
@click.option(
    "-n", "--number", type=click.IntRange(min=1), default=20, show_default=True, help="How many notices."
)
@click.option("-f", "--follow", is_flag=True, help="Show what comes on the desktop and here, until Ctrl+C.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with --follow one object a line.")
@click.pass_obj
def notices_command(home: Home, number: int, *, follow: bool, as_json: bool) -> None:
    """List what recipes told you (`notify`), and each first failure, the newest last.

    With --follow this process reads notices over the control socket, and nothing else, and hands them to the
    desktop: the sealed homebody itself can reach none. It goes on when homebody is restarted.
    """
    if follow:
        newest = request(home.socket, "GET", ROUTE, {"limit": 1})["newest"]
        click.echo("Notices are shown as they come; Ctrl+C ends this.", err=True)
        for one in coming(home, newest):
            shown = show(f"homebody: {one['recipe']}", one["words"])
            if as_json:
                click.echo(json.dumps({**one, "shown": shown}, ensure_ascii=False))
            else:
                click.echo("\n".join(notice_lines(one)))
        return
    answer = ask(home, ROUTE, {"limit": number})
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one in answer["notices"]:
        click.echo("\n".join(notice_lines(one)))
    if not answer["notices"]:
        click.echo("There is no notice.")
    if not answer["serving"]:
        click.echo("homebody is not running; this is what its journal says.", err=True)


def coming(home: Home, after: int) -> Iterator[dict[str, Any]]:
    """Yield each notice that comes after that number, for ever, also when homebody is restarted meanwhile."""
    while True:
        try:
            answer = request(home.socket, "GET", ROUTE, {"after": after, "wait": WAIT_SECONDS}, timeout=60)
        except NotRunningError:
            time.sleep(PAUSE_SECONDS)
            continue
        after = min(after, answer["newest"])  # after a lost journal its numbers begin anew
        for one in answer["notices"]:
            after = max(after, one["number"])
            yield one


def notice_lines(one: dict[str, Any]) -> list[str]:
    """Return a notice as lines: when, which recipe and run, and its words."""
    when = datetime.fromisoformat(one["at"]).astimezone()
    return [
        f"{when:%Y-%m-%d %H:%M}  {one['recipe']} (run {one['run']})",
        *indented(printable(one["words"]), 2),
    ]
