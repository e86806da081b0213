"""The replace_text action: words and patterns of a text file replaced, in the file itself or in a copy."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    model_validator,
)

from homebody.actions.action import Action, TemplateText, World
from homebody.actions.conflict import TEMPLATE, WORDS, OnConflict, RenameTemplate
from homebody.actions.destination import FolderOrFile, resolve, roots, whole
from homebody.actions.effect import Effect, Put, sha
from homebody.actions.placing import Wish, more_roots, room_for
from homebody.actions.replacing import replace_pattern, replace_words, words_in
from homebody.errors import EffectError
from homebody.paths import real
from homebody.regexes import compiled
from homebody.templates import compile_template


def _listed(value: Any) -> Any:
    """Return one text as a list of one."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


def _fits_something(pattern: str) -> str:
    """Return *pattern*; raise ValueError when it is none, or fits where nothing is."""
    if compiled(pattern).search("") is not None:
        raise ValueError(
            "it fits where nothing is, and would stand between all letters: let it ask for a character"
        )
    return pattern


def _known(value: Any) -> Any:
    """Return *value*; raise ValueError for a key that a rule does not have."""
    known = ("find", "regex", "by", "whole_words")
    if not isinstance(value, Mapping):
        raise ValueError("must be made of keys and values, as in {find: '{{ ask.names }}', by: '[name]'}")  # noqa: TRY004 - pydantic asks for it
    if strange := next((key for key in value if key not in known), None):
        raise ValueError(f'"{strange}" is not known here; known are {", ".join(known)}')
    return value


class Rule(BaseModel):
    """What is looked for, and what stands there instead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    find: Annotated[tuple[TemplateText, ...], BeforeValidator(_listed)] = Field(
        default=(), max_length=100, description="Words, a list of them, or a template of a list."
    )
    regex: Annotated[str, AfterValidator(_fits_something)] | None = Field(
        default=None, description="A regular expression, instead of words."
    )
    by: TemplateText = Field(max_length=1000, description='What stands there instead, as in "[name]".')
    whole_words: StrictBool = Field(
        default=False, description="Whether words count only where no letter stands beside them."
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> "Rule":
        if (self.regex is None) == (not self.find):
            raise ValueError("needs either `find`, for words, or `regex`, for a pattern")
        return self

    def on(self, text: str, world: World) -> str:
        """Return *text* with everything replaced. Raises EffectError, TemplateError."""
        by = compile_template(self.by).pieces(world.safe_values())
        if self.regex is not None:
            return replace_pattern(text, self.regex, by)
        found = [compile_template(word).evaluate(world.values) for word in self.find]
        return replace_words(text, list(words_in(found)), by, whole=self.whole_words)


class ReplaceTextAction(Action):
    """Replaces words and patterns in the text of the file, or with ``dest`` in a copy: the file stays then.

    ``replace`` is a list: ``find`` are words, a list of them or a template of a list such as ``{{ ask.names }}``;
    ``regex`` is a pattern; ``by`` is what stands there instead. Upper and lower case are the same, and white space
    between words may be a line break. What is not UTF-8 text is refused. All that is not replaced stays, byte for byte.
    """

    kind: ClassVar[str] = "replace_text"
    needs_file: ClassVar[bool] = True
    needs_content: ClassVar[bool] = True

    dest: FolderOrFile | None = Field(
        default=None,
        max_length=4000,
        description="Where the copy goes; without it the file itself is changed.",
    )
    replace: tuple[Annotated[Rule, BeforeValidator(_known)], ...] = Field(
        min_length=1, max_length=50, description="What is replaced by what, one after the other."
    )
    on_conflict: OnConflict = Field(default="rename_new", description=WORDS)
    rename_template: RenameTemplate | None = Field(default=None, description=TEMPLATE)

    def long(self) -> dict[str, Any]:
        """Return the action's fields as the recipe's long form has them."""
        rules = [
            {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in rule
                if value not in (None, ())
            }
            for rule in self.replace
        ]
        return {**super().long(), "replace": rules}

    def plan(self, world: World) -> list[Effect]:
        """Return the one change, or none when nothing is to be replaced. Raises EffectError."""
        if world.file is None:
            raise EffectError("There is no file in which something could be replaced.")
        own = world.content(world.file.path)
        if own is None:
            raise EffectError("The file is no longer there.")
        text = text_of(own[0])
        for rule in self.replace:
            text = rule.on(text, world)
        content = text.encode("utf-8")
        path = (
            world.file.path if self.dest is None else resolve(whole(self.dest), world, world.file.path.name)
        )
        if path == world.file.path:
            return [Put(path=path, content=content, before=own[1], kind=self.kind, mode=own[2])]
        wish = Wish(
            sha256=str(sha(content)),
            on_conflict=self.on_conflict,
            template=self.rename_template,
            kind=self.kind,
            made=True,
        )
        room = room_for(world, path, wish)
        if room is None:
            return []
        mode = own[2] if room.before is None else room.mode
        put = Put(path=room.path, content=content, before=room.before, kind=self.kind, mode=mode)
        return [*room.first, put]

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
        """Return the folders that ``dest`` surely lies in; without one the watched ones."""
        if self.dest is None:
            return tuple(real(folder) for folder in watched)
        found = roots(whole(self.dest), watched, variables)
        return (*found, *more_roots(self.on_conflict, found))

    def templates(self) -> Mapping[str, str]:
        """Return every template: where the copy goes, what is looked for, what comes instead."""
        found = {} if self.dest is None else {"dest": self.dest}
        for number, rule in enumerate(self.replace):
            found |= {f"replace[{number}].find[{place}]": word for place, word in enumerate(rule.find)}
            found[f"replace[{number}].by"] = rule.by
        return found


def text_of(data: bytes) -> str:
    """Return *data* as text, a byte order mark kept. Raises EffectError for what is no text."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or text.startswith("%PDF-"):
        raise EffectError("The file is not UTF-8 text, so nothing was replaced in it, and no copy was made.")
    return text
