"""Start a command under a filter that makes the kernel look as if it had no Landlock."""

import os
import sys

from homebody.seal import kernel
from homebody.seal.bpf import ALLOW, ENOSYS, Rule, compile_filter
from homebody.seal.seccomp import install
from homebody.seal.syscalls import this_machine

PR_SET_NO_NEW_PRIVS = 38

kernel.prctl(PR_SET_NO_NEW_PRIVS, 1)
install(compile_filter([Rule(name="landlock_create_ruleset", verdict=ENOSYS)], ALLOW, this_machine()))
os.execv(sys.argv[1], sys.argv[1:])
