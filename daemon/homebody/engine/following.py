"""Where in its grammar does an answer stand: which text must come next, may it end, must it?

The native matcher alone judges whether a token is allowed. It can tell what is forced, or that nothing more may
come, only by trying the whole vocabulary; a follower walks beside it, character by character, and knows.
"""

import codecs
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from homebody.engine.gbnf import UnclearError
from homebody.engine.transitions import END, Call, Choice, EndlessError, Match, Node, Repeat, network

LONGEST = 256
"""The most characters that are said to be forced at once."""

MAX_WAYS = 32
"""A follower is lost where the text can be understood in more ways: one that is slow is no help. Four are usual."""

MAX_THREADS = 256
"""A follower is lost where more alternatives begin, words that begin with the same letter counted as one."""

MAX_FRAMES = 4096
"""A follower is lost where rules are nested deeper; older frames are dropped beyond as many."""


@dataclass(frozen=True, eq=False, slots=True)
class _Frame:
    """What goes on when a rule is over (count 0), or when turn *count* of a repetition is."""

    node: Node
    count: int
    below: "_Frame | None"


class _Opening(NamedTuple):
    """What a node begins with: frames to push, the outermost first, and the character then; is it also an end?"""

    threads: list[tuple[tuple[tuple[Node, int], ...], Match]]
    silent: bool


class _Place(NamedTuple):
    """Every character that may come, each with what goes on after its rule, and whether the text may end."""

    threads: list[tuple[Match, _Frame | None]]
    may_end: bool


class Rules:
    """A grammar that can be followed; one serves any number of answers."""

    def __init__(self, root: Choice) -> None:
        self.root = root
        self._openings: dict[Node, _Opening | None] = {}

    def opening(self, node: Node) -> _Opening | None:
        """Return what *node* begins with, or None when that is too much."""
        if node not in self._openings:
            self._openings[node] = _opening(node)
        return self._openings[node]


def parse(text: str) -> Rules | None:
    """Return the rules of a GBNF grammar, or None when they cannot be followed.

    None says nothing about whether llama.cpp takes the grammar. It comes for what llama.cpp refuses, for tokens
    (``<[7]>``), for grammars that can go round without a character and for very large ones.
    """
    try:
        return Rules(network(text))
    except UnclearError:
        return None


def endless(text: str) -> bool:
    """Return whether a grammar can go round without a character.

    llama.cpp finds such a circle only where a rule's way is empty as it is written. One that is hidden behind
    rules that may come out empty it does not find, and takes all memory.
    """
    try:
        network(text)
    except EndlessError:
        return True
    except UnclearError:
        return False
    return False


class Follower:
    """An answer on its way through its grammar.

    A follower that is *lost* says nothing any more; it stays so. It is lost by text that the grammar does not allow,
    that is not UTF-8, or that can be understood in too many ways.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._frames: dict[tuple[Node, int, _Frame | None], _Frame] = {}
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._place = self._reach([(rules.root, None)])

    @property
    def lost(self) -> bool:
        """Whether the follower no longer knows where the text stands."""
        return self._place is None

    def may_end(self) -> bool:
        """Return whether an end token may come now; true when lost, for then it cannot be ruled out."""
        return self._place is None or self._place.may_end

    def complete(self) -> bool:
        """Return whether the grammar is known to allow nothing but an end; false when lost."""
        return self._place is not None and self._place.may_end and not self._place.threads

    def inside_character(self) -> bool:
        """Return whether the bytes so far end inside a character."""
        return bool(self._decoder.getstate()[0])

    def forced(self) -> str:
        """Return the characters, 256 at most, that the grammar leaves no choice about.

        Empty when more than one may come, when the text may end here, inside a character, and when lost.
        """
        return self._forced()[0]

    def closing(self) -> bool:
        """Return whether the text is over with what is forced."""
        place = self._forced()[1]
        return place is not None and place.may_end and not place.threads

    def _forced(self) -> tuple[str, _Place | None]:
        """Return what is forced, and the place that it leads to."""
        place, text = self._place, ""
        if self.inside_character():
            return text, place
        while place is not None and not place.may_end and len(text) < LONGEST:
            code = _only(place)
            if not _is_scalar(code):
                break
            text += chr(code)
            place = self._step(place, code)
        return text, place

    def feed(self, data: bytes) -> None:
        """Go on by the bytes of a token, which may begin or end inside a character."""
        try:
            text = self._decoder.decode(data)
        except UnicodeDecodeError:
            self._place = None
            self._decoder.reset()
            return
        if (
            data and not text and self._place is not None
        ):  # half a character: llama.cpp forgets that it may end
            self._place = self._place._replace(may_end=False)
        self.advance(text)

    def advance(self, text: str) -> None:
        """Go on by *text*, which the native matcher allowed."""
        place = self._place
        for character in text:
            if place is None:
                break
            place = self._step(place, ord(character))
        self._place = place
        if len(self._frames) > MAX_FRAMES:
            self._drop_frames()

    def _step(self, place: _Place, code: int) -> _Place | None:
        """Return the place after one character, None when it was not allowed or the ways are too many."""
        fitting = [
            (match.after, frame)
            for match, frame in place.threads
            if (match.only == code if match.only >= 0 else bisect_right(match.bounds, code) & 1)
        ]
        return self._reach(fitting) if fitting else None

    def _reach(self, todo: list[tuple[Node, _Frame | None]]) -> _Place | None:
        """Return the place that is reached from nodes without a character, None when it has too many ways."""
        threads: dict[tuple[Match, _Frame | None], None] = {}
        seen = set()
        may_end = False
        while todo:
            node, frame = reached = todo.pop()
            if isinstance(node, Match) and node.bounds:
                threads[node, frame] = None
                continue
            if reached in seen:
                continue
            seen.add(reached)
            opening = self._rules.opening(node)
            if opening is None or len(seen) > MAX_WAYS or len(threads) + len(opening.threads) > MAX_THREADS:
                return None
            for frames, match in opening.threads:
                threads[match, self._pushed(frames, frame)] = None
            if opening.silent and frame is None:
                may_end = True
            elif opening.silent and frame is not None:
                todo += self._popped(frame)
        return _Place(list(threads), may_end)

    def _pushed(self, frames: Iterable[tuple[Node, int]], below: _Frame | None) -> _Frame | None:
        """Return *frames* on top of those *below*; equal ones are the same object, so that threads meet."""
        for node, count in frames:
            key = (node, count, below)
            below = self._frames.get(key) or self._frames.setdefault(key, _Frame(node, count, below))
        return below

    def _popped(self, frame: _Frame) -> list[tuple[Node, _Frame | None]]:
        """Return where it goes on after a rule, or after one turn of a repetition."""
        node, count = frame.node, frame.count
        if not count or not isinstance(node, Repeat):
            return [(node, frame.below)]
        ways: list[tuple[Node, _Frame | None]] = [(node.after, frame.below)] if count >= node.least else []
        if node.most is None:  # there is no need to count beyond the least
            ways.append((node.body, self._pushed([(node, min(count + 1, node.least))], frame.below)))
        elif count < node.most:
            ways.append((node.body, self._pushed([(node, count + 1)], frame.below)))
        return ways

    def _drop_frames(self) -> None:
        """Forget the frames to which no thread comes back any more."""
        self._frames.clear()
        for _, top in self._place.threads if self._place else ():
            frame = top
            while frame is not None and (frame.node, frame.count, frame.below) not in self._frames:
                self._frames[frame.node, frame.count, frame.below] = frame
                frame = frame.below
        if len(self._frames) > MAX_FRAMES // 2:
            self._place = None


def _opening(start: Node) -> _Opening | None:
    """Return what *start* begins with, or None when that is too much."""
    threads: dict[tuple[tuple[tuple[Node, int], ...], Match], None] = {}
    silent = False
    todo: list[tuple[Node, tuple[tuple[Node, int], ...]]] = [(start, ())]
    seen = set()
    while todo:
        node, frames = reached = todo.pop()
        if reached in seen:
            continue
        seen.add(reached)
        if len(seen) > 4 * MAX_THREADS:
            return None
        if isinstance(node, Match):
            threads.update({(frames, node): None} if node.bounds else {})
        elif isinstance(node, Choice):
            todo += [(way, frames) for way in node.ways]
        elif isinstance(node, Call):
            todo.append((node.rule, frames if node.after is END else (*frames, (node.after, 0))))
        elif isinstance(node, Repeat):
            todo.append((node.body, (*frames, (node, 1))))
            todo += [(node.after, frames)] if node.least == 0 else []
        elif frames:
            todo.append((frames[-1][0], frames[:-1]))
        else:
            silent = True
    return _Opening(list(threads), silent)


def _only(place: _Place) -> int:
    """Return the code of the only character that may come, -1 when there are more or none."""
    codes = {match.only for match, _ in place.threads}
    return codes.pop() if len(codes) == 1 else -1


def _is_scalar(code: int) -> bool:
    """Return whether *code* can be written: half of a surrogate pair cannot, and -1 is none at all."""
    return 0 <= code < 0xD800 or 0xDFFF < code <= 0x10FFFF
