"""A way out that works and cannot take back what it made is a way out: whoever cannot tidy up is not harmless."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homebody.seal import Targets

MAKERS = (
    "write_outside", "folder_outside", "symlink_outside", "hardlink_outside", "second_name", "fifo_outside",
    "socket_outside", "device_outside", "lax_folders", "home_folder", "keys_folder", "start_folder",
)  # fmt: skip
"""The probes that make something below the test's own folders; device_outside needs a power."""


@pytest.mark.usefixtures("furnished_home")
def test_what_cannot_be_taken_back_counts_as_out(child: Callable[..., Any], tmp_path: Path) -> None:
    """With nothing refused but to remove, each probe that makes something says so, and what it made is there."""
    code = """
from homebody.seal import kernel, rules, seccomp
from homebody.seal.bpf import ALLOW, compile_filter
from homebody.seal.syscalls import this_machine
from homebody.seal.unsealed import apart
targets = seal.ProbeTargets(**given["targets"])
free = {name: apart(name, targets).reached for name in given["names"]}
kernel.prctl(38, 1)
kept = [rules.deny(name) for name in ("unlink", "unlinkat", "rmdir")]
seccomp.install(compile_filter(kept, ALLOW, this_machine()))
told([free, {name: apart(name, targets).reached for name in given["names"]}])
"""
    with Targets(tmp_path) as targets:
        free, untidy = child(code, targets=targets.targets.to_dict(), names=MAKERS)
        left = list(tmp_path.rglob(".homebody-probe-*"))
    assert untidy == free
    assert sum(free.values()) >= len(MAKERS) - 1
    assert len(left) == sum(free.values())
