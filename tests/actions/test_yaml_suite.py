"""Front matter of every shape that YAML has: the documents of the YAML test suite, in the folder of `--yaml-suite`.

The suite is its makers', and no part of this project: `git clone --branch data https://github.com/yaml/yaml-test-suite`.
`pytest --yaml-suite DIR -s tests/actions/test_yaml_suite.py` ends with how many changes came out how.
"""

import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
import yaml

from homebody.actions import FrontMatterAction
from homebody.actions.matter import split
from homebody.errors import EffectError

ruamel = pytest.importorskip("ruamel.yaml", reason="ruamel.yaml, of the test extra, is not installed")

BODY = "\n# A note\n\nkey: no front matter\n- tags: [x]\n...\n"
NEW = "what: ever # said"
REMARK = "# - a: remark"
FRESH = "a fresh key"
KEY = re.compile(r"[^\W\d_][\w .-]{0,60}(?<! )")

Meaning = tuple[str, Any]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a case of each document, or one that says how to get them."""
    folder = metafunc.config.getoption("--yaml-suite")
    found = sorted(Path(folder).rglob("in.yaml")) if folder else []
    if folder and not found:
        raise pytest.UsageError(f"{folder} holds no in.yaml: it is not the branch `data` of yaml-test-suite")
    reason = "the YAML test suite is not part of this project: --yaml-suite DIR, as this file's head says"
    cases = found or [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    metafunc.parametrize("document", cases, ids=lambda path: path and str(path.parent.relative_to(folder)))


@pytest.fixture(scope="module")
def tally() -> Iterator[Counter[str]]:
    """How many changes came out how, printed at the end."""
    counts: Counter[str] = Counter()
    yield counts
    print("", *(f"{count:6,}  {what}" for what, count in counts.most_common()), sep="\n")


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("inside", [False, True], ids=["whole", "value"])
def test_a_document_of_the_suite_is_changed_in_our_key_or_left(
    stage: Any, tally: Counter[str], document: Path, *, inside: bool, end: str
) -> None:
    """As front matter, or as a value in it: one key changes, two readers find the others as they were; or none does."""
    text = document.read_bytes().decode().removesuffix("\n")
    if inside:
        text = f"first: 1\nvalue: {REMARK}\n" + indent(text, "  ") + f"\n{REMARK}\nlast: [1, 2] {REMARK}"
    opening = "" if re.match(r"---[ \t]*\n", text) else "---\n"
    note = (opening + text + "\n---\n" + BODY).replace("\n", end)
    sort = "not valid" if (document.parent / "error").exists() else "inside" if inside else "valid"
    for way in ("set", "add"):
        for key in (FRESH, *own_keys(note)):
            outcome, after = once(stage, note, way, key)
            tally[f"{sort}, {way} {'a new key' if key == FRESH else 'a key'}: {outcome}"] += 1
            if after is not None:
                assert_only_that_key_changed(note, after, key, listed=way == "add")


def once(stage: Any, note: str, way: str, key: str) -> tuple[str, str | None]:
    """Return what the action made of the *note*: words for it, and the new text if there is one."""
    path = stage.folder / "Ideas.md"
    path.write_bytes(note.encode())
    action = FrontMatterAction(**{way: {key: NEW}})
    try:
        stage.run(action)
    except EffectError as error:
        said = str(error)
    else:
        after = path.read_bytes().decode()
        assert [] == stage.run(action), "done again, it changes nothing"
        return "changed", after
    assert note.encode() == path.read_bytes()
    assert "the file was left as it is" in said
    return re.sub(r'"[^"]+"|line \d+', "…", said), None


def assert_only_that_key_changed(before: str, after: str, key: str, *, listed: bool) -> None:
    """Fail unless one stretch of text changed, within the *key*, and who could read the rest still reads it so."""
    first, last = stretch(before, key)
    start = min(alike(before, after), last)
    stop = len(before) - alike(before[start:][::-1], after[start:][::-1])
    assert first <= start, after
    assert stop <= (start if key == FRESH else last), after
    assert split(before)[0::2] == split(after)[0::2]
    assert before.count(REMARK) == after.count(REMARK)
    for compose in (python_compose, ruamel_compose):
        was, now = said(compose, before), said(compose, after)
        if was is None:
            continue
        assert now is not None, (compose, after)
        assert [pair for pair in was if pair[0][1] != key] == [pair for pair in now if pair[0][1] != key]
        held = [value[1][-1] if listed else value for name, value in now if name[1] == key]
        assert [("tag:yaml.org,2002:str", NEW)] == held, (compose, after)


def alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Return with how many characters both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def stretch(note: str, key: str) -> tuple[int, int]:
    """Return where a *key* may be changed: up to the next one; anywhere in the front matter when it is new."""
    head, inner, _rest = split(note)
    assert inner is not None
    root = python_compose(inner) if said(python_compose, note) else None
    places = (
        [(name.value, len(head) + name.start_mark.index) for name, _value in root.value]
        if is_map(root)
        else []
    )
    ends = [*(place for _name, place in places), len(head) + len(inner)][1:]
    found = [(place, end) for (name, place), end in zip(places, ends, strict=False) if name == key]
    return found[0] if found else (len(head), len(head) + len(inner))


def own_keys(note: str) -> list[str]:
    """Return the keys at the top of the *note* that a recipe can name."""
    read = said(ruamel_compose, note) or said(python_compose, note) or []
    return sorted({name for (_tag, name), _value in read if isinstance(name, str) and KEY.fullmatch(name)})


def said(compose: Callable[[str], Any], note: str) -> list[tuple[Meaning, Meaning]] | None:
    """Return keys and values of the *note*'s front matter as a reader has them, None when it cannot read them."""
    try:
        root = compose(split(note)[1] or "")
        return [(meaning(key), meaning(value)) for key, value in root.value] if is_map(root) else []
    except (
        yaml.YAMLError,
        ruamel.error.YAMLError,
        AssertionError,
        EffectError,
    ):  # ruamel asserts YAML 1.1 or 1.2
        return None


def is_map(node: Any) -> bool:
    """Return whether a reader's *node* is made of keys and values."""
    return node is not None and node.id == "mapping"


def meaning(node: Any) -> Meaning:
    """Return what a reader's *node* says, apart from how it is written."""
    if node.id == "scalar":
        return node.tag, node.value
    if is_map(node):
        return node.tag, tuple((meaning(key), meaning(value)) for key, value in node.value)
    return node.tag, tuple(meaning(item) for item in node.value)


def python_compose(text: str) -> Any:
    """Return what PyYAML makes of *text*: YAML 1.1."""
    return yaml.compose(text, Loader=yaml.SafeLoader)


def ruamel_compose(text: str) -> Any:
    """Return what ruamel.yaml makes of *text*: YAML 1.2."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ruamel.error.ReusedAnchorWarning)
        return ruamel.YAML(typ="safe", pure=True).compose(text)
