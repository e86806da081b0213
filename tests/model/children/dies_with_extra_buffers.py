"""A model process that faults like one whose CPU lies about AMX: unless extra buffers are off."""

import os
import signal

from homebody.engine.main import live, take_pipes
from homebody.model.wire import receive

requests, answers = take_pipes()
first = receive(requests)
if first["settings"]["extra_buffers"]:
    os.kill(os.getpid(), signal.SIGSEGV)
os.write(1, b"native code that prints to standard output must not reach the parent")
live(requests, answers, first)
os._exit(0)
