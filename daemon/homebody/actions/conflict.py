"""What happens when a name that an action wants is taken? The words are organize's."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from homebody.actions.acting import harmless
from homebody.errors import EffectError
from homebody.filenames import numbered, safe_component, split_ending
from homebody.templates import Scope, TemplateError, compile_template

MOST_NUMBERS = 10_000
"""How many names are tried before there are too many files of one name."""

OnConflict = Literal["rename_new", "rename_existing", "skip", "overwrite", "trash", "deduplicate"]
"""``rename_new``: under the next free name, as "notes 2.md". ``rename_existing``: the other file gets that name.
``skip``: not at all. ``overwrite``: the old content goes to the vault, for undo. ``trash``: the other file goes to the
desktop's trash. ``deduplicate``: not at all when it holds the same, else as ``rename_new``."""

NUMBERING = frozenset({"rename_new", "rename_existing", "deduplicate"})
"""The words with which a file may get another name."""

WORDS = "What happens when a file of that name is there already."
TEMPLATE = 'How such a name is made, as in "{{ name }} ({{ counter }}){{ extension }}".'

_NAMES = Scope(names={"name": frozenset(), "counter": frozenset(), "extension": frozenset()})


def _of_names(text: str) -> str:
    """Return *text*; raise ValueError when it is no template of a name, or makes the same name again and again."""
    try:
        template = compile_template(text)
    except TemplateError as error:
        raise ValueError(str(error)) from error
    if problems := template.problems(_NAMES):
        raise ValueError("; ".join(map(str, problems)))
    if "counter" not in {use.name for use in template.uses}:
        raise ValueError("it has no {{ counter }}, so that it would make the same name again and again")
    if "/" in re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.DOTALL):
        raise ValueError("a name has no slash")
    return text


RenameTemplate = Annotated[str, AfterValidator(_of_names), Field(max_length=200)]
"""A field of a recipe that says how a name is made that is not taken."""


def names(path: Path, template: str | None = None) -> Iterator[Path]:
    """Yield *path*, then the names that stand in for it: "notes 2.md", "notes 3.md", or as *template* has it.

    Raises EffectError when there are too many, TemplateError.
    """
    yield path
    made = None if template is None else compile_template(template)
    stem, ending = split_ending(path.name)
    for number in range(2, MOST_NUMBERS):
        if made is None:
            yield path.with_name(numbered(path.name, number))
        else:
            name = made.render({"name": stem, "counter": number, "extension": ending})
            yield path.with_name(harmless(safe_component(name.strip()), own=path.name))
    raise EffectError(f"There are {MOST_NUMBERS:,} files of that name already: nothing was changed.")
