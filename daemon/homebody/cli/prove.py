"""``homebody prove``: the running daemon, model and reader try to get out, and you see that they cannot."""

import contextlib
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import click

from homebody.cli.examples import examples
from homebody.cli.prove_evidence import Evidence, gather
from homebody.cli.prove_verdict import GOT_OUT, HELD, as_json, judge
from homebody.cli.prove_words import shown, tell
from homebody.cli.throwaway import Throwaway
from homebody.errors import HomebodyError, NotRunningError
from homebody.paths import Home
from homebody.recipe.load import load_folder
from homebody.service.lock import holder
from homebody.service.peer import listener_of

START_SECONDS = 120.0


@click.command("prove", epilog=examples("homebody prove", "homebody prove --json"))
@click.option("-v", "--verbose", is_flag=True, help="Show each way and what the kernel answered.")
@click.option("--json", "as_object", is_flag=True, help="Print one JSON object as the last line.")
@click.pass_obj
def prove_command(home: Home, *, verbose: bool, as_object: bool) -> None:
    """Let homebody try to get out, and see that it cannot.

    Asks the running daemon, its model process and its reader to try every way out that we know, each in
    itself, beside a process without the seal in which the same tries work. Opens listeners on this computer
    to see that nothing arrives, and reads from outside what the kernel says of each process. If homebody
    does not run, one is started for it in a folder of its own, and ended. Your files are not touched, and
    nothing goes to the network.

    \b
    Exit codes:
      0  nothing got out, and something was tried in every process
      3  something got out, or the kernel says that a process lacks the seal
      4  it could not be shown whole: a process did not answer, say, or this
         is macOS, where the seal of a process cannot be read from outside
    Other codes are those of an error, which is said.
    """
    signal.signal(signal.SIGTERM, leave)
    began = time.monotonic()
    evidence = look(home)
    verdict = judge(evidence)
    if as_object:
        click.echo(json.dumps(as_json(evidence, verdict, time.monotonic() - began), ensure_ascii=False))
    else:
        colours = {HELD: "green", GOT_OUT: "red"}
        tell(shown(evidence, verdict, verbose=verbose), colours.get(verdict.exit_code, "yellow"))
    sys.exit(verdict.exit_code)


def leave(number: int, _frame: FrameType | None) -> None:
    """End in such a way that what was started is ended, too."""
    sys.exit(128 + number)


def say(words: str) -> None:
    """Tell how far it is, apart from the report."""
    click.echo(words, err=True)


def look(home: Home) -> Evidence:
    """Return what is seen of the running homebody, or of one that is started for this."""
    if runs(home):
        return gather(home, outside(home), say, thrown_away=False)
    say("homebody is not running. One is started for this, in a folder that is thrown away ...")
    with thrown_away() as made:
        return gather(made.home, made.folder, say, thrown_away=True)


def runs(home: Home) -> bool:
    """Return whether a homebody runs on *home*. Raises HomebodyError when one does and does not answer."""
    try:
        listener_of(home.socket)
    except NotRunningError:
        if holder(home.lock) is not None:
            raise HomebodyError(
                "homebody runs and does not answer, so it cannot be asked.",
                hint="Wait until it has started; if that does not help, stop it and start it again.",
            ) from None
        return False
    return True


@contextlib.contextmanager
def thrown_away() -> Iterator[Throwaway]:
    """Yield a daemon on the starter model in a home of its own; both are gone at the end."""
    with tempfile.TemporaryDirectory(prefix="homebody-prove-", ignore_cleanup_errors=True) as folder:
        made = Throwaway(Path(folder))
        made.home.recipes.mkdir(parents=True)
        try:
            made.start()
            made.until(lambda: made.status() is not None, START_SECONDS, "homebody to answer")
            yield made
        finally:
            made.stop()
            take_away_socket(made.home)


def take_away_socket(home: Home) -> None:
    """Take the socket's own folder away, which there is where the path of the home is too long for a socket."""
    if home.socket.parent != home.state:
        home.socket.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # another homebody has its socket there, too
            home.socket.parent.rmdir()


def outside(home: Home) -> Path:
    """Return a folder in which things can be laid that homebody must not reach: no recipe uses it or what holds it.

    Raises HomebodyError when every folder that we know is one that a recipe uses.
    """
    recipes = [recipe.permissions() for recipe in load_folder(home.recipes).recipes]
    used = [home.config, home.state, *(folder for one in recipes for folder in (*one.reads, *one.writes))]
    real = [folder.resolve() for folder in used]
    for folder in (Path(tempfile.gettempdir()), Path("/var/tmp"), Path("~").expanduser(), home.config.parent):  # noqa: S108
        place = folder.resolve()
        if place.is_dir() and not any(one == place or one in place.parents for one in real):
            return place
    raise HomebodyError(
        "There is no folder left to try in that none of your recipes uses.",
        hint="Set TMPDIR to one and try again.",
    )
