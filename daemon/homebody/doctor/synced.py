"""Which of the folders that homebody has to do with does somebody carry away, and who?

What is written there is refused with the recipe (``recipes``); what is only read there is worth knowing.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from homebody.doctor.finding import Finding, note, wrong
from homebody.recipe.schema import Recipe
from homebody.service.staying import CURE
from homebody.synced.away import Away, Carriers
from homebody.synced.mounts import mount_of

LARGEST = 100_000


def synced(recipes: Iterable[Recipe], carriers: Carriers) -> Iterator[Finding]:
    """Yield the watched folders that are carried away, and those that a recipe may write although they are."""
    for recipe in recipes:
        permissions = recipe.permissions()
        for folder in permissions.reads:
            mount = mount_of(folder, carriers.mounts)
            if mount is not None and mount.remote:
                yield note(
                    "folder-remote",
                    f"{recipe.name} reads {folder}, and that is mounted from elsewhere ({mount.kind})",
                    "The names that homebody looks up there go to that computer, which no seal can refuse (way 23).",
                )
            elif folder not in permissions.writes and (away := carriers.of(folder)) is not None:
                yield note("folder-synced", f"{recipe.name} reads {folder}; {away}", "Reading is fine.")
        if recipe.synced == "allowed":
            for folder in permissions.writes:
                if (away := carriers.of(folder)) is not None:
                    yield note(
                        "output-synced",
                        f"{recipe.name} writes in {folder}, as its `synced: allowed` lets it; {away}",
                        "What it writes leaves this computer.",
                    )
        yield from pushed(recipe, permissions.writes)


def pushed(recipe: Recipe, writes: Iterable[Path]) -> Iterator[Finding]:
    """Yield the folders in a git repository that has a remote: what is committed there can be pushed."""
    for folder in writes:
        found = next((place for place in (folder, *folder.parents) if has_remote(place)), None)
        if found is not None:
            yield note(
                "output-git",
                f"{recipe.name} writes in {folder}, which is in the git repository {found} with a remote",
                "What you, or a program that does so by itself, commit and push there leaves this computer.",
            )


def has_remote(folder: Path) -> bool:
    """Return whether *folder* is the top of a git repository with a remote (git-config(1): ``[remote "NAME"]``)."""
    path = folder / ".git" / "config"
    try:
        return path.is_file() and '[remote "' in path.read_bytes()[:LARGEST].decode("utf-8", "replace")
    except OSError:
        return False


def state(away: Away | None, folder: Path) -> Iterator[Finding]:
    """Yield that homebody's own state would not stay here."""
    if away is not None:
        yield wrong(
            "state-synced", f"homebody's state in {folder} would not stay on this computer: {away}", CURE
        )


def silent_programs(programs: Iterable[str]) -> Iterator[Finding]:
    """Yield the programs of which nobody can know which folders they carry away."""
    for program in programs:
        yield note(
            "sync-program",
            f"{program} is here, and keeps to itself which folders it carries away",
            "See in its own settings that it has no folder in which recipes write.",
        )
