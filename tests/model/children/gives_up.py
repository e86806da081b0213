"""A model process that works, and whose GPU loses its way at the first question: it says so and ends itself."""

import os
import sys

from homebody.engine.inbox import Inbox
from homebody.engine.main import load, take_pipes
from homebody.errors import ModelGoneError
from homebody.model.wire import receive

requests, answers = take_pipes()
first = receive(requests)
inbox = Inbox(requests, answers)
_engine, ready = load(first, inbox)
inbox.answer(first["id"], ready)
request = inbox.next()
if sys.argv[1] == "says":
    inbox.fail(
        request["id"],
        ModelGoneError("The GPU reported an error (-3)."),
    )
    inbox.next()
os.write(2, b"ggml: The GPU reported an error (-3).\n")
os._exit(70)
