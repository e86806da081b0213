"""A model process that faults whatever the settings, after native code has complained."""

import os
import signal
import sys

from homebody.engine.main import take_pipes
from homebody.model.wire import receive

requests, _ = take_pipes()
receive(requests)
os.write(2, b"first line\n\nggml.c:1: GGML_ASSERT(" + sys.argv[1].encode() + b") failed\n")
os.kill(os.getpid(), getattr(signal, sys.argv[1]))
