"""The high-level `llama_cpp.Llama`, asked for one answer after the other, in a process of its own.

    python tests/bench/engine_bench/rivals/high_level.py MODEL THREADS EXTRA_BUFFERS CONTEXT

It answers lines of JSON (messages, grammar, max_tokens) with lines of JSON (the token counts of `usage`). It keeps
what it read last, as it always does, so that a common beginning is read once.
"""

import json
import sys

from settings import use_extra_buffers

STEP = 512


def main() -> None:
    """Answer until nobody asks any more."""
    path, threads, extra, context = sys.argv[1:]
    use_extra_buffers(extra == "1")
    from llama_cpp import Llama, LlamaGrammar

    llama = Llama(
        path, n_ctx=int(context), n_batch=STEP, n_ubatch=STEP, n_threads=int(threads), n_threads_batch=int(threads),
        n_gpu_layers=0, flash_attn=True, verbose=False,
    )  # fmt: skip
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        grammar = LlamaGrammar.from_string(asked["grammar"], verbose=False)
        found = llama.create_chat_completion(
            asked["messages"], grammar=grammar, max_tokens=asked["max_tokens"], temperature=0.0
        )
        print(json.dumps(found["usage"]), flush=True)


if __name__ == "__main__":
    main()
