"""What `homebody quantize` shows."""

import json
from pathlib import Path

from click.testing import CliRunner

from homebody.cli.main import cli
from homebody.cli.quantize import lines
from homebody.paths import starter_model

ROW = {"path": "/m/Small.F32.gguf", "quantization": "F32", "bytes": 4_000_000, "bits_per_weight": 32.0,
       "perplexity": 9.12, "error": 0.31, "loss": 0.0, "agrees": 1.0, "chores": 7, "of_chores": 14}  # fmt: skip


def test_the_table() -> None:
    """A line for each file: size, bits, how often it agrees with the first, perplexity; and what to do next."""
    small = ROW | {
        "path": "/m/Small\x1b.Q4_0.gguf",
        "quantization": "Q4_0",
        "bytes": 700_000,
        "agrees": 0.874,
    }
    told = lines({"models": [ROW, small], "passage_tokens": 2100})

    assert "F32           4.0 MB  32.00    7 of 14                  9.12 ± 0.31   Small.F32.gguf" == told[2]
    assert (
        "Q4_0        700.0 KB  32.00    7 of 14     87.4 %       9.12 ± 0.31   Small\\x1b.Q4_0.gguf"
        == told[3]
    )
    assert "The rest by 2100 places" in told[5]
    assert "Next: `homebody model use /m/Small\\x1b.Q4_0.gguf`." == told[-1]


def test_without_judging_there_is_no_word_of_it() -> None:
    """Only sizes."""
    told = lines({"models": [ROW | {"perplexity": None}], "passage_tokens": None})
    assert not any("perplexity" in line for line in told)


def test_the_command_makes_files_and_json(tmp_path: Path) -> None:
    """Progress on the error output, the result as one object; a wish that cannot be met is two lines and a code."""
    home = str(tmp_path / "home")
    words = [
        "--home",
        home,
        "quantize",
        str(starter_model()),
        "--folder",
        str(tmp_path),
        "--to",
        "q4_0",
        "--json",
    ]
    refused = CliRunner().invoke(cli, words)
    assert 64 == refused.exit_code
    shown = CliRunner().invoke(cli, [*words, "--again", "--no-judge"])

    assert 0 == shown.exit_code, shown.output
    assert "q4_0 is made" in shown.stderr
    (whole, small) = json.loads(shown.stdout)["models"]
    assert whole["bytes"] > small["bytes"] == (tmp_path / "starter.Q4_0.gguf").stat().st_size
