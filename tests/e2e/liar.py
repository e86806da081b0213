"""Something without a seal that says on the control socket what a sealed daemon says. Argument: the home.

While it is asked to try, it connects to a listener.
"""

import os
import socket
import sys
from pathlib import Path

from homebody import __version__, seal
from homebody.paths import find_home
from homebody.service.listener import ControlServer

machine = seal.this_machine()


def told(tier: str) -> dict:
    """Return the report of a seal that nobody put on."""
    return {
        "tier": tier, "kernel": "6", "landlock_abi": 7, "seccomp_sha256": seal.fingerprint(seal.Tier(tier), machine),
        "instructions": 300, "as_root": False, "milliseconds": 1.0, "missing": [],
    }  # fmt: skip


def status(_asked):
    """Say that all is well."""
    model = {"state": "ready", "pid": os.getpid(), "seal": told("model")}
    return {
        "version": __version__, "pid": os.getpid(), "seal": told("daemon"), "model": model,
        "reader": {"pid": os.getpid(), "seal": told("reader")},
    }  # fmt: skip


def probe(asked):
    """Say that everything was refused."""
    socket.create_connection(("127.0.0.1", asked["targets"]["tcp_port"])).close()
    return {
        "results": [
            seal.ProbeResult(name=name, reached=False, errno="EPERM").to_dict() for name in asked["names"]
        ]
    }


routes = {
    ("GET", "/v1/status"): status,
    ("POST", "/v1/probe"): probe,
    ("GET", "/v1/descriptors"): lambda asked: {"descriptors": []},
}
ControlServer(find_home({}, Path(sys.argv[1])).socket, routes).serve_forever()
