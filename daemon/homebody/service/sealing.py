"""Of what is the daemon's seal made? Of the recipes that run, and of homebody's own files."""

from collections.abc import Iterable
from pathlib import Path

from homebody import seal
from homebody.paths import Home, real
from homebody.recipe.load import recipe_files
from homebody.recipe.schema import Recipe
from homebody.settings import Settings


def policy_for(home: Home, settings: Settings, recipes: Iterable[Recipe]) -> seal.Policy:
    """Return the policy of a daemon that runs *recipes*: their permissions and homebody's own. Raises SealError."""
    permissions = [recipe.permissions() for recipe in recipes]
    reads = {folder for one in permissions for folder in one.reads}
    writes = {folder for one in permissions for folder in one.writes}
    return seal.daemon_policy(
        read=sorted(reads | own_reads(home, settings)), write=sorted(writes | {home.state})
    )


def own_reads(home: Home, settings: Settings) -> set[Path]:
    """Return what homebody reads of its own: settings, recipes, and the model.

    Recipes may be links to another folder: their files are named one by one, so that they can be read again.
    """
    model = settings.model_path().resolve()
    linked = {real(path) for path in recipe_files(home.recipes) if path.is_symlink() and path.is_file()}
    return {home.config, home.recipes, *linked} | ({model} if model.is_file() else set())


def written_by(home: Home, recipes: Iterable[Recipe]) -> list[Path]:
    """Return the folders that are written: those of the recipes, and the state folder."""
    return [home.state, *(folder for recipe in recipes for folder in recipe.permissions().writes)]
