"""Is the engine as fast as the machine: against a bare loop, the high-level Llama, and two servers?

    python tests/bench/engine.py [--json] [--part NAME ...] [--quick] [--model PATH]
                                 [--note-rounds N] [--widths N ...] [--sources DIR] [--build DIR] [--packages DIR]

It makes a model of 1.2 billion random weights (kept in the system's temporary folder), and measures each figure of
`engine_bench/goals.py` in turns with what it is compared with, as ratios of medians. All have the same model, threads
and extra buffers; `engine_bench/` says for each figure what exactly is timed. The whole takes about an hour on two
cores and wants a quiet machine.

--sources names the unpacked sdist of llama-cpp-python, which holds its example server and llama.cpp's sources:
`pip download --no-deps --no-binary llama-cpp-python llama-cpp-python==VERSION`. llama-server is built beside it, or in
--build. The example server needs some packages, which `pip install --target DIR fastapi openai safetensors uvicorn
websockets` puts where --packages finds them. Without --sources both servers are left out, and named as left out.

The last line of --json is one object: the figures, null for what was left out, and the details.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import stage
from engine_bench.children import RivalError, end_as_on_interrupt
from engine_bench.figures.ablations import ablations
from engine_bench.figures.found import Found
from engine_bench.figures.memory import memory_growth, overhead_mb
from engine_bench.figures.notes import notes
from engine_bench.figures.prefixes import cached_first_token, four_asks
from engine_bench.figures.single import constrained, prefill, single_decode
from engine_bench.goals import GOALS
from engine_bench.house import homebody
from engine_bench.maker import Shape, model_file
from engine_bench.report import as_json, circumstances, show
from engine_bench.setup import QUICK, Bench, Rivals, Sizes
from engine_bench.texts import Writer
from rich.console import Console

from homebody.errors import HomebodyError
from homebody.paths import starter_model

PARTS: dict[str, Callable[[Bench], Found]] = {
    "single_decode": single_decode,
    "prefill": prefill,
    "constrained": constrained,
    "notes": notes,
    "four_asks": four_asks,
    "cached_first_token": cached_first_token,
    "overhead_mb": overhead_mb,
    "memory_growth": lambda bench: memory_growth(bench, bench.model if bench.quick else starter_model()),
    "ablations": ablations,
}


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print nothing but one line of JSON")
    parser.add_argument(
        "--part", nargs="+", choices=list(PARTS), default=list(PARTS), help="measure only these"
    )
    parser.add_argument("--quick", action="store_true", help="little of everything, to see that it runs")
    parser.add_argument("--model", type=Path, help="a GGUF file, instead of random weights")
    parser.add_argument("--sources", type=Path, help="the unpacked sdist of llama-cpp-python")
    parser.add_argument(
        "--build", type=Path, help="where llama-server is built (default: build, beside the sources)"
    )
    parser.add_argument("--packages", type=Path, help="where the example server's packages are")
    parser.add_argument("--note-rounds", type=int, default=3, help="rounds of what takes minutes each")
    parser.add_argument(
        "--widths", type=int, nargs="+", default=[8, 16, 32], help="the servers' numbers of slots"
    )
    parser.add_argument("--seed", type=int, default=0, help="another seed gives other notes")
    return parser.parse_args()


def measure(asked: argparse.Namespace, memory: Path) -> tuple[Bench, Found]:
    """Return what was found, part by part; a part that fails is left out with the reason."""
    model = asked.model or model_file(Shape())
    rivals = Rivals(sources=asked.sources, build=asked.build, packages=asked.packages)
    found = Found()
    with homebody(model, memory) as house:
        sizes = QUICK if asked.quick else Sizes(note_rounds=asked.note_rounds, widths=asked.widths)
        sizes = sizes.within(house.ready.context)
        writer = Writer(house.client.count, asked.seed)
        bench = Bench(
            model=model,
            house=house,
            memory=memory,
            writer=writer,
            sizes=sizes,
            rivals=rivals,
            quick=asked.quick,
        )
        for name in asked.part:
            if not asked.json:
                print(f"measuring {name} …", file=sys.stderr, flush=True)
            try:
                found.add(PARTS[name](bench))
            except (RivalError, HomebodyError) as error:
                found.left_out |= {key: str(error) for key in GOALS if key.startswith(name)} or {
                    name: str(error)
                }
        return bench, found


def main() -> None:
    """Measure and print."""
    asked = arguments()
    end_as_on_interrupt()
    try:
        with tempfile.TemporaryDirectory(prefix="homebody-bench-") as folder:
            bench, found = measure(asked, Path(folder) / "memory.json")
    except KeyboardInterrupt:
        raise SystemExit("interrupted; everything that was started has ended") from None
    told = circumstances(bench)
    if asked.json:
        stage.tell(as_json(told, found))
    else:
        show(told, found, Console())


if __name__ == "__main__":
    main()
