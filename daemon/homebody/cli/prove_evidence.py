"""What does `homebody prove` see: in the processes, from outside, and in a process without a seal?"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from homebody import __version__, seal
from homebody.errors import HomebodyError, NotRunningError, SealError, UsageError
from homebody.paths import Home
from homebody.service.control import request
from homebody.service.peer import listener_of
from homebody.synced.mounts import mounts_here

PROCESSES = ("daemon", "model", "reader")

PICTURES, SPEECH = "pictures", "speech"
"""The readers of pictures and recordings, which there are where there is a Tesseract and a whisper.cpp."""

EMBEDDINGS = "embeddings"
"""The embedding model, which there is where a person chose one; to try, it is loaded."""

CALLED = {PICTURES: "reader of pictures", SPEECH: "reader of recordings", EMBEDDINGS: "embedding model"}

ANSWER_SECONDS = 180.0
LOAD_SECONDS = 300.0
POLL_SECONDS = 0.2

Say = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Sealed:
    """What was seen of one sealed process."""

    name: str
    results: dict[str, seal.ProbeResult] = field(default_factory=dict)
    arrived: dict[str, int] = field(default_factory=dict)
    """How many came to each listener while it tried."""
    pid: int | None = None
    parent: int | None = None
    report: Mapping[str, Any] = field(default_factory=dict)
    threads: Sequence[seal.ThreadSeal] = ()
    whole: bool | None = None
    """Whether the kernel says that the whole process is sealed; asked where it shows no threads."""
    descriptors: Sequence[seal.Descriptor] | None = None
    own_account: bool = False
    """Whether the descriptors are what the process says of itself, because the kernel does not show them to us."""
    problem: str | None = None
    """Why it could not be asked, if it could not."""

    @property
    def called(self) -> str:
        """What it is in a sentence, behind "the"."""
        return CALLED.get(self.name, self.name)

    @property
    def tier(self) -> str:
        """Which kind of seal it has."""
        return "model" if self.name == EMBEDDINGS else "reader" if self.name in CALLED else self.name


@dataclass(slots=True, kw_only=True)
class Evidence:
    """Everything that was seen."""

    thrown_away: bool
    """Whether the daemon was started for this."""
    system: seal.System
    kernel: str
    machine: str
    listener: int | None
    """The process that the kernel says listens on the control socket."""
    controls: dict[str, seal.ProbeResult]
    control_arrived: dict[str, int]
    fingerprints: dict[str, str]
    """The SHA-256 of each tier's filter, made from this package; none where the seal depends on the recipes, too."""
    processes: list[Sealed]
    mounts: tuple[str, ...] = ()
    """What the mounts of this computer leave open, in words."""


def gather(home: Home, parent: Path | None, say: Say, *, thrown_away: bool) -> Evidence:
    """Return what is seen of the daemon on *home*, with something to aim at in a new folder in *parent*.

    Raises NotRunningError without a daemon, and HomebodyError when it belongs to another user or nothing
    can be tried at all. What goes wrong in one process is noted there.
    """
    listener = listener_of(home.socket)
    if listener is not None and listener[1] != os.geteuid():
        raise UsageError(
            "This homebody belongs to another user, so a try beside it without a seal would show nothing.",
            hint="Let that user run `homebody prove`.",
        )
    status = request(home.socket, "GET", "/v1/status")
    refuse_other_version(status)
    wait_for_model(home, say)
    probes = (*seal.PROBES, *seal.LIMITS)
    names = [probe.name for probe in probes]
    sees, hears = bool(status.get(PICTURES, {}).get("languages")), bool(status.get(SPEECH, {}).get("model"))
    embeds = status.get(EMBEDDINGS) is not None
    more = (*[PICTURES] * sees, *[SPEECH] * hears, *[EMBEDDINGS] * embeds)
    processes = [Sealed(name=name) for name in (*PROCESSES, *more)]
    with seal.Targets(outside=parent) as targets:
        say(f"Trying {len(names)} ways out in a process without a seal, for comparison ...")
        controls = {result.name: result for result in seal.control(names, targets.targets)}
        before = counted(targets)
        control_arrived = dict(before)
        for process in processes:
            say(f"Now the {process.called} tries them itself ...")
            let_try(home, process, names, targets.targets)
            after = counted(targets)
            process.arrived = {name: number - before[name] for name, number in after.items()}
            before = after
    say("Looking at each process from outside ...")
    status = request(home.socket, "GET", "/v1/status")
    for process in processes:
        look_at(home, process, status)
    return Evidence(
        thrown_away=thrown_away,
        system=seal.this_system(),
        kernel=os.uname().release,
        machine=os.uname().machine,
        listener=None if listener is None else listener[0],
        controls=controls,
        control_arrived=control_arrived,
        fingerprints=made_again() if seal.this_system().shows_processes else {},
        processes=processes,
        mounts=seal.uncovered(mounts_here()),
    )


def made_again() -> dict[str, str]:
    """Return the SHA-256 of the filter of each kind of process, made from this package."""
    return {tier.value: seal.fingerprint(tier, seal.this_machine()) for tier in seal.Tier}


def refuse_other_version(status: Mapping[str, Any]) -> None:
    """Raise UsageError when the homebody that runs is not the one that this command belongs to."""
    if status["version"] != __version__:
        raise UsageError(
            f"The homebody that runs is version {status['version']}, and this command is of {__version__}.",
            hint="Stop the one that runs and start the new one, then try again.",
        )


def wait_for_model(home: Home, say: Say) -> None:
    """Wait until the model has loaded or failed to."""
    deadline = time.monotonic() + LOAD_SECONDS
    said = False
    while request(home.socket, "GET", "/v1/status")["model"]["state"] == "loading":
        if not said:
            say("Waiting for the model to load ...")
            said = True
        if time.monotonic() > deadline:
            return
        time.sleep(POLL_SECONDS)


def counted(targets: seal.Targets) -> dict[str, int]:
    """Return how many have come to each listener up to now."""
    _everything = targets.arrived
    return dict(targets.counts)


def let_try(home: Home, process: Sealed, names: Sequence[str], targets: seal.ProbeTargets) -> None:
    """Let *process* try the probes in itself, and note what it says, or why it says nothing."""
    body = {"process": process.name, "names": list(names), "targets": targets.to_dict()}
    try:
        answer = request(home.socket, "POST", "/v1/probe", body, timeout=ANSWER_SECONDS)
        results = [seal.ProbeResult.from_dict(values) for values in answer["results"]]
    except NotRunningError:
        process.problem = "homebody did not answer any more"
    except HomebodyError as error:
        process.problem = str(error)
    except (KeyError, TypeError):
        process.problem = "it gave an answer that makes no sense"
    else:
        process.results = {result.name: result for result in results}


def look_at(home: Home, process: Sealed, status: Mapping[str, Any]) -> None:
    """Note what the kernel says of *process*, and what it has reported of its seal."""
    told = {"daemon": status, "model": status["model"], "reader": status["reader"],
            **{name: status.get(name) or {} for name in CALLED}}[process.name]  # fmt: skip
    process.report = told.get("seal") or {}
    pid = told.get("pid")
    if not isinstance(pid, int):
        process.problem = process.problem or told.get("problem") or "it does not run"
        return
    process.pid = pid
    try:
        if seal.this_system().shows_processes:
            process.threads = seal.seal_status(pid)
        else:
            process.whole = seal.is_sealed(pid)
    except SealError as error:
        process.problem = process.problem or str(error)
        return
    process.parent = seal.parent_of(pid)
    process.descriptors = seal.seen_descriptors(pid, home.socket)
    if process.descriptors is None:
        process.own_account = True
        process.descriptors = tuple(own_account(home, process))


def own_account(home: Home, process: Sealed) -> Iterator[seal.Descriptor]:
    """Yield what *process* says that it holds open; note why if it does not say."""
    try:
        answer = request(
            home.socket, "GET", f"/v1/descriptors?process={process.name}", timeout=ANSWER_SECONDS
        )
        yield from [seal.Descriptor.from_dict(values) for values in answer["descriptors"]]
    except (HomebodyError, KeyError, TypeError, ValueError) as error:
        process.problem = process.problem or f"it does not say what it has open ({type(error).__name__})"
