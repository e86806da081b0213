"""Smaller files of a model: made by the real quantizer in a sealed process, whole or not at all, and judged."""

import contextlib
import errno
import math
import os
from pathlib import Path

import gguf
import numpy as np
import pytest
from conversations import SETTINGS

from homebody.engine.llama import Fed, KvCache, Layout, Library, Weights
from homebody.errors import DiskFullError, ModelFileError, UsageError
from homebody.model.process import ModelProcess
from homebody.model.replies import last_of
from homebody.paths import Home, find_home, starter_model
from homebody.service import quantizing
from homebody.service.quantizing import COMMAND, Wish, kinds_of, quantize

TEXT = "The cellar was dry again by Thursday, and the boxes stood on the landing for a week. " * 4


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home of a person without settings."""
    return find_home({}, tmp_path / "home")


@pytest.fixture
def whole(write_model, tmp_path: Path) -> Path:
    """A model whose weights were not quantized."""
    return write_model(tmp_path / "Small.F32.gguf", seed=5)


def made(home: Home, model: Path, *kinds: str, **more: object) -> dict:
    """Make files of *kinds*."""
    return quantize(home, str(model), Wish(kinds=kinds, **more), lambda *_: None)


def asked(request: dict) -> dict:
    """Return what a process of the quantizer answers."""
    process = ModelProcess(COMMAND)
    try:
        return last_of(process.ask({"threads": 1, "extra_buffers": False, **request}))
    finally:
        process.stop()


def test_files_are_made_beside_the_model_and_judged(home: Home, whole: Path) -> None:
    """One file of each kind, named by it, smaller the fewer bits; each says how often it agrees."""
    told: list[tuple[str, int, int]] = []
    found = quantize(home, str(whole), Wish(kinds=("q8_0", "q4_0")), lambda *step: told.append(step))

    rows = found["models"]
    assert ["Small.F32.gguf", "Small.Q8_0.gguf", "Small.Q4_0.gguf"] == [
        Path(row["path"]).name for row in rows
    ]
    assert ["F32", "Q8_0", "Q4_0"] == [row["quantization"] for row in rows]
    sizes = [row["bytes"] for row in rows]
    assert sorted(sizes, reverse=True) == sizes == [Path(row["path"]).stat().st_size for row in rows]
    assert 1.0 == rows[0]["agrees"] > rows[1]["agrees"] > rows[2]["agrees"] > 0
    assert {whole.name, "Small.Q8_0.gguf", "Small.Q4_0.gguf", "home"} >= {
        p.name for p in whole.parent.iterdir()
    }
    assert {"q8_0 is made", "q4_0 is made", "Small.Q8_0.gguf reads a text"} <= {what for what, *_ in told}
    assert all(0 <= done <= total for _, done, total in told)
    assert 0 < found["passage_tokens"]
    assert all(0 <= row["chores"] <= row["of_chores"] > 3 for row in rows)


def test_perplexity_is_what_a_plain_loop_finds(whole: Path) -> None:
    """Read token by token by the same model: the same tokens are likeliest, and as unlikely."""
    found = asked({"do": "judge", "path": str(whole), "text": TEXT})
    library = Library()
    weights = Weights(library, whole, settings=SETTINGS | {"extra_buffers": False}, on_load=lambda _: None)
    layout = Layout(sequences=1, cells=1024, unified=True, outputs=1)
    cache = KvCache(library, weights, layout, threads=1, gpu=False)
    tokens = [1, *weights.tokenize(TEXT, special=False)][:512]
    costs, best = [], []
    for place, token in enumerate(tokens[:-1]):
        (at,) = cache.step([Fed(0, place, [token], 1)])
        logits = cache.logits(at).astype(np.float64)
        if place + 1 >= 64:
            costs.append(
                np.log(np.exp(logits - logits.max()).sum()) + logits.max() - logits[tokens[place + 1]]
            )
            best.append(int(logits.argmax()))

    assert len(tokens) < 512, "one window"
    assert math.isclose(math.exp(np.mean(costs)), found["perplexity"], rel_tol=0.01)
    assert sum(one != other for one, other in zip(best, found["best"], strict=True)) <= 2


def test_each_process_is_sealed(whole: Path, tmp_path: Path) -> None:
    """The one that makes a file writes into one folder, the one that judges nowhere: the kernel was told before."""
    (tmp_path / "made").mkdir()
    request = {"path": str(whole), "kind": "q8_0", "again": False, "text": TEXT}
    makes = asked({"do": "quantize", "target": str(tmp_path / "made" / "x.gguf"), **request})
    judges = asked({"do": "judge", **request})

    assert ("daemon", "model") == (makes["seal"]["tier"], judges["seal"]["tier"])


def test_a_quantized_model_is_not_quantized_again_unasked(home: Home, tmp_path: Path) -> None:
    """What was lost does not come back: that is said, with the cure; whoever wants it all the same gets it."""
    with pytest.raises(UsageError, match="Q8_0 already") as caught:
        made(home, starter_model(), "q4_0", folder=tmp_path)
    assert "--again" in (caught.value.hint or "")
    found = made(home, starter_model(), "q4_0", folder=tmp_path, again=True, judge=False)

    assert (tmp_path / "starter.Q4_0.gguf").is_file()
    assert [None, None] == [row["perplexity"] for row in found["models"]]


def test_nothing_is_written_among_programs(home: Home) -> None:
    """The starter model lies there; before anything is done that is said, and what to do."""
    with pytest.raises(UsageError, match="homebody may not write in") as raised:
        quantize(home, str(starter_model()), Wish(kinds=("q4_0",), again=True), lambda *_: None)
    assert raised.value.hint == "Name another folder with `--folder`."


def test_nothing_is_overwritten(home: Home, whole: Path) -> None:
    """A file of that name stays as it is, and no work is begun."""
    taken = whole.with_name("Small.Q4_0.gguf")
    taken.write_bytes(b"mine")
    with pytest.raises(UsageError, match="is there already"):
        made(home, whole, "q8_0", "q4_0")

    assert b"mine" == taken.read_bytes()
    assert not whole.with_name("Small.Q8_0.gguf").exists()


def test_a_name_that_is_taken_meanwhile_is_not_overwritten(
    home: Home, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever took the name while the file was made keeps it."""
    taken = whole.with_name("Small.Q8_0.gguf")
    original = quantizing._done

    def slow(request: dict, tell: object) -> dict:
        taken.write_bytes(b"mine")
        return original(request, tell)

    monkeypatch.setattr(quantizing, "_done", slow)
    with pytest.raises(UsageError, match="meanwhile"):
        made(home, whole, "q8_0", judge=False)
    assert b"mine" == taken.read_bytes()
    assert [] == list(whole.parent.glob(".homebody-*"))


@pytest.mark.parametrize("taken", [False, True])
def test_a_disk_without_second_names(
    home: Home, whole: Path, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    """There, too, the file comes to its name whole, and a name that somebody has is left to them."""
    target = whole.with_name("Small.Q8_0.gguf")

    def refused(_part: Path, _target: Path) -> None:
        if taken:
            target.write_bytes(b"mine")
        raise OSError(errno.EPERM, "no second names here")

    monkeypatch.setattr(os, "link", refused)
    if taken:
        with pytest.raises(UsageError, match="meanwhile"):
            made(home, whole, "q8_0", judge=False)
        assert b"mine" == target.read_bytes()
    else:
        (_, row) = made(home, whole, "q8_0", judge=False)["models"]
        assert row["bytes"] == target.stat().st_size
    assert [] == list(whole.parent.glob(".homebody-*"))


def test_a_full_disk_is_said_before_and_leaves_nothing(home: Home, whole: Path, tiny_disk: Path) -> None:
    """What is needed and what is free, before a byte is written; also when it fills up on the way."""
    with pytest.raises(DiskFullError, match="needed"):
        made(home, whole, "q8_0", folder=tiny_disk)
    assert [] == list(tiny_disk.iterdir())


def test_a_disk_that_fills_up_on_the_way_leaves_nothing(
    home: Home, whole: Path, tiny_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The half of a file is taken away, and the reason is the disk."""
    monkeypatch.setattr(quantizing, "expected_bytes", lambda *_: 0)
    with pytest.raises(DiskFullError, match="is full"):
        made(home, whole, "q8_0", folder=tiny_disk, judge=False)
    assert [] == list(tiny_disk.iterdir())


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_damaged_model_is_an_error_with_a_reason(home: Home, whole: Path, share: float) -> None:
    """Nothing is made of half a file."""
    whole.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])
    with pytest.raises(ModelFileError):
        made(home, whole, "q8_0")
    assert [] == list(whole.parent.glob("*Q8_0*"))


def test_a_file_that_lies_about_its_tensors_ends_no_more_than_its_process(home: Home, whole: Path) -> None:
    """Weights that are no numbers are the library's reason, or a file that says what it is; never a crash here."""
    data = bytearray(whole.read_bytes())
    data[-400_000:-200_000] = b"\xff" * 200_000
    whole.write_bytes(bytes(data))
    with contextlib.suppress(ModelFileError, UsageError):
        made(home, whole, "q4_0", judge=False)
    assert [] == list(whole.parent.glob(".homebody-*"))


@pytest.mark.parametrize(
    ("words", "kinds"), [("Q4_K_M, q2-k", ("q4_k_m", "q2_k")), ("q8_0,q8_0,", ("q8_0",))]
)
def test_kinds_as_people_write_them(words: str, kinds: tuple[str, ...]) -> None:
    """Upper or lower case, with dashes, blanks and doubles."""
    assert kinds == kinds_of(words)


@pytest.mark.parametrize("words", ["", " , ", "q7", "iq1_s"])
def test_kinds_that_there_are_not(words: str) -> None:
    """Those that there are stand in the message."""
    with pytest.raises(UsageError):
        kinds_of(words)


def test_every_kind_is_llama_cpps() -> None:
    """Each name is one that the library and the GGUF package know."""
    for kind in quantizing.KINDS:
        assert hasattr(gguf.LlamaFileType, f"MOSTLY_{kind.upper()}")
