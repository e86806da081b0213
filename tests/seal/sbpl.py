"""What would macOS say? A reader of the part of the Seatbelt profile language that homebody writes.

Rules as others found them by trying (no Mac was at hand): the last rule that matches decides, but one about a
whole family, ``file-read*``, does not outdo an earlier one about a single operation of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Expression = Any
KINDS = frozenset(
    {
        "literal", "subpath", "vnode-type", "require-all", "require-any", "target", "sysctl-name",
        "sysctl-name-prefix", "global-name", "global-name-prefix", "iokit-user-client-class",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Request:
    """One operation and what it is about; what a filter asks for and is not given does not match."""

    operation: str
    path: str | None = None
    vnode: str | None = None
    target: str | None = None
    name: str | None = None


def parsed(text: str) -> list[Expression]:
    """Return the expressions of a program; raise ValueError where it is not well formed."""
    tokens = list(tokens_of(text))
    found = []
    while tokens:
        found.append(_expression(tokens))
    return found


def tokens_of(text: str) -> Iterator[str]:
    """Yield brackets, words and strings; a string begins with its quotation mark."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text[at] in "()":
            yield text[at]
            at += 1
        elif text[at] == '"':
            end = text.index('"', at + 1)
            if "\\" in text[at:end]:
                raise ValueError("a string of ours has no escapes: what people name is a parameter")
            yield text[at:end]
            at = end + 1
        else:
            end = at
            while end < len(text) and not text[end].isspace() and text[end] not in '()"':
                end += 1
            yield text[at:end]
            at = end


def _expression(tokens: list[str]) -> Expression:
    token = tokens.pop(0)
    if token == ")":
        raise ValueError("a bracket too many")
    if token != "(":
        return token
    found = []
    while True:
        if not tokens:
            raise ValueError("a bracket is missing")
        if tokens[0] == ")":
            tokens.pop(0)
            return found
        found.append(_expression(tokens))


class Judge:
    """Says what a profile says."""

    def __init__(self, text: str, parameters: Mapping[str, str]) -> None:
        program = parsed(text)
        if program[:2] != [["version", "1"], ["deny", "default"]]:
            raise ValueError("a profile begins with its version and refuses by default")
        self._parameters = parameters
        self._rules = [self._rule(expression) for expression in program[2:]]

    def allows(self, operation: str, **about: str) -> bool:
        """Return whether the profile lets *operation* be done."""
        request = Request(operation=operation, **about)
        verdict, weight = False, 0
        for allow, operations, filters in self._rules:
            for pattern in operations:
                if not covers(pattern, operation) or len(pattern.rstrip("*")) < weight:
                    continue
                if not filters or any(self._matches(one, request) for one in filters):
                    verdict, weight = allow, len(pattern.rstrip("*"))
        return verdict

    @staticmethod
    def _rule(expression: Expression) -> tuple[bool, list[str], list[Expression]]:
        verdict, *rest = expression
        if verdict not in ("allow", "deny"):
            raise ValueError(f"{verdict} is no verdict")
        operations = [part for part in rest if isinstance(part, str)]
        filters = [part for part in rest if not isinstance(part, str)]
        if not operations or operations != rest[: len(operations)]:
            raise ValueError("a rule names operations, and then what they are about")
        return verdict == "allow", operations, filters

    def _matches(self, one: Expression, request: Request) -> bool:
        kind, *arguments = one
        if kind not in KINDS:
            raise ValueError(f"{kind} is no filter of ours")
        if kind == "require-all":
            return all(self._matches(inner, request) for inner in arguments)
        if kind == "require-any":
            return any(self._matches(inner, request) for inner in arguments)
        [argument] = arguments
        if kind in ("vnode-type", "target"):
            return argument == (request.vnode if kind == "vnode-type" else request.target)
        wanted = self._string(argument)
        if kind in ("literal", "subpath"):
            path = request.path
            return path is not None and (
                path == wanted or (kind == "subpath" and path.startswith(wanted + "/"))
            )
        name = request.name
        return name is not None and (name == wanted or (kind.endswith("-prefix") and name.startswith(wanted)))

    def _string(self, argument: Expression) -> str:
        if isinstance(argument, list):
            word, name = argument
            if word != "param":
                raise ValueError(f"{word} is no string")
            return self._parameters[name[1:]]
        if not argument.startswith('"'):
            raise ValueError(f"{argument} is no string")
        return argument[1:]


def covers(pattern: str, operation: str) -> bool:
    """Return whether a rule about *pattern* is about *operation*."""
    return operation.startswith(pattern[:-1]) if pattern.endswith("*") else operation == pattern
