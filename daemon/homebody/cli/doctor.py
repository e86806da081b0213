"""``homebody doctor``: everything that can be wrong here, with the cure."""

import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

import click

from homebody import __version__, seal
from homebody.errors import HomebodyError, NotRunningError
from homebody.paths import Home
from homebody.recipe.lint import lint
from homebody.recipe.load import load_folder
from homebody.secrets import trusted_keyring
from homebody.service.control import request
from homebody.settings import load_settings

LEAST_FREE_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: ``right``, ``note`` or ``wrong``, in words, and the cure."""

    verdict: Literal["right", "note", "wrong"]
    words: str
    cure: str = ""


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def doctor_command(home: Home, *, as_json: bool) -> None:
    """Check everything that can be wrong here, with the cure. Ends with 1 when something is wrong."""
    findings = list(examine(home))
    if as_json:
        click.echo(
            json.dumps({"version": __version__, "findings": [asdict(finding) for finding in findings]})
        )
    else:
        for finding in findings:
            click.echo(f"{finding.verdict:<6} {finding.words}")
            if finding.cure:
                click.echo(f"       {finding.cure}")
    sys.exit(1 if any(finding.verdict == "wrong" for finding in findings) else 0)


def examine(home: Home) -> Iterator[Finding]:
    """Yield what is found, in the order in which things are needed."""
    yield Finding(
        "right",
        f"homebody {__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}",
    )
    yield from examine_seal()
    yield from examine_model(home)
    yield from examine_key(home)
    yield from examine_recipes(home)
    yield from examine_disk(home)
    yield from examine_daemon(home)


def examine_seal() -> Iterator[Finding]:
    """Try on the seal in a process that ends right after."""
    try:
        report = seal.rehearse()
    except HomebodyError as error:
        yield Finding("wrong", str(error), error.hint or "")
        return
    missing = "; ".join(report.missing)
    yield Finding(
        "right", f"the seal: Landlock ABI {report.landlock_abi}, on in {report.milliseconds:.1f} ms"
    )
    if missing:
        yield Finding("note", f"this kernel's seal lacks: {missing}", "A newer kernel closes these too.")
    if report.as_root:
        yield Finding(
            "note",
            "runs as root: every capability is dropped, the seal is the same",
            "Better use your own user.",
        )


def examine_model(home: Home) -> Iterator[Finding]:
    """Look at the settings and at the model file that they name."""
    from homebody.model.gguf import inspect

    try:
        path = load_settings(home).model_path()
        info = inspect(path)
    except HomebodyError as error:
        yield Finding("wrong", str(error), error.hint or "")
        return
    yield Finding("right", f"the model {info.name}: {info.quantization}, {info.file_bytes / 1e6:.1f} MB")


def examine_key(home: Home) -> Iterator[Finding]:
    """Say where the vault's key lies or would lie."""
    if home.key.exists() or trusted_keyring() is None:
        yield Finding(
            "note",
            f"the vault's key lies in a file that only you can read: {home.key}",
            "Where a keyring is there (GNOME, KDE, macOS), homebody keeps it in that from the first start on.",
        )
        return
    yield Finding("right", "the vault's key lies in the keyring")


def examine_recipes(home: Home) -> Iterator[Finding]:
    """Load every recipe and look at its folders."""
    loaded = load_folder(home.recipes)
    if not loaded.recipes and not loaded.problems:
        yield Finding(
            "note", f"there are no recipes in {home.recipes}", "Take one: homebody new summarize-notes"
        )
    for problem in loaded.problems:
        yield Finding("wrong", f"a recipe is not usable: {problem}")
    for problem in lint(loaded.recipes, loaded.places):
        yield Finding("wrong", f"recipes get in each other's way: {problem}")
    for recipe in loaded.recipes:
        missing = [folder for folder in recipe.permissions().reads if not folder.is_dir()]
        barred = [
            folder
            for folder in recipe.permissions().reads
            if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK)
        ]
        for folder in missing:
            yield Finding("wrong", f"{recipe.name}: the folder {folder} is not there", f"mkdir -p '{folder}'")
        for folder in barred:
            yield Finding(
                "wrong", f"{recipe.name}: the folder {folder} may not be read", f"chmod u+rx '{folder}'"
            )
        if not missing and not barred:
            yield Finding("right", f"the recipe {recipe.name}")


def examine_disk(home: Home) -> Iterator[Finding]:
    """Look at the room that is left for the journal and the vault."""
    folder = next(place for place in (home.state, *home.state.parents) if place.exists())
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        yield Finding(
            "wrong", f"{free / 1e6:.0f} MB are left on the disk", "Make room: homebody pauses on a full disk."
        )
        return
    yield Finding("right", f"{free / 1e9:.1f} GB are left on the disk")


def examine_daemon(home: Home) -> Iterator[Finding]:
    """Ask the daemon, if one runs."""
    try:
        status = request(home.socket, "GET", "/v1/status", timeout=5)
    except NotRunningError:
        yield Finding("note", "homebody is not running", "Start it: homebody serve")
        return
    yield Finding("right", f"homebody runs (process {status['pid']}), sealed")
    if status["model"]["state"] == "failed":
        yield Finding("wrong", f"its model did not load: {status['model']['problem']}")
    for why in (*status["folders"].values(), *status["waiting"].values(), *status["store"]):
        yield Finding("wrong", why)
