"""``homebody doctor``: everything that can be wrong here, with the cure."""

import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import click

from homebody import __version__, seal
from homebody.cli.daemon import paused_words
from homebody.cli.vault import ago, key_place, rounded
from homebody.errors import HomebodyError, NotRunningError
from homebody.journal.copying import copied_at, is_whole
from homebody.journal.images import images_in
from homebody.paths import Home
from homebody.quantities import say_size
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
    yield from examine_journal(home, datetime.now(UTC))
    yield from examine_vault(home)
    yield from examine_daemon(home)


def examine_seal() -> Iterator[Finding]:
    """Try on the seal in a process that ends right after."""
    try:
        report = seal.rehearse()
    except HomebodyError as error:
        yield Finding("wrong", str(error), error.hint or "")
        return
    missing = "; ".join(report.missing)
    yield Finding("right", f"the seal: {report.layers}, on in {report.milliseconds:.1f} ms")
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
    place = key_place(home)
    if place == "unreadable":
        yield Finding("wrong", f"the vault's key in {home.key} cannot be used", "`homebody serve` says why.")
    elif place == "file" or (place == "none" and trusted_keyring() is None):
        yield Finding(
            "note",
            f"the vault's key lies in a file that only you can read: {home.key}",
            "Where a keyring is there (GNOME, KDE, macOS), homebody keeps it in that from the first start on.",
        )
    else:
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
    """Look at the room that is left where homebody writes: for journal and vault, and for what recipes make."""
    written = [
        folder for recipe in load_folder(home.recipes).recipes for folder in recipe.permissions().writes
    ]
    disks: dict[int, Path] = {}
    for folder in (home.state, *written):
        there = next(place for place in (folder, *folder.parents) if place.exists())
        disks.setdefault(there.stat().st_dev, there)
    for folder in disks.values():
        free = shutil.disk_usage(folder).free
        words = f"{rounded(free)} are left on the disk of {folder}"
        if free < LEAST_FREE_BYTES:
            yield Finding("wrong", words, "Make room: homebody pauses on a full disk, and goes on by itself.")
        else:
            yield Finding("right", words)


def examine_journal(home: Home, now: datetime) -> Iterator[Finding]:
    """Check the journal, and say how large it is and how old its copy."""
    if not home.journal.exists():
        yield Finding("note", "there is no journal yet", "The first start makes it.")
        return
    size = sum(
        path.stat().st_size
        for path in (home.journal, home.journal.with_name("journal.db-wal"))
        if path.exists()
    )
    copied = copied_at(home.journal)
    copy = "it has no copy yet" if copied is None else f"its copy is from {ago(now - copied)}"
    if is_whole(home.journal):
        yield Finding("right", f"the journal: {rounded(size)}, whole (checked just now); {copy}")
    else:
        yield Finding("wrong", f"the journal is damaged ({rounded(size)}; {copy})",
                      "Start homebody again: it sets it aside and makes a new one of what can be read.")  # fmt: skip
    for aside in sorted(home.state.glob("journal.db.damaged-*[0-9]")):
        yield Finding(
            "note", f"a damaged journal was set aside: {aside}", "Remove it when nothing is missed any more."
        )


def examine_vault(home: Home) -> Iterator[Finding]:
    """Say what the vault keeps, and whether that is within its limits."""
    try:
        limits = load_settings(home).vault
    except HomebodyError:
        return  # the settings were found wrong above
    images = images_in(home.vault)
    size = sum(image.size for image in images)
    words = f"the vault: {len(images)} old contents, {rounded(size)} of at most {say_size(limits.size)}"
    if images:
        words += f", the oldest from {ago(datetime.now(UTC) - images[0].kept_at)}"
    if size > limits.size:
        yield Finding("note", words, "A running homebody purges it once a day; or: homebody vault purge")
    else:
        yield Finding("right", words)


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
    if status["paused"]:
        yield Finding("wrong", paused_words(status["paused"]), "Make room on that disk.")
    for why in (*status["folders"].values(), *status["waiting"].values(), *status["store"]):
        yield Finding("wrong", why)
