"""What may follow what? A grammar as a recursive transition network: nodes that lead to nodes.

A repetition is one node with two bounds, whatever they are, where llama.cpp writes out a rule for each turn. Literals
that begin alike share their nodes, so that a long list of words is looked at letter by letter, not word by word.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from homebody.engine.gbnf import Bounds, Item, Times, UnclearError, read

MAX_NODES = 60_000
"""A larger grammar is not followed: its nodes would take more than 10 MB."""


class EndlessError(UnclearError):
    """A rule or a repetition can go round without a character."""


@dataclass(eq=False, slots=True)
class End:
    """The rule, or one turn of a repetition, is over."""


@dataclass(eq=False, slots=True)
class Match:
    """One character out of *bounds*; *only* is its code when there is just one, else -1."""

    bounds: Bounds
    only: int
    after: "Node"


@dataclass(eq=False, slots=True)
class Choice:
    """One of several ways."""

    ways: list["Node"] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Call:
    """A rule by its name, then what comes after."""

    rule: Choice
    after: "Node"


@dataclass(eq=False, slots=True)
class Repeat:
    """*body* at least and at most so many times (None: without end), then what comes after."""

    body: "Node"
    least: int
    most: int | None
    after: "Node"


Node = End | Match | Choice | Call | Repeat
END = End()

_AnyNode = TypeVar("_AnyNode", Match, Choice, Call, Repeat)


def network(text: str) -> Choice:
    """Return the rule ``root`` of a GBNF grammar.

    Raises EndlessError when a rule or a repetition can go round without a character, UnclearError for everything
    else that is not understood.
    """
    linker = _Linker(read(text))
    root = linker.link()
    _refuse_endless(linker.nodes)
    return root


class _Linker:
    """Turns what was read into nodes, each leading to what comes after it."""

    def __init__(self, rules: Mapping[str, Times]) -> None:
        self._read = rules
        self._rules = {name: Choice() for name in rules}
        self.nodes: list[Node] = [END, *self._rules.values()]

    def link(self) -> Choice:
        """Return the root."""
        for name, rule in self._rules.items():
            rule.ways.append(self._group(self._read[name], END))
        if "root" not in self._rules:
            raise UnclearError
        return self._rules["root"]

    def _keep(self, node: _AnyNode) -> _AnyNode:
        self.nodes.append(node)
        if len(self.nodes) > MAX_NODES:
            raise UnclearError
        return node

    def _match(self, bounds: Bounds, after: Node) -> Match:
        single = len(bounds) == 2 and bounds[1] - bounds[0] == 1
        return self._keep(Match(bounds, bounds[0] if single else -1, after))

    def _sequence(self, items: Sequence[Item], after: Node) -> Node:
        """Return where *items* begin; they are linked from the last to the first."""
        for item in reversed(items):
            if isinstance(item, tuple):
                after = self._match(item, after)
            elif isinstance(item, Times):
                after = self._group(item, after)
            elif item in self._rules:
                after = self._keep(Call(self._rules[item], after))
            else:
                raise UnclearError
        return after

    def _group(self, times: Times, after: Node) -> Node:
        """Return where a group begins that comes so many *times*.

        Only bounds that must be counted make a Repeat; a loop is a way that leads back.
        """
        if (times.least, times.most) == (1, 1):
            return self._ways(times.ways, after)
        if (times.least, times.most) == (0, 1):
            return self._keep(Choice([self._ways(times.ways, after), after]))
        if times.most is None and times.least <= 1:
            again = self._keep(Choice())
            body = self._ways(times.ways, again)
            again.ways += (body, after)
            return body if times.least else again
        return self._keep(Repeat(self._ways(times.ways, END), times.least, times.most, after))

    def _ways(self, ways: Sequence[Sequence[Item]], after: Node) -> Node:
        """Return the choice among *ways*; those that are literals are put together letter by letter."""
        if len(ways) == 1:
            return self._sequence(ways[0], after)
        top = self._keep(Choice())
        beyond: dict[tuple[Choice, Bounds], Choice] = {}
        for way in ways:
            letters = [item for item in way if isinstance(item, tuple)]
            if len(letters) < len(way):
                top.ways.append(self._sequence(way, after))
                continue
            place = top
            for letter in letters:
                if (place, letter) not in beyond:
                    beyond[place, letter] = self._keep(Choice())
                    place.ways.append(self._match(letter, beyond[place, letter]))
                place = beyond[place, letter]
            place.ways.append(after)
        return top


def _refuse_endless(nodes: Sequence[Node]) -> None:
    """Raise EndlessError when some node leads back to itself without a character.

    Turns without a character that are counted come to an end, but cannot be counted here: UnclearError.
    """
    silent = _silent(nodes)
    steps = {node: _steps(node, silent) for node in nodes}
    leading_here = Counter(step for node in nodes for step in steps[node])
    free = [node for node in nodes if not leading_here[node]]
    for node in free:  # grows meanwhile: Kahn's topological sort
        for step in steps[node]:
            leading_here[step] -= 1
            if not leading_here[step]:
                free.append(step)
    if len(free) < len(nodes):
        raise EndlessError
    if any(isinstance(node, Repeat) and node.body in silent for node in nodes):
        raise UnclearError


def _silent(nodes: Sequence[Node]) -> set[Node]:
    """Return the nodes from which the end of their rule can be reached without a character."""
    users: dict[Node, list[Node]] = defaultdict(list)
    for node in nodes:
        if isinstance(node, Choice):
            for way in node.ways:
                users[way].append(node)
        elif isinstance(node, Call):
            users[node.rule].append(node)
            users[node.after].append(node)
        elif isinstance(node, Repeat) and node.least == 0:
            users[node.after].append(node)
    silent: set[Node] = {END}
    todo: list[Node] = [END]
    while todo:
        for user in users[todo.pop()]:
            waits = isinstance(user, Call) and not {user.rule, user.after} <= silent
            if not waits and user not in silent:
                silent.add(user)
                todo.append(user)
    return silent


def _steps(node: Node, silent: set[Node]) -> list[Node]:
    """Return the nodes that are reached from *node* without a character, those after a call or repetition too."""
    if isinstance(node, Choice):
        return node.ways
    if isinstance(node, Call):
        return [node.rule, node.after] if node.rule in silent else [node.rule]
    if isinstance(node, Repeat):
        return [node.after, node.body] if node.least == 0 else [node.body]
    return []
