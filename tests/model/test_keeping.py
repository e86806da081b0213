"""Beginnings that outlive the model process: what a second life makes of them, and of files that are not sound."""

import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.messages import Message, Part
from homebody.model.answer import Manner
from homebody.model.client import Answer, ModelClient
from homebody.model.keeping import Prefixes, kept_in
from homebody.model.prefixes import PrefixFolder
from homebody.model.process import ModelProcess

ENDLESS = "root ::= [a-z] root"
SYSTEM = "You do chores for people, and you do them well. " * 4
SECRET = "The safe opens with quince and elderberry."
MARKED = "zqxj" * 16


@pytest.fixture(scope="module")
def recurrent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of random weights whose memory cannot forget in part."""
    from random_model import write_recurrent

    return write_recurrent(tmp_path_factory.mktemp("models") / "recurrent.gguf", context=4096)


@pytest.fixture(params=["llama", "recurrent"])
def path(request: pytest.FixtureRequest, random_model: Path, recurrent: Path) -> Path:
    """Each of both models."""
    return {"llama": random_model, "recurrent": recurrent}[request.param]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder for what is kept, which is not there yet."""
    return tmp_path / "prefixes"


def life(path: Path, folder: Path | None, *, worth_seconds: float = 0.0, **more: object) -> ModelClient:
    """Return a client of its own process; everything is worth keeping where not said otherwise."""
    clock = SystemClock()
    prefixes = folder and Prefixes(folder, clock=clock, worth_seconds=worth_seconds)
    return ModelClient(path, clock=clock, prefixes=prefixes, **more)


def about(document: str, system: str = SYSTEM) -> tuple[Message, ...]:
    """Return a conversation about a document."""
    return (
        Message(role="system", parts=(Part(text=system),)),
        Message(role="user", parts=(Part(text=document, data=True), Part(text=" Say it."))),
    )


def ask(client: ModelClient, messages: tuple[Message, ...]) -> Answer:
    """Return an answer that goes on to its limit."""
    return client.generate(messages, grammar=ENDLESS, max_tokens=24)


def asked(
    path: Path, folder: Path | None, *conversations: tuple[Message, ...], **more: object
) -> list[Answer]:
    """Return the answers of one life."""
    client = life(path, folder, **more)
    answers = [ask(client, messages) for messages in conversations]
    client.stop()
    return answers


def test_the_second_life_reads_only_what_is_new(path: Path, kept: Path) -> None:
    """The first answer of a second life remembers the static part, and is to the bit what a fresh process writes."""
    asked(path, kept, about(f"{SECRET} {MARKED}"))
    (file,) = kept.iterdir()
    assert (0o600, 0o700) == (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(kept.stat().st_mode))
    assert kept_in(kept) == (1, file.stat().st_size)

    documents = [about("Another note. " * number) for number in (3, 40)]
    fresh = [asked(path, None, document)[0] for document in documents]
    (first, *_), (later, *_) = (asked(path, kept, document) for document in documents)

    assert [one.tokens for one in fresh] == [first.tokens, later.tokens]
    assert [0, 0] == [one.cached_tokens for one in fresh]
    static = len(tokens_in(file))
    assert static >= 128
    assert [static, static] == [first.cached_tokens, later.cached_tokens]
    assert [file] == list(kept.iterdir()), "it is kept once"


def tokens_in(file: Path) -> list[int]:
    """Return the tokens that a file names."""
    return json.loads(head_of(file))["tokens"]


def head_of(file: Path) -> bytes:
    """Return the line of JSON in a file: after the mark and the 32 bytes of its checksum."""
    content = file.read_bytes()
    start = content.index(b"\n") + 1 + 32
    return content[start : content.index(b"\n", start)]


def test_no_text_of_a_document_is_kept(path: Path, kept: Path) -> None:
    """Neither words nor tokens of a document are in the file, and it is the same one whatever the document says."""
    client = life(path, kept)
    ask(client, about(SECRET))
    client.stop()
    (file,) = kept.iterdir()
    content = file.read_bytes()
    for word in SECRET.split():
        assert word.encode() not in content.replace(SYSTEM.encode(), b"")
    file.unlink()
    asked(path, kept, about(f"Something else: {MARKED}"))

    (other,) = kept.iterdir()
    assert file.name == other.name
    assert content == other.read_bytes(), "to the last bit: nothing of either document is in it"


def test_neither_chats_nor_short_beginnings_are_kept(random_model: Path, kept: Path) -> None:
    """What has no document in it, what a person waits for, and what begins too shortly leaves nothing behind."""
    client = life(random_model, kept)
    chat = (
        Message(role="system", parts=(Part(text=SYSTEM),)),
        Message(role="user", parts=(Part(text=SECRET),)),
    )
    ask(client, chat)
    ask(client, about(SECRET, system="Short."))
    client.generate(about(SECRET), grammar=ENDLESS, max_tokens=5, manner=Manner(priority="interactive"))
    client.stop()

    assert (0, 0) == kept_in(kept)
    assert not kept.exists()


def test_what_is_read_in_a_moment_is_not_kept(random_model: Path, kept: Path) -> None:
    """A small model reads so fast that nothing is kept, by the usual measure."""
    asked(random_model, kept, about(SECRET), worth_seconds=30.0)

    assert (0, 0) == kept_in(kept)


def test_without_prefixes_nothing_is_kept_or_given_back(random_model: Path, kept: Path) -> None:
    """A benchmark that switches remembering off switches this off, too."""
    asked(random_model, kept, about(SECRET), without=["prefix"])
    assert not kept.exists()

    asked(random_model, kept, about(SECRET))
    (found,) = asked(random_model, kept, about("note"), without=["prefix"])
    assert 0 == found.cached_tokens


def damage(content: bytes) -> bytes:
    """Return *content* with one bit turned in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "spoil",
    [
        damage,
        lambda content: content[:-1],
        lambda content: content + b"x",
        lambda _: b"",
        lambda _: b"x" * 5000,
    ],
    ids=["a bit", "cut", "longer", "empty", "something else"],
)
def test_a_damaged_file_is_removed(random_model: Path, kept: Path, spoil: Callable[[bytes], bytes]) -> None:
    """What is not as it was written is not given to the model, and goes."""
    asked(random_model, kept, about(SECRET))
    (file,) = kept.iterdir()
    file.write_bytes(spoil(file.read_bytes()))

    client = life(random_model, kept)
    client.start()
    assert [] == list(kept.iterdir())
    assert 0 == ask(client, about("note")).cached_tokens
    client.stop()
    assert [file] == list(kept.iterdir()), "it is kept anew"


def test_what_other_models_left_is_not_given_and_goes(
    random_model: Path, write_model, tmp_path: Path, kept: Path
) -> None:
    """Another model's file is not given to this one, also not under its name; the next that is kept replaces it."""
    other = write_model(tmp_path / "other.gguf", seed=5, context=8192)
    asked(other, kept, about(SECRET))
    (foreign,) = kept.iterdir()
    content = foreign.read_bytes()
    (found,) = asked(random_model, kept, about("note"))
    (ours,) = kept.iterdir()
    assert (0, True) == (found.cached_tokens, ours != foreign)

    ours.write_bytes(content)
    client = life(random_model, kept)
    client.start()
    assert [] == list(kept.iterdir())
    client.stop()


def test_a_state_that_the_library_refuses_is_removed(random_model: Path, kept: Path) -> None:
    """A file that is whole but holds what the model can make nothing of goes, and the model works."""
    asked(random_model, kept, about(SECRET))
    folder = PrefixFolder(kept)
    (entry,) = folder.entries()
    prefix = folder.read(entry)
    half = type(prefix)(kind=prefix.kind, tokens=prefix.tokens, state=prefix.state[: len(prefix.state) // 2])
    assert folder.keep(entry.family, half, SystemClock().now())

    client = life(random_model, kept)
    client.start()
    assert (0, 0) == kept_in(kept)
    assert 0 == ask(client, about("note")).cached_tokens
    client.stop()


CHILD = """
import os, sys
from homebody.engine import main
answer = main.answer
def dies(engine, request):
    if request["do"] == "restore":
        os.kill(os.getpid(), 11)
    return answer(engine, request)
main.answer = dies
os._exit(main.main())
"""


def test_a_process_that_dies_of_one_is_started_without_any(
    random_model: Path, kept: Path, tmp_path: Path
) -> None:
    """A beginning over which the process dies costs nothing but itself: the next process is given none."""
    asked(random_model, kept, about(SECRET))
    script = tmp_path / "dies.py"
    script.write_text(CHILD)

    client = life(random_model, kept, command=[sys.executable, "-I", str(script)])
    ready = client.start()

    assert (1, 0) == (ready.settings["attempt"], len(list(kept.iterdir())))
    assert 24 == ask(client, about("note")).answer_tokens
    client.stop()


def test_more_than_four_are_kept_and_those_used_last_come_back(random_model: Path, kept: Path) -> None:
    """A process gives four at most; the next one, which knows them, gives the others."""
    systems = [f"Number {number}. {SYSTEM}" for number in range(6)]
    asked(random_model, kept, *(about("x", system) for system in systems))
    assert 4 == kept_in(kept)[0]
    found = asked(random_model, kept, *(about("x", system) for system in systems))
    assert 6 == kept_in(kept)[0]
    assert [True] * 4 == [answer.cached_tokens >= 128 for answer in found[:4]]

    found = asked(random_model, kept, *(about("y", system) for system in systems[2:]))
    assert [True] * 4 == [answer.cached_tokens >= 128 for answer in found]


def test_what_nobody_listens_for_is_dropped(random_model: Path) -> None:
    """A process whose parent keeps nothing is not asked to give anything, and works."""
    process = ModelProcess()
    assert process.alive
    process.stop()
    (found,) = asked(random_model, None, about(SECRET))
    assert 24 == found.answer_tokens


def test_long_documents_too(random_model: Path, kept: Path) -> None:
    """What long prompts begin with is kept for the common pool; two that share their first words share its cells."""
    long = "word " * 1200
    systems = [SYSTEM + "Then " + "sort them by their colour. " * number for number in (3, 5)]
    wanted = [about(long + str(number), system) for number, system in enumerate(systems)]
    asked(random_model, kept, *wanted)
    assert ["pool", "pool"] == [file.name.split(".")[1].split("-")[0] for file in kept.iterdir()]

    later = asked(random_model, kept, *wanted)
    fresh = [asked(random_model, None, one)[0] for one in wanted]

    assert sorted(len(tokens_in(file)) for file in kept.iterdir()) == [one.cached_tokens for one in later]
    assert [one.tokens for one in fresh] == [one.tokens for one in later]
