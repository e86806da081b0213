"""What `homebody bench` shows."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from homebody.cli.bench import bench_lines
from homebody.cli.main import cli
from homebody.service.measuring import tables
from homebody.service.roofline import _row, roofline

FOUND = {
    "source": "kept",
    "model": {"path": "/m.gguf", "name": "Small\x1b", "quantization": "Q4_K_M", "bytes": 808_000_000, "sha256": "a"},
    "cpu": "A processor",
    "threads": 2,
    "settings": {"extra_buffers": False, "gpu_layers": 0, "mmap": True, "attempt": 3},
    "plan": {"lanes": 8, "slots": 4, "chunk": 512, "reason": "in lanes 8 runs at once write 40 tokens a second in all"},
    "measured_at": "2026-11-28T14:00:00+00:00",
    "unmeasured": None,
    "contexts": [{"prompt_tokens": 1030, "cold_seconds": 4.5, "warm_seconds": 0.3, "written_per_second": 41.0}],
    **tables({"lanes": {"1": 0.1, "8": 0.2}, "pool": {"1": 0.08}, "read": {"512": 2.5}, "bets": {"1": 0.1, "4": 0.15},
              "beside": {"1": 1.2381, "2": 0.788}}),
}  # fmt: skip


def test_tables_and_reasons_in_words() -> None:
    """Rates by width in both layouts, reading, bets, the plan with its reason, threads, settings, and the day."""
    text = "\n".join(bench_lines(FOUND))
    for words in (
        "Small\\x1b, Q4_K_M, 808.0 MB: as it was when it was last loaded",
        "on A processor with 2 threads; without a GPU, weights as they lie in the file, file mapped",
        "measured on 2026-11-28 at ",
        "             8              40.0                 -",
        "             1              10.0              12.5",
        "           512             204.8",
        "             4            150.00              1.50",
        "Reading while others write in a common pool:",
        "          1030      4.50      0.30        41.0",
        "             1           1238.10",
        "             2            788.00",
        "Chosen: 8 lanes for short runs, and a common pool of 4 for long ones; 512 tokens are read in one step.",
        "Why: in lanes 8 runs at once write 40 tokens a second in all.",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"lanes": 0, "slots": 8, "chunk": 256}, "Chosen: a common pool of 8; 256 tokens"),
        (
            {"lanes": 0, "slots": 8, "chunk": 256, "together": True},
            "Chosen: a common pool of 8; 256 tokens are read in one step. In the pool others write in the same step.",
        ),
        ({}, "Chosen: a common pool of 0; 0 tokens"),
    ],
)
def test_without_lanes(plan: dict, words: str) -> None:
    """A layout without lanes is named so, and a plan without a reason has none."""
    lines = bench_lines({**FOUND, "plan": plan})
    assert lines[-1].startswith(words)


def test_the_command_measures_shows_and_keeps(tmp_path: Path) -> None:
    """The starter model is too small to be measured unasked, and says so; --again measures it, with progress beside the
    JSON; after that it is shown as it was kept."""

    def typed(*words: str) -> tuple[str, str]:
        result = CliRunner().invoke(cli, ["--home", str(tmp_path / "home"), "bench", *words])
        assert result.exit_code == 0, result.output
        return result.stdout, result.stderr

    shown, told = typed()
    assert "not measured: it is smaller than 64 MB" in shown
    assert "Chosen: " in shown
    assert "model: its weights are read" in told
    measured, told = typed("--again", "--json")
    assert "model: a few of its steps are timed" in told
    kept, told = typed("--json")
    assert "" == told
    before, after = json.loads(measured), json.loads(kept)
    limits = [found.pop("roofline") for found in (before, after)]
    memory = before.pop("memory")
    assert [256, 1024] == [round(row["prompt_tokens"] / 256) * 256 for row in before.pop("contexts")]
    assert 0.97 < memory["reckoned"] / memory["peak"] < 2
    assert {**before, "source": "kept"} == after
    for limit in limits:
        assert limit["memory_bytes_per_second"] > 10**8
        for rows in limit["writing"].values():
            assert all(0 < row["share"] for row in rows)
    assert "Writing, tokens a second in all:" in typed()[0]


def test_the_limit_in_words() -> None:
    """What the memory gives, what a step reads, its share by width, and what is waited for."""
    model = {**FOUND["model"], "active_bytes": 700_000_000, "kv_bytes_per_token": 0}
    writing = FOUND["writing"]
    limit = {
        "memory_bytes_per_second": 14_000_000_000, "bytes_per_step": 700_000_000, "most_tokens_per_second": 20.0,
        "writing": {layout: [_row(row, 700_000_000, 0, 14e9) for row in rows] for layout, rows in writing.items()},
    }  # fmt: skip
    text = "\n".join(
        bench_lines(
            {**FOUND, "model": model, "roofline": limit, "memory": {"peak": 10**9, "reckoned": 10**9}}
        )
    )
    for words in (
        "the memory gives 14.0 GB a second", "reads 700.0 MB of weights: one run could write 20 tokens",
        "             1            8.8 GB              62 %", "What one run waits for is the memory.",
        "its memory: 1,000 MB at most, 1,000 MB reckoned",
    ):  # fmt: skip
        assert words in text
    assert roofline({**FOUND, "model": {}}) is None
