"""Does the engine's benchmark measure what it says, with a model that is what it says?"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

HERE = Path(__file__).parent
SMALL = {
    "layers": 8,
    "width": 256,
    "heads": 4,
    "kv_heads": 2,
    "hidden": 512,
    "vocabulary": 6500,
    "context": 2048,
}


@pytest.fixture(autouse=True)
def rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the benchmark's rooms be imported as it imports them itself."""
    monkeypatch.syspath_prepend(HERE)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a model of the benchmark's own making, a two-hundredth of its size."""
    path = tmp_path_factory.mktemp("engine") / "small.gguf"
    write(path)
    return path


def write(path: Path) -> None:
    """Write the small model."""
    sys.path.insert(0, str(HERE))
    try:
        from engine_bench.maker import Shape
        from engine_bench.maker import write as write_model
    finally:
        sys.path.remove(str(HERE))
    write_model(path, Shape(**SMALL))


def run(*arguments: str) -> dict[str, Any]:
    """Return the last line of the benchmark."""
    command = [sys.executable, str(HERE / "engine.py"), "--json", "--quick", *arguments]
    child = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert child.returncode == 0, child.stderr
    found: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return found


def test_every_figure_is_measured_or_named_as_left_out(model: Path):
    """A quick run has every figure; the two servers, whose sources it was not told, are left out by name."""
    from engine_bench.goals import GOALS

    found = run("--model", str(model))
    servers = {"notes_vs_example_server", "notes_vs_llama_server"}
    assert servers == found["left_out"].keys()
    assert all("--sources" in reason for reason in found["left_out"].values())
    assert servers == {key for key in GOALS if found[key] is None}
    assert all(found[key] > 0 for key in GOALS.keys() - servers)
    details = found["details"]
    notes = details["notes"]
    assert 4 * 12 == notes["homebody"]["tokens_out"] == notes["high_level"]["tokens_out"]
    assert details["cached_first_token"]["cached"] >= 100
    assert 200 == sum(details["memory_growth"]["ends"].values())
    assert {"answered", "EnoughError", "GrammarError", "PromptTooLongError"} <= details["memory_growth"][
        "ends"
    ].keys()
    assert {"batching", "prefix", "forced", "drafts"} == details["ablations"].keys()


def test_a_server_that_does_not_come_up_is_named_with_its_last_words(model: Path, tmp_path: Path):
    """The others are measured, and the reason holds what the server said before it ended."""
    server = tmp_path / "sources" / "examples" / "server" / "server.py"
    server.parent.mkdir(parents=True)
    server.write_text("raise SystemExit('no room at the inn')\n")
    packages = tmp_path / "packages"
    for name in ("fastapi", "openai", "safetensors", "uvicorn", "websockets"):
        (packages / name).mkdir(parents=True)
    asked = ["--sources", str(tmp_path / "sources"), "--packages", str(packages)]
    found = run("--part", "notes", "--model", str(model), *asked)
    assert "no room at the inn" in found["left_out"]["notes_vs_example_server"]
    assert "no vendor/llama.cpp" in found["left_out"]["notes_vs_llama_server"]
    assert found["notes_vs_high_level"] > 0


def test_the_same_parameters_give_the_same_model(model: Path, tmp_path: Path):
    """The file is equal byte for byte, and its vocabulary is the starter's, widened by words that were not in it."""
    write(tmp_path / "again.gguf")
    assert model.read_bytes() == (tmp_path / "again.gguf").read_bytes()
    pieces = gguf.GGUFReader(model).fields["tokenizer.ggml.tokens"].contents()
    assert 6500 == len(pieces) == len(set(pieces))


def test_the_mix_is_that_of_q4_k_m(model: Path):
    """Half of `attn_v` and `ffn_down` and the output have six bits a weight, the other matrices four."""
    kinds = {tensor.name: tensor.tensor_type.name for tensor in gguf.GGUFReader(model).tensors}
    better = {name for name, kind in kinds.items() if kind == "Q6_K"}
    layers = (0, 3, 6, 7)
    assert better == {"output.weight"} | {
        f"blk.{layer}.{part}.weight" for layer in layers for part in ("attn_v", "ffn_down")
    }
    assert {"Q4_K", "Q6_K", "F32"} == set(kinds.values())


@pytest.mark.parametrize("kind", ["q4_k", "q6_k"])
def test_random_blocks_are_weights_around_zero(kind: str):
    """By the gguf package's own reading, they are 0 on average and spread by about 0.02, in every part of a block."""
    from engine_bench import weights

    blocks = getattr(weights, kind)(np.random.default_rng(7), 256, 1024)
    values = gguf.quants.dequantize(blocks, getattr(gguf.GGMLQuantizationType, kind.upper()))
    assert (256, 1024) == values.shape
    assert abs(float(values.mean())) < 0.0005
    assert 0.018 < float(values.std()) < 0.022
    parts = values.reshape(-1, 8, 32)
    assert np.abs(parts.mean(axis=(0, 2))).max() < 0.001
    assert np.abs(parts.std(axis=(0, 2)) - 0.02).max() < 0.002


def test_a_goal_is_a_bound_on_one_side():
    """Faster than the bound is well for a rate, less than the bound for a cost; the bound itself is reached."""
    from engine_bench.goals import GOALS

    rate, cost = GOALS["prefill"], GOALS["four_asks"]
    assert [True, True, False] == [rate.reached(figure) for figure in (2.0, 0.97, 0.96)]
    assert [True, True, False] == [cost.reached(figure) for figure in (1.0, 1.6, 1.61)]
