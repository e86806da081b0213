"""A model process in which a real assertion of ggml fails; with "told", ggml tells it to a callback first."""

import ctypes
import os
import sys

from homebody.engine.main import take_pipes
from homebody.model.wire import receive

requests, _ = take_pipes()
receive(requests)
from llama_cpp._ggml import libggml  # noqa: E402

if sys.argv[1] == "told":
    # Keeps the callback alive: ggml holds no reference to it.
    told = ctypes.CFUNCTYPE(None, ctypes.c_char_p)(
        lambda text: os.write(2, b"ggml: " + text + b"\n") and None
    )
    libggml.ggml_set_abort_callback(told)
libggml.ggml_ftype_to_ggml_type(999)
