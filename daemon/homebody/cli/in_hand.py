"""How does `homebody status` show the runs in hand: what is read, what is written, how fast?"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from homebody.cli.paragraphs import visible


def in_hand_lines(runs: Iterable[dict[str, Any]]) -> list[str]:
    """Return a line for each run in hand, and one below it for each of its requests to the model."""
    lines = []
    for run in runs:
        file = f", {Path(run['path']).name}" if run["path"] else ""
        lines.append(visible(f"in hand: run {run['id']}, {run['recipe']}{file}"))
        lines += [f"  {request_words(one)}" for one in run["requests"]]
    return lines


def request_words(request: dict[str, Any]) -> str:
    """Return how far one request to the model is."""
    fast = f"{request['tokens_per_second']:.1f} a second"
    own = request["prompt"] - request["cached"]
    match request["phase"]:
        case "prefill":
            remembered = f", and {request['cached']} that were remembered" if request["cached"] else ""
            return f"reads: {request['read']} of {own} tokens{remembered}; {fast}"
        case "decode":
            remembered = f" and {request['cached']} remembered" if request["cached"] else ""
            read = f"{request['read']} were read{remembered}"
            return f"writes: {request['written']} of at most {request['most']} tokens, {fast}; {read}"
    return "waits for its turn with the model"
