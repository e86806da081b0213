"""Which calls lead into parts of the kernel that have nothing to do with our work?

Each is made with arguments that do nothing: unsealed, the kernel answers with another error than a refusal,
or with a result that is given back at once. Where the unsealed control is refused as well (an ordinary user
and mount, say), the probe shows nothing there and is skipped.
"""

import errno
import os

from homebody.seal import kernel
from homebody.seal.probe import Probe, ProbeTargets, probe

BAD = -1
NOWHERE = b"/homebody-probe-nowhere\0"
TIOCSTI, F_SETOWN, ADDR_NO_RANDOMIZE, READ_PERSONALITY = 0x5412, 8, 0x0040000, 0xFFFFFFFF
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
ALREADY_NEWER = 0xFFFF
TIOCLINUX, FIOSETOWN, PR_SET_PTRACER = 0x541C, 0x8901, 0x59616D61


def door(name: str, channel: str, words: str, *arguments: int | bytes) -> Probe:
    """Return the probe that makes the call *name*."""

    def attempt(_targets: ProbeTargets) -> None:
        kernel.call(name, *arguments)

    return probe(name, channel, words, attempt)


def opening(name: str, channel: str, words: str, *arguments: int | bytes) -> Probe:
    """Return the probe that makes the call *name* and closes the descriptor that it returns."""

    def attempt(_targets: ProbeTargets) -> None:
        os.close(kernel.call(name, *arguments))

    return probe(name, channel, words, attempt)


def personality(_targets: ProbeTargets) -> None:
    """Change how the kernel executes us by a bit, which is taken back."""
    before = kernel.call("personality", READ_PERSONALITY)
    kernel.call("personality", before | ADDR_NO_RANDOMIZE)
    kernel.call("personality", before)


def terminal_input(_targets: ProbeTargets) -> None:
    """Push a letter into the input of descriptor -1."""
    kernel.call("ioctl", BAD, TIOCSTI, 0)


def signal_by_file(_targets: ProbeTargets) -> None:
    """Name the process that descriptor -1 is to send signals to."""
    kernel.call("fcntl", BAD, F_SETOWN, 1)


def terminal_paste(_targets: ProbeTargets) -> None:
    """Paste into the terminal behind descriptor -1."""
    kernel.call("ioctl", BAD, TIOCLINUX, 0)


def signal_by_socket(_targets: ProbeTargets) -> None:
    """Name the process that a socket, descriptor -1, is to send signals to."""
    kernel.call("ioctl", BAD, FIOSETOWN, 0)


def let_trace(_targets: ProbeTargets) -> None:
    """Let every process of the same user be our debugger (Yama); a kernel without Yama says EINVAL."""
    kernel.prctl(PR_SET_PTRACER, BAD)


PROBES = (
    door("unshare", "namespaces", "make a network namespace of its own", CLONE_NEWUSER | CLONE_NEWNET),
    door("setns", "namespaces", "enter another namespace", BAD, 0),
    door("clone3", "namespaces", "start a process with flags in memory", 0, 0),
    door("mount", "mounts", "mount a file system", 0, 0, 0, 0, 0),
    door("umount2", "mounts", "unmount a file system", NOWHERE, 0),
    door("fsopen", "mounts", "open a file system to mount", 0, 0),
    door("open_tree", "mounts", "take a mount", BAD, b"\0", 0),
    door("move_mount", "mounts", "move a mount", BAD, b"\0", BAD, b"\0", 0),
    door("chroot", "mounts", "change the root folder", NOWHERE),
    door("pivot_root", "mounts", "exchange the root folder", NOWHERE, NOWHERE),
    door("open_by_handle_at", "mounts", "open a file by its handle", BAD, 0, 0),
    door("name_to_handle_at", "mounts", "get a file's handle", BAD, b"\0", 0, 0, 0),
    opening("fanotify_init", "mounts", "watch a whole file system", 0x200, 0),
    door("bpf", "kernel", "load a BPF program", 0, 0, 0),
    door("perf_event_open", "kernel", "measure other programs", 0, 0, BAD, BAD, 0),
    opening("userfaultfd", "kernel", "handle page faults", 1),
    door("keyctl", "kernel keys", "use the kernel's keys", 0, 0, 0),
    door("add_key", "kernel keys", "keep a key in the kernel", 0, 0, 0, 0, 0),
    door("request_key", "kernel keys", "let the kernel ask for a key (DNS, say)", 0, 0, 0, 0),
    door("init_module", "kernel", "load a kernel module", 0, 0, 0),
    door("finit_module", "kernel", "load a kernel module from a file", BAD, 0, 0),
    door("delete_module", "kernel", "remove a kernel module", 0, 0),
    door("kexec_load", "kernel", "load another kernel", 0, ALREADY_NEWER, 0, 0),
    door("syslog", "kernel", "read the kernel's log", 3, 0, BAD),
    door("acct", "kernel", "switch process accounting", NOWHERE),
    door("swapon", "kernel", "switch swap space", NOWHERE, 0),
    door("sethostname", "kernel", "rename the computer", 0, BAD),
    door("settimeofday", "kernel", "set the clock", BAD, 0),
    probe("personality", "kernel", "change how it is executed", personality),
    door("kcmp", "other processes", "compare itself with another process", 0, 0, 99, 0, 0),
    door("process_madvise", "other processes", "advise on another process's memory", BAD, 0, 0, 0, 0),
    door("process_mrelease", "other processes", "free another process's memory", BAD, 1),
    door("rt_sigqueueinfo", "other processes", "queue a signal", 0, 0, 0),
    door("shmget", "shared memory", "use System V shared memory", 0x686F6D65, 1, 0),
    door("msgget", "message queues", "use System V messages", 0x686F6D65, 0),
    door("semget", "message queues", "use System V semaphores", 0x686F6D65, 1, 0),
    door("mq_open", "message queues", "use POSIX messages", b"homebody-probe-nowhere\0", 0, 0, 0),
    door("io_setup", "kernel", "set up asynchronous I/O", 0, 0),
    opening("memfd_create", "programs", "make a program in memory", b"homebody-probe\0", 1),
    opening("memfd_secret", "programs", "make memory that is hidden from the kernel", 0),
    door("execveat", "programs", "start a program from a descriptor", BAD, b"\0", 0, 0, 0x1000),
    door("capset", "powers", "change its powers", 0, 0),
    door("setgroups", "powers", "change its groups", BAD, 0),
    probe("terminal_input", "devices", "type into a terminal", terminal_input, errno.ENOTTY),
    probe("signal_by_file", "other processes", "let a file send signals", signal_by_file),
    door("fsconfig", "mounts", "set up a file system", BAD, 0, 0, 0, 0),
    door("mount_setattr", "mounts", "change a mount", BAD, b"\0", 0, 0, 0),
    door("fanotify_mark", "mounts", "watch files everywhere", BAD, 0, 0, BAD, 0),
    door("quotactl", "mounts", "change a disk's quota", 0xFF, 0, 0, 0),
    door("quotactl_fd", "mounts", "change the quota of an open disk", BAD, 0xFF, 0, 0),
    door("sysfs", "kernel", "ask for the kernel's file systems", 3, 0, 0),
    door("ustat", "kernel", "ask about a disk by its number", 0xFFFF, 0),
    door("lsm_set_self_attr", "kernel", "change its security label", 0, 0, 0, 0),
    door("modify_ldt", "kernel", "look at its segments", 0, 0, 0),
    door("iopl", "kernel", "set its right to the ports", 0),
    door("ioperm", "kernel", "give back a port", 0, 1, 0),
    door("clock_settime", "kernel", "set a clock", 99, 0),
    door("move_pages", "kernel", "move memory", 0, 0, 0, 0, 0, 0),
    door("migrate_pages", "kernel", "move memory to another processor", 0, 0, 0, 0),
    door("io_submit", "kernel", "hand in asynchronous I/O", 0, 0, 0),
    door("io_pgetevents", "kernel", "wait for asynchronous I/O", 0, 0, 0, 0, 0, 0),
    door("io_uring_enter", "io_uring", "hand requests to an io_uring", BAD, 0, 0, 0, 0, 0),
    door("io_uring_register", "io_uring", "give files to an io_uring", BAD, 0, 0, 0),
    door("shmat", "shared memory", "take System V shared memory", BAD, 0, 0),
    door("shmctl", "shared memory", "change System V shared memory", BAD, 0, 0),
    door("shmdt", "shared memory", "let go of System V shared memory", 0),
    door("semop", "message queues", "use a System V semaphore", BAD, 0, 0),
    door("semctl", "message queues", "change a System V semaphore", BAD, 0, 0, 0),
    door("semtimedop", "message queues", "wait for a System V semaphore", BAD, 0, 0, 0),
    door("msgsnd", "message queues", "send a System V message", BAD, 0, 0, 0),
    door("msgrcv", "message queues", "take a System V message", BAD, 0, 0, 0, 0),
    door("msgctl", "message queues", "change a System V queue", BAD, 0, 0),
    door("mq_unlink", "message queues", "remove a POSIX queue", b"homebody-probe-nowhere\0"),
    door("mq_timedsend", "message queues", "send a POSIX message", BAD, 0, 0, 0, 0),
    door("mq_timedreceive", "message queues", "take a POSIX message", BAD, 0, 0, 0, 0),
    door("mq_notify", "message queues", "be told of a POSIX message", BAD, 0),
    door("mq_getsetattr", "message queues", "change a POSIX queue", BAD, 0, 0),
    door("setresuid", "powers", "set its user, to the one that it is", BAD, BAD, BAD),
    door("setresgid", "powers", "set its group, to the one that it is", BAD, BAD, BAD),
    door("setreuid", "powers", "set its user by the older call", BAD, BAD),
    door("setregid", "powers", "set its group by the older call", BAD, BAD),
    door("setfsuid", "powers", "set whose files it opens", BAD),
    door("setfsgid", "powers", "set which group's files it opens", BAD),
    probe("let_trace", "dumps", "let any program take hold of it", let_trace),
    probe("terminal_paste", "devices", "paste into a terminal", terminal_paste, errno.ENOTTY),
    probe("signal_by_socket", "other processes", "let a socket send signals", signal_by_socket, errno.ENOTTY),
)
