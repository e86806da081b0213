"""What could a process take from its neighbours or give them, by way of /proc, signals and pipes?

All of it is aimed at a process of the same user that waits to be ended. Reading another one's files, memory
map or folders goes past Landlock's rule for ptrace, signals past its scopes.
"""

import os
import signal

from homebody.seal import kernel
from homebody.seal.attempts.processes import FROM_SIGNALS_ON, victim
from homebody.seal.probe import Probe, ProbeTargets, probe

IOPRIO_WHO_PROCESS = 1
CPU_MASK_BYTES = 1024


def of_the_victim(targets: ProbeTargets, name: str) -> str:
    """Return the path of the victim's entry *name* in /proc."""
    return f"/proc/{victim(targets)}/{name}"


def read_map(targets: ProbeTargets) -> None:
    """Read where another process has what in its memory."""
    os.close(os.open(of_the_victim(targets, "maps"), os.O_RDONLY))


def name_of_file(targets: ProbeTargets) -> None:
    """Learn what another process has open."""
    os.readlink(of_the_victim(targets, "fd/0"))  # noqa: PTH115 - one call and nothing around it


def through_root(targets: ProbeTargets) -> None:
    """Read a file by way of another process's root folder."""
    os.close(os.open(of_the_victim(targets, "root/etc/passwd"), os.O_RDONLY))


def through_folder(targets: ProbeTargets) -> None:
    """List another process's working folder."""
    os.close(os.open(of_the_victim(targets, "cwd"), os.O_RDONLY | os.O_DIRECTORY))


def into_pipe(targets: ProbeTargets) -> None:
    """Open the pipe that another process reads, for writing: vmsplice and splice would do the rest."""
    os.close(os.open(of_the_victim(targets, "fd/0"), os.O_WRONLY | os.O_NONBLOCK))


def out_of_memory_score(targets: ProbeTargets) -> None:
    """Open the switch that says which process dies first when memory runs out."""
    os.close(os.open(of_the_victim(targets, "oom_score_adj"), os.O_WRONLY))


def own_memory(_targets: ProbeTargets) -> None:
    """Open our own memory as a file, by which read-only memory can be written."""
    os.close(os.open("/proc/self/mem", os.O_RDWR))


def own_score(_targets: ProbeTargets) -> None:
    """Open our own switch for when memory runs out."""
    os.close(os.open("/proc/self/oom_score_adj", os.O_WRONLY))


def signal_by_handle(targets: ProbeTargets) -> None:
    """Signal another process by a handle; number 0, which only asks whether it could."""
    handle = kernel.call("pidfd_open", victim(targets), 0)
    try:
        kernel.call("pidfd_send_signal", handle, 0, None, 0)
    finally:
        os.close(handle)


def signal_a_thread(targets: ProbeTargets) -> None:
    """Signal a thread of another process; number 0 again."""
    kernel.call("tgkill", victim(targets), victim(targets), 0)


def queue_to_thread(_targets: ProbeTargets) -> None:
    """Queue a signal to a thread; a null pointer, which the kernel looks at first."""
    kernel.call("rt_tgsigqueueinfo", 0, 0, signal.SIGUSR1, 0)


def priority(targets: ProbeTargets) -> None:
    """Set another process's share of the processor, to what it is: an accomplice could read what is set."""
    number = victim(targets)
    os.setpriority(os.PRIO_PROCESS, number, os.getpriority(os.PRIO_PROCESS, number))


def disk_priority(targets: ProbeTargets) -> None:
    """Set another process's share of the disk, to the ordinary one."""
    kernel.call("ioprio_set", IOPRIO_WHO_PROCESS, victim(targets), 0)


def processors(targets: ProbeTargets) -> None:
    """Set on which processors another process runs, to those on which it does."""
    mask = kernel.buffer(CPU_MASK_BYTES)
    size = kernel.call("sched_getaffinity", victim(targets), len(mask), mask)
    kernel.call("sched_setaffinity", victim(targets), size, mask)


def command_line(targets: ProbeTargets) -> None:
    """Read with what command another process was started."""
    os.close(os.open(of_the_victim(targets, "cmdline"), os.O_RDONLY))


PROBES = (
    probe("read_map", "other processes", "read another process's map of memory", read_map),
    probe("name_of_file", "other processes", "learn what another process has open", name_of_file),
    probe("through_root", "other processes", "read a file through another process", through_root),
    probe("through_folder", "other processes", "list another process's folder", through_folder),
    probe("into_pipe", "other processes", "write into another process's pipe", into_pipe),
    probe("out_of_memory_score", "other processes", "choose who dies when memory is full", out_of_memory_score),
    probe("own_memory", "other processes", "write its own memory as a file", own_memory),
    probe("own_score", "kernel", "never die when memory is full", own_score),
    Probe(name="signal_by_handle", channel="other processes", words="signal another process by a handle",
          attempt=signal_by_handle, landlock_abi=FROM_SIGNALS_ON),
    Probe(name="signal_a_thread", channel="other processes", words="signal a thread of another process",
          attempt=signal_a_thread, landlock_abi=FROM_SIGNALS_ON),
    probe("queue_to_thread", "other processes", "queue a signal to a thread", queue_to_thread),
    probe("priority", "other processes", "change another process's priority", priority),
    probe("disk_priority", "other processes", "change another one's priority on the disk", disk_priority),
)  # fmt: skip

LIMITS = (
    Probe(
        name="command_line", channel="other processes", words="read the command that started another process",
        attempt=command_line, number=12,
        limit="the daemon looks at its children in /proc, which shows the commands of others, too",
    ),
    Probe(
        name="processors", channel="other processes", words="choose on which processors another process runs",
        attempt=processors, number=35,
        limit="the model's threads are placed by that call, and no filter can tell whose number it names;"
        " an accomplice could read it as it could read the load of the computer",
    ),
)  # fmt: skip
"""What the daemon cannot be refused on Linux; model and reader are."""
