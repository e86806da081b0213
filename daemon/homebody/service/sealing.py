"""Of what is the seal of the daemon made, and does it hold? Of the recipes that run, and of homebody's own files."""

import os
from collections.abc import Iterable
from pathlib import Path

from homebody import seal
from homebody.documents.lacking import Lacking
from homebody.documents.pictures.tesseract import Tesseract
from homebody.documents.speech.whisper import Whisper
from homebody.errors import SealError
from homebody.logs import get_log
from homebody.paths import Home, real, shipped
from homebody.power import to_be_read
from homebody.recipe.load import recipe_files
from homebody.recipe.schema import Recipe
from homebody.service.lifecycle import Readiness
from homebody.settings import Settings

SELF_TEST = ("tcp", "udp", "dns", "unix", "child", "write_outside")
"""The probes that a freshly sealed daemon tries; one that gets out means that it does not start."""


def policy_for(
    home: Home,
    settings: Settings,
    recipes: Iterable[Recipe],
    tesseract: Tesseract | Lacking | None = None,
    whisper: Whisper | Lacking | None = None,
) -> seal.Policy:
    """Return the policy of a daemon that runs *recipes*: their permissions, homebody's own, what its readers load.

    Raises SealError.
    """
    permissions = [recipe.permissions() for recipe in recipes]
    reads = {folder for one in permissions for folder in one.reads}
    writes = {folder for one in permissions for folder in one.writes}
    return seal.daemon_policy(
        read=sorted(reads | own_reads(home, settings) | languages_of(tesseract) | model_of(whisper)),
        write=sorted(writes | {home.state}),
        control=home.socket,
    )


def own_reads(home: Home, settings: Settings) -> set[Path]:
    """Return what homebody reads of its own: settings, recipes, the models, and the battery's state if that is heeded.

    The shipped recipes are among them, for recipes that use them.

    Recipes may be links to another folder: their files are named one by one, so that they can be read again.
    """
    models = [
        path.resolve() for path in (settings.model_path(), settings.embeddings_path()) if path is not None
    ]
    linked = {real(path) for path in recipe_files(home.recipes) if path.is_symlink() and path.is_file()}
    battery = to_be_read() if settings.on_battery == "pause" else set()
    return (
        {home.config, home.recipes, *linked, shipped("recipes")}
        | {model for model in models if model.is_file()}
        | battery
    )


def languages_of(tesseract: Tesseract | Lacking | None) -> set[Path]:
    """Return the folder of what Tesseract knows of languages, which the reader of pictures loads before its seal."""
    return {tesseract.data} if isinstance(tesseract, Tesseract) else set()


def model_of(whisper: Whisper | Lacking | None) -> set[Path]:
    """Return whisper.cpp's model and the folders of libraries, which the reader of recordings loads before its seal."""
    return set(whisper.reads) if isinstance(whisper, Whisper) else set()


def written_by(home: Home, recipes: Iterable[Recipe]) -> list[Path]:
    """Return the folders that are written: those of the recipes, and the state folder."""
    return [home.state, *(folder for recipe in recipes for folder in recipe.permissions().writes)]


def put_on_seal(home: Home, policy: seal.Policy, ready: Readiness) -> seal.SealReport:
    """Enter the seal of *policy*, try to get out of it, and tell *ready* that it is on.

    Raises SealError if it cannot be put on, or does not hold.
    """
    report = seal.enter(policy, ready.held)
    # A socket that is there: macOS says of one that is not that it is not, before it asks the seal.
    aims = seal.ProbeTargets(tcp_port=9, udp_port=9, unix_path=str(home.socket), outside=str(home.config))
    open_ways = [result.name for result in seal.run_probes(SELF_TEST, aims) if not result.refused]
    if open_ways:
        raise SealError(
            f"The seal does not hold: {', '.join(open_ways)} was not refused. homebody does not start.",
            hint="Please report this with the output of `homebody doctor`.",
        )
    ready.tell()
    get_log().info("sealed", landlock_abi=report.landlock_abi, seccomp_sha256=report.seccomp_sha256,
                   milliseconds=report.milliseconds, as_root=report.as_root)  # fmt: skip
    return report


def give_up_output() -> None:
    """Let what is printed from now on go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
