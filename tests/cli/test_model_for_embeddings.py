"""`homebody model use --for embeddings`: a second model, chosen beside the one that writes."""

import json
from pathlib import Path

import pytest
import yaml
from choosing_person import Person, person_with_models

from homebody.model.pin import sha256_of
from homebody.paths import starter_model


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_model) -> Person:
    """A person with a model of LM Studio's, and one that is damaged."""
    return person_with_models(tmp_path, monkeypatch, write_model)


def test_use_for_embeddings(person: Person, encoder: Path) -> None:
    """A second model is checked, pinned and remembered beside the first; the list knows it, and `none` lets it go."""
    path = person.folder / ".lmstudio" / "models" / "maker" / "Tiny-GGUF" / "search.gguf"
    path.write_bytes(encoder.read_bytes())
    assert "For embeddings (`homebody model use NAME --for embeddings`):" in person.sees("list")
    assert "`homebody model use PATH --for embeddings` takes it" in person.types("use", "search").output
    text = person.sees("use", "search", "--for", "embeddings")

    assert "homebody starter takes at most" in text
    assert "Next: `homebody start`; it is loaded when a script asks." in text
    assert {"embeddings": str(path), "embeddings_pin": sha256_of(path)} == yaml.safe_load(
        person.settings.read_text()
    )
    text = person.sees("list")
    assert "> starter" in text
    assert "> search (LM Studio)" in text
    (row,) = json.loads(person.sees("list", "--json"))["embeddings"]
    assert (True, "mean", 64, "yes") == (row["in_use"], row["pooling"], row["context_length"], row["fits"])
    assert f"it was {path}" in person.sees("use", "none", "--for", "embeddings")
    assert not yaml.safe_load(person.settings.read_text())
    assert "There was none." in person.sees("use", "none", "--for", "embeddings")


def test_force_is_about_the_model_that_it_was_said_of(person: Person, encoder: Path) -> None:
    """What is let pass of one model is refused of the other as before, whichever was forced; without it none is."""
    path = person.folder / ".lmstudio" / "models" / "maker" / "Tiny-GGUF" / "search.gguf"
    path.write_bytes(encoder.read_bytes())
    forced = {"embeddings": str(path), "embeddings_pin": sha256_of(path), "embeddings_overcommit": True}
    person.sees("use", "search", "--for", "embeddings", "--force")
    assert forced == yaml.safe_load(person.settings.read_text())
    person.sees("use", "starter")
    assert forced == yaml.safe_load(person.settings.read_text())
    person.sees("use", "search", "--for", "embeddings")
    del forced["embeddings_overcommit"]
    assert forced == yaml.safe_load(person.settings.read_text())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nosuch"], "No embedding model on this computer is called nosuch; there are none"),
        (["tiny"], "is a model that writes, and makes no embeddings"),
        ([str(starter_model())], "is a model that writes, and makes no embeddings"),
        (["search", "--context", "512"], "--context is about the model that writes"),
    ],
)
def test_what_cannot_be_used_for_embeddings(person: Person, words: list[str], said: str) -> None:
    """A model that writes makes none, and options that are about it go without; nothing is changed."""
    result = person.types("use", *words, "--for", "embeddings")
    assert result.exit_code
    assert said in result.output
    assert not person.settings.exists()


def test_inspect_says_what_an_embedding_model_gives(person: Person, encoder: Path, decoder: Path) -> None:
    """How many numbers, and which of its tokens they are of; it needs no chat template, and may keep nothing."""
    both, onward = person.sees("inspect", str(encoder)), person.sees("inspect", str(decoder))
    assert "it turns a text into 64 numbers for searching, the mean over its tokens" in both
    assert "for searching, those of its last token" in onward
    assert "chat template" not in both + onward
    assert "of memory for each token" not in both
    assert "of memory for each token" in onward
    assert "mean" == json.loads(person.sees("inspect", str(encoder), "--json"))["info"]["pooling"]


def test_fit_reckons_an_embedding_model_beside_the_one_that_writes(person: Person, encoder: Path) -> None:
    """The sum is its own, and what the other takes is taken off; options that are about the other are refused."""
    text = person.sees("fit", str(encoder))
    assert "F32: embeddings of texts of up to 64 tokens" in text
    assert "are for homebody starter" in text
    assert "It fits." in text
    found = json.loads(person.sees("fit", str(encoder), "--json"))
    assert ("homebody starter", "mean") == (found["beside"]["name"], found["model"]["pooling"])
    assert found["budget"] < json.loads(person.sees("fit", "--json"))["budget"]
    refused = person.types("fit", str(encoder), "--kv", "q8_0")
    assert refused.exit_code
    assert "it has no context and no keys and values to choose" in refused.output


def test_a_part_of_several_names_is_no_embedding_model_s(person: Person, encoder: Path) -> None:
    """What could be several models that write is asked for again, also where one that embeds has it in its name."""
    folder = person.folder / ".lmstudio" / "models" / "maker" / "Tiny-GGUF"
    for name in ("small-one", "small-two"):
        (folder / f"{name}.gguf").write_bytes(starter_model().read_bytes())
    (folder / "small-search.gguf").write_bytes(encoder.read_bytes())
    refused = person.types("inspect", "small")
    assert refused.exit_code
    assert "small could be several models: " in refused.output
    assert "numbers for searching" in person.sees("inspect", "small-search")
