"""A follower says of every text what the native matcher would say, were it asked for the whole vocabulary."""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import homebody
from homebody.engine.following import LONGEST, Follower, parse
from homebody.slots import ChoiceSlot, ListSlot, Slot, TextSlot
from homebody.slots.grammar import grammar

sys.path.append(str(Path(__file__).parent))
from native_grammar import JSON, Vocabulary, follower, side_by_side


@pytest.fixture(scope="module")
def vocabulary(random_model: Path) -> Iterator[Vocabulary]:
    """Every byte, printable ASCII and a few longer pieces."""
    vocabulary = Vocabulary(random_model)
    yield vocabulary
    vocabulary.close()


@pytest.fixture(scope="module")
def starter() -> Iterator[Vocabulary]:
    """The vocabulary of the model that ships."""
    vocabulary = Vocabulary(Path(homebody.__file__).parent / "model" / "starter.gguf")
    yield vocabulary
    vocabulary.close()


def agrees(vocabulary: Vocabulary, text: str, seed: int, *, steps: int = 60) -> bool:
    """Walk through the grammar *text* with the native matcher and a follower; return whether it can be followed."""
    rules = parse(text)
    if rules is not None:
        with vocabulary.matcher(text) as matcher:
            assert matcher is not None, "followed, but refused"
            side_by_side(vocabulary, matcher, Follower(rules), random.Random(seed), steps=steps)
    return rules is not None


# Grammars made by chance

LITERALS = st.text(st.sampled_from('ab"\\-]\né日😀'), min_size=1, max_size=4).map(
    lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
)
CLASSES = st.sampled_from(
    ["[a-c]", "[^a-c]", "[ab-]", "[^\\n]", "[\\x61-\\u00e9]", "[\\U0001F600é]", "[^\"\\\\\\x00-\\x1F]", ".", "[]",
     "[^]", "[a]", "[\\]\\[]", "[日-本]"]
)  # fmt: skip
NAMES = st.sampled_from(["root", "one", "two", "three-3"])
SIGNS = st.sampled_from(["", "", "", "?", "*", "+", "{2}", "{0,2}", "{1,3}", "{2,}", "{0,0}", "{ 3 , 2001 }"])
GUARDED = st.tuples(LITERALS, NAMES).map(" ".join)
SEQUENCES = st.recursive(
    st.one_of(LITERALS, LITERALS, CLASSES, GUARDED, NAMES, st.just('""')),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(" ".join),
        st.tuples(st.lists(inner, min_size=1, max_size=3), SIGNS).map(
            lambda drawn: f"({' | '.join(drawn[0])}\n){drawn[1]}"
        ),
    ),
    max_leaves=6,
)


@st.composite
def grammars(draw: st.DrawFn) -> str:
    """Return a grammar; it may be one that is refused."""
    bodies = [
        " |\n ".join(draw(st.lists(SEQUENCES, min_size=1, max_size=3)))
        for _ in ("root", "one", "two", "three-3")
    ]
    lines = [
        f"{name} ::= {body} # {name}"
        for name, body in zip(("one", "root", "two", "three-3"), bodies, strict=True)
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("examples", [75, pytest.param(1_000, marks=pytest.mark.long)])
def test_it_says_what_the_native_matcher_says(vocabulary: Vocabulary, examples: int) -> None:
    """May it end, must it, what is forced: the same for every grammar, at every token, and nothing is missed."""

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.filter_too_much])
    @given(grammars(), st.integers(0, 2**32))
    def compared(text: str, seed: int) -> None:
        assume(agrees(vocabulary, text, seed))

    compared()


# What the package and its interface write


WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=12).filter(
    lambda word: word == " ".join(word.split()) and word.isprintable()
)


@st.composite
def slots(draw: st.DrawFn) -> dict[str, Slot]:
    """Return the slots of a recipe."""
    of = draw(st.lists(WORDS, min_size=2, max_size=6, unique_by=str.casefold))
    kinds = st.one_of(
        st.builds(TextSlot, max=st.integers(1, 12), optional=st.booleans()),
        st.builds(ChoiceSlot, of=st.just(of), optional=st.booleans()),
        st.builds(ListSlot, of=st.just(of), max=st.integers(1, 4), optional=st.booleans()),
        st.builds(ListSlot, max=st.integers(1, 4)),
    )
    return draw(st.dictionaries(WORDS, kinds, min_size=1, max_size=4))


@pytest.mark.parametrize("examples", [60, pytest.param(500, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", ["vocabulary", "starter"])
def test_it_follows_every_recipe(request: pytest.FixtureRequest, name: str, examples: int) -> None:
    """In the answers to a recipe's slots everything that is forced is found, to the closing bracket."""
    vocabulary = request.getfixturevalue(name)

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.filter_too_much])
    @given(slots(), st.integers(0, 2**32))
    def compared(drawn: dict[str, Slot], seed: int) -> None:
        assert agrees(vocabulary, grammar(drawn), seed, steps=150)

    compared()


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_it_follows_recursive_grammars(starter: Vocabulary, seed: int) -> None:
    """Any JSON value, as a schema without bounds gives it."""
    assert agrees(starter, JSON, seed, steps=150)


# The syntax


@pytest.mark.parametrize(
    ("text", "forced"),
    [
        ('root ::= ("a"?){0} "b"', "b"),
        ('root ::= "a\\x62\\u0063\\U00000064\\n\\t\\r\\"\\\\\\[\\]\\-"', 'abcd\n\t\r"\\[]-'),
        ('# first\r\nroot\t::= \n one # last\r\none ::= "x"|\n"x"', "x"),
        ('root ::= ("a" # in a group\n "b"\n){2}', "abab"),
        ('root ::= "a" "" [] [^] [b] ("c" | "c")', "abc"),
        ('root ::= "ab"{2}{2} "x"{0}', "abababab"),
        ('root ::= one\none ::= "old"\none ::= "new"', "new"),
        ('root ::= "a" | "a" "b"', "a"),
        ('root ::= [a-b] | "a"', ""),
        ('root ::= "\\uD83D"', ""),
        ('root ::= "x\\x00"', "x"),
        ('root ::= "a"{2000}', "a" * LONGEST),
        ("root ::= [a-b-c]", ""),
        ('root ::= [a] one "z"\none ::= "b" one | "c"', "a"),
    ],
)
def test_syntax(vocabulary: Vocabulary, text: str, forced: str) -> None:
    """Escapes, comments, lines, groups, empty classes, repetitions of repetitions, the last of two equal names."""
    assert forced == follower(text).forced()
    with vocabulary.matcher(text) as matcher:
        assert matcher is not None


@given(st.text(st.sampled_from(list('root one two::=::= "a"\\[]^-(|)*+?{12,} \n#.<!é\0'))), st.booleans())
def test_any_text_can_be_parsed(vocabulary: Vocabulary, text: str, beginning: bool) -> None:
    """No text makes the parser fail, and what it understands llama.cpp takes, repetitions that add up left aside."""
    text = f"root ::= {text}" if beginning else text
    if parse(text) is not None:
        with vocabulary.matcher(text) as matcher:
            assert matcher is not None or "{" in text


@given(st.data())
def test_a_changed_grammar_can_be_parsed(vocabulary: Vocabulary, data: st.DataObject) -> None:
    """A grammar with a piece cut out or put elsewhere is understood as llama.cpp does, or not at all."""
    start, stop = sorted(data.draw(st.tuples(*[st.integers(0, len(JSON))] * 2)))
    rest = JSON[:start] + JSON[stop:]
    place = data.draw(st.integers(0, len(rest)))
    changed = rest[:place] + data.draw(st.sampled_from(["", JSON[start:stop]])) + rest[place:]
    agrees(vocabulary, changed, 0, steps=10)


def test_a_long_list_of_words_is_followed() -> None:
    """Two hundred words that all begin otherwise are not too many, nor are the longest texts that a slot may have."""
    words = [chr(0x4E00 + number) + " word" for number in range(200)]
    slots: dict[str, Slot] = {"tags": ListSlot(of=words, max=50), "text": TextSlot(max=4000)}
    one = follower(grammar(slots), '{"tags":["' + words[0] + '","' + words[7][0])
    assert ' word"' == one.forced()
    one.advance(' word"],"text":"' + "x" * 3998)
    assert not one.lost
    assert "" == one.forced()
    one.advance("x")
    assert '"}' == one.forced()
