"""A sealed daemon in small: it seals itself, then starts a model, asks it, lets it be killed, asks again."""

import json
import os
import signal
import sys
from pathlib import Path

from homebody import seal
from homebody.clock import SystemClock
from homebody.logs import configure
from homebody.messages import Message, Part
from homebody.model.client import ModelClient
from homebody.model.keeping import Prefixes

model, state = Path(sys.argv[1]), Path(sys.argv[2])
NOTE = (
    Message(role="system", parts=(Part(text="You do chores for people, and you do them well. " * 4),)),
    Message(role="user", parts=(Part(text="note", data=True),)),
)
HELLO = (Message(role="user", parts=(Part(text="hello"),)),)

configure(None, None)
seal.scrub_environment_here()
seal.enter(seal.daemon_policy(read=[model.parent], write=[state]))
clock = SystemClock()
prefixes = Prefixes(state / "prefixes", clock=clock, worth_seconds=0)
client = ModelClient(model, clock=clock, memory=state / "models.json", prefixes=prefixes)
first = client.start()
client.generate(NOTE, grammar=None, max_tokens=4)
before = client.generate(HELLO, grammar=None, max_tokens=4)


def kill(progress):
    if client.ready is not None and client.ready.pid == first.pid:
        os.kill(first.pid, signal.SIGKILL)


after = client.generate(HELLO, grammar=None, max_tokens=4, on_progress=kill)
prefixes.settle()
(kept,) = (state / "prefixes").iterdir()
used = kept.stat().st_mtime_ns
cached = client.generate(NOTE, grammar=None, max_tokens=4).cached_tokens
prefixes.settle()
reached = [r.name for r in client.probe(("tcp", "child", "write_outside"), seal.ProbeTargets()) if r.reached]
result = {
    "same": before.tokens == after.tokens,
    "deaths": len(client.standing.deaths),
    "another": client.ready.pid != first.pid,
    "threads": first.settings["threads"],
    "tier": client.ready.seal["tier"],
    "reached": reached,
    "given_back": cached >= 128,
    "use_noted": kept.stat().st_mtime_ns > used,
    "remembered": (state / "models.json").exists(),
}
client.stop()
print(json.dumps(result))
