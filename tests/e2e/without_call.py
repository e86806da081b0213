"""Start a command under a filter that makes the kernel refuse one call, as if it did not have it."""

import errno
import os
import sys

from homebody.seal import kernel
from homebody.seal.bpf import ALLOW, Rule, compile_filter, refuse
from homebody.seal.seccomp import install
from homebody.seal.syscalls import this_machine

PR_SET_NO_NEW_PRIVS = 38

kernel.prctl(PR_SET_NO_NEW_PRIVS, 1)
verdict = refuse(getattr(errno, sys.argv[2]))
install(compile_filter([Rule(name=sys.argv[1], verdict=verdict)], ALLOW, this_machine()))
os.execv(sys.argv[3], sys.argv[3:])
