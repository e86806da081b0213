"""What is found on a made-up computer with every store's own layout: each file once, named as what it is."""

import hashlib
import json
import os
import sys
import time
from pathlib import Path

import gguf
import pytest

from homebody.model.shelf import Found, look
from homebody.model.stores import Store, stores

HEX = "0123456789abcdef" * 4


def other(path: Path, architecture: str, kind: str = "", **values: int) -> Path:
    """Write a small GGUF that is no language model, with one tensor and some whole numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, architecture)
    if kind:
        writer.add_type(kind)
    for key, value in values.items():
        writer.add_uint32(key.replace("__", "."), value)
    import numpy as np

    writer.add_tensor("a.weight", np.ones(32, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def tree(root: Path) -> dict[str, tuple[int, float]]:
    """Return every entry below *root* with its size and its time."""
    return {
        str(path.relative_to(root)): (path.lstat().st_size, path.lstat().st_mtime) for path in root.rglob("*")
    }


@pytest.fixture
def person(tmp_path: Path, random_model: Path) -> Path:
    """A home with models of every program, links, pieces, unfinished downloads, projectors, adapters, and damage."""
    user = tmp_path / "person"
    data = random_model.read_bytes()

    def model(place: str, more: bytes = b"") -> Path:
        path = user / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data + more)
        return path

    studio = ".lmstudio/models/maker/Small-GGUF"
    model(f"{studio}/Small-Q8_0.gguf")
    other(user / studio / "mmproj-Small-F16.gguf", "clip", "mmproj")
    model(f"{studio}/Next-Q4_0.gguf.part")
    sha = hashlib.sha256(data + b"o").hexdigest()
    model(f".ollama/models/blobs/sha256-{sha}", b"o")
    model(f".ollama/models/blobs/sha256-{'0' * 64}", b"not named by any manifest")
    layers = [{"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{sha}", "size": len(data) + 1},
              {"mediaType": "application/vnd.ollama.image.template", "digest": f"sha256:{'1' * 64}"},
              {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:../../../etc/passwd"}]  # fmt: skip
    manifests = user / ".ollama/models/manifests/registry.ollama.ai"
    for place, text in (
        ("library/small/8b", json.dumps({"layers": layers})),
        ("me/mine/latest", json.dumps({"layers": layers[:1]})),
        ("library/gone/1b", json.dumps({"layers": [{**layers[0], "digest": f"sha256:{'2' * 64}"}]})),
        ("library/broken/1b", "{"),
        ("library/odd/1b", "[1, 2]"),
    ):
        (manifests / place).parent.mkdir(parents=True, exist_ok=True)
        (manifests / place).write_text(text)
    hub = ".cache/huggingface/hub/models--maker--Hubbed-GGUF"
    blob = model(f"{hub}/blobs/{HEX}", b"h")
    model(f"{hub}/blobs/{'e' * 64}.incomplete", b"i")
    snapshot = user / hub / "snapshots" / "0a1b"
    snapshot.mkdir(parents=True)
    (snapshot / "Hubbed-Q4_0.gguf").symlink_to(f"../../blobs/{HEX}")
    outside = tmp_path / "outside.gguf"
    outside.write_bytes(data + b"x")
    (snapshot / "stray.gguf").symlink_to(outside)
    (user / ".lmstudio/models/elsewhere").symlink_to(tmp_path, target_is_directory=True)
    model(".cache/llama.cpp/Cached-Q4_0.gguf", b"c")
    other(user / ".cache/llama.cpp/lora.gguf", "llama", "adapter")
    os.link(blob, user / ".cache/llama.cpp/the-same.gguf")
    gpt4all = ".local/share/nomic.ai/GPT4All"
    model(f"{gpt4all}/For-All.Q4_0.gguf", b"g")
    model(f"{gpt4all}/incomplete-Later.Q4_0.gguf", b"l")
    other(user / gpt4all / "nomic-embed.gguf", "nomic-bert", context_length=8)
    model(".local/share/Jan/data/llamacpp/models/jan-1b/model.gguf", b"j")
    own = user / "models"
    for number in (1, 2, 3):
        other(own / f"Big-{number:05}-of-00003.gguf", "llama", split__count=3)
    (own / "cut.gguf").write_bytes(data[:20_000])
    (own / "text.gguf").write_text("no model")
    (own / "empty.gguf").touch()
    (own / "pipe.gguf").parent.mkdir(exist_ok=True)
    os.mkfifo(own / "pipe.gguf")
    assert outside.exists()
    return user


def named(found: tuple[Found, ...]) -> dict[str, str]:
    """Return what each file was found to be."""
    return {f"{one.store}: {one.name}": one.what for one in found}


def test_every_store_and_everything_in_it(person: Path) -> None:
    """Models by the names of their stores; what is none is named as what it is; nothing outside, nothing twice."""
    places = stores({}, person, mac=False, own=[person / "models"])
    before = tree(person)
    shelf = look(places)

    assert {
        "LM Studio: Small-Q8_0": "model",
        "LM Studio: mmproj-Small-F16": "vision projector",
        "LM Studio: Next-Q4_0.gguf": "unfinished download",
        "Ollama: small:8b": "model",
        "Ollama: gone:1b": "damaged",
        "Hugging Face: maker/Hubbed-GGUF/Hubbed-Q4_0": "model",
        "llama.cpp: Cached-Q4_0": "model",
        "llama.cpp: lora": "LoRA adapter",
        "GPT4All: For-All.Q4_0": "model",
        "GPT4All: incomplete-Later.Q4_0": "unfinished download",
        "GPT4All: nomic-embed": "embedding model",
        "Jan: jan-1b": "model",
        "your folder: Big": "piece of a split model",
        "your folder: cut": "damaged",
        "your folder: text": "damaged",
        "your folder: empty": "damaged",
    } == named(shelf.found)
    assert 1 == shelf.strayed
    of = {one.name: one for one in shelf.found}
    assert ("me/mine:latest (Ollama)",) == of["small:8b"].also
    assert ("the-same (llama.cpp)",) == of["maker/Hubbed-GGUF/Hubbed-Q4_0"].also
    assert HEX == of["maker/Hubbed-GGUF/Hubbed-Q4_0"].sha256
    assert of["small:8b"].path.name == f"sha256-{of['small:8b'].sha256}"
    assert 3 == of["Big"].pieces
    assert "Big-00001-of-00003.gguf" == of["Big"].path.name
    assert "is not a GGUF file." == of["text"].problem
    assert "its file is not there" == of["gone:1b"].problem
    assert before == tree(person)


def test_places_that_the_programs_are_told_of(tmp_path: Path) -> None:
    """Each program's own variables name other places; a Mac has others than Linux."""
    told = {
        "OLLAMA_MODELS": "/m/ollama",
        "HF_HOME": "/m/hf",
        "LLAMA_CACHE": "/m/llama",
        "XDG_CACHE_HOME": "/m/cache",
    }
    roots = {str(store.root) for store in stores(told, tmp_path, mac=False)}
    assert {
        "/m/ollama",
        "/m/hf/hub",
        "/m/llama",
        "/m/cache/huggingface/hub",
        "/m/cache/lm-studio/models",
    } <= roots
    assert "/usr/share/ollama/.ollama/models" in roots
    mac = {str(store.root.relative_to(tmp_path)) for store in stores({}, tmp_path, mac=True)}
    assert {
        "Library/Application Support/nomic.ai/GPT4All", "Library/Application Support/Jan/data/llamacpp/models",
        "Library/Caches/llama.cpp", ".lmstudio/models", ".ollama/models", ".cache/huggingface/hub",
    } <= mac  # fmt: skip


def test_a_store_that_is_a_link_is_looked_into(tmp_path: Path, random_model: Path) -> None:
    """A person who keeps models on another disk, and a link in their place, sees them."""
    disk = tmp_path / "disk"
    disk.mkdir()
    (disk / "far.gguf").write_bytes(random_model.read_bytes())
    link = tmp_path / "models"
    link.symlink_to(disk, target_is_directory=True)
    assert {"x: far": "model"} == named(look([Store(name="x", root=link)]).found)


def test_links_in_circles_and_folders_that_cannot_be_read(tmp_path: Path) -> None:
    """Both are passed over."""
    (tmp_path / "a.gguf").symlink_to("b.gguf")
    (tmp_path / "b.gguf").symlink_to("a.gguf")
    (tmp_path / "round").symlink_to(tmp_path, target_is_directory=True)
    found = look([Store(name="x", root=tmp_path), Store(name="y", root=tmp_path / "none")]).found
    assert {"damaged"} == {one.what for one in found} or () == found


def test_ten_thousand_files_in_a_second(person: Path) -> None:
    """Every store of a home with so many files is looked through in less than a second of this process's own time."""
    for folder in range(100):
        place = person / ".lmstudio" / "models" / f"maker-{folder}"
        place.mkdir()
        for number in range(100):
            (place / f"{number}.json").touch()
    places = stores({}, person, mac=False)
    began = time.process_time()
    found = look(places).found
    assert time.process_time() - began < 1
    assert sys.getsizeof(found) > 0
    assert "small:8b" in {one.name for one in found}
