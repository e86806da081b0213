"""What does a recipe file say, and at which line and column does each thing stand?

The values are built from PyYAML's nodes, so that the traps of YAML 1.1 can be named where they lie: `on:`
is a key that means true, 7:30 is the number 450, and {{ x }} without quotes is a mapping in a mapping.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.error import MarkedYAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from homebody.recipe.problem import Problem, where
from homebody.recipe.syntax import ODD_BLANK, slip
from homebody.yaml_nodes import compose

LARGEST = 256 * 1024
"""The most bytes that a recipe may have; the longest sensible one has a few thousand."""

Path = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_SIXTIES = re.compile(r"[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?")
_TYPES = frozenset({"str", "int", "float", "bool", "null", "timestamp", "value", "merge", "map", "seq"})
_TRUE_WORDS = {"on": "triggers"}


class NotRecipeError(Exception):
    """The file cannot be read as YAML at all; ``problems`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problems = (problem,)


@dataclass(slots=True, kw_only=True)
class Source:
    """A parsed file: its values, the node of each place, and the traps that were met."""

    file: str
    root: Node | None = None
    values: Any = None
    problems: list[Problem] = field(default_factory=list)

    def note(self, node: Node, path: Sequence[str | int], what: str) -> None:
        """Add a problem at *node*."""
        line, column = self.place(node)
        self.problems.append(Problem(file=self.file, line=line, column=column, where=where(path), what=what))

    @staticmethod
    def place(node: Node | None, line: int = 1) -> tuple[int, int]:
        """Return the line and column of *node*, or of the given *line* of the text that it holds."""
        if node is None:
            return 1, 1
        mark = node.start_mark
        if isinstance(node, ScalarNode) and node.style == "|":
            return mark.line + 1 + line, 1
        return mark.line + 1, mark.column + 1

    def find(self, path: Path) -> tuple[Path, Node | None, Node | None]:
        """Return how far *path* leads in the file, and the key's and the value's node there.

        Parts that only the long form has are passed over.
        """
        there: Path = ()
        key, node = None, self.root
        for part in path:
            if (step := _step(node, part)) is not None:
                key, node = step
                there = (*there, part)
        return there, key, node


def _step(node: Node | None, part: str | int) -> tuple[Node, Node] | None:
    if isinstance(node, MappingNode):
        return next(((key, value) for key, value in node.value if _key_text(key) == part), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def _key_text(node: Node) -> str | None:
    if not isinstance(node, ScalarNode):
        return None
    return _TRUE_WORDS.get(node.value.casefold(), node.value) if node.tag == f"{_TAG}bool" else node.value


def parse(data: bytes, file: str) -> Source:
    """Return what *data* says, with the traps noted; raise NotRecipeError when it is no YAML text at all."""
    text = _decoded(data, file)
    try:
        root = compose(text)
    except MarkedYAMLError as error:
        found = slip(error, text)
        problem = Problem(file=file, line=found.line, column=found.column, where="", what=found.what)
        raise NotRecipeError(problem) from error
    except (yaml.YAMLError, RecursionError) as error:
        line, column = _position(text, getattr(error, "position", 0))
        what = "a character that YAML does not allow; is this a text file?"
        raise NotRecipeError(Problem(file=file, line=line, column=column, where="", what=what)) from error
    source = Source(file=file, root=root)
    if root is not None:
        source.values = _build(source, root, ())
        _anchors(source, text)
    return source


def _decoded(data: bytes, file: str) -> str:
    """Return *data* as text; raise NotRecipeError when it is too large, binary or not UTF-8."""
    what, line, column = "", 1, 1
    if len(data) > LARGEST:
        what = f"the file has more than {LARGEST // 1024} KiB; a recipe is a short text"
    elif b"\0" in data:
        what = "the file is binary, not text"
    else:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line, column = _position(data[: error.start].decode("utf-8", "replace"), error.start)
            what = "the file is not UTF-8 text; save it as UTF-8"
    raise NotRecipeError(Problem(file=file, line=line, column=column, where="", what=what))


def _position(text: str, index: int) -> tuple[int, int]:
    """Return the line and column of *index*, from 1."""
    before = text[:index]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _anchors(source: Source, text: str) -> None:
    """Note every `&`: YAML takes it and the word after it for a name, and leaves them out of the value."""
    for event in yaml.parse(text, Loader=yaml.SafeLoader) if "&" in text else ():
        if (anchor := getattr(event, "anchor", None)) is not None and event.start_mark is not None:
            mark = event.start_mark
            what = f"YAML leaves out `&{anchor}`; put quotes around a text that begins with &"
            source.problems.append(
                Problem(file=source.file, line=mark.line + 1, column=mark.column + 1, where="", what=what)
            )


def _build(source: Source, node: Node, path: Path) -> Any:
    """Return the value of *node*, noting the traps in it."""
    if node.tag.removeprefix(_TAG) not in _TYPES:
        source.note(node, path, "a type that begins with ! is not for recipes; write the value alone")
        return None
    if isinstance(node, SequenceNode):
        return [_build(source, item, (*path, number)) for number, item in enumerate(node.value)]
    if isinstance(node, MappingNode):
        return _mapping(source, node, path)
    assert isinstance(node, ScalarNode)
    return _scalar(source, node, path)


def _mapping(source: Source, node: MappingNode, path: Path) -> Any:
    if node.flow_style and node.value and isinstance(node.value[0][0], MappingNode):
        source.note(
            node, path, "put quotes around {{ ... }}: without them YAML reads it as a mapping in a mapping"
        )
        return ""
    built: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key, value in node.value:
        word = _key(source, key, path)
        if word is None:
            continue
        if word in built:
            source.note(key, path, f'"{word}" stands here twice, first in line {lines[word]}')
            continue
        lines[word] = key.start_mark.line + 1
        built[word] = _build(source, value, (*path, word))
        alone = len(node.value) == 1 and isinstance(path[-1] if path else None, int)
        if built[word] is None and (what := _nothing(value, alone=alone)):
            source.note(value, (*path, word), what)
    return built


def _nothing(node: Node, *, alone: bool) -> str | None:
    """Return what is wrong with a key's value that YAML reads as nothing; *alone* in an entry, a key may say it all."""
    if not isinstance(node, ScalarNode) or node.tag != f"{_TAG}null":
        return None
    if node.value == "~":
        return "`~` alone is nothing to YAML; your home folder is ~/"
    if node.value:
        return None  # `null` is a word: a part that knows it takes it
    buffer, index = node.start_mark.buffer, node.start_mark.pointer
    rest = (buffer or "")[index:].split("\n", 1)[0].strip("\0\r ")
    if rest.startswith("#"):
        return f'what stands after # is a remark to YAML; if it is meant, write it in quotes: "{rest}"'
    return None if alone else "nothing stands here; write a value, or take the key away"


def _key(source: Source, node: Node, path: Path) -> str | None:
    """Return the key that *node* is, or None for one that cannot be meant."""
    if not isinstance(node, ScalarNode):
        source.note(node, path, "a key must be a word")
        return None
    kind = node.tag.removeprefix(_TAG)
    if kind == "str" or node.style is not None:
        word = str(node.value)
        if node.style is None and word.startswith("-") and len(word) > 1:
            source.note(node, path, f"a blank is missing after the dash: `- {word[1:]}: ...`")
        elif word[:1].isspace():
            source.note(node, path, ODD_BLANK)
        else:
            return word
    elif kind == "bool":
        meant = None if path else _TRUE_WORDS.get(node.value.casefold())
        cure = f'did you mean "{meant}"?' if meant else f'put it in quotes: "{node.value}"'
        source.note(node, path, f"YAML reads the key `{node.value}` as {_truth(node.value)}; {cure}")
        return meant
    elif kind == "merge":
        source.note(node, path, "`<<` is not for recipes; write the keys themselves")
    else:
        source.note(
            node, path, f"the key {node.value or '(nothing)'} is not a word; put it in quotes if it is meant"
        )
    return None


def _scalar(source: Source, node: ScalarNode, path: Path) -> Any:
    """Return the value of a word, a number or a text."""
    kind = node.tag.removeprefix(_TAG)
    text: str = node.value
    if kind in ("int", "float"):
        trap = _number_trap(text) if kind == "int" or ":" in text else None
        if trap is not None:
            source.note(node, path, trap)
            return text
        return _number(source, node, path)
    if kind == "bool":
        return _truth(text) == "true"
    return None if kind == "null" else text


def _number_trap(text: str) -> str | None:
    """Return what is wrong with a number that YAML 1.1 reads in another base than people do."""
    if _SIXTIES.fullmatch(text):
        value = 0.0
        for part in text.lstrip("+-").split(":"):
            value = value * 60 + float(part)
        hour = text.zfill(5) if re.fullmatch(r"\d:\d\d", text) else text
        return f'YAML reads {text} as the number {value:.12g}; write it in quotes: "{hour}"'
    plain = text.replace("_", "").lstrip("+-")
    if plain != "0" and plain.startswith("0"):
        return f"YAML does not read {text} as people do; write it without the 0, or in quotes"
    return "the number is too large" if len(plain) > 18 else None


def _number(source: Source, node: ScalarNode, path: Path) -> Any:
    """Return the number that *node* is; one that is none was given a type that it does not have."""
    plain = re.sub(r"\.(inf|nan)\Z", r"\1", node.value.replace("_", "").casefold())
    try:
        return int(plain) if node.tag.endswith(":int") else float(plain)
    except ValueError:
        source.note(node, path, "this is not a number")
        return 0


def _truth(word: str) -> str:
    return "true" if word.casefold() in ("true", "yes", "on", "y") else "false"
