"""Serve as on macOS, where a sealed daemon starts no process: the order of things there, with Linux' own locks.

The model and the readers are this computer's ordinary ones and seal themselves. Of the daemon's seal only the way
in is another: Landlock without a program that may be started, and the filter over all threads, which are there
already because the model's answers are listened to.
"""

import sys
from dataclasses import replace

import homebody.seal as seal_room
from homebody.cli.main import main
from homebody.seal import entry, landlock, seatbelt_entry, seccomp, system
from homebody.seal import status as status_room
from homebody.seal.report import SealReport


def put_on(policy, apple, spelt):
    """Seal this process so that it starts nothing, and report it as macOS' seal is reported."""
    entry.hygiene.forbid_dumps()
    entry.kernel.prctl(entry.PR_SET_NO_NEW_PRIVS, 1)
    landlock.abi = lambda: (
        5
    )  # later ones keep a process from signalling its own children that were there before
    landlock.restrict(replace(policy, execute=()))
    seccomp.install(seccomp.program_for(policy.tier, entry.this_machine()))
    return SealReport(
        tier=policy.tier, kernel="stand-in", landlock_abi=0, seccomp_sha256="0" * 64, instructions=60, as_root=False,
        milliseconds=1.0, missing=(), layers="Seatbelt profile of 60 lines",
    )  # fmt: skip


class LinuxSays:
    """This computer's kernel in the place of macOS', which is asked whether a process is sealed."""

    def sealed(self, pid):
        """Return whether every thread of the process is."""
        return all(thread.sealed for thread in seal_room.seal_status(pid))


seatbelt_entry.enter = put_on
status_room.Apple = LinuxSays
system.PLATFORM = "darwin"
sys.argv = ["homebody", *sys.argv[1:]]
main()
