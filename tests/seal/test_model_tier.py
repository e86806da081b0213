"""What the model process has to be able to do inside its seal, and what its seal refuses beyond the probes."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homebody.paths import starter_model

ENTER = """
null = os.open(os.devnull, os.O_WRONLY)
model = Path(given["model"])
report = seal.enter(seal.model_policy(model=model))
os.devnull = null  # llama_cpp opens the null device for writing as it is imported
"""

DECODE = """
import llama_cpp as native
import numpy as np
os.devnull = "/dev/null"
native.llama_backend_init()
params = native.llama_model_default_params()
params.use_extra_bufts = False
params.n_gpu_layers = 0
loaded = native.llama_model_load_from_file(str(model).encode(), params)
assert loaded, "the model was not loaded"
wanted = native.llama_context_default_params()
wanted.n_ctx, wanted.n_threads, wanted.n_threads_batch = 256, 2, 2
context = native.llama_init_from_model(loaded, wanted)
vocab = native.llama_model_get_vocab(loaded)
tokens = (native.llama_token * 64)()
count = native.llama_tokenize(vocab, b"the note of the day", 19, tokens, 64, True, False)
batch = native.llama_batch_get_one(tokens, count)
said = []
for _ in range(8):
    assert native.llama_decode(context, batch) == 0
    logits = np.ctypeslib.as_array(native.llama_get_logits_ith(context, -1), (native.llama_vocab_n_tokens(vocab),))
    said.append(int(logits.argmax()))
    batch = native.llama_batch_get_one((native.llama_token * 1)(said[-1]), 1)
"""


@pytest.fixture(scope="module")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a real model file with random weights; test folders are no packages, so its maker is loaded by path."""
    path = Path(__file__).parents[1] / "engine" / "random_model.py"
    spec = importlib.util.spec_from_file_location("random_model", path)
    assert spec is not None
    assert spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    return Path(maker.write_model(tmp_path_factory.mktemp("models") / "random.gguf", context=512))


def test_native_library_decodes_in_the_seal(child: Callable[..., Any], random_model: Path) -> None:
    """llama_cpp and numpy are imported inside the seal, map the model, and decode with two threads."""
    code = f"{ENTER}\n{DECODE}\ntold([len(said), len(os.listdir('/proc/self/task')) > 1, report.tier])"
    assert child(code, model=str(random_model)) == [8, True, "model"]


def test_seal_does_not_change_what_is_said(child: Callable[..., Any], random_model: Path) -> None:
    """The same tokens come out inside the seal and outside."""
    outside = child(f"model = Path(given['model'])\n{DECODE}\ntold(said)", model=str(random_model))
    assert child(f"{ENTER}\n{DECODE}\ntold(said)", model=str(random_model)) == outside


def test_starter_model_decodes_in_the_seal(child: Callable[..., Any]) -> None:
    """The model that ships is loaded and decodes inside the seal."""
    assert child(f"{ENTER}\n{DECODE}\ntold(len(said))", model=str(starter_model())) == 8


def test_model_reads_one_file_and_writes_none(child: Callable[..., Any], tmp_path: Path) -> None:
    """The one model file is read; its neighbour is not, and neither can be written, moved or taken away."""
    (tmp_path / "one.gguf").write_bytes(b"GGUF")
    (tmp_path / "other.gguf").write_bytes(b"GGUF")
    code = f"""{ENTER}
other = model.with_name("other.gguf")
told([model.read_bytes().decode(), *map(name_of_refusal, (
    other.read_bytes, lambda: model.write_bytes(b""), model.unlink, lambda: model.rename(other),
    lambda: os.listdir(model.parent), lambda: os.open("/dev/null", os.O_WRONLY),
    lambda: os.mkdir(model.parent / "x")))])
"""
    text, *refused = child(code, model=str(tmp_path / "one.gguf"))
    assert text == "GGUF"
    assert refused == ["EACCES", "EPERM", "EPERM", "EPERM", "EACCES", "EPERM", "EPERM"]


def test_no_process_and_no_program(child: Callable[..., Any], random_model: Path) -> None:
    """The model process cannot fork, and cannot start even its own interpreter."""
    code = f"""{ENTER}
import subprocess
told([name_of_refusal(os.fork), name_of_refusal(lambda: subprocess.run([sys.executable, "-c", ""])),
      name_of_refusal(lambda: os.execv(sys.executable, ["python"]))])
"""
    assert child(code, model=str(random_model)) == ["EPERM", "EPERM", "EPERM"]


def test_threads_and_priority_are_left(child: Callable[..., Any], random_model: Path) -> None:
    """Threads start, and the process may make itself nicer."""
    code = f"""{ENTER}
import threading
done = []
threads = [threading.Thread(target=done.append, args=(number,)) for number in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
before = os.getpriority(os.PRIO_PROCESS, 0)
told([sorted(done), os.nice(1) - before])
"""
    assert child(code, model=str(random_model)) == [[0, 1, 2, 3], 1]


def test_abort_still_ends_the_process(child: Callable[..., Any], random_model: Path) -> None:
    """A failed assertion in the native library ends the process with SIGABRT, which the supervisor reads."""
    code = f"""{ENTER}
report_fd = os.dup(1)
os.abort()
"""
    with pytest.raises(AssertionError, match="exit -6"):
        child(code, model=str(random_model))


def test_model_memory_can_be_read_from_itself(child: Callable[..., Any], random_model: Path) -> None:
    """Its own numbers in /proc are readable, another process's environment is not."""
    code = f"""{ENTER}
pages = int(Path("/proc/self/statm").read_text().split()[1])
told([pages > 100, name_of_refusal(lambda: open("/proc/1/status"))])
"""
    assert child(code, model=str(random_model)) == [True, "EACCES"]
