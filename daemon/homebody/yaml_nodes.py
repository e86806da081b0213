"""What does a YAML text say, and where in it does each thing stand?

PyYAML's nodes with their marks, composed only after the events were counted: nothing in a text from outside
can make the parser hang, fill the memory or recurse without end.
"""

from typing import cast

import yaml
from yaml.error import Mark, MarkedYAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

DEEPEST = 32
MOST_EVENTS = 20_000


class _Loader(yaml.SafeLoader):
    """The safe loader, to which a question mark behind a word in braces belongs to the word, as in YAML 1.2."""

    def scan_plain(self) -> yaml.ScalarToken:
        """Return a word without quotes: PyYAML ends one in braces before any question mark, and then finds no sense."""
        token: yaml.ScalarToken = super().scan_plain()
        behind = self.get_mark().index == token.end_mark.index and self.peek() == "?"
        if not self.flow_level or not behind or self.peek(1) not in "\0 \t\r\n\x85\u2028\u2029,]}":
            return token
        self.forward()
        return yaml.ScalarToken(f"{token.value}?", True, token.start_mark, self.get_mark())


class TooMuchError(MarkedYAMLError):
    """The text is YAML, but has anchors, is nested too deeply, or holds too much."""


def _too_much(problem: str, event: yaml.Event) -> TooMuchError:
    return TooMuchError(problem=problem, problem_mark=cast("Mark", event.start_mark))


def compose(text: str) -> Node | None:
    """Return the root node of *text*, or None when it holds nothing but comments.

    Raises yaml.YAMLError: for what is no YAML or more than one document, and as TooMuchError for aliases
    (a few lines of them can stand for billions), deep nesting and too many things.
    """
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if isinstance(event, yaml.AliasEvent):
            raise _too_much("`*` stands for a copy of something else here", event)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise _too_much("it is nested too deeply", event)
        if count > MOST_EVENTS:
            raise _too_much("it holds too many things", event)
    node: Node | None = yaml.compose(text, Loader=_Loader)
    return node


def end_of(node: Node) -> int:
    """Return the index just after *node*; PyYAML's mark of a block lies after the comments behind it."""
    if isinstance(node, MappingNode) and not node.flow_style and node.value:
        key, value = node.value[-1]
        return max(end_of(key), end_of(value))
    if isinstance(node, SequenceNode) and not node.flow_style and node.value:
        return end_of(node.value[-1])
    return int(node.end_mark.index)


def token_after(text: str, kind: type[yaml.Token], start: int) -> yaml.Token | None:
    """Return the first token of *kind* that begins at *start* or later in the YAML *text*, None when there is none."""
    tokens = (token for token in yaml.scan(text, Loader=_Loader) if isinstance(token, kind))
    return next((token for token in tokens if token.start_mark.index >= start), None)


def written_up_to(text: str, start: int, stop: int) -> int:
    """Return where, between *start* and *stop*, the last token of the YAML *text* ends: remarks come later."""
    marks = ((token.start_mark.index, token.end_mark.index) for token in yaml.scan(text, Loader=_Loader))
    return max((last for first, last in marks if start <= first < last <= stop), default=start)


def line_of(error: yaml.YAMLError, text: str) -> int:
    """Return in which line of *text* the YAML is wrong, counted from 0: of what never ends, where it begins."""
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    if mark is None:
        return text.count("\n", 0, getattr(error, "position", len(text)))
    if (
        mark.index >= len(text.rstrip())
        and isinstance(error, MarkedYAMLError)
        and error.context_mark is not None
    ):
        mark = error.context_mark
    return int(mark.line)


Canonical = tuple[str, object]


def canonical(node: Node) -> Canonical:
    """Return what *node* says, apart from how it is written."""
    if isinstance(node, MappingNode):
        return node.tag, tuple((canonical(key), canonical(value)) for key, value in node.value)
    if isinstance(node, SequenceNode):
        return node.tag, tuple(canonical(item) for item in node.value)
    assert isinstance(node, ScalarNode)
    return node.tag, node.value


def inline(value: object) -> str:
    """Return *value* as YAML on one line, fit to stand in a list in brackets and after a key.

    Texts that another reader (YAML 1.2) could take for a number are quoted, too. A node is written as it was.
    """
    written: str = yaml.dump(
        [value], Dumper=_Dumper, default_flow_style=True, width=10**9, allow_unicode=True, sort_keys=False
    )
    return written.strip()[1:-1]


class _Dumper(yaml.SafeDumper):
    """The safe dumper, without anchors and with cautious quotes."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's own signature
        """Never write an anchor."""
        return True


def _text(dumper: _Dumper, text: str) -> ScalarNode:
    """Return *text* as a node, in quotes when it has line breaks or looks like a number."""
    first = text.lstrip("+-.")[:1]
    risky = "\n" in text or "\r" in text or not text.isprintable()
    style = '"' if risky or (first.isdigit() and not any(c.isspace() for c in text)) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _as_it_was(dumper: _Dumper, node: ScalarNode) -> ScalarNode:
    """Return a value that another text holds as it stands there: ``0x1F`` stays that, and no date has to be one."""
    return dumper.represent_scalar(node.tag, node.value)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(ScalarNode, _as_it_was)
