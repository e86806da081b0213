"""`homebody model`: what a person sees of the models on this computer, and what choosing one does."""

import json
from pathlib import Path

import gguf
import pytest
import yaml
from choosing_person import Person, person_with_models

from homebody.cli.daemon import memory_lines
from homebody.cli.model import count_words, list_lines, speed_words
from homebody.cli.model_fit import fit_lines
from homebody.cli.model_inspect import ranges
from homebody.cli.model_use import SLOW_BYTES, teller
from homebody.model.computer import Memory
from homebody.model.pin import sha256_of
from homebody.paths import starter_model
from homebody.service import shelving


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_model) -> Person:
    """A person with a model of LM Studio's, and one that is damaged."""
    return person_with_models(tmp_path, monkeypatch, write_model)


def test_list_is_a_table_of_80_columns(person: Person) -> None:
    """The starter is in it and in use; the other model, and what is damaged with the reason; no line is too wide."""
    text = person.sees("list")

    for words in (
        "> starter (homebody)",
        "Tiny-F32 (LM Studio)",
        "fits",
        "F32",
        "broken (LM Studio): damaged",
    ):
        assert words in text
    table = text.split("\n\n")[0].splitlines()
    assert all(len(line) <= 80 for line in table)
    found = json.loads(person.sees("list", "--json"))
    assert ["starter", "Tiny-F32"] == [one["name"] for one in found["models"]]
    assert [True, False] == [one["in_use"] for one in found["models"]]
    assert found["models"][1]["tokens_per_second"] is None
    assert ["damaged"] == [one["what"] for one in found["others"]]
    assert found["weights_bytes_per_second"] > 10**8


def test_the_table_in_words() -> None:
    """A long name has a line of its own; a model that fits with less, one that does not, links, and pieces are told."""
    row = {
        "name": "Large-Q4_K_M", "store": "Ollama", "path": "/x", "also": ["second:1b (Ollama)"], "in_use": False,
        "bytes": 4_900_000_000, "parameters": 8_030_000_000, "quantization": "Q4_K_M", "context_length": 131_072,
        "fits": "smaller", "tokens_per_second": 5.23,
    }  # fmt: skip
    piece = {
        "name": "Huge",
        "store": "x",
        "what": "piece of a split model",
        "bytes": 6 * 10**10,
        "pieces": 3,
        "problem": None,
    }
    found = {
        "models": [row, {**row, "name": "x" * 40, "fits": "no", "also": []}], "embeddings": [], "others": [piece],
        "strayed": 2,
        "weights_bytes_per_second": 12e9, "measured_with_models": True,
    }  # fmt: skip
    text = "\n".join(list_lines(found))
    for words in (
        "fits*        ~5.2    4.9 GB     8.0B  Q4_K_M     131072   Large-Q4_K_M (Ollama)",
        "also second:1b (Ollama)", "too big", f"\n          {'x' * 40} (Ollama)", "2 links lead out", "3 files",
        "llama-gguf-split --merge", "* fits with less", "what models reached here",
    ):  # fmt: skip
        assert words in text


def test_numbers_as_people_say_them() -> None:
    """Weights in millions and billions; speeds in two figures."""
    assert ["999", "1.0K", "135M", "7.2B"] == [
        count_words(n) for n in (999, 1000, 135_000_000, 7_240_000_000)
    ]
    assert ["~0.4", "~9.9", "~35", "~120"] == [speed_words(rate) for rate in (0.42, 9.93, 35.2, 123.0)]
    assert "0-3, 7, 28-31" == ranges([0, 1, 2, 3, 7, 28, 29, 30, 31])


def test_use_pins_and_remembers(person: Person) -> None:
    """A part of the name will do; the SHA-256 is pinned, options are kept, comments stay, and the next step is said."""
    person.settings.parent.mkdir()
    person.settings.write_text("# mine\nrescan: 60\n")
    text = person.sees("use", "tiny", "--context", "512", "--threads", "1")
    path = person.folder / ".lmstudio/models/maker/Tiny-GGUF/Tiny-F32.gguf"

    assert "Next: `homebody start`" in text
    assert "It fits: " in text
    assert person.settings.read_text().startswith("# mine\nrescan: 60\n")
    assert {
        "rescan": 60, "model": str(path), "pin": sha256_of(path), "context": 512, "threads": 1
    } == yaml.safe_load(person.settings.read_text())  # fmt: skip
    assert "> Tiny-F32" in person.sees("list")
    assert "> starter" in person.sees("use", "starter") + person.sees("list")
    assert {"rescan": 60, "context": 512, "threads": 1} == yaml.safe_load(person.settings.read_text())
    assert json.loads(person.sees("use", str(path), "--json"))["sha256"] == sha256_of(path)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("use", "nothing-like-it"), 64, "No model on this computer is called nothing-like-it; there are starter"),
        (("use", "broken"), 69, "is cut short"),
        (("use", "/none.gguf"), 69, "is not there"),
        (("use", "t"), 64, "could be several models"),
        (("use", "tiny", "--kv", "q8_0"), 69, "do not go into blocks of 32"),
        (("inspect", "broken"), 69, "is cut short"),
        (("fit", "/etc/passwd"), 69, "is not a GGUF file"),
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_changes_nothing(
    person: Person, words: tuple[str, ...], code: int, said: str
) -> None:
    """The reason is told, the exit code means something, and no settings are written."""
    result = person.types(*words)
    assert (code, True) == (result.exit_code, said in result.output), result.output
    assert not person.settings.exists()


def test_a_blob_that_is_not_what_its_name_says(person: Person) -> None:
    """A file of Ollama's whose bytes are others than its SHA-256 says is refused."""
    models = person.folder / ".ollama" / "models"
    manifest = models / "manifests" / "registry.ollama.ai" / "library" / "liar" / "1b"
    manifest.parent.mkdir(parents=True)
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{'a' * 64}"}
    manifest.write_text(json.dumps({"layers": [layer]}))
    (models / "blobs").mkdir()
    tiny = person.folder / ".lmstudio/models/maker/Tiny-GGUF/Tiny-F32.gguf"
    (models / "blobs" / f"sha256-{'a' * 64}").write_bytes(tiny.read_bytes() + b"more")
    result = person.types("use", "liar:1b")
    assert 69 == result.exit_code
    assert "is damaged: Ollama calls it aaaaaaaaaaaa" in result.output
    assert not person.settings.exists()


def test_a_model_that_does_not_fit(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused with the sum, unless forced; `fit` says what would help and ends with 69; `list` says too big."""
    little = Memory(total=50_000_000, free=50_000_000)
    monkeypatch.setattr(shelving, "memory_here", lambda _pid: little)
    result = person.types("use", "tiny")
    assert (69, True) == (result.exit_code, "does not fit into this computer" in result.output), result.output
    assert not person.settings.exists()
    assert "too big" in person.sees("list")
    fit = person.types("fit", "tiny")
    assert (69, True) == (fit.exit_code, "It does not fit into this computer. What would help:" in fit.output)
    assert "It will be loaded all the same." in person.sees("use", "tiny", "--force")
    assert yaml.safe_load(person.settings.read_text())["overcommit"] is True
    monkeypatch.undo()


def test_fit_shows_the_sum(person: Person) -> None:
    """Part by part, and the parts are the whole; for the context that was asked for."""
    text = person.sees("fit", "tiny", "--context", "1024")
    assert "a context of 1024 tokens" in text
    assert "It fits." in text
    found = json.loads(person.sees("fit", "--json"))
    need = found["need"]
    assert need["total"] == sum(size for part, size in need.items() if part != "total")
    assert str(starter_model()) == found["model"]["path"]


def test_fit_in_words() -> None:
    """Grouped heads, windows, states and the GPU are named, and what was made smaller."""
    found = {
        "model": {"name": "M", "quantization": "Q4_0", "kv_bytes_per_token": 131_072, "attending": 32, "recurrent": 3,
                  "heads": 32, "key_heads": 8, "window": 4096, "pooling": ""},
        "need": {"weights": 10**9, "repacked": 10**9, "keys_and_values": 10**9, "states": 10**6, "steps": 10**8,
                 "process": 10**8, "total": 3 * 10**9},
        "budget": 4 * 10**9, "context": 4096, "lanes": {"count": 0, "cells": 0}, "kv": "q8_0", "own": 10**8,
        "memory": {"free": 5 * 10**9, "usable": 8 * 10**9, "kept": 5 * 10**8, "gpu": 5 * 10**9},
        "shrunk": ["a context of 4096 tokens instead of 8192"], "verdict": "smaller", "helps": [], "beside": None,
    }  # fmt: skip
    text = "\n".join(fit_lines(found))
    for words in (
        "32 heads share 8", "a window of 4096", "(3 layers, however long a text is)", "the GPU may hold",
        "So that it fits: a context of 4096", "in 8 bits", "100.0 MB more when the loaded model goes",
    ):  # fmt: skip
        assert words in text


def test_inspect_in_words(person: Person, write_model) -> None:
    """Weights, bits as they really are, types, special tokens by their texts, template, licence."""
    text = person.sees("inspect", "--template")
    for words in (
        "parameters: ", "Q8_0", "bits a weight", "context: up to 2048 tokens", "<|im_end|> (3) ends a turn",
        "licence: apache-2.0", "Its chat template:", "token_embd      Q8_0: looks words up",
    ):  # fmt: skip
        assert words in text
    mixed = write_model(
        person.folder / "mixed.gguf", template=None, quantization=gguf.GGMLQuantizationType.Q8_0
    )
    data = json.loads(person.sees("inspect", str(mixed), "--json"))
    assert {"Q8_0", "F32"} == {row["type"] for row in data["types"]}
    assert data["info"]["parameters"] == sum(row["weights"] for row in data["types"])
    assert "chat template: none" in person.sees("inspect", str(mixed))


def test_suggest(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what fits, unless all are asked for; each with its command, and the list with its date."""
    monkeypatch.setattr(shelving, "memory_here", lambda _pid: Memory(total=8 * 10**9, free=6 * 10**9))
    text = person.sees("suggest")
    assert "As of 2026-11-28" in text
    assert "hf download lmstudio-community/Qwen3.5-0.8B-GGUF Qwen3.5-0.8B-Q8_0.gguf" in text
    assert "27B" not in text
    assert "Qwen3.6 27B" in person.sees("suggest", "--all")
    found = json.loads(person.sees("suggest", "--json"))["models"]
    assert all(one["need_bytes"] > one["about_bytes"] > 10**8 for one in found)
    monkeypatch.setattr(shelving, "memory_here", lambda _pid: Memory(total=5 * 10**8, free=5 * 10**8))
    assert "None of them fits into 500.0 MB" in person.sees("suggest")


def test_progress_of_a_large_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Each tenth once, where there is no terminal; each per cent on the same line on one; nothing of a small file."""
    tell = teller(terminal=False)
    for done in range(1001):
        tell(done * SLOW_BYTES // 1000, SLOW_BYTES)
    assert 11 == capsys.readouterr().err.count("its file is checked")
    tell = teller(terminal=True)
    for done in range(1001):
        tell(done * SLOW_BYTES // 1000, SLOW_BYTES)
    shown = capsys.readouterr().err
    assert (101, 1) == (shown.count("\r"), shown.count("\n"))
    teller(terminal=True)(1, 2)
    assert "" == capsys.readouterr().err


def test_status_shows_estimate_and_peak() -> None:
    """What was reckoned beside what was taken, what was made smaller, and that it was forced."""
    fit = {
        "fits": False,
        "need": {"total": 10**9},
        "budget": 5 * 10**8,
        "shrunk": ["256 tokens in a batch instead of 512"],
    }
    text = "\n".join(memory_lines({"fit": fit, "peak_bytes": 99 * 10**7}))
    for words in ("at most 990 MB so far, 1,000 MB reckoned", "256 tokens in a batch", "was forced"):
        assert words in text
    assert [] == memory_lines({})
