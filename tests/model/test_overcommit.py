"""A model that does not fit: made smaller in the stated order, refused with the sum before it is loaded, or forced."""

import json
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

HERE = Path(__file__).parent
sys.path.append(str(HERE)) if str(HERE) not in sys.path else None

from shaped_model import KINDS, write_shaped  # noqa: E402 - found by the lines above
from shaped_model import Shape as Written  # noqa: E402 - found by the lines above

from homebody.clock import SystemClock  # noqa: E402
from homebody.errors import ModelError, ModelFileError  # noqa: E402
from homebody.model.choice import Choice  # noqa: E402
from homebody.model.computer import Memory, gpu_share, guessed_free  # noqa: E402
from homebody.model.fit import (  # noqa: E402
    LEAST_CONTEXT,
    DoesNotFitError,
    NoRoomNowError,
    budget_of,
    fitted,
    kept_free,
    lanes_for,
    layouts,
    refuse,
)
from homebody.model.gguf import ModelInfo, inspect  # noqa: E402
from homebody.model.loading import Loader  # noqa: E402
from homebody.model.machine import repacked_types  # noqa: E402
from homebody.model.need import Layout, need  # noqa: E402
from homebody.model.pin import sha256_of  # noqa: E402
from homebody.model.process import ModelProcess  # noqa: E402
from homebody.model.shape import Shape  # noqa: E402
from homebody.model.states import Happening  # noqa: E402

GB = 10**9
SHAPE = Written(layers=4, kv_heads=4)
EIGHT_B = ModelInfo(
    name="An 8B model", architecture="llama", parameters=8_000_000_000, file_bytes=4_900_000_000, quantization="Q4_K_M",
    quantization_words="", bits_per_weight=4.9, context_length=131_072, layers=32, width=4096, has_chat_template=True,
    shape=Shape(keys=32 * 8 * 128, values=32 * 8 * 128, widest=3 * 14_336, vocabulary=128_256),
)  # fmt: skip
"""Grouped heads: 128 KiB of keys and values a token."""


def test_the_order_in_which_it_shrinks() -> None:
    """Fewer lanes, none, no copy of the weights, half the context down to 4,096, smaller batches; each is smaller."""
    first = Layout(context=16_384, lanes=lanes_for(EIGHT_B, 16_384, 32 * GB), repacked=frozenset({"Q4_K"}))
    info = replace(EIGHT_B, shape=replace(EIGHT_B.shape, matrices={"Q4_K": 4 * GB}))
    steps = list(layouts(first))
    shapes = [(step.lanes.count, len(step.repacked), step.context, step.batch) for step, _ in steps]

    assert [
        (16, 1, 16_384, 512), (8, 1, 16_384, 512), (4, 1, 16_384, 512), (2, 1, 16_384, 512), (0, 1, 16_384, 512),
        (0, 0, 16_384, 512), (0, 0, 8192, 512), (0, 0, 4096, 512), (0, 0, 4096, 256), (0, 0, 4096, 128),
    ] == shapes  # fmt: skip
    totals = [need(info, step).total for step, _ in steps]
    assert totals == sorted(totals, reverse=True)
    assert (
        "0 lanes for short runs instead of 16", "weights as they lie in the file, without a faster copy",
        "a context of 4096 tokens instead of 16384",
        "128 tokens in a batch instead of 512",
    ) == steps[-1][1]  # fmt: skip


@given(st.integers(1, 64), st.integers(1, 64), st.integers(512, 131_072))
def test_what_fits_fits(total: int, free: int, context: int) -> None:
    """A layout that is said to fit takes no more than the budget, and the budget leaves some memory to the person."""
    memory = Memory(total=total * GB, free=min(free, total) * GB)
    found = fitted(EIGHT_B, memory, context=context)

    assert found.fits == (found.need.total <= found.budget < memory.free)
    assert found.layout.context >= min(LEAST_CONTEXT, context)
    if found.fits:
        refuse(EIGHT_B, found, memory)
    else:
        with pytest.raises(DoesNotFitError, match="of context it takes"):
            refuse(EIGHT_B, found, memory)


def test_two_refusals() -> None:
    """What can never fit says so with the numbers; what would fit in a less busy computer is tried again."""
    for memory, kind, words in (
        (Memory(total=4 * GB, free=4 * GB), DoesNotFitError, "does not fit: with 4096 tokens of context it takes"),
        (Memory(total=16 * GB, free=3 * GB), NoRoomNowError, "does not fit just now"),
        (Memory(total=64 * GB, free=60 * GB, limit=4 * GB), DoesNotFitError, "does not fit: "),
    ):  # fmt: skip
        with pytest.raises(kind, match=words) as caught:
            refuse(EIGHT_B, fitted(EIGHT_B, memory), memory)
        assert type(caught.value) is kind
        assert "--force" in (caught.value.hint or "")


def test_a_model_of_ours_that_is_loaded_is_not_counted_twice() -> None:
    """What it holds already is added to what is free."""
    memory = Memory(total=16 * GB, free=8 * GB)
    assert budget_of(memory, own=3 * GB) == budget_of(memory) + 3 * GB
    assert budget_of(memory, own=30 * GB) < memory.total


def test_less_for_keys_in_8_bits_more_for_repacked_weights() -> None:
    """Both are in the sum."""
    whole = fitted(EIGHT_B, Memory(total=64 * GB, free=60 * GB))
    halved = fitted(EIGHT_B, Memory(total=64 * GB, free=60 * GB), kv="q8_0")
    assert round(whole.need.keys_and_values * 8.5 / 16) == halved.need.keys_and_values
    info = replace(EIGHT_B, shape=replace(EIGHT_B.shape, matrices={"Q4_K": 4 * GB, "Q6_K": GB // 2}))
    assert 4 * GB == fitted(info, Memory(total=64 * GB, free=60 * GB), repacked={"Q4_K"}).need.repacked


def test_what_processors_repack() -> None:
    """By their own flags (ggml-cpu/repack.cpp)."""
    assert frozenset() == repacked_types(frozenset({"sse4_2"}))
    assert {"Q4_0", "Q4_K"} <= repacked_types(frozenset({"avx2"}))
    assert "Q2_K" in repacked_types(frozenset({"avx2", "avx512f"}))
    assert "Q6_K" in repacked_types(frozenset({"asimd", "asimddp"}))
    assert "Q8_0" in repacked_types(frozenset({"amx_int8"}))


def test_what_a_mac_lets_its_gpu_hold() -> None:
    """Two thirds of a small one's memory, three quarters of a large one's; and what is taken to be free there."""
    assert 5 < gpu_share(8 * 1024**3) / 1024**3 < 6
    assert 48 == gpu_share(64 * 1024**3) / 1024**3
    assert [2, 4, 12, 48] == [guessed_free(size * 1024**3) // 1024**3 for size in (4, 8, 16, 64)]


class Watching:
    """Follows a load (`model.watching.Watcher`), and ends its process at the end."""

    halted = False

    def __init__(self) -> None:
        self.processes: list[ModelProcess] = []

    def tell(self, happening: Happening, words: str = "") -> None:
        """Nothing to note."""

    def began(self, process: ModelProcess) -> None:
        """Keep the process."""
        self.processes.append(process)


def loader(path: Path, memory: Memory, choice: Choice) -> Loader:
    """Return a loader on a computer with so much *memory*."""
    return Loader(path, clock=SystemClock(), choice=choice, wishes={}, memory=None, command=None,
                  computer=lambda: memory)  # fmt: skip


@pytest.fixture(scope="module")
def shaped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that takes some 100 MB for its keys and values."""
    return write_shaped(tmp_path_factory.mktemp("models") / "shaped.gguf", SHAPE)


def test_refused_before_anything_is_started(shaped: Path) -> None:
    """No process is begun for a model that does not fit; with force it is, and works."""
    little = Memory(total=100_000_000, free=100_000_000)
    watching = Watching()
    with pytest.raises(DoesNotFitError, match="The model Shaped does not fit"):
        loader(shaped, little, Choice()).load(watching)
    assert [] == watching.processes
    process, ready = loader(shaped, little, Choice(force=True, context=8192)).load(watching)
    process.stop()
    assert ready.fitted is not None
    assert not ready.fitted.fits
    assert ready.memory_bytes > ready.fitted.budget


def test_shrunk_so_that_it_fits(shaped: Path) -> None:
    """Lanes go first; what was made smaller is told, and what is loaded is what was reckoned."""
    info = inspect(shaped)
    steps = list(layouts(Layout(context=8192, lanes=lanes_for(info, 8192, 64 * GB))))
    for number, words in ((1, "8 lanes"), (5, "a context of 4096"), (6, "256 tokens")):
        enough = need(info, steps[number][0]).total
        some = Memory(total=64 * GB, free=enough + kept_free(Memory(total=64 * GB, free=0)))
        process, ready = loader(shaped, some, Choice()).load(Watching())
        process.stop()
        assert ready.fitted is not None
        assert ready.fitted.fits
        assert words in ready.fitted.shrunk[-1]
        assert ready.fitted.layout.context == ready.context


def test_no_copy_of_the_weights_where_there_is_no_room_for_it(tmp_path: Path) -> None:
    """A model that would be repacked is loaded as it lies in the file, works, and is measured as another one."""
    path = write_shaped(
        tmp_path / "q4.gguf", replace(SHAPE, kind=KINDS.Q4_0, width=1024, heads=16, hidden=4096)
    )
    info = inspect(path)
    if "Q4_0" not in repacked_types():
        pytest.skip("this processor repacks nothing")
    steps = list(layouts(Layout(context=4096, repacked=frozenset({"Q4_0"}))))
    plain = need(info, steps[1][0])
    assert need(info, steps[0][0]).total > plain.total + 10_000_000
    some = Memory(total=64 * GB, free=plain.total + 5_000_000 + kept_free(Memory(total=64 * GB, free=0)))
    memory = tmp_path / "models.json"
    one = Loader(path, clock=SystemClock(), choice=Choice(context=4096), wishes={}, memory=memory, command=None,
                 computer=lambda: some)  # fmt: skip
    process, ready = one.load(Watching())
    process.stop()
    assert ready.fitted is not None
    assert (True, True, False) == (
        ready.fitted.fits,
        ready.fitted.without_copy,
        ready.settings["extra_buffers"],
    )
    assert ready.memory_bytes < plain.total
    assert [":cramped" in key for key in json.loads(memory.read_text())] == [True]


def test_keys_and_values_in_8_bits_reach_the_library(shaped: Path, random_model: Path) -> None:
    """The process takes less with them; a model whose heads do not go into blocks of 32 says so, and starts nothing."""
    plenty = Memory(total=64 * GB, free=60 * GB)
    taken = {}
    for kv in ("f16", "q8_0"):
        process, ready = loader(shaped, plenty, Choice(kv=kv, context=8192)).load(Watching())
        process.stop()
        taken[kv] = ready.memory_bytes
    assert taken["f16"] - taken["q8_0"] > 20_000_000
    watching = Watching()
    with pytest.raises(ModelFileError, match="blocks of 32"):
        loader(random_model, plenty, Choice(kv="q8_0")).load(watching)
    assert [] == watching.processes


def test_a_file_that_is_another_one_now_is_refused(random_model: Path, tmp_path: Path) -> None:
    """The pin holds for every byte: with one changed it is not loaded, and the message says what to do."""
    path = tmp_path / "pinned.gguf"
    data = bytearray(random_model.read_bytes())
    path.write_bytes(data)
    choice = Choice(pin=sha256_of(path), context=512)
    memory = Memory(total=64 * GB, free=60 * GB)
    process, _ = loader(path, memory, choice).load(Watching())
    process.stop()
    data[-1] ^= 1
    path.write_bytes(data)
    watching = Watching()
    with pytest.raises(ModelFileError, match="not the one that you chose any more") as caught:
        loader(path, memory, choice).load(watching)
    assert f"homebody model use {path}" in (caught.value.hint or "")
    assert [] == watching.processes


def test_hashing_tells_how_far_it_is(random_model: Path) -> None:
    """Each piece is told, the last one with all bytes."""
    told: list[tuple[int, int]] = []
    sha256_of(random_model, lambda done, total: told.append((done, total)))
    size = random_model.stat().st_size
    assert (size, size) == told[-1]


SMALL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (150_000_000, 150_000_000))
from pathlib import Path
from homebody.clock import SystemClock
from homebody.errors import ModelError
from homebody.model.client import ModelClient
client = ModelClient(Path(sys.argv[1]), clock=SystemClock())
try:
    client.start()
except ModelError as error:
    print(type(error).__name__, error)
client.stop()
"""


def test_a_process_with_a_limit_refuses_by_it(write_model, tmp_path: Path) -> None:
    """Under a real rlimit a model that needs more is refused with the sum, and nothing is started."""
    path = write_model(tmp_path / "large.gguf", context=32_768)
    with path.open("r+b") as file:  # weights that nobody needs to read, to be too large
        file.truncate(300_000_000)
    done = subprocess.run(
        [sys.executable, "-c", SMALL, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("DoesNotFitError The model Random does not fit: ")
    assert "it may take 140.6 MB: 150.0 MB of 150.0 MB" in done.stdout
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] == resource.RLIM_INFINITY
    assert issubclass(DoesNotFitError, ModelError)
