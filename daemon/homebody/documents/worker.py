"""The reader process: takes the bytes of one document, gives back its text, and can do nothing else.

It loads its libraries first, then limits itself and enters the strictest seal (no file, no socket, no
process), and only then takes the first byte of a stranger's.
"""

import io
import os
import resource
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from homebody import __version__, seal
from homebody.documents.extract import TOO_DEEP, UNREADABLE, FormatError, NoTextError
from homebody.documents.formats import ALL, PAGED, suffixes
from homebody.documents.frames import Exactly, pack, receive
from homebody.documents.guard import end_beyond
from homebody.errors import SealError

REPLACEMENT = "\ufffd".encode()
"""What stands in a text where bytes meant no character (Unicode, chapter 3.9)."""

Answer = tuple[dict[str, Any], bytes]

Reply = Callable[[dict[str, Any], bytes], Answer]
"""What a request about a document is answered with: a header, and text as UTF-8."""


def main() -> None:
    """Serve requests on standard input and output until the other side closes.

    The two arguments are the bytes of address space and the seconds of work that this process may have.
    """

    def load() -> Reply:
        for room in ALL:
            room.preload()
        rooms = suffixes()
        return lambda header, data: answer(
            rooms.get(header["suffix"], rooms[".txt"]), data, header.get("pages")
        )

    work(load)


def work(load: Callable[[], Reply]) -> None:
    """Load everything that strangers' bytes will meet, enter the seal, and serve.

    The last two arguments of the process are the bytes of address space and the seconds of work that it may have.
    """
    memory, seconds = int(sys.argv[-2]), int(sys.argv[-1])
    requests, answers = io.FileIO(os.dup(0)), io.FileIO(os.dup(1), "wb")
    reply = load()
    mute()
    limit(memory, seconds)
    try:
        report = seal.enter(seal.reader_policy())
    except SealError as error:
        put(answers, {"failed": f"{error} {error.hint or ''}"})
        raise SystemExit(error.exit_code) from error
    put(answers, {"seal": report.to_dict(), "version": __version__})
    serve(lambda number: exactly(requests, number), answers, reply)


def mute() -> None:
    """Send what libraries print to nowhere: only frames may come out of this process."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def limit(memory: int, work: int) -> None:
    """Set the kernel's limits (setrlimit(2)); inside the seal they can no longer be moved.

    Where it has none for memory (`seal.System`), this process watches itself.
    """
    resource.setrlimit(resource.RLIMIT_CPU, (work, work + 5))
    if seal.this_system().limits_memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    else:
        end_beyond(memory)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def serve(read: Exactly, answers: io.FileIO, reply: Reply) -> None:
    """Answer one request after the other."""
    while (frame := receive(read)) is not None:
        header, data = frame
        if "probe" in header:
            results = seal.run_probes(header["probe"], seal.ProbeTargets(**header["targets"]))
            put(answers, {"results": [result.to_dict() for result in results]})
            continue
        if "descriptors" in header:
            put(answers, {"descriptors": [one.to_dict() for one in seal.own_descriptors()]})
            continue
        del frame
        said, found = reply(header, data)
        put(answers, said | {"work": time.process_time()}, found)


def answer(room: ModuleType, data: bytes, pages: list[int | None] | None = None) -> Answer:
    """Return what *room* makes of *data*: the header, and the front matter and text as UTF-8.

    *pages* are the first and the last to be read, of a document that has any.
    """
    return guarded(lambda: _answer(room, data, pages))


def _answer(room: ModuleType, data: bytes, pages: list[int | None] | None) -> Answer:
    found = room.extract(data, pages) if pages and room in PAGED else room.extract(data)
    text = found.text.replace("\0", "").encode("utf-8", "replace")
    head: dict[str, Any] = {"pages": found.pages, "encoding": found.encoding}
    left_out = dict(found.left_out) | {UNREADABLE: text.count(REPLACEMENT)}
    head["left_out"] = {what: number for what, number in left_out.items() if number > 0}
    if found.front is None:
        return head, text
    front = found.front.encode("utf-8", "replace")
    return head | {"front": len(front)}, front + text


def guarded(read: Callable[[], Answer]) -> Answer:
    """Return what *read* returns, or the reason why it does not, in words."""
    try:
        return read()
    except FormatError as error:
        return {"error": str(error), "scan": isinstance(error, NoTextError)}, b""
    except RecursionError:
        return {"error": TOO_DEEP}, b""
    except MemoryError:
        return {"error": "reading the document takes more memory than a reader may have"}, b""
    except Exception as error:  # noqa: BLE001 - a stranger's document may break a library in any way
        return {"error": f"the document cannot be read ({type(error).__name__})"}, b""


def put(answers: io.FileIO, header: dict[str, Any], data: bytes = b"") -> None:
    """Write one frame, however small the pipe."""
    left = memoryview(pack(header, data))
    while left:
        left = left[answers.write(left) or 0 :]


def exactly(requests: io.FileIO, number: int) -> bytes:
    """Return *number* bytes, or fewer when the stream ends before them."""
    buffer = bytearray(number)
    view, at = memoryview(buffer), 0
    while at < number:
        got = requests.readinto(view[at:])
        if not got:
            break
        at += got
    view.release()
    return bytes(buffer[:at])


if __name__ == "__main__":
    main()
