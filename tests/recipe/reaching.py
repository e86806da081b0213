"""What the tests of reach share: recipes by what they take and make, and who wakes whom."""

from collections.abc import Sequence
from typing import Any

import yaml

from homebody.recipe.load import read_recipe
from homebody.recipe.reach import edges
from homebody.recipe.schema import Recipe


def recipe(
    name: str,
    dest: str,
    filters: Sequence[Any] = (),
    *,
    watch: str = "/w/a",
    recursive: bool = False,
    action: str = "append",
    **fields: Any,
) -> Recipe:
    """Return a recipe that makes *dest* of what comes into *watch*."""
    slots = {"kind": "text", "opt": {"type": "text", "optional": True}, "tags": "list"}
    body = {
        "name": name,
        "triggers": [{"watch": watch, "recursive": recursive}],
        "filters": list(filters),
        "ask": {"prompt": "x", "output": slots},
        "actions": [{action: {"dest": dest, "content": "x", **fields}}],
    }
    return read_recipe(yaml.safe_dump(body, sort_keys=False))


def wakes(*recipes: Recipe) -> set[tuple[str, str]]:
    """Return who can wake whom."""
    return {(edge.source, edge.target) for edge in edges(recipes)}


MD = {"extension": "md"}
NO_SUMMARY = {"not name": "*.summary.md"}
OVER = {"action": "write", "on_conflict": "overwrite"}
NEW = {"action": "write"}
