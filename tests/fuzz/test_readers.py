"""Do mutated documents and models end as text or as a reason, thousands of them, with the reader alive or replaced?"""

import random
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.extend(str(folder) for folder in (HERE, HERE.parent / "documents") if str(folder) not in sys.path)

from corpus import CORPUS  # noqa: E402 - found by the line above
from guide import Guide  # noqa: E402
from make_packages import docx, paragraph  # noqa: E402
from mutation import mutate  # noqa: E402
from readers import Campaign, complaint, gguf_seed  # noqa: E402

from homebody.documents.file import Unreadable  # noqa: E402
from homebody.errors import ModelFileError  # noqa: E402
from homebody.model.gguf import inspect  # noqa: E402


@pytest.mark.parametrize(
    ("inputs", "seed"), [(1_000, 4), pytest.param(20_000, 5, marks=pytest.mark.long)], ids=["some", "many"]
)
def test_mutated_inputs_are_text_or_a_reason(tmp_path: Path, inputs: int, seed: int):
    """Nothing else comes back, in time, within the memory; and some of both come."""
    tally = Campaign(seed, tmp_path, tmp_path / "wrong").run(inputs)
    assert tally.wrong == []
    assert inputs == tally.inputs == sum(tally.outcomes.values())
    assert set(tally.formats) == {*CORPUS, ".gguf"}
    assert inputs / 5 < tally.outcomes["text"] < inputs * 4 / 5
    assert len(tally.outcomes) > 40
    assert tally.peak_mb < 512
    assert tally.guided > 5


@pytest.mark.parametrize(
    "words",
    ["", "two\nlines", "a\x1b[31m", "Traceback (most recent call last)", "the document cannot be read (KeyError)",
     "in documents/worker.py"],
)  # fmt: skip
def test_a_reason_that_nobody_can_read_is_found(words: str):
    """So that the fuzzing can fail."""
    assert complaint(words, ours=True)
    assert complaint("the PDF is damaged", ours=True) is None


def test_whatever_the_reader_says_wrong_is_counted_and_kept(tmp_path: Path):
    """An error of another kind, a reason with a path, a text that is none: all three."""

    class Broken:
        """A reader that answers each time in another wrong way."""

        pid = None

        def __init__(self) -> None:
            self.answers: list[Exception] = [KeyError("x"), Unreadable("see /x/worker.py", lasting=True)]

        def read(self, data: bytes, suffix: str) -> object:
            raise self.answers.pop()

        def stop(self) -> None:
            """Nothing runs."""

    campaign = Campaign(1, tmp_path, tmp_path / "wrong")
    campaign._reader.stop()
    campaign._reader = Broken()
    campaign._read(b"a", ".txt")
    campaign._read(b"b", ".txt")
    assert [".txt: names our own code: 'see /x/worker.py'", ".txt: KeyError: 'x'"] == campaign.tally.wrong
    assert sorted(path.read_bytes() for path in (tmp_path / "wrong").iterdir()) == [b"a", b"b"]


def test_the_guide_knows_new_ground():
    """A document that reaches lines of its own is new once."""
    guide = Guide()
    assert guide.novel(docx(paragraph("a")), ".docx")
    assert not guide.novel(docx(paragraph("b")), ".docx")
    assert guide.novel(docx(paragraph("a", run="<w:vanish/>")), ".docx")
    assert guide.novel(gguf_seed(), ".gguf")
    assert not guide.novel(gguf_seed(), ".gguf")


def test_the_model_that_mutation_starts_from_is_one(tmp_path: Path):
    """What mutation starts from is looked into, and said to be what it is."""
    path = tmp_path / "seed.gguf"
    path.write_bytes(gguf_seed())
    assert inspect(path).architecture == "llama"
    path.write_bytes(gguf_seed()[:-1])
    with pytest.raises(ModelFileError, match="1 missing"):
        inspect(path)


def test_the_same_seed_makes_the_same_inputs():
    """What was found can be found again."""
    made = [
        [
            mutate(found[0], suffix, random.Random(number), found)
            for suffix, found in CORPUS.items()
            for number in range(5)
        ]
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert len(set(made[0])) > len(made[0]) * 0.8
