"""How does a person get smaller files of a model, and see what each has lost?

Each deed is done by a sealed process of its own (`homebody.engine.quantizer`). A file comes to its name only when it is
whole; until then it lies in a folder that is taken away whatever happens.
"""

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homebody import seal
from homebody.clock import SystemClock
from homebody.errors import DiskFullError, ModelFileError, SealError, UsageError
from homebody.model.gguf import ModelInfo, inspect
from homebody.model.kinds_of_weights import KINDS, WHOLE, expected_bytes
from homebody.model.process import ModelProcess
from homebody.model.replies import last_of
from homebody.paths import Home
from homebody.quantities import rounded
from homebody.service.chores import chores_done
from homebody.service.shelving import named
from homebody.settings import load_settings

COMMAND = (sys.executable, "-I", "-m", "homebody.engine.quantizer")
PASSAGE = Path(__file__).parents[1] / "model" / "passage.txt"
"""What every model is judged by: plain prose in three languages, a list, a little code; written for this."""

PATIENCE = 1800.0
"""Seconds for which a process may say nothing: one tensor of a large model on a slow disk."""

ALL_BUT_FULL = 1_000_000
"""Bytes; when no more are free after a failure, it is the disk that failed."""

Tell = Callable[[str, int, int], None]
"""Hears what is done just now, and how much of how much of it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked for: the kinds, where the files go, whether to quantize again, threads, whether to judge."""

    kinds: Sequence[str]
    folder: Path | None = None
    again: bool = False
    threads: int = 0
    judge: bool = True


def quantize(home: Home, name: str, wish: Wish, tell: Tell) -> dict[str, Any]:
    """Make a file of each kind wished of the model *name*, and return what each is: size, bits, perplexity.

    Everything that can be known is looked at first: a name that is taken, a disk that is too small, a model that was
    quantized already. Raises UsageError, ModelFileError, DiskFullError, ModelError.
    """
    found = named(load_settings(home), name)
    info = inspect(found.path)
    folder = (found.path.parent if wish.folder is None else wish.folder.expanduser()).absolute()
    targets = {kind: folder / f"{_stem(found.path, info)}.{kind.upper()}.gguf" for kind in wish.kinds}
    _must_be_possible(info, folder, targets, wish)
    whole = _judged(found.path, wish, tell)
    rows = [_row(found.path, info, whole, whole)]
    for kind, target in targets.items():
        _make(found.path, kind, target, wish, tell)
        rows.append(_row(target, inspect(target), _judged(target, wish, tell), whole))
    return {"models": rows, "passage_tokens": None if whole is None else len(whole["best"])}


def _stem(path: Path, info: ModelInfo) -> str:
    """Return the file's name without the kind of its weights, under which its smaller ones stand."""
    stem = path.stem
    for mark in (info.quantization, info.quantization.lower(), info.quantization.replace("_", "-")):
        for sign in (".", "-", "_"):
            stem = stem.removesuffix(f"{sign}{mark}")
    return stem


def _must_be_possible(info: ModelInfo, folder: Path, targets: dict[str, Path], wish: Wish) -> None:
    """Raise the reason why not, if there is one that can be known before."""
    if info.quantization not in WHOLE and not wish.again:
        raise UsageError(
            f"The weights of this model are {info.quantization} already: what that lost does not come back, and "
            "making them smaller once more loses more than making them so from the whole model.",
            hint="Take the F16 or BF16 file of it, or say `--again` to do it all the same.",
        )
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.", hint="Make it first, or name another with `--folder`.")
    try:
        seal.refuse_start_up_places(folder.resolve())
    except SealError as error:  # the starter model lies among homebody's own programs
        raise UsageError(str(error), hint="Name another folder with `--folder`.") from error
    if taken := next((target for target in targets.values() if os.path.lexists(target)), None):
        raise UsageError(
            f"{taken} is there already, and nothing is overwritten.",
            hint="Move it away, or name another folder with `--folder`.",
        )
    wanted = sum(expected_bytes(info.parameters, kind) for kind in targets)
    free = shutil.disk_usage(folder).free
    if wanted > free:
        raise DiskFullError(
            f"About {rounded(wanted)} are needed in {folder}, and {rounded(free)} are free.",
            hint="Make room, or name a folder on another disk with `--folder`.",
        )


def _make(source: Path, kind: str, target: Path, wish: Wish, tell: Tell) -> None:
    """Make *target*, which appears when it is whole."""
    with tempfile.TemporaryDirectory(prefix=".homebody-", dir=target.parent) as made:
        part = Path(made) / target.name
        request = {
            "do": "quantize", "path": str(source.resolve()), "target": str(Path(made).resolve() / target.name),
            "kind": kind, "again": wish.again, "threads": wish.threads,
        }  # fmt: skip
        try:
            _done(request, lambda done, total: tell(f"{kind} is made", done, total))
        except ModelFileError as error:
            if shutil.disk_usage(made).free < ALL_BUT_FULL:
                raise DiskFullError(f"The disk of {target.parent} is full.", hint="Make room.") from error
            raise
        inspect(part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        _give_name(part, target)


def _give_name(part: Path, target: Path) -> None:
    """Give a whole file its name, never one that somebody took meanwhile.

    Where a file system has no second names, the name is taken by an empty file first: nobody else can have it then.
    """
    try:
        try:
            os.link(part, target)
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.EACCES):
                raise
            target.open("x").close()
            part.replace(target)
    except FileExistsError as error:
        raise UsageError(f"{target} came to be meanwhile, and nothing is overwritten.") from error


def _judged(path: Path, wish: Wish, tell: Tell) -> dict[str, Any] | None:
    """Return how surprised the model is by the passage and what it does of chores, None where nobody wants to know."""
    if not wish.judge:
        return None
    request = {
        "do": "judge", "path": str(path.resolve()), "text": PASSAGE.read_text(encoding="utf-8"),
        "threads": wish.threads, "extra_buffers": False,
    }  # fmt: skip
    found: dict[str, Any] = _done(request, lambda done, total: tell(f"{path.name} reads a text", done, total))
    chores = chores_done(
        path,
        SystemClock(),
        wish.threads,
        lambda done, total: tell(f"{path.name} does chores", done, total),
    )
    return {**found, "chores": chores}


def _done(request: dict[str, Any], tell: Callable[[int, int], None]) -> Any:
    """Have a sealed process do what *request* says, and return its answer. Raises the error that it ends with."""
    process = ModelProcess(COMMAND)
    try:
        exchange = process.ask(request, PATIENCE)
        return last_of(exchange, lambda event: tell(int(event["done"]), int(event["total"])))
    finally:
        process.stop()


def _row(
    path: Path, info: ModelInfo, judged: dict[str, Any] | None, whole: dict[str, Any] | None
) -> dict[str, Any]:
    """Return what a file is, and how it compares to the *whole* one: its perplexity, and how often it agrees."""
    compared: dict[str, Any] = dict.fromkeys(("perplexity", "error", "loss", "agrees", "chores", "of_chores"))
    if judged is not None and whole is not None:
        pairs = list(zip(judged["best"], whole["best"], strict=True))
        compared = {
            "perplexity": round(judged["perplexity"], 3),
            "error": round(judged["error"], 3),
            "loss": round(judged["perplexity"] / whole["perplexity"] - 1, 4),
            "agrees": round(sum(one == other for one, other in pairs) / len(pairs), 4),
            "chores": judged["chores"][0],
            "of_chores": judged["chores"][1],
        }
    return {
        "path": str(path),
        "name": path.stem,
        "bytes": info.file_bytes,
        "quantization": info.quantization,
        "bits_per_weight": info.bits_per_weight,
        **compared,
    }


def kinds_of(words: str) -> tuple[str, ...]:
    """Return the kinds that a person wrote with commas between them. Raises UsageError naming those there are."""
    kinds = tuple(
        dict.fromkeys(word.strip().lower().replace("-", "_") for word in words.split(",") if word.strip())
    )
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        known = ", ".join(KINDS)
        raise UsageError(f"{unknown[0]} is not a kind of weights that can be made; there are {known}.")
    if not kinds:
        raise UsageError("No kind of weights is named.", hint="As in `--to q4_k_m,q2_k`.")
    return kinds
