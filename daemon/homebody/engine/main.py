"""What does the model process do: seal itself, load, prove itself, answer until its parent goes?

Nothing here may import the native library before the seal is on, so the rooms that need it are imported late.
"""

import base64
import importlib
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast

from homebody import __version__, seal
from homebody.engine.inbox import Inbox
from homebody.engine.threads import thread_count
from homebody.errors import HomebodyError, ModelError
from homebody.messages import Message, Part
from homebody.model.wire import receive
from homebody.sampling import Sampling
from homebody.upgrading import upgraded

if TYPE_CHECKING:
    from homebody.engine.embedding import Embedder
    from homebody.engine.engine import Engine
    from homebody.engine.job import Generated

Request = dict[str, Any]

NICE, NICER = 5, 15
"""The person's own work goes first, then what is written, then embeddings.

At the same rank and with all cores a chore was written beside these at a third of its speed; with half the cores and a
lower rank, undisturbed (measured).
"""

REPORT_SECONDS = 1.0

BROKEN = 70
"""The exit code of a process that gave up its device (EX_SOFTWARE in sysexits.h)."""


class Worker(Protocol):
    """What a model is for: it writes (`engine.Engine`), or makes embeddings (`embedding.Embedder`)."""

    @property
    def busy(self) -> bool:
        """Return whether there is something to work on."""

    def advance(self) -> None:
        """Do one step for those who wait."""


def main() -> int:
    """Live on the two pipes that the parent holds."""
    requests, answers = take_pipes()
    first = receive(requests)
    return live(requests, answers, first) if first is not None else 0


def take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return the two pipes, moved away from where native code could print or read by accident.

    Whatever else was left open is closed: nothing but the pipes may lead outside.
    """
    seal.close_inherited({0, 1, 2})
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return requests, answers


def live(requests: BinaryIO, answers: BinaryIO, first: Request) -> int:
    """Load what *first* asks for, then answer one request after the other until the parent goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at a terminal is meant for the parent
    sys.setswitchinterval(0.0005)  # the abort callback runs once a graph node and must not wait for the GIL
    inbox = Inbox(requests, answers)
    try:
        worker, ready = load(first, inbox)
    except HomebodyError as error:
        inbox.fail(first["id"], error)
        return 0
    inbox.answer(first["id"], ready)
    while True:
        request = inbox.next(wait=not worker.busy)
        while request is not None:
            take(worker, inbox, request)
            request = inbox.next(wait=False)
        try:
            if worker.busy:
                worker.advance()
        except Exception as error:  # noqa: BLE001 - whoever was in the step has been told; the others go on
            end_if_broken(error)
            sys.stderr.write(f"homebody: a bug in a step ({_where(error)})\n")


def take(worker: Worker, inbox: Inbox, request: Request) -> None:
    """Answer a request, or begin to: an answer that takes steps of the model comes later."""
    number = request["id"]
    try:
        if request["do"] == "generate":
            begin(cast("Engine", worker), inbox, request)
            return
        if request["do"] == "embed":
            from homebody.engine.embedding import begin as begin_vectors

            begin_vectors(cast("Embedder", worker), inbox, request)
            return
        inbox.answer(number, answer(cast("Engine", worker), request))
    except HomebodyError as error:
        inbox.fail(number, error)
    except Exception as error:  # noqa: BLE001 - one bad request must not end the process; it is reported
        inbox.fail(number, ModelError(f"The model process stumbled over a bug ({_where(error)})."))
    inbox.finished(number)


def begin(engine: "Engine", inbox: Inbox, request: Request) -> None:
    """Let the engine begin an answer. Raises HomebodyError when it cannot be begun."""
    from homebody.engine.job import Replies, Wanted

    number = request["id"]

    def done(found: "Generated") -> None:
        inbox.answer(number, found.to_dict())
        inbox.finished(number)

    def failed(error: HomebodyError) -> None:
        inbox.fail(number, error)
        inbox.finished(number)

    wanted = Wanted(
        number=number,
        messages=_messages(request),
        grammar=request["grammar"],
        max_tokens=request["max_tokens"],
        interactive=request.get("priority") == "interactive",
        sampling=Sampling.from_dict(request.get("sampling", {})),
        stops=request.get("stop", ()),
        stream=request.get("stream", False),
        raw=request.get("raw", False),
        shorten=request.get("shorten", False),
        logprobs=request.get("logprobs"),
    )
    watch = inbox.watch(number, time.monotonic() + request["deadline"], request["deadline"])
    report = partial(inbox.progress, number)
    engine.submit(wanted, watch, Replies(report=report, done=done, failed=failed))


def end_if_broken(error: BaseException) -> None:
    """End the process when the device can no longer be trusted: the parent starts another, and shows why."""
    from homebody.engine.llama import DeviceError

    if isinstance(error, DeviceError):
        sys.stderr.write(f"ggml: {error}\n")
        sys.stderr.flush()
        os._exit(BROKEN)


def load(request: Request, inbox: Inbox) -> tuple[Worker, Request]:
    """Seal the process, load the model, let it prove itself; return it and what the parent is told.

    Raises ModelError when it cannot be loaded, and for a parent of another version: the two could misunderstand
    each other.
    """
    if (words := upgraded(request.get("version"), __version__)) is not None:
        raise ModelError(f"No model process can be started: {words}.")
    embeds = bool(request.get("embeds"))
    os.nice(NICER if embeds else NICE)
    path = Path(request["path"])
    threads = thread_count(request["threads"], path.stat().st_size)
    threads = max(1, threads // 2) if embeds else threads
    limited = seal.this_system().limits_memory
    statm = os.open("/proc/self/statm", os.O_RDONLY) if limited else None
    if limited:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = request["memory"] if hard == resource.RLIM_INFINITY else min(request["memory"], hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        report = seal.enter(seal.model_policy(model=path, gpu=request["settings"]["gpu_layers"] != 0))
    except HomebodyError as error:
        raise ModelError(f"The model process could not be sealed: {error}", hint=error.hint) from error
    inbox.start()
    import_native(null)
    worker, found = load_worker(request, inbox, path, threads)
    return worker, {
        **found,
        "memory_bytes": _resident(statm),
        "settings": {"threads": threads, "slots": found["plan"]["lanes"] + found["plan"]["slots"]},
        "seal": report.to_dict(),
    }


def load_worker(request: Request, inbox: Inbox, path: Path, threads: int) -> tuple[Worker, Request]:
    """Load the model for what the parent wants of it, and let it prove itself. Raises ModelError."""
    number = request["id"]
    on_load = _reporter(inbox, number)
    on_proof = partial(inbox.progress, number, "prove", 0, 1)
    if request.get("embeds"):
        from homebody.engine import embedding

        return embedding.load(request, path=path, threads=threads, on_load=on_load, on_proof=on_proof)
    from homebody.engine.loading import load as load_engine

    return load_engine(
        request,
        path=path,
        threads=threads,
        on_load=on_load,
        on_proof=on_proof,
        on_measure=partial(inbox.progress, number, "measure"),
        give=inbox.give,
    )


def import_native(null: int) -> None:
    """Import the native library, which opens the null device for writing as it is imported.

    The seal opens nothing for writing, so it gets *null*, which was opened before (llama_cpp/_utils.py hands
    the name to open(), which takes a descriptor as well).
    """
    name = os.devnull
    os.devnull = null  # type: ignore[assignment]
    try:
        importlib.import_module("homebody.engine.llama")
    finally:
        os.devnull = name


def answer(engine: "Engine", request: Request) -> Any:
    """Return the answer to a request that is answered at once. Raises HomebodyError."""
    match request["do"]:
        case "count":
            return engine.count(request["texts"])
        case "prompt_tokens":
            return engine.prompt_tokens(_messages(request))
        case "check_grammar":
            engine.check_grammar(request["grammar"])
            return None
        case "restore":
            state = base64.b64decode(request["state"])
            return engine.restore(request["kind"], request["tokens"], state).value
        case "kept":
            engine.know_kept(request["known"])
            return None
    raise ModelError(f"The model process does not know the request {str(request['do'])[:40]!r}.")


def _messages(request: Request) -> tuple[Message, ...]:
    """Return the conversation of a request."""
    return tuple(
        Message(role=message["role"], parts=tuple(Part(**part) for part in message["parts"]))
        for message in request["messages"]
    )


def _reporter(inbox: Inbox, number: int) -> Callable[[float], None]:
    """Return what tells the parent, at most once a second, that loading goes on."""
    told = time.monotonic()

    def report(share: float) -> None:
        nonlocal told
        if time.monotonic() - told >= REPORT_SECONDS:
            told = time.monotonic()
            inbox.progress(number, "load", round(share * 100), 100)

    return report


def _resident(statm: int | None) -> int:
    """Return the resident bytes of this process; the file was opened before the seal."""
    if statm is not None:
        return int(os.pread(statm, 100, 0).split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS counts in bytes


def _where(error: BaseException) -> str:
    """Return the kind of an error and where it arose; its message could hold contents and is left out."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else "?"
    return f"{type(error).__name__} at {place}"


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # the native library's own clean-up at exit is not worth a crash
