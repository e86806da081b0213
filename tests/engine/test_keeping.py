"""Which beginnings the model process gives to be kept, and what becomes of one that is given back to it."""

import base64
from typing import Any

import pytest
from fake_cache import FakeCache, FakeWeights
from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.job import Job, Replies
from homebody.engine.keeping import LEAST_TOKENS, MOST_GIVEN, Keeper, name_of
from homebody.engine.loop import Loop
from homebody.engine.prompts import Prompt, talked
from homebody.engine.room import Restored, Room
from homebody.engine.vocabulary import Vocabulary
from homebody.engine.writing import Draw, Writing
from homebody.messages import Message, Part
from homebody.model.wire import MOST_STATE, key_of

VOCABULARY = Vocabulary(FakeWeights())
KIND = "pool-1024-k1-v1"
Given = list[tuple[str, dict[str, Any]]]


class Nobody:
    """Somebody who never cancels."""

    def over(self) -> bool:
        """Return that it goes on."""
        return False

    def check(self) -> None:
        """Go on."""


class Clock:
    """A clock on which every look costs a second."""

    def __init__(self, step: float = 1.0) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        """Return the time, which passes."""
        self.now += self.step
        return self.now


class House:
    """A loop over one fake cache whose keeper is listened to."""

    def __init__(
        self, *, known: tuple[str, ...] = (), whole: bool = False, lanes: bool = False, step: float = 1.0
    ) -> None:
        self.given: Given = []
        self.cache = FakeCache(sequences=6, cells=1024, unified=not lanes, whole=whole)
        self.room = Room(self.cache, slots=3, whole=whole)
        keeper = Keeper(lambda what, found: self.given.append((what, found)), worth_seconds=0.5)
        keeper.know(known)
        self.loop = Loop(VOCABULARY, [self.room], chunk=128, clock=Clock(step), keeper=keeper)
        self.jobs: list[Job] = []

    def ask(
        self, prompt: list[int], durable: int, *, static: int | None = None, interactive: bool = False
    ) -> Job:
        """Let one run be answered."""
        job = Job(
            number=len(self.jobs),
            prompt=Prompt(prompt, durable if static is None else static, durable=durable),
            limit=3,
            writing=Writing(Draw(vocabulary=VOCABULARY, prompt=prompt, constraint=None, limit=3)),
            watch=Nobody(),
            replies=Replies(
                report=lambda *_, **__: None,
                done=lambda _: None,
                failed=lambda error: pytest.fail(str(error)),
            ),
            interactive=interactive,
        )
        self.jobs.append(job)
        self.loop.submit(job)
        while self.loop.busy:
            self.loop.advance()
        return job

    def keeps(self) -> list[list[int]]:
        """Return the beginnings that were given to be kept."""
        return [found["tokens"] for what, found in self.given if what == "keep"]


STATIC = [1] * 100 + [2] * 50
DOCUMENT = [7] * 90


def test_a_beginning_is_given_once_and_holds_no_document() -> None:
    """What is given is the state right before the document, once, however many runs begin so."""
    house = House()
    for task in range(3):
        house.ask([*STATIC, *DOCUMENT, task], len(STATIC))

    ((what, found),) = house.given
    assert "keep" == what
    assert {"kind": KIND, "tokens": STATIC} == {key: found[key] for key in ("kind", "tokens")}
    assert bytes(STATIC) == base64.b64decode(found["state"])


def test_a_chat_is_never_given() -> None:
    """Neither a prompt without a document nor what was asked interactively is kept, however long it took."""
    house = House()
    house.ask([*STATIC, 3], 0, static=len(STATIC) + 1)
    house.ask([*STATIC, *DOCUMENT], len(STATIC), interactive=True)

    assert [] == house.given


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(100, 200), st.integers(1, 40), st.booleans()), max_size=8
    ),
    st.sampled_from([0.001, 0.4, 1.0]),
)
def test_what_is_given(runs: list[tuple[int, int, int, bool]], step: float) -> None:
    """Only beginnings of enough tokens that took long enough, never of a person's, each once and not too many."""
    house = House(step=step)
    for first, count, rest, interactive in runs:
        house.ask([first] * count + [8] * rest, count, interactive=interactive)

    wanted = [
        [first] * count for first, count, _, interactive in runs if count >= LEAST_TOKENS and not interactive
    ]
    found = house.keeps()
    assert all(tokens in wanted for tokens in found)
    assert len(found) == len({tuple(tokens) for tokens in found}) <= MOST_GIVEN
    if step == 0.001:
        assert [] == found
    for _, one in house.given:
        assert bytes(one["tokens"]) == base64.b64decode(one["state"]), "not a token more"


def test_one_that_is_known_is_told_of_and_not_given() -> None:
    """Of a kept beginning the parent hears once that it was of use, whether it was read or remembered."""
    key = key_of(STATIC)
    house = House(known=(name_of(KIND, key),))
    for task in range(3):
        house.ask([*STATIC, *DOCUMENT, task], len(STATIC))

    assert [("used", {"kind": KIND, "key": key})] == house.given


def test_one_that_was_kept_of_another_memory_is_another() -> None:
    """A beginning that is kept as lanes hold it is given anew by a pool."""
    house = House(known=(name_of("lanes-1024-k1-v1", key_of(STATIC)),))
    house.ask([*STATIC, *DOCUMENT], len(STATIC))

    assert [STATIC] == house.keeps()


def test_a_state_that_is_too_large_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit into one message is not kept, and is asked for once only."""
    house = House()
    asked: list[int] = []

    def state(sequence: int) -> bytes:
        asked.append(sequence)
        return bytes(MOST_STATE + 1)

    monkeypatch.setattr(house.cache, "state", state)
    house.ask([*STATIC, *DOCUMENT], len(STATIC))
    house.room.clear()
    house.ask([*STATIC, *DOCUMENT], len(STATIC))

    assert ([], 1) == (house.given, len(asked))


@pytest.mark.parametrize("lanes", [False, True], ids=["pool", "lanes"])
@pytest.mark.parametrize("whole", [False, True], ids=["in part", "whole"])
def test_one_that_is_given_back_serves_the_next_prompt(lanes: bool, whole: bool) -> None:
    """The first prompt that begins so finds it remembered to its last token."""
    before, after = House(lanes=lanes, whole=whole), House(lanes=lanes, whole=whole)
    before.ask([*STATIC, *DOCUMENT], len(STATIC))
    ((_, found),) = before.given

    assert Restored.HELD is after.room.restore(found["tokens"], base64.b64decode(found["state"]))
    assert Restored.HELD is after.room.restore(found["tokens"], b""), "it is there"
    job = after.ask([*STATIC, *DOCUMENT, 3], len(STATIC))

    assert (0, len(STATIC)) == (before.jobs[0].cached, job.cached)


def test_one_that_holds_something_else_is_cleared() -> None:
    """A state of more or fewer tokens than it should have leaves nothing behind."""
    house = House()
    for state in (bytes(STATIC[:-1]), bytes([*STATIC, 1]), b"", bytes([1] * 2000)):
        assert Restored.REFUSED is house.room.restore(STATIC, state)

    assert (0, 0) == (house.room.index.used, house.cache.used)
    assert 0 == house.ask([*STATIC, *DOCUMENT], len(STATIC)).cached


BEGINNINGS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(64, 150)).map(
        lambda drawn: [drawn[0]] * 70 + [4 + drawn[1]] * drawn[2]
    ),
    max_size=8,
)


@given(BEGINNINGS, BEGINNINGS, st.booleans(), st.booleans())
def test_the_books_agree_after_beginnings_were_given_back(
    held: list[list[int]], asked: list[list[int]], lanes: bool, whole: bool
) -> None:
    """However many are given back, half the sequences stay free, and cells are counted as they are."""
    house = House(lanes=lanes, whole=whole)
    room, cache = house.room, house.cache
    for number, tokens in enumerate(held):
        found = room.restore(tokens, bytes(tokens))
        assert found is Restored.HELD or number >= 3
    assert sum(bool(tokens) for tokens in cache.holds) <= 3
    assert room.index.used >= cache.used
    if not lanes:
        assert room.index.used == cache.used
    for number in range(cache.sequences):
        assert room.index.held(number) == len(cache.holds[number])
    for number, tokens in enumerate(asked):
        job = house.ask([*tokens, 9, 9, 9], len(tokens))
        assert number or job.cached >= len(tokens) * (tokens in held[:3]), "nothing came between"
    room.clear()
    assert (0, 0) == (room.index.used, cache.used)


@pytest.mark.parametrize("used", [None, 1, 2])
def test_what_was_given_back_goes_before_what_was_used(used: int | None) -> None:
    """Where memory is short, what nobody asked for yet is forgotten first, and of two such the one given back later."""
    house = House()
    for first in (1, 2):
        house.room.restore([first] * 200, bytes([first] * 200))
    if used is not None:
        house.ask([used] * 200 + [9] * 10, 200)
    house.ask([3] * 700, 0)

    left = {tokens[0] for tokens in map(house.cache.state, range(6)) if tokens[:1] in (b"\1", b"\2")}
    assert {used or 1} == left


def message(role: str, *parts: tuple[str, bool]) -> Message:
    """Return a message."""
    return Message(role=role, parts=tuple(Part(text=text, data=data) for text, data in parts))


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([message("system", ("x", False)), message("user", ("x", False), ("note", True))], False),
        ([message("user", ("note", True)), message("assistant", ("x", True)), message("user", ("x", False))], False),
        ([message("user", ("hello", False)), message("assistant", ("x", False)), message("user", ("n", True))], True),
        ([message("user", ("hello", False)), message("assistant", ("x", True))], True),
        ([message("user", ("hello", False))], False),
    ],
)  # fmt: skip
def test_what_was_answered_before_a_document_is_a_conversation(
    messages: list[Message], expected: bool
) -> None:
    """An answer before the first document makes all that comes before it a conversation."""
    assert expected is talked(messages)


@pytest.mark.parametrize("lanes", [False, True], ids=["pool", "lanes"])
def test_recipes_that_begin_alike_do_not_cost_each_other(lanes: bool) -> None:
    """One that shares the first words of a held beginning takes a copy of these, and leaves the rest to its own."""
    house = House(lanes=lanes)
    alike = [1] * 64
    house.room.restore([*alike, *[2] * 100], bytes([*alike, *[2] * 100]))

    other = house.ask([*alike, *[3] * 100, 9], 164)
    first = house.ask([*alike, *[2] * 100, 9], 164)

    assert (64, 164) == (other.cached, first.cached)
