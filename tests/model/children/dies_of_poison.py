"""A model process that works as every other, until a request holds the word that it cannot bear: then it faults."""

import os

from homebody.engine.main import live, take_pipes
from homebody.model.wire import receive


class Tasting:
    """The pipe of the requests, tasted as it is read."""

    def __init__(self, stream):
        self._stream = stream

    def read(self, length):
        data = self._stream.read(length)
        if b"poison" in data:
            os.write(2, b"ggml: /build/here/ggml.c:7: GGML_ASSERT(!poison) failed\n")
            os.abort()
        return data


requests, answers = take_pipes()
os._exit(live(Tasting(requests), answers, receive(requests)))
