"""How does front matter change in a few keys, with every other byte left as it is?

PyYAML's marks say where a key's value stands; only that stretch of text is written anew. Afterwards both
texts are read again and compared: if any other key would mean something else, nothing is changed.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from homebody.errors import EffectError
from homebody.yaml_nodes import (
    TooMuchError,
    canonical,
    compose,
    end_of,
    inline,
    line_of,
    token_after,
    written_up_to,
)

LARGEST = 64 * 1024
"""The most characters of front matter that are looked at."""

NULL = "tag:yaml.org,2002:null"
TEXT = "tag:yaml.org,2002:str"


class UnreadableError(EffectError):
    """The front matter is no YAML, or more of it than is looked at."""


_OPENING = re.compile(r"\ufeff?---[ \t]*\r?\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


def changed(text: str, wanted: Mapping[str, Any], more: Mapping[str, Sequence[Any]]) -> str:
    """Return *text* with the keys *wanted* set and the items *more* added to lists, in its front matter.

    A text without front matter gets one. The text itself comes back when nothing is to change. Raises
    EffectError when the front matter is broken, or cannot be changed without touching other keys.
    """
    before, inner, after = split(text)
    if inner is None:
        bom = "\ufeff" if before else ""
        end = "\r\n" if re.match(r"[^\n]*\r\n", after) else "\n"
        made = _edited("", wanted, more, end)
        return text if not made else f"{bom}---{end}{made}---{end}{after}"
    end = "\r\n" if before.endswith("\r\n") else "\n"
    return before + _edited(inner, wanted, more, end) + after


def split(text: str) -> tuple[str, str | None, str]:
    """Return what stands before the front matter's YAML, the YAML, and the rest; None when there is none."""
    opening = _OPENING.match(text)
    if opening is None:
        bom = "\ufeff" if text.startswith("\ufeff") else ""
        return bom, None, text[len(bom) :]
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        raise EffectError("The front matter has no end (a line with ---): the file was left as it is.")
    return text[: opening.end()], text[opening.end() : closing.start()], text[closing.start() :]


def _edited(inner: str, wanted: Mapping[str, Any], more: Mapping[str, Sequence[Any]], end: str) -> str:
    """Return the YAML *inner* with all changes made and proved."""
    _pairs(inner)
    try:
        result = inner
        for key, value in wanted.items():
            result = _set(result, key, value, end)
        for key, items in more.items():
            result = _add(result, key, items, end)
        safe = result == inner or _proved(inner, result, wanted, more)
    except UnreadableError:
        safe = False  # the change made it so
    if not safe:
        raise EffectError("The front matter cannot be changed safely: the file was left as it is.")
    return result


def _pairs(inner: str) -> tuple[MappingNode | None, list[tuple[Node, Node]]]:
    """Return the root mapping and its pairs; raise EffectError for what is no front matter."""
    if len(inner) > LARGEST:
        raise EffectError("The front matter is longer than 64 KiB: the file was left as it is.")
    try:
        root = compose(inner)
    except yaml.YAMLError as error:
        line = line_of(error, inner) + 2  # the first line of the file is ---
        what = (
            f"is not changed, because of line {line} ({error.problem})"
            if isinstance(error, TooMuchError)
            else f"cannot be read as YAML in line {line}, to be mended there"
        )
        raise UnreadableError(f"The front matter {what}: the file was left as it is.") from error
    if root is None or (isinstance(root, ScalarNode) and root.tag == NULL and root.value == ""):
        return None, []
    if not isinstance(root, MappingNode):
        raise EffectError("The front matter is not made of keys and values: the file was left as it is.")
    return root, root.value


def _find(pairs: Sequence[tuple[Node, Node]], key: str) -> tuple[Node, Node] | None:
    found = [pair for pair in pairs if isinstance(pair[0], ScalarNode) and pair[0].value == key]
    if len(found) > 1:
        raise EffectError(f'The front matter has the key "{key}" twice: the file was left as it is.')
    return found[0] if found else None


def _set(inner: str, key: str, value: Any, end: str) -> str:
    """Return *inner* with *key* holding *value*, unchanged when it does."""
    root, pairs = _pairs(inner)
    found = _find(pairs, key)
    if found is None:
        return _insert(inner, root, pairs, key, value, end)
    return inner if canonical(found[1]) == _meaning(value) else _replace(inner, root, found, value, end)


def _add(inner: str, key: str, items: Sequence[Any], end: str) -> str:
    """Return *inner* with *items* at the end of the list *key*, those that are there left out."""
    root, pairs = _pairs(inner)
    found = _find(pairs, key)
    if found is None:
        return _insert(inner, root, pairs, key, _new(items, ()), end)
    node = found[1]
    if isinstance(node, ScalarNode):
        there = _words(node)
        fresh = _new(items, [_meaning(item) for item in there])
        return _replace(inner, root, found, [*there, *fresh], end) if fresh else inner
    if not isinstance(node, SequenceNode):
        raise EffectError(f'"{key}" in the front matter is not a list: the file was left as it is.')
    fresh = _new(items, [canonical(item) for item in node.value])
    if not fresh:
        return inner
    if not node.value:
        return _replace(inner, root, found, fresh, end)
    place = written_up_to(inner, node.start_mark.index, end_of(node.value[-1]))
    if node.flow_style:
        return inner[:place] + "".join(f", {inline(item)}" for item in fresh) + inner[place:]
    place = _line_end(inner, len(inner[:place].rstrip()))
    indent = _margin(inner, node)
    return inner[:place] + "".join(f"{end}{indent}- {inline(item)}" for item in fresh) + inner[place:]


def _words(node: ScalarNode) -> list[Any]:
    """Return what a key holds that should be a list: nothing, words between commas, or one value as it stands."""
    if node.tag == NULL:
        return []
    if node.tag == TEXT:
        return [word for part in node.value.split(",") if (word := part.strip())]
    return [node]


def _new(items: Sequence[Any], there: Sequence[Any]) -> list[Any]:
    """Return those *items* that are not *there*; upper and lower case are the same, as they are to readers."""
    known = {_fold(meaning) for meaning in there}
    fresh = []
    for item in items:
        if (folded := _fold(_meaning(item))) not in known:
            known.add(folded)
            fresh.append(item)
    return fresh


def _fold(meaning: Any) -> Any:
    return (meaning[0], meaning[1].casefold()) if isinstance(meaning[1], str) else meaning


def _meaning(value: Any) -> Any:
    """Return what *value* will say once it is written."""
    node = compose(f"[{inline(value)}]")
    assert isinstance(node, SequenceNode)
    return canonical(node.value[0])


def _replace(inner: str, root: MappingNode | None, pair: tuple[Node, Node], value: Any, end: str) -> str:
    """Return *inner* with the value of *pair* written anew, in its style where that can be."""
    assert root is not None
    key, node = pair
    start = node.start_mark.index
    stop = start + len(inner[start : written_up_to(inner, start, end_of(node))].rstrip())
    block = isinstance(node, SequenceNode | MappingNode) and not node.flow_style
    if isinstance(node, SequenceNode) and block and isinstance(value, list) and value:
        start = _first_dash(inner, node)
        items = (end + _margin(inner, node)).join(f"- {inline(item)}" for item in value)
        return inner[:start] + items + inner[stop:]
    if not block and start != stop:
        return inner[:start] + inline(value) + inner[stop:]
    colon = token_after(inner, yaml.ValueToken, key.end_mark.index)
    if colon is not None and colon.end_mark.index <= start:
        place = colon.end_mark.index
        return inner[:place] + f" {inline(value)}" + inner[place:start].rstrip() + inner[stop:]
    if root.flow_style:
        place = end_of(key)
        return f"{inner[:place]}: {inline(value)}{inner[place:]}"
    place = _line_end(inner, end_of(key))
    return f"{inner[:place]}{end}{_root_margin(inner, root)}: {inline(value)}{inner[place:]}"


def _insert(
    inner: str, root: MappingNode | None, pairs: Sequence[tuple[Node, Node]], key: str, value: Any, end: str
) -> str:
    """Return *inner* with a new *key* at its end."""
    if root is not None and root.flow_style:
        brace = token_after(inner, yaml.FlowMappingStartToken, root.start_mark.index)
        assert brace is not None
        place = end_of(pairs[-1][1]) if pairs else brace.end_mark.index
        return f"{inner[:place]}{', ' if pairs else ''}{inline(key)}: {inline(value)}{inner[place:]}"
    margin = "" if root is None else _root_margin(inner, root)
    gap = "" if not inner or inner.endswith("\n") else end
    indent = _block_indent(pairs)
    if isinstance(value, list) and value and indent is not None:
        items = "".join(f"{indent}- {inline(item)}{end}" for item in value)
        return f"{inner}{gap}{margin}{inline(key)}:{end}{items}"
    return f"{inner}{gap}{margin}{inline(key)}: {inline(value)}{end}"


def _root_margin(inner: str, root: MappingNode) -> str:
    """Return what stands before each key of a root in block style; its own mark can be that of a tag before them."""
    first = token_after(inner, yaml.BlockMappingStartToken, root.start_mark.index)
    assert first is not None
    return " " * int(first.start_mark.column)


def _block_indent(pairs: Sequence[tuple[Node, Node]]) -> str | None:
    """Return the indent of the lists in *pairs* when they are written one item a line, else None."""
    lists = [value for _key, value in pairs if isinstance(value, SequenceNode) and value.value]
    if not lists or any(node.flow_style for node in lists):
        return None
    return " " * int(lists[0].start_mark.column)


def _first_dash(inner: str, node: SequenceNode) -> int:
    """Return where the first dash of a list stands; a tag, an anchor or a remark can come before it and behind it."""
    dash = token_after(inner, yaml.BlockEntryToken, node.start_mark.index)
    assert dash is not None
    return int(dash.start_mark.index)


def _margin(inner: str, node: SequenceNode) -> str:
    """Return what stands before the dashes of a list."""
    dash = _first_dash(inner, node)
    return " " * (dash - inner.rfind("\n", 0, dash) - 1)


def _line_end(text: str, start: int) -> int:
    """Return the end of the line of *start*, when nothing but a comment follows; else *start* itself."""
    match = re.compile(r"(?:[ \t]+#[^\r\n]*|[ \t]*)(?=\r?\n|\Z)").match(text, start)
    return match.end() if match else start


def _proved(before: str, after: str, wanted: Mapping[str, Any], more: Mapping[str, Sequence[Any]]) -> bool:
    """Return whether *after* says what *before* said, and what is *wanted* and to be there *more*."""
    ours = {*wanted, *more}
    old, new = _said(before), _said(after)
    rest = [pair for pair in new if pair[0][1] not in ours] == [
        pair for pair in old if pair[0][1] not in ours
    ]
    was = {key[1]: value for key, value in old if key[1] in more}
    held = {key[1]: value for key, value in new if key[1] in ours}
    right = all(held.get(key) == _meaning(value) for key, value in wanted.items())
    grown = all(_has_grown(was.get(key), held.get(key), items) for key, items in more.items())
    return rest and right and grown


def _has_grown(was: Any, held: Any, items: Sequence[Any]) -> bool:
    """Return whether a list still begins with what it *was*, and holds all *items*."""
    if held is None or not isinstance(held[1], tuple):
        return False
    if was is None or was[0] in (NULL, TEXT):
        first: tuple[Any, ...] = ()
    else:
        first = was[1] if isinstance(was[1], tuple) else (was,)
    there = {_fold(one) for one in held[1]}
    return held[1][: len(first)] == first and {_fold(_meaning(item)) for item in items} <= there


def _said(inner: str) -> list[tuple[Any, Any]]:
    return [(canonical(key), canonical(value)) for key, value in _pairs(inner)[1]]
