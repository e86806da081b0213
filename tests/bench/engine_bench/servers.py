"""The two servers that homebody is compared with: how each is built, started and asked."""

import contextlib
import importlib.util
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine_bench.children import RIVALS, RivalError, running
from engine_bench.served import HOST, ask_all, free_port, served
from engine_bench.setup import SLOT_CELLS, Bench, Rivals

STEP = 512
NEEDED = ("fastapi", "openai", "safetensors", "uvicorn", "websockets")
NO_SOURCES = "left out: `--sources DIR` names the unpacked sdist of llama-cpp-python that it is part of"
BUILD_JOBS = 2
BUILD_OPTIONS = (
    "-DCMAKE_BUILD_TYPE=Release", "-DLLAMA_CURL=OFF", "-DLLAMA_OPENSSL=OFF", "-DLLAMA_BUILD_UI=OFF",
    "-DLLAMA_USE_PREBUILT_UI=OFF", "-DLLAMA_BUILD_TESTS=OFF", "-DLLAMA_BUILD_EXAMPLES=OFF", "-DLLAMA_BUILD_APP=OFF",
)  # fmt: skip
"""GGML_NATIVE stays at its default, which the wheel's build on this computer has, too. Nothing is downloaded."""


Request = dict[str, Any]
Ask = Callable[[Sequence[Request]], tuple[list[dict[str, Any]], float]]
"""Asks everything at once; returns the `usage` of each answer, and the seconds in all."""


@dataclass(frozen=True, slots=True)
class Width:
    """How many slots a server has, and whether they share one pool of cells."""

    slots: int
    unified: bool

    def __str__(self) -> str:
        """Return both in words."""
        return f"{self.slots} slots, {'one pool' if self.unified else 'a stream each'}"


class ExampleServer:
    """`examples/server/server.py` of llama-cpp-python, with its batching."""

    title = "examples/server of llama-cpp-python"

    def __init__(self, bench: Bench) -> None:
        """Find it. Raises RivalError when it or what it needs is not there."""
        self._bench = bench
        self._script = _source(bench.rivals, "examples/server/server.py")
        packages = bench.rivals.packages
        missing = [
            name
            for name in NEEDED
            if importlib.util.find_spec(name) is None and not (packages and (packages / name).is_dir())
        ]
        if missing:
            raise RivalError(
                f"left out: it needs {', '.join(missing)}; `pip install --target DIR {' '.join(NEEDED)}`, "
                "and name the folder with `--packages DIR`"
            )

    def widths(self) -> list[Width]:
        """Return what is tried: its own default is one pool."""
        return [Width(slots, unified=True) for slots in self._bench.sizes.widths]

    @contextlib.contextmanager
    def running(self, width: Width) -> Iterator[Ask]:
        """Give what asks it, while it runs. Raises RivalError."""
        port, bench = free_port(), self._bench
        model = {
            "path": str(bench.model), "n_ctx": width.slots * SLOT_CELLS, "n_seq_max": width.slots, "n_batch": STEP,
            "n_ubatch": STEP, "threads": bench.threads, "threads_batch": bench.threads, "n_gpu_layers": 0,
            "kv_unified": width.unified, "store_logits": False, "max_seq_len": SLOT_CELLS,
        }  # fmt: skip
        with tempfile.TemporaryDirectory(prefix="homebody-bench-") as folder:
            config = Path(folder) / "config.json"
            config.write_text(json.dumps({"server": {"host": HOST, "port": port}, "model": model}))
            command = [
                sys.executable, RIVALS / "example_server.py", self._script, str(int(bench.extra_buffers)), "-C", config,
            ]  # fmt: skip
            environ = {"PYTHONPATH": str(bench.rivals.packages)} if bench.rivals.packages else {}
            with served(self.title, command, port=port, health="/healthz", environ=environ) as child:
                yield lambda requests: ask_all(child, port, [_as_schema(one) for one in requests])


class LlamaServer:
    """llama.cpp's own `llama-server`, built from the same sources."""

    title = "llama-server of llama.cpp"

    def __init__(self, bench: Bench) -> None:
        """Find it, or build it. Raises RivalError when that cannot be done."""
        self._bench = bench
        self._binary = built(bench.rivals)

    def widths(self) -> list[Width]:
        """Return what is tried: every number of slots, with a stream each and with one pool."""
        return [Width(slots, unified) for slots in self._bench.sizes.widths for unified in (False, True)]

    @contextlib.contextmanager
    def running(self, width: Width) -> Iterator[Ask]:
        """Give what asks it, while it runs. Raises RivalError."""
        port, bench = free_port(), self._bench
        command: list[str | Path] = [
            self._binary, "--model", bench.model, "--host", HOST, "--port", str(port), "--offline", "--no-ui",
            "--parallel", str(width.slots), "--ctx-size", str(width.slots * SLOT_CELLS), "--fit", "off",
            "--kv-unified" if width.unified else "--no-kv-unified", "--batch-size", "2048", "--ubatch-size", str(STEP),
            "--threads", str(bench.threads), "--threads-batch", str(bench.threads), "--gpu-layers", "0",
            "--repack" if bench.extra_buffers else "--no-repack", "--cache-prompt",
        ]  # fmt: skip
        with served(self.title, command, port=port, health="/health") as child:
            yield lambda requests: ask_all(child, port, [_as_greedy(one) for one in requests])


def built(rivals: Rivals) -> Path:
    """Return `llama-server`, built now if it is not there yet. Raises RivalError with the end of what cmake said."""
    sources = _source(rivals, "vendor/llama.cpp")
    assert rivals.sources is not None
    build = rivals.build or rivals.sources.resolve().parent / "build"
    binary = build / "bin" / "llama-server"
    if not binary.exists():
        print(f"building llama-server in {build}, which takes some minutes", file=sys.stderr, flush=True)
        commands: list[list[str]] = [
            ["cmake", "-S", str(sources), "-B", str(build), *BUILD_OPTIONS],
            ["cmake", "--build", str(build), "--target", "llama-server", "--parallel", str(BUILD_JOBS)],
        ]
        for command in commands:
            try:
                with running("cmake", command, answers=False) as child:
                    if child.process.wait():
                        raise child.failed("llama-server cannot be built")
            except OSError as error:
                raise RivalError(f"left out: it cannot be built ({error})") from error
    return binary


def _source(rivals: Rivals, name: str) -> Path:
    """Return a file or folder of the sources. Raises RivalError when they were not named or are other ones."""
    if rivals.sources is None:
        raise RivalError(NO_SOURCES)
    path = rivals.sources / name
    if not path.exists():
        raise RivalError(f"left out: {rivals.sources} holds no {name}; it must be the unpacked sdist")
    return path.resolve()


def _as_schema(request: Request) -> Request:
    """Return a request as the example server takes it, see rivals/example_server.py."""
    rest = {name: value for name, value in request.items() if name != "grammar"}
    schema = {"name": "note", "schema": {"x-gbnf": request["grammar"]}}
    return rest | {"temperature": 0.0, "response_format": {"type": "json_schema", "json_schema": schema}}


def _as_greedy(request: Request) -> Request:
    """Return a request as llama-server answers it fastest: no sampler but the one that takes the likeliest token."""
    return request | {"temperature": 0.0, "top_k": 1, "samplers": ["top_k"], "cache_prompt": True}


def kinds() -> Sequence[tuple[str, Any]]:
    """Return the servers' keys in the figures, and what runs each."""
    return (("example_server", ExampleServer), ("llama_server", LlamaServer))
