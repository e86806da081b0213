"""Which devices could be a wire, and from which places would something of ours start by itself later on?

Devices are opened and closed, nothing is read from or written to them; none is among them that a person would
see or hear of, such as a camera, because the control really opens it. What a computer does not have is
skipped; so is what an ordinary user may not open anyway.
"""

import os
import site

from homebody.seal.attempts.files import aimed, take_away
from homebody.seal.probe import Probe, ProbeTargets, Untestable

ORDINARY, WRITING = os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY

DEVICES = (
    ("tun", "/dev/net/tun", ORDINARY, "make a network card of its own"),
    ("vsock_device", "/dev/vsock", os.O_RDONLY, "ask for the computer's host"),
    ("fuse", "/dev/fuse", ORDINARY, "make a file system of its own"),
    ("kvm", "/dev/kvm", ORDINARY, "start a virtual computer"),
    ("uinput", "/dev/uinput", WRITING, "type on a keyboard of its own"),
    ("keyboard", "/dev/input/event0", os.O_RDONLY | os.O_NONBLOCK, "listen to the keyboard"),
    ("sound", "/dev/snd/seq", ORDINARY, "open the sound card"),
    ("kernel_messages", "/dev/kmsg", WRITING, "write into the kernel's log"),
    ("own_terminal", "/dev/tty", ORDINARY, "open the terminal that it was started from"),
    ("full_device", "/dev/full", WRITING, "open a device for writing"),
    ("random_device", "/dev/random", WRITING, "feed the source of random numbers"),
    ("zero_device", "/dev/zero", WRITING, "open the device of zeros for writing"),
    ("page_faults", "/dev/userfaultfd", ORDINARY, "handle page faults by a device"),
)


def device(name: str, path: str, flags: int, words: str) -> Probe:
    """Return the probe that opens the device at *path*."""

    def attempt(_targets: ProbeTargets) -> None:
        os.close(os.open(path, flags))

    return aimed(name, "devices", words, attempt)


def leave(name: str, words: str, folder: str) -> Probe:
    """Return the probe that makes a file in *folder*, of a name that nothing starts, and takes it away again."""

    def attempt(_targets: ProbeTargets) -> None:
        path = f"{os.path.expanduser(folder)}/.homebody-probe-{os.getpid()}-left"  # noqa: PTH111 - see `files`
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        take_away(path)

    return aimed(name, "later", words, attempt)


def start_up_file(_targets: ProbeTargets) -> None:
    """Open a file that a shell runs when a person logs in, to append to it."""
    for name in ("~/.bashrc", "~/.profile", "~/.zshrc", "~/.bash_profile"):
        try:
            os.close(os.open(os.path.expanduser(name), os.O_WRONLY | os.O_APPEND))  # noqa: PTH111
        except FileNotFoundError:
            continue
        return
    raise Untestable("this user has no such file")


def python_folder() -> str:
    """Return the folder from which Python runs .pth files, of this installation."""
    return site.getsitepackages()[0]


PROBES = (
    *(device(*one) for one in DEVICES),
    leave("home_folder", "leave a file in the home folder", "~"),
    leave("start_folder", "leave a file where sessions start programs", "~/.config/autostart"),
    leave("keys_folder", "leave a key for logging in", "~/.ssh"),
    leave("system_folder", "leave a file among the system's settings", "/etc"),
    leave("cron_folder", "leave a job for the clock", "/var/spool/cron/crontabs"),
    leave("python_folder", "leave a file that Python runs", python_folder()),
    aimed("start_up_file", "later", "append to a file that the shell runs", start_up_file),
)
