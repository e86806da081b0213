"""Which words does a list beside the recipe hold?"""

from typing import Any

from yaml.nodes import ScalarNode, SequenceNode

from homebody.errors import RecipeError
from homebody.recipe.files import read_text_file
from homebody.recipe.kinds import Loading, mistake
from homebody.recipe.source import NotRecipeError, Source, parse

SUFFIXES = (".yaml", ".yml")


def read_words(name: str, loading: Loading) -> list[str]:
    """Return the words in the YAML file *name* beside the recipe; raise a mistake for what is no such list."""
    if not name.casefold().endswith(SUFFIXES):
        raise mistake(
            f'must be a list, or the name of a YAML file with one beside the recipe; "{name}" is neither'
        )
    if "/" in name or loading.folder is None:
        raise mistake(f'"{name}" must be the name of a file beside the recipe, without a folder')
    path = loading.folder / name
    try:
        source = parse(read_text_file(path), name)
    except NotRecipeError as error:
        raise mistake(str(error)) from error
    except RecipeError as error:
        raise mistake(f"{name}: {error}") from error
    loading.words_read.append(path)
    return _words(source, name)


def _words(source: Source, name: str) -> list[str]:
    root: Any = source.root
    if not isinstance(root, SequenceNode) or not root.value:
        raise mistake(f"{name} must be a list: each word on a line of its own that begins with a dash")
    for node, value in zip(root.value, source.values, strict=True):
        if not isinstance(node, ScalarNode) or not isinstance(value, str):
            line = node.start_mark.line + 1
            raise mistake(f"{name}:{line}: a word is expected; put numbers, yes and no in quotes")
    return list(source.values)
