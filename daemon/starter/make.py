"""How is the starter model made from nothing? ``python -m starter.make`` does it all.

It learns the tokenizer, trains (going on from a checkpoint with ``--resume``), writes the GGUF, quantizes it with
llama.cpp, measures it, and writes the log, the facts and the card. It needs torch, numpy, gguf and llama-cpp-python;
none but the last is a dependency of homebody.
"""

import argparse
import hashlib
import json
import platform
from datetime import UTC, datetime
from pathlib import Path

import torch

from starter import card, evaluate, export
from starter.corpus.vocabulary import word_counts
from starter.corpus.words import CHINESE, JAPANESE, LETTERS
from starter.elsewhere import elsewhere
from starter.evaluate import Report
from starter.model import Starter
from starter.pipeline import Pipeline
from starter.tokenizer import Tokenizer, learn
from starter.train import Plan, train

PIECES = 8000
TOKENIZER_SEED = 0
"""The same for every model, so that models can be compared piece by piece."""
UNSEEN = 200
HERE = Path(__file__).parent
PRODUCT = HERE.parent / "homebody" / "model"
WRITTEN = HERE.parents[1] / "tests" / "starter" / "documents"


def arguments() -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m starter.make", description="Make the starter model from nothing."
    )
    parser.add_argument("--minutes", type=float, default=120.0, help="how long to train (default 120)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument(
        "--workers", type=int, default=2, help="processes that learn together, one for each core (default 2)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("starter-out"), help="where checkpoints and the log go"
    )
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    parser.add_argument(
        "--install", action="store_true", help="put the result into homebody/model and write the card"
    )
    return parser.parse_args()


def tokenizer_in(out: Path) -> Tokenizer:
    """Return the tokenizer of *out*, learned now if it is not there."""
    path = out / "tokenizer.json"
    if not path.exists():
        learn(word_counts(TOKENIZER_SEED), dict.fromkeys(LETTERS + CHINESE + JAPANESE), PIECES).save(path)
    return Tokenizer.load(path)


def finish(model: Starter, tokenizer: Tokenizer, out: Path, *, machine: str, install: bool) -> None:
    """Export, quantize and measure *model*; with *install* also put it where homebody looks for it.

    *machine* says in words what it was trained on.
    """
    whole, small = out / "starter.f32.gguf", out / "starter.gguf"
    export.write(model, tokenizer, whole)
    export.quantize(whole, small)
    reports = {"f32": measured(whole), "Q8_0": measured(small)}
    facts = {
        "name": "homebody starter",
        "sha256": hashlib.sha256(small.read_bytes()).hexdigest(),
        "bytes": small.stat().st_size,
        "parameters": sum(value.numel() for value in model.parameters()),
        "quantization": "Q8_0",
        "pieces": model.shape.pieces,
        "context": model.shape.context,
        "date": datetime.now(UTC).date().isoformat(),
        "licence": "Apache-2.0",
    }
    log = (out / "train.md").read_text("utf-8") if (out / "train.md").exists() else ""
    print(reports["Q8_0"][0].table(), reports["Q8_0"][1].table(), sep="\n\n")
    if install:
        (PRODUCT / "starter.gguf").write_bytes(small.read_bytes())
        (PRODUCT / "starter.json").write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
        (HERE / "LOG.md").write_text(card.log(log, reports, facts, machine), "utf-8")
        (HERE.parents[1] / ".github" / "MODEL_CARD.md").write_text(card.card(reports, facts), "utf-8")


def measured(path: Path) -> tuple[Report, Report]:
    """Return the reports on invented and on real documents, asked through homebody's own model process."""
    pipeline = Pipeline(path)
    try:
        real = evaluate.written(pipeline, WRITTEN)
        real.add(elsewhere(pipeline))
        return evaluate.generated(pipeline, UNSEEN), real
    finally:
        pipeline.close()


def hardware(plan: Plan) -> str:
    """Return in words what *plan* is followed on."""
    if plan.device == "cuda":
        return str(torch.cuda.get_device_name())
    return f"{plan.workers} processes of one thread, {platform.machine()}, torch {torch.__version__}"


def main() -> None:
    """Make the model."""
    wanted = arguments()
    out: Path = wanted.out
    out.mkdir(parents=True, exist_ok=True)
    checkpoint, log = out / "checkpoint.pt", out / "train.md"
    if not wanted.resume:
        for old in (checkpoint, log, out / "tokenizer.json"):
            old.unlink(missing_ok=True)
    tokenizer = tokenizer_in(out)

    def note(line: str) -> None:
        print(line, flush=True)
        with log.open("a", encoding="utf-8") as held:
            held.write(line + "\n")

    plan = Plan(minutes=wanted.minutes, seed=wanted.seed, device=wanted.device, workers=wanted.workers)
    train(tokenizer, plan, checkpoint, note)
    finish(export.load(checkpoint), tokenizer, out, machine=hardware(plan), install=wanted.install)


if __name__ == "__main__":
    main()
