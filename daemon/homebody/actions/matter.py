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
from homebody.yaml_nodes import canonical, compose, end_of, inline

LARGEST = 64 * 1024
"""The most characters of front matter that are looked at."""

NULL = "tag:yaml.org,2002:null"
TEXT = "tag:yaml.org,2002:str"

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
    result = inner
    for key, value in wanted.items():
        result = _set(result, key, value, end)
    for key, items in more.items():
        result = _add(result, key, items, end)
    if result != inner:
        _prove(inner, result, wanted, more)
    return result


def _pairs(inner: str) -> tuple[MappingNode | None, list[tuple[Node, Node]]]:
    """Return the root mapping and its pairs; raise EffectError for what is no front matter."""
    if len(inner) > LARGEST:
        raise EffectError("The front matter is longer than 64 KiB: the file was left as it is.")
    try:
        root = compose(inner)
    except yaml.YAMLError as error:
        raise EffectError("The front matter is broken YAML: the file was left as it is.") from error
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
    return inner if canonical(found[1]) == _meaning(value) else _replace(inner, found, value, end)


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
        return _replace(inner, found, [*there, *fresh], end) if fresh else inner
    if not isinstance(node, SequenceNode):
        raise EffectError(f'"{key}" in the front matter is not a list: the file was left as it is.')
    fresh = _new(items, [canonical(item) for item in node.value])
    if not fresh:
        return inner
    if not node.value:
        return _replace(inner, found, fresh, end)
    place = end_of(node.value[-1])
    if node.flow_style:
        return inner[:place] + "".join(f", {inline(item)}" for item in fresh) + inner[place:]
    place = _line_end(inner, len(inner[:place].rstrip()))
    indent = _margin(inner, node)
    return inner[:place] + "".join(f"{end}{indent}- {inline(item)}" for item in fresh) + inner[place:]


def _words(node: ScalarNode) -> list[Any]:
    """Return what a key holds that should be a list: nothing, words between commas, or one value."""
    if node.tag == NULL:
        return []
    if node.tag == TEXT:
        return [word for part in node.value.split(",") if (word := part.strip())]
    return [yaml.safe_load(node.value)]


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


def _replace(inner: str, pair: tuple[Node, Node], value: Any, end: str) -> str:
    """Return *inner* with the value of *pair* written anew, in its style where that can be."""
    key, node = pair
    start, stop = node.start_mark.index, end_of(node)
    stop = start + len(inner[start:stop].rstrip())
    block = isinstance(node, SequenceNode | MappingNode) and not node.flow_style
    if isinstance(node, SequenceNode) and block and isinstance(value, list) and value:
        start = inner.rindex("-", 0, node.value[0].start_mark.index)
        items = (end + _margin(inner, node)).join(f"- {inline(item)}" for item in value)
        return inner[:start] + items + inner[stop:]
    if not block and start != stop:
        return inner[:start] + inline(value) + inner[stop:]
    colon = inner.index(":", key.end_mark.index) + 1
    between = inner[colon:start].rstrip()
    return inner[:colon] + f" {inline(value)}" + between + inner[stop:]


def _insert(
    inner: str, root: MappingNode | None, pairs: Sequence[tuple[Node, Node]], key: str, value: Any, end: str
) -> str:
    """Return *inner* with a new *key* at its end."""
    if root is not None and root.flow_style:
        place = end_of(pairs[-1][1]) if pairs else root.start_mark.index + 1
        return f"{inner[:place]}{', ' if pairs else ''}{inline(key)}: {inline(value)}{inner[place:]}"
    margin = " " * (root.start_mark.column if root is not None else 0)
    gap = "" if not inner or inner.endswith("\n") else end
    indent = _block_indent(pairs)
    if isinstance(value, list) and value and indent is not None:
        items = "".join(f"{indent}- {inline(item)}{end}" for item in value)
        return f"{inner}{gap}{margin}{inline(key)}:{end}{items}"
    return f"{inner}{gap}{margin}{inline(key)}: {inline(value)}{end}"


def _block_indent(pairs: Sequence[tuple[Node, Node]]) -> str | None:
    """Return the indent of the lists in *pairs* when they are written one item a line, else None."""
    lists = [value for _key, value in pairs if isinstance(value, SequenceNode) and value.value]
    if not lists or any(node.flow_style for node in lists):
        return None
    return " " * int(lists[0].start_mark.column)


def _margin(inner: str, node: SequenceNode) -> str:
    """Return what stands before the dashes of a list: a tag or anchor can stand on the line before the first."""
    dash = inner.rindex("-", 0, node.value[0].start_mark.index)
    return " " * (dash - inner.rfind("\n", 0, dash) - 1)


def _line_end(text: str, start: int) -> int:
    """Return the end of the line of *start*, when nothing but a comment follows; else *start* itself."""
    match = re.compile(r"(?:[ \t]+#[^\r\n]*|[ \t]*)(?=\r?\n|\Z)").match(text, start)
    return match.end() if match else start


def _prove(before: str, after: str, wanted: Mapping[str, Any], more: Mapping[str, Sequence[Any]]) -> None:
    """Raise EffectError unless *after* says what *before* said, and what is *wanted* and to be there *more*."""
    ours = {*wanted, *more}
    old, new = _said(before), _said(after)
    rest = [pair for pair in new if pair[0][1] not in ours] == [
        pair for pair in old if pair[0][1] not in ours
    ]
    was = {key[1]: value for key, value in old if key[1] in more}
    held = {key[1]: value for key, value in new if key[1] in ours}
    right = all(held.get(key) == _meaning(value) for key, value in wanted.items())
    grown = all(_has_grown(was.get(key), held.get(key), items) for key, items in more.items())
    if not (rest and right and grown):
        raise EffectError("The front matter cannot be changed safely: the file was left as it is.")


def _has_grown(was: Any, held: Any, items: Sequence[Any]) -> bool:
    """Return whether a list still begins with what it *was*, and holds all *items*."""
    if held is None or not isinstance(held[1], tuple):
        return False
    kept = was is None or not isinstance(was[1], tuple) or held[1][: len(was[1])] == was[1]
    return kept and {_fold(_meaning(item)) for item in items} <= {_fold(one) for one in held[1]}


def _said(inner: str) -> list[tuple[Any, Any]]:
    return [(canonical(key), canonical(value)) for key, value in _pairs(inner)[1]]
