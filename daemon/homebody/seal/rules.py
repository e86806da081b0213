"""Which system calls may each kind of process make?

Written as data: the first rule that fits a call decides, else the tier's default. The numbers behind the
names of constants are those of the kernel's uapi headers.
"""

import errno

from homebody.seal import handles
from homebody.seal.bpf import ALLOW, ENOSYS, Check, Rule, refuse
from homebody.seal.tier import Tier

EPERM = refuse(errno.EPERM)
ENOTTY = refuse(errno.ENOTTY)

DEFAULTS = {Tier.DAEMON: ALLOW, Tier.MODEL: EPERM, Tier.READER: EPERM}
"""What becomes of a call that no rule is about."""

AF_UNIX, SOCK_STREAM, SOCK_SEQPACKET, SOCK_TYPE_MASK = 1, 1, 5, 0xF
CLONE_THREAD = 0x00010000
NEW_NAMESPACES = 0x7E020080
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWTIME in one mask."""

PR_SET_DUMPABLE, PR_SET_PTRACER = 4, 0x59616D61
PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP = 3, 15, 16, 21
PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_SET_VMA = 38, 39, 0x53564D41
HARMLESS_PRCTL = (PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP, PR_SET_NO_NEW_PRIVS,
                  PR_GET_NO_NEW_PRIVS, PR_SET_VMA)  # fmt: skip
PRIO_PROCESS, IOPRIO_WHO_PROCESS = 0, 1
"""Of one process, number 0 being the caller itself: what others' priority is, an accomplice could read."""
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
FIOSETOWN, SIOCSPGRP, FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR = 0x8901, 0x8902, 0x40086602, 0x401C5820
TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX = 0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451
F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC = 0, 1, 2, 3, 4, 1030
F_SETOWN, F_SETOWN_EX, F_NOTIFY = 8, 15, 1026
WRITING = 0x00000003 | 0x00000040 | 0x00000200 | 0x00400000
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC and the bit of O_TMPFILE that is its own (asm-generic/fcntl.h)."""
SPECIAL_BITS, NOT_THE_OWNER = 0o7000, 0xFFFFFFFF
"""Set-uid, set-gid and sticky in a mode (linux/stat.h); fchown(2)'s -1, "leave the owner"."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NO_SOCKETS = _names("""
    socket connect bind sendmmsg recvmsg recvmmsg io_uring_setup io_uring_enter io_uring_register
""")
NO_HOLD_ON_OTHERS = _names("""
    ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_getfd bpf
    perf_event_open userfaultfd keyctl add_key request_key rt_sigqueueinfo rt_tgsigqueueinfo migrate_pages
    move_pages
""")
NO_OTHER_WORLD = _names("""
    unshare setns mount umount2 pivot_root chroot open_tree open_tree_attr move_mount fsopen fsconfig fsmount
    fspick mount_setattr swapon swapoff quotactl quotactl_fd nfsservctl acct reboot init_module finit_module
    delete_module create_module query_module get_kernel_syms kexec_load kexec_file_load open_by_handle_at
    name_to_handle_at fanotify_init fanotify_mark sethostname setdomainname syslog settimeofday clock_settime
    clock_adjtime adjtimex vhangup lookup_dcookie iopl ioperm modify_ldt uselib _sysctl ustat sysfs
    lsm_set_self_attr vserver afs_syscall security tuxcall getpmsg putpmsg
""")
NO_WIRE = _names("""
    shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink
    mq_timedsend mq_timedreceive mq_notify mq_getsetattr mknod mknodat io_setup io_submit io_pgetevents
""")
NO_TRACE_ON_FILES = _names("""
    chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat utime utimes futimesat utimensat setxattr
    lsetxattr fsetxattr removexattr lremovexattr fremovexattr setxattrat removexattrat file_setattr truncate
""")
NO_OTHER_POWERS = _names("""
    setuid setgid setreuid setregid setgroups setresuid setresgid setfsuid setfsgid capset execveat
    memfd_create memfd_secret
""")
DAEMON_REFUSED = (
    *NO_SOCKETS,
    *NO_HOLD_ON_OTHERS,
    *NO_OTHER_WORLD,
    *NO_WIRE,
    *NO_TRACE_ON_FILES,
    *NO_OTHER_POWERS,
)
"""Every call that the daemon may not make, but for what its own rules let pass before."""

READER_ALLOWED = _names("""
    read readv write writev close lseek fstat dup mmap munmap mprotect mremap madvise mincore brk rt_sigaction
    rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend sigaltstack poll ppoll select pselect6
    restart_syscall pause nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times
    getrusage getrlimit futex sched_yield sched_getaffinity getcpu getpid gettid getppid getuid geteuid getgid
    getegid uname sysinfo getrandom membarrier rseq set_robust_list get_robust_list arch_prctl exit exit_group
""")
"""Every call that the reader may make whatever its arguments: none takes a path, none starts anything."""

MODEL_ALLOWED = (
    *READER_ALLOWED,
    *_names("""
    pread64 preadv preadv2 stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getcwd
    statfs fstatfs getdents getdents64 fadvise64 readahead cachestat pipe pipe2 dup2 dup3 eventfd eventfd2
    epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 timerfd_create timerfd_settime
    timerfd_gettime getpriority sched_getparam sched_getscheduler sched_setscheduler
    sched_get_priority_max sched_get_priority_min sched_setaffinity mlock mlock2 munlock get_mempolicy
    set_mempolicy mbind set_tid_address futex_waitv futex_wake futex_wait futex_requeue mseal getpgrp getpgid
    getsid getgroups getresuid getresgid capget close_range rt_sigtimedwait chdir fchdir
    """),
)
"""Every call that the model process may make whatever its arguments."""


def one_of(argument: int, *values: int, mask: int = 0xFFFFFFFF) -> Check:
    """Return the check that the (masked) argument is one of *values*."""
    return Check(argument=argument, values=values, mask=mask)


def none_of(argument: int, *values: int, mask: int = 0xFFFFFFFF) -> Check:
    """Return the check that the (masked) argument is none of *values*."""
    return Check(argument=argument, values=values, mask=mask, inverted=True)


def null(argument: int) -> Check:
    """Return the check that the argument is a null pointer."""
    return Check(argument=argument, values=(0,), wide=True)


def allow(name: str, *checks: Check) -> Rule:
    """Return the rule that lets the call pass."""
    return Rule(name=name, verdict=ALLOW, checks=checks)


def deny(name: str, *checks: Check, verdict: int = EPERM) -> Rule:
    """Return the rule that refuses the call."""
    return Rule(name=name, verdict=verdict, checks=checks)


def rules_for(tier: Tier, pid: int) -> tuple[Rule, ...]:
    """Return the rules of *tier*, for the process *pid*."""
    match tier:
        case Tier.DAEMON:
            return daemon_rules()
        case Tier.MODEL:
            return model_rules(pid)
        case Tier.READER:
            return reader_rules(pid)


def daemon_rules() -> tuple[Rule, ...]:
    """Return the daemon's deny-list.

    ``clone3`` takes its flags in memory, where a filter cannot look: ENOSYS makes libc use ``clone``. A pair
    of datagram sockets could send to any named socket, so only connected kinds may be made; ``sendto`` may
    name nobody. ``listen`` is allowed because asyncio repeats it on a listener made before the seal; with no
    way to make a socket it opens nothing; ``sendmsg``, which asyncio writes with, finds only streams that are
    connected already. Limits and priorities may be set on ourselves alone, and we cannot become dumpable
    again. Attributes are set on handles only (`handles`), and no mode with a special bit.
    """
    return (
        deny("clone3", verdict=ENOSYS),
        deny("clone", none_of(0, 0, mask=NEW_NAMESPACES)),
        allow("socketpair", one_of(0, AF_UNIX), one_of(1, SOCK_STREAM, SOCK_SEQPACKET, mask=SOCK_TYPE_MASK)),
        deny("socketpair"),
        allow("sendto", null(4)),
        deny("sendto"),
        allow("personality", one_of(0, 0, 0xFFFFFFFF)),
        deny("personality"),
        allow("prlimit64", one_of(0, 0)),
        deny("prlimit64"),
        allow("setpriority", one_of(0, PRIO_PROCESS), one_of(1, 0)),
        deny("setpriority"),
        allow("ioprio_set", one_of(0, IOPRIO_WHO_PROCESS), one_of(1, 0)),
        deny("ioprio_set"),
        deny("prctl", one_of(0, PR_SET_DUMPABLE), none_of(1, 0)),
        deny("prctl", one_of(0, PR_SET_PTRACER)),
        deny(
            "ioctl", one_of(1, TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP, FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR)
        ),
        deny("fcntl", one_of(1, F_SETOWN, F_SETOWN_EX, F_NOTIFY)),
        *_on_handles(),
        *(deny(name) for name in DAEMON_REFUSED),
    )


def _on_handles() -> tuple[Rule, ...]:
    """Return the rules by which a rewrite keeps what a person's file carries, on reserved descriptors.

    fchown is among them for the group: without it a file that a family's group may read would be readable by
    another group after a rewrite. The owner stays -1. utimensat(2) without a path is futimens(3), by which a
    file that is copied to another file system keeps its time.
    """
    on_handle = one_of(0, handles.FIRST, mask=handles.MASK)
    return (
        allow("fsetxattr", on_handle),
        allow("fremovexattr", on_handle),
        allow("fchmod", on_handle, one_of(1, 0, mask=SPECIAL_BITS)),
        allow("fchown", on_handle, one_of(1, NOT_THE_OWNER)),
        allow("utimensat", on_handle, null(1)),
    )


def model_rules(pid: int) -> tuple[Rule, ...]:
    """Return the model's allow-list: it reads what Landlock lets it read, and computes in threads.

    It opens for reading only, a second lock beside Landlock; signals go to itself alone, for abort(3).
    """
    return (
        deny("clone3", verdict=ENOSYS),
        allow("clone", one_of(0, 0, mask=NEW_NAMESPACES), one_of(0, CLONE_THREAD, mask=CLONE_THREAD)),
        allow("openat", one_of(2, 0, mask=WRITING)),
        allow("open", one_of(1, 0, mask=WRITING)),
        allow("prctl", one_of(0, *HARMLESS_PRCTL)),
        allow("ioctl", one_of(1, TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX)),
        deny("ioctl", verdict=ENOTTY),
        allow("setpriority", one_of(0, PRIO_PROCESS), one_of(1, 0)),
        *_of_itself(pid),
        *(allow(name) for name in MODEL_ALLOWED),
    )  # fmt: skip


def reader_rules(pid: int) -> tuple[Rule, ...]:
    """Return the reader's allow-list: bytes in, text out, memory, and nothing else.

    Not one call that takes a path, so that not even the existence of a file can be asked about.
    """
    return (
        deny("clone3", verdict=ENOSYS),
        allow("prctl", one_of(0, PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS, PR_SET_VMA)),
        deny("ioctl", verdict=ENOTTY),
        *_of_itself(pid),
        *(allow(name) for name in READER_ALLOWED),
    )


def _of_itself(pid: int) -> tuple[Rule, ...]:
    """Return the rules that both small tiers share: plain fcntl, own limits to read, signals to oneself."""
    return (
        allow("fcntl", one_of(1, F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC)),
        allow("prlimit64", one_of(0, 0), null(2)),
        allow("tgkill", one_of(0, pid)),
    )
