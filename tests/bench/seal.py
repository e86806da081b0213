"""What does the seal cost: once when it is put on, and afterwards in every token that the model writes?

    python tests/bench/seal.py [--starts N] [--pairs N] [--turns N] [--tokens N] [--threads N] [--model PATH] [--json]

Each start is a fresh process of each tier, as ourselves and, when we are root, as an ordinary user. Decoding is the
real loop of `engine.llama` in pairs of processes that live side by side and take turns (free, sealed, sealed, free):
the sealed one has put on the daemon's seal and the model's on top of it, as the model process has. The model is one of
random weights, 125 MB in Q8_0, or --model; and the starter model. The last line is JSON: milliseconds, nanoseconds of
two cheap system calls, and the ratio of the medians, sealed to free (below 1 is faster), by the clock and by the
processor's time, which other work on the same computer disturbs less.
"""

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import stage as bench

import homebody
from homebody.paths import starter_model

SOURCE = Path(homebody.__file__).parents[1]
NOBODY = 65534
WIDTH, HEADS, LAYERS, HIDDEN = 768, 12, 16, 2048

START = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from homebody import seal
folder, tier = Path(sys.argv[2]), sys.argv[3]
policy = {
    "daemon": lambda: seal.daemon_policy(read=[], write=[folder]),
    "model": lambda: seal.model_policy(model=folder / "model.gguf"),
    "reader": seal.reader_policy,
}[tier]()
began = time.process_time()
report = seal.enter(policy)
print(json.dumps([report.milliseconds, (time.process_time() - began) * 1000]))
"""

CALLS = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from homebody import seal
model = Path(sys.argv[2]) / "model.gguf"
opened = os.open(model, os.O_RDONLY)
if sys.argv[3] == "sealed":
    seal.enter(seal.daemon_policy(read=[model.parent], write=[]))
    seal.enter(seal.model_policy(model=model))
def cost(call):
    began = time.perf_counter_ns()
    for _ in range(100_000):
        call()
    return (time.perf_counter_ns() - began) / 100_000
print([min(cost(os.getppid) for _ in range(5)), min(cost(lambda: os.pread(opened, 1, 0)) for _ in range(5))])
"""

DECODE = """
import json, os, sys, time
from pathlib import Path
from homebody import seal
from homebody.engine.main import import_native
path, sealed, threads = Path(sys.argv[1]), sys.argv[2] == "sealed", int(sys.argv[3])
null = os.open(os.devnull, os.O_WRONLY)
if sealed:
    seal.enter(seal.daemon_policy(read=[path], write=[]))
    seal.enter(seal.model_policy(model=path))
import_native(null)
from homebody.engine.llama import Fed, KvCache, Layout, Library, Weights
from homebody.engine.loading import prove
library = Library()
weights = Weights(library, path, settings={"extra_buffers": True, "gpu_layers": 0, "mmap": True},
                  on_load=lambda share: None)
layout = Layout(sequences=1, cells=1024, unified=True, outputs=1)
cache = KvCache(library, weights, layout, threads=threads, gpu=False)
prove(cache)
answers = os.fdopen(os.dup(1), "w")
print("ready", file=answers, flush=True)
for line in sys.stdin:
    tokens = int(line)
    cache.clear()
    (place,) = cache.step([Fed(0, 0, [token % weights.size for token in range(3, 19)], 1)])
    began, used = time.perf_counter(), time.process_time()
    for position in range(16, 16 + tokens):
        (place,) = cache.step([Fed(0, position, [int(cache.logits(place).argmax())], 1)])
    print(time.perf_counter() - began, time.process_time() - used, file=answers, flush=True)
"""


def pythons() -> list[tuple[str, str, int | None]]:
    """Return who starts: a name, a Python that this user can run, and the user's number or None for ourselves."""
    found: list[tuple[str, str, int | None]] = [("ourselves", sys.executable, None)]
    if os.geteuid() == 0:
        for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
            command = [python, "-I", "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
            try:
                subprocess.run(command, user=NOBODY, group=NOBODY, extra_groups=[], check=True, cwd="/")
            except (OSError, subprocess.CalledProcessError):
                continue
            return [*found, ("ordinary user", python, NOBODY)]
    return found


def starts(rounds: int, folder: Path) -> dict[str, Any]:
    """Return the milliseconds that putting on each tier takes, in fresh processes, in turns."""
    found: dict[str, list[list[float]]] = {}
    for _ in range(rounds):
        for who, python, user in pythons():
            identity: dict[str, Any] = (
                {} if user is None else {"user": user, "group": user, "extra_groups": []}
            )
            for tier in ("daemon", "model", "reader"):
                done = subprocess.run(
                    [python, "-I", "-c", START, str(SOURCE), str(folder), tier],
                    capture_output=True, text=True, check=True, cwd="/", **identity,
                )  # fmt: skip
                found.setdefault(f"{tier}, {who}", []).append(json.loads(done.stdout))
    return {
        name: {
            "wall": bench.middle([one[0] for one in values]),
            "cpu": bench.middle([one[1] for one in values]),
        }
        for name, values in found.items()
    }


def calls(folder: Path) -> dict[str, dict[str, float]]:
    """Return the nanoseconds of two system calls from Python, free and under both filters: the best of five."""
    found = {}
    for how in ("free", "sealed"):
        command = [sys.executable, "-I", "-c", CALLS, str(SOURCE), str(folder), how]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        parent, pread = json.loads(done.stdout)
        found[how] = {"getppid": round(parent, 1), "pread": round(pread, 1)}
    return found


@contextmanager
def decoder(model: Path, how: str, threads: int) -> Iterator["subprocess.Popen[str]"]:
    """Give a process that decodes when it is asked to."""
    command = [sys.executable, "-I", "-c", DECODE, str(model), how, str(threads)]
    quiet = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PATH": os.environ.get("PATH", "")}
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=quiet,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", "the model process did not come up"
        yield process
        assert process.stdin is not None
        process.stdin.close()


def turn(process: "subprocess.Popen[str]", tokens: int) -> tuple[float, float]:
    """Return how many seconds *process* takes for each of *tokens* tokens: by the clock, and of the processor."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{tokens}\n")
    process.stdin.flush()
    wall, cpu = (float(word) / tokens for word in process.stdout.readline().split())
    return wall, cpu


Turns = dict[str, list[tuple[float, float]]]


def decoding(model: Path, *, pairs: int, turns: int, tokens: int, threads: int) -> dict[str, Any]:
    """Return what a token takes, free and sealed, and the ratio of the medians, over all pairs and for each alone."""
    found: list[Turns] = []
    for number in range(pairs):
        order = ("free", "sealed") if number % 2 == 0 else ("sealed", "free")
        with decoder(model, order[0], threads) as one, decoder(model, order[1], threads) as other:
            processes = dict(zip(order, (one, other), strict=True))
            for process in processes.values():
                turn(process, tokens)  # the first turn only warms up
            times: Turns = {"free": [], "sealed": []}
            for _ in range(turns):
                for how in ("free", "sealed", "sealed", "free"):
                    times[how].append(turn(processes[how], tokens))
        found.append(times)
    every: Turns = {how: [one for times in found for one in times[how]] for how in ("free", "sealed")}
    told: dict[str, Any] = {
        "megabytes": round(model.stat().st_size / 1e6), "pairs": pairs, "turns_each": 2 * turns, "tokens": tokens,
    }  # fmt: skip
    for which, name in enumerate(("wall", "cpu")):
        told[name] = {
            "free_ms": median_ms(every["free"], which),
            "sealed_ms": median_ms(every["sealed"], which),
            "ratio": round(ratio(every, which), 4),
            "ratio_undisturbed": round(low(every["sealed"], which) / low(every["free"], which), 4),
            "each_pair": bench.middle([ratio(times, which) for times in found], 4),
        }
    return told


def median_ms(times: Sequence[tuple[float, float]], which: int) -> float:
    """Return the median of a token's milliseconds."""
    return round(statistics.median(one[which] for one in times) * 1000, 4)


def low(times: Sequence[tuple[float, float]], which: int) -> float:
    """Return what a tenth of the turns do not exceed: those that other work on the computer disturbed least."""
    return bench.percentile([one[which] for one in times], 10)


def ratio(times: Turns, which: int) -> float:
    """Return the median of the sealed turns by that of the free ones."""
    sealed, free = (statistics.median(one[which] for one in times[how]) for how in ("sealed", "free"))
    return sealed / free


def random_model(folder: Path) -> Path:
    """Write a model of random weights that is large enough for its weights, not its calls, to take the time."""
    import gguf

    path = Path(__file__).parents[1] / "engine" / "random_model.py"
    spec = importlib.util.spec_from_file_location("random_model", path)
    assert spec is not None
    assert spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    maker.WIDTH, maker.HEADS, maker.LAYERS, maker.HIDDEN = WIDTH, HEADS, LAYERS, HIDDEN
    written: Path = maker.write_model(
        folder / "random.gguf", context=2048, quantization=gguf.GGMLQuantizationType.Q8_0
    )
    return written


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=30)
    parser.add_argument("--pairs", type=int, default=6)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument(
        "--tokens", type=int, default=16, help="of the large model in a turn; ten times that of the starter"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--model", type=Path, help="a GGUF file, instead of random weights")
    parser.add_argument("--json", action="store_true", help="print nothing but the last line")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="homebody-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "model.gguf").write_bytes(b"GGUF")
        found: dict[str, Any] = {"milliseconds": starts(asked.starts, folder)}
        say(asked, found["milliseconds"])
        found["nanoseconds"] = calls(folder)
        say(asked, found["nanoseconds"])
        found["decoding"] = {}
        if asked.pairs:
            how = {"pairs": asked.pairs, "turns": asked.turns, "threads": asked.threads}
            found["decoding"]["starter"] = decoding(
                starter_model(), tokens=min(10 * asked.tokens, 900), **how
            )
            say(asked, found["decoding"])
            large = asked.model or random_model(folder)
            found["decoding"]["large"] = decoding(large, tokens=asked.tokens, **how)
        bench.tell(found | {"threads": asked.threads})


def say(asked: argparse.Namespace, found: dict[str, Any]) -> None:
    """Print what was found so far, unless only the last line is wanted."""
    if not asked.json:
        for name, value in found.items():
            print(f"{name}: {json.dumps(value)}", flush=True)


if __name__ == "__main__":
    main()
