"""Does each right of Landlock count? Taken away one by one from the list of what is handled, on every ABI."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homebody.seal import PROBES, Targets, landlock
from homebody.seal.landlock import LACKS, Handled

FILES, NETWORK, SCOPES = "files", "network", "scopes"

RIGHTS: dict[str, tuple[str, int, int]] = {
    "execute": (FILES, 0, 1), "write_file": (FILES, 1, 1), "read_file": (FILES, 2, 1), "read_dir": (FILES, 3, 1),
    "remove_dir": (FILES, 4, 1), "remove_file": (FILES, 5, 1), "make_char": (FILES, 6, 1), "make_dir": (FILES, 7, 1),
    "make_reg": (FILES, 8, 1), "make_sock": (FILES, 9, 1), "make_fifo": (FILES, 10, 1), "make_block": (FILES, 11, 1),
    "make_sym": (FILES, 12, 1), "refer": (FILES, 13, 2), "truncate": (FILES, 14, 3), "ioctl_dev": (FILES, 15, 5),
    "bind_tcp": (NETWORK, 0, 4), "connect_tcp": (NETWORK, 1, 4), "abstract_unix": (SCOPES, 0, 6),
    "signal": (SCOPES, 1, 6),
}  # fmt: skip
"""Each right with the field of struct landlock_ruleset_attr and the bit that it has there, and its first ABI."""

ALWAYS_REFUSED = {"refer"}
"""Moves between folders are refused by every kernel with Landlock, whether or not it can be told to allow some."""

WORDS = {
    "refer": 2, "bind_tcp": 4, "connect_tcp": 4, "ioctl_dev": 5, "abstract_unix": 6, "signal": 6,
}  # fmt: skip
"""In which line of LACKS a right is that came after the first ABI; truncation is refused by seccomp as well."""

DEED = """
import errno, socket, stat
from homebody.seal import kernel, landlock
from homebody.seal.apart import in_a_fork
from homebody.seal.landlock import Handled
targets = seal.ProbeTargets(**given["targets"])
place = Path(given["folder"])

def connect(family, address):
    with socket.socket(family) as made:
        made.connect(address)

def run():
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(pid, 0)

def bind():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))

def ask_device():
    with open("/dev/null", "rb") as null:
        try:
            kernel.call("ioctl", null.fileno(), 0x5401, kernel.buffer(64))
        except OSError as error:
            if error.errno != errno.ENOTTY:
                raise

def node(kind):
    return lambda: os.mknod(place / "made", 0o600 | kind, os.makedev(0, 0))

DEEDS = {
    "execute": run,
    "write_file": lambda: os.open(place / "note", os.O_WRONLY),
    "read_file": lambda: os.open(place / "note", os.O_RDONLY),
    "read_dir": lambda: os.listdir(place),
    "remove_dir": lambda: os.rmdir(place / "empty"),
    "remove_file": lambda: os.unlink(place / "note"),
    "make_char": node(stat.S_IFCHR),
    "make_dir": lambda: os.mkdir(place / "made"),
    "make_reg": node(stat.S_IFREG),
    "make_sock": node(stat.S_IFSOCK),
    "make_fifo": node(stat.S_IFIFO),
    "make_block": lambda: os.mknod(place / "made", 0o600 | stat.S_IFBLK, os.makedev(7, 0)),
    "make_sym": lambda: os.symlink("note", place / "made"),
    "refer": lambda: os.rename(place / "note", place / "other" / "note"),
    "truncate": lambda: os.truncate(place / "note", 1),
    "ioctl_dev": ask_device,
    "bind_tcp": bind,
    "connect_tcp": lambda: connect(socket.AF_INET, ("127.0.0.1", targets.tcp_port)),
    "abstract_unix": lambda: connect(socket.AF_UNIX, "\\0" + targets.abstract_name),
    "signal": lambda: os.kill(targets.victim, 0),
}

def told_by(name, prepare):
    (place / "note").write_text("note")
    for folder in ("empty", "other"):
        (place / folder).mkdir(exist_ok=True)
    def done():
        prepare()
        return name_of_refusal(DEEDS[name])
    answer = in_a_fork(done)
    for left in ("made", "other/note"):
        (place / left).unlink(missing_ok=True) if not (place / left).is_dir() else (place / left).rmdir()
    return answer

def only(field, bit, *, level, handled):
    def prepare():
        whole = Handled.by(level)
        kept = {name: getattr(whole, name) for name in ("files", "network", "scopes")}
        granted = kept["files"] & ~(1 << bit if field == "files" else 0)
        if not handled:
            kept[field] &= ~(1 << bit)
        if field == "files":
            kept |= {"network": 0, "scopes": 0}
        landlock.abi = lambda: level
        landlock.rules_of = lambda policy: ((Path("/"), granted & kept["files"]),)
        Handled.by = classmethod(lambda cls, abi: cls(**kept))
        kernel.prctl(38, 1)
        landlock.restrict(seal.reader_policy())
    return prepare
"""


@pytest.fixture
def told(child: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Return a function that runs code in the world of the deeds."""

    def run(code: str, **values: Any) -> Any:
        with Targets() as targets:
            aims = targets.targets.to_dict()
            return child(f"{DEED}\n{code}", targets=aims, folder=str(tmp_path), **values)

    return run


def test_every_right_that_we_handle_has_its_deed() -> None:
    """The rights of this table are all that are handled up to ABI 8, each from the ABI on that brought it."""
    for level in range(1, 9):
        handled = Handled.by(level)
        for name, (field, bit, since) in RIGHTS.items():
            assert bool(getattr(handled, field) >> bit & 1) == (level >= since), (name, level)
    newest = Handled.by(8)
    assert sum(getattr(newest, field).bit_count() for field in (FILES, NETWORK, SCOPES)) == len(RIGHTS)


@pytest.mark.skipif(landlock.abi() < 6, reason="the kernel knows too few rights")
def test_each_right_alone_refuses_its_deed(told: Callable[..., Any]) -> None:
    """With one right handled and not granted its deed is refused, with that one not handled it is done."""
    code = """
told({name: [told_by(name, lambda: None)] + [told_by(name, only(field, bit, level=6, handled=handled))
      for handled in (True, False)] for name, (field, bit, _since) in given["rights"].items()})
"""
    answers = told(code, rights=RIGHTS)
    works = {name for name, (free, _handled, _not) in answers.items() if free == "done"}
    assert set(RIGHTS) - works <= {"make_block", "make_char"}  # which may need a power
    refusals = {name: answers[name][1] for name in works}
    assert {name: "EXDEV" if name == "refer" else "EPERM" if field == SCOPES else "EACCES"
            for name, (field, _bit, _since) in RIGHTS.items() if name in works} == refusals  # fmt: skip
    assert {name for name in works if answers[name][2] != "done"} == ALWAYS_REFUSED


@pytest.mark.skipif(landlock.abi() < 6, reason="the kernel knows too few rights")
def test_older_kernels_refuse_what_they_know(told: Callable[..., Any]) -> None:
    """On each ABI the deeds that are done are those of rights that came later, and LACKS has words for them."""
    code = """
told([[name, level] for name, (field, bit, since) in given["rights"].items() for level in range(1, given["newest"] + 1)
      if told_by(name, only(field, bit, level=level, handled=True)) == "done"])
"""
    later = {name: right for name, right in RIGHTS.items() if right[2] > 1}
    done = told(code, rights=later, newest=landlock.abi())
    expected = [[name, level] for name, (_field, _bit, since) in later.items() for level in range(1, since)]
    assert done == [pair for pair in expected if pair[0] not in ALWAYS_REFUSED]
    assert {name for name, _level in done} | ALWAYS_REFUSED == {*WORDS, "truncate"}
    assert set(WORDS.values()) <= set(LACKS)
    assert {name for name, since in WORDS.items() if RIGHTS[name][2] != since} == set()


BY_SIGNAL = {"signal", "signal_by_handle", "signal_a_thread"}
"""The three calls by which a daemon can signal another process; the fourth, by a queue, seccomp refuses."""

LEVEL = """
from homebody.seal import landlock
from homebody.seal.unsealed import apart
landlock.abi = lambda: given["level"]
model = Path(given["folder"]) / "one.gguf"
policies = {
    "daemon": lambda: seal.daemon_policy(read=[], write=[Path(given["folder"])]),
    "model": lambda: seal.model_policy(model=model),
    "reader": seal.reader_policy,
}
report = seal.enter(policies[given["tier"]]())
results = seal.run_probes([probe.name for probe in seal.PROBES], seal.ProbeTargets(**given["targets"]))
told([report.landlock_abi, report.missing, [result.name for result in results if result.reached]])
"""


@pytest.mark.parametrize("tier", ["daemon", "model", "reader"])
def test_what_gets_out_on_older_kernels(tier: str, child: Callable[..., Any], tmp_path: Path) -> None:
    """On every ABI from 1 up a daemon can at most signal other programs of its user; model and reader nothing."""
    (tmp_path / "one.gguf").write_bytes(b"GGUF")
    with Targets() as targets:
        for level in range(1, landlock.abi() + 1):
            used, missing, reached = child(
                LEVEL, tier=tier, level=level, folder=str(tmp_path), targets=targets.targets.to_dict()
            )
            assert used == level
            assert missing == list(landlock.lacks(level))
            too_old = {probe.name for probe in PROBES if tier == "daemon" and level < probe.landlock_abi}
            assert set(reached) == too_old, level
            assert too_old == (BY_SIGNAL if tier == "daemon" and level < 6 else set())
            assert ("signals to other processes" in " ".join(missing)) == (level < 6)


def test_attributes_of_newer_kernels_are_longer_or_alike() -> None:
    """What no kernel here has, 8 to 12, is held by its bytes: 17 file rights from 9 on, UDP from 10 on."""
    golden = {
        8: "ffff000000000000" "0300000000000000" "0300000000000000",
        9: "ffff010000000000" "0300000000000000" "0300000000000000",
        10: "ffff010000000000" "0f00000000000000" "0300000000000000",
        11: "ffff010000000000" "0f00000000000000" "0300000000000000",
        12: "ffff010000000000" "0f00000000000000" "0300000000000000",
    }  # fmt: skip
    assert {level: Handled.by(level).packed(level).hex() for level in golden} == golden


SHOWN_BY = {
    "write_file": {"append_outside", "full_device", "kernel_messages", "out_of_memory_score", "own_memory", "own_score",
                   "random_device", "start_up_file", "temporary_outside", "uinput", "zero_device"},
    "read_file": {"read_outside", "keyboard", "vsock_device"}, "read_dir": {"list_outside"},
    "make_dir": {"folder_outside"}, "make_sym": {"symlink_outside"}, "make_reg": {"hardlink_outside", "second_name"},
    "signal": BY_SIGNAL,
}  # fmt: skip
"""The probes that get out of a daemon whose whole seal lacks one right of Landlock, if Landlock alone refuses them."""

ON_EVERY_MACHINE = {
    "append_outside", "read_outside", "list_outside", "folder_outside", "symlink_outside", "hardlink_outside",
    "second_name", "start_up_file", *BY_SIGNAL,
}  # fmt: skip
"""Those that need no device, no power and no setting of the kernel: one or more for each right."""

LEAVES_TRACES = {"shared_memory", "system_folder", "cron_folder", "python_folder"}
"""Where files may be made and neither written nor removed, these leave one behind, outside the folders of this test."""

NOT_SHOWN = {
    "execute": "a program has to be read as well, and none lies where a daemon without recipes reads",
    "remove_dir": "no probe removes a folder that it did not make",
    "remove_file": "to rename takes the right to make a file as well, and no probe removes what it did not make",
    "make_char": "seccomp refuses mknod", "make_fifo": "seccomp refuses mknod",
    "make_block": "seccomp refuses mknod", "make_sock": "seccomp refuses mknod and bind",
    "refer": "moves are refused by every kernel with Landlock", "truncate": "seccomp refuses truncate",
    "ioctl_dev": "what is harmful of ioctl is refused by seccomp", "bind_tcp": "seccomp refuses sockets",
    "connect_tcp": "seccomp refuses sockets", "abstract_unix": "seccomp refuses sockets",
}  # fmt: skip
"""The others, and why no probe can show it; `test_each_right_alone_refuses_its_deed` tries these one by one."""


@pytest.mark.usefixtures("furnished_home")
@pytest.mark.skipif(landlock.abi() < 6, reason="the kernel knows too few rights")
def test_probes_notice_a_right_that_is_gone(child: Callable[..., Any]) -> None:
    """The whole daemon's seal with one right of Landlock less: the probes behind that right get out.

    Those of them, that is, which get out on this machine when Landlock is left away altogether.
    """
    code = """
from homebody.seal import entry, landlock
from homebody.seal.apart import in_a_fork
from homebody.seal.landlock import Handled
targets, whole = seal.ProbeTargets(**given["targets"]), Handled.by(landlock.abi())
policy = seal.daemon_policy(read=[], write=[])
elsewhere = ("child", "loader", "child_socket", *given["elsewhere"])
names = [probe.name for probe in seal.PROBES if probe.name not in elsewhere]

def without(field, bit):
    def out():
        kept = {name: getattr(whole, name) for name in ("files", "network", "scopes")}
        if field is None:
            landlock.restrict = lambda policy: landlock.abi()
        else:
            kept[field] &= ~(1 << bit)
        Handled.by = classmethod(lambda cls, abi: cls(**kept))
        left = [(path, access) for path, access in landlock.rules_of(policy)
                if access & kept["files"] & (-1 if path.is_dir() else landlock.ON_A_FILE)]
        entry.confirm = lambda policy: None  # it would find out by itself
        landlock.rules_of = lambda policy: left  # the kernel takes no rule that grants nothing
        seal.enter(policy)
        return [result.name for result in seal.run_probes(names, targets) if result.reached]
    return in_a_fork(out)

told([without(None, 0), {name: without(field, bit) for name, (field, bit, _since) in given["rights"].items()}])
"""
    with Targets() as targets:
        aims = targets.targets.to_dict()
        by_landlock, out = child(code, targets=aims, rights=RIGHTS, elsewhere=sorted(LEAVES_TRACES))
    assert set(by_landlock) >= ON_EVERY_MACHINE
    assert {name: set(probes) for name, probes in out.items() if probes} == {
        name: probes & set(by_landlock) for name, probes in SHOWN_BY.items()
    }
    assert set(SHOWN_BY) | set(NOT_SHOWN) == set(RIGHTS)
