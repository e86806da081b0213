"""The reader process: takes the bytes of one document, gives back its text, and can do nothing else.

It loads its libraries first, then enters the strictest seal (no file, no socket, no process), and only then
takes the first byte of a stranger's.
"""

import os
import resource
import sys
from typing import Any, BinaryIO

from homebody import seal
from homebody.documents.formats import pdf, suffixes
from homebody.documents.formats.extract import FormatError
from homebody.documents.frames import receive, send


def main() -> None:
    """Serve requests on standard input and output until the other side closes."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    pdf.preload()
    rooms = suffixes()
    encodings = ("utf-8-sig", "utf-16", "utf-32", "cp1252", "latin-1", "idna", "unicode_escape", "raw_unicode_escape")
    for encoding in encodings:
        "".encode(encoding)  # a codec is a module, and inside the seal none can be loaded
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    report = seal.enter(seal.reader_policy())
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    send(answers, {"ready": True, "seal": report.to_dict(), "pid": os.getpid()})
    serve(requests, answers, rooms)


def serve(requests: BinaryIO, answers: BinaryIO, rooms: dict[str, Any]) -> None:
    """Answer one request after the other."""
    while (frame := receive(requests)) is not None:
        header, data = frame
        if "probe" in header:
            results = seal.run_probes(header["probe"], seal.ProbeTargets(**header["targets"]))
            send(answers, {"results": [result.to_dict() for result in results]})
            continue
        room = rooms.get(header["suffix"], rooms[".txt"])
        try:
            found = room.extract(data)
        except FormatError as error:
            send(answers, {"error": str(error)})
        except MemoryError:
            send(answers, {"error": "reading the document takes more memory than a reader may have"})
        except Exception as error:  # noqa: BLE001 - a stranger's document may break a library in any way
            send(answers, {"error": f"the document cannot be read ({type(error).__name__})"})
        else:
            head = {"front": found.front, "pages": found.pages, "encoding": found.encoding}
            send(answers, head, found.text.encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
