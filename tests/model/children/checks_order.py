"""A model process that proves that the seal came before the native library and before any other thread."""

import os
import sys
import threading

from homebody import seal
from homebody.engine import main

enter = seal.enter


def watched(policy):
    assert "llama_cpp" not in sys.modules, "llama_cpp was imported before the seal"
    assert "numpy" not in sys.modules, "numpy was imported before the seal"
    assert threading.active_count() == 1, "a thread was started before the seal"
    return enter(policy)


seal.enter = watched
os._exit(main.main())
