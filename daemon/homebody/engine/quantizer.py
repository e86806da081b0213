"""What does the process do that makes a smaller file of a model, or judges one by a text: one deed, then it ends.

It reads a file from strangers, so it is sealed like any other process of homebody, before it opens it. To quantize it
writes into one empty folder that was made for it; to judge it writes nowhere.
"""

import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

from homebody import seal
from homebody.engine.inbox import Inbox
from homebody.engine.main import NICE, import_native, take_pipes
from homebody.engine.threads import thread_count
from homebody.errors import HomebodyError, ModelError
from homebody.model.wire import receive


def main() -> int:
    """Do what the one request on the pipe says, and answer it."""
    requests, answers = take_pipes()
    request = receive(requests)
    if request is None:
        return 0
    inbox = Inbox(requests, answers)
    try:
        inbox.answer(request["id"], done(request, inbox))
    except HomebodyError as error:
        inbox.fail(request["id"], error)
    return 0


def done(request: dict[str, Any], inbox: Inbox) -> dict[str, Any]:
    """Seal the process, do the deed of *request*, and return what came of it. Raises HomebodyError."""
    os.nice(NICE)
    path = Path(request["path"])
    threads = thread_count(request["threads"], path.stat().st_size)
    quantizes = request["do"] == "quantize"
    null = os.open(os.devnull, os.O_WRONLY)
    if quantizes:
        target = Path(request["target"])
        policy = seal.daemon_policy(read=(path,), write=(target.parent,))
    else:
        policy = seal.model_policy(model=path)
    try:
        report = seal.enter(policy)
    except HomebodyError as error:
        raise ModelError(f"The process could not be sealed: {error}", hint=error.hint) from error
    inbox.start()
    import_native(null)
    from homebody.engine import llama

    tell = partial(inbox.progress, request["id"], request["do"])
    if quantizes:
        llama.quantize(
            str(path), str(target), request["kind"], again=request["again"], threads=threads, tell=tell
        )
        return {"bytes": target.stat().st_size, "seal": report.to_dict()}
    library = llama.Library()
    settings = {"extra_buffers": request["extra_buffers"], "gpu_layers": 0, "mmap": True}
    weights = llama.Weights(library, path, settings=settings, on_load=lambda _share: None)
    perplexity, may_be_off, best = llama.surprise(
        library, weights, request["text"], threads=threads, tell=tell
    )
    return {"perplexity": perplexity, "error": may_be_off, "best": best, "seal": report.to_dict()}


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # native threads may still be there, and have nothing to say
