"""A model process that works, and whose GPU loses its way at the first text to be counted: it ends itself.

With "says" it tells so in answer to the request, else on its error output.
"""

import json
import os
import sys

from homebody.engine.main import live, take_pipes
from homebody.model.wire import receive, send

WORDS = "The GPU reported an error (-3)."


class Listening:
    """The pipe of the requests, listened to as it is read."""

    def __init__(self, stream, answers):
        self._stream = stream
        self._answers = answers

    def read(self, length):
        data = self._stream.read(length)
        if b'"do":"count"' in data:
            if sys.argv[1] == "says":
                error = {"kind": "ModelGoneError", "message": WORDS, "hint": None}
                send(self._answers, {"id": json.loads(data)["id"], "error": error})
                self._stream.read()
            os.write(2, b"ggml: " + WORDS.encode() + b"\n")
            os._exit(70)
        return data


requests, answers = take_pipes()
os._exit(live(Listening(requests, answers), answers, receive(requests)))
