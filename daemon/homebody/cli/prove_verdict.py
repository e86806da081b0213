"""What does the evidence show? Pure: the same evidence, the same verdict.

A way counts as tried only where it works without a seal; one that got out counts in any case.
"""

import errno
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from homebody import seal
from homebody.cli.prove_evidence import Evidence, Sealed

HELD, GOT_OUT, NOT_SHOWN = 0, 3, 4
"""The exit codes: nothing got out; something did or a lock is missing; it could not be shown here."""

LEAST_FILTERS = {"daemon": 1, "model": 2, "reader": 2}
"""Model and reader inherit the daemon's filter and put their own on top."""

UNSEEN = (
    "this system does not show a process's threads and parent to others, and the profile cannot be made again here;"
    " of each process the kernel says only whether it is sealed, and its SHA-256 and what it has open are its own word"
)
"""What is not shown on macOS, whatever else is; that is no fault of the processes."""

Outcome = Literal["refused", "reached", "skipped", "limit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One probe in one process: what came of it, and why it was skipped if it was."""

    probe: seal.Probe
    outcome: Outcome
    errno: str | None
    reached: bool
    why: str | None = None

    def to_dict(self, control: seal.ProbeResult | None) -> dict[str, Any]:
        """Return it as JSON takes it, beside what the *control* did."""
        return {
            "name": self.probe.name,
            "channel": self.probe.channel,
            "words": self.probe.words,
            "verdict": self.outcome,
            "reached": self.reached,
            "errno": self.errno,
            "skipped": self.why,
            "control": None if control is None else control.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is shown, and what is not as it should be."""

    tried: dict[str, tuple[Tried, ...]]
    """By process: every probe and every limit."""
    wrong: tuple[str, ...]
    unshown: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """The exit code of the command."""
        return GOT_OUT if self.wrong else NOT_SHOWN if self.unshown else HELD

    def count(self, outcome: Outcome, process: str | None = None) -> int:
        """Return how many probes came out so, in *process* or in all."""
        chosen = self.tried.values() if process is None else (self.tried[process],)
        return sum(one.outcome == outcome for results in chosen for one in results)

    def attempted(self, process: str | None = None) -> int:
        """Return how many probes were really tried, in *process* or in all."""
        return self.count("refused", process) + self.count("reached", process)


def judge(evidence: Evidence) -> Verdict:
    """Return what *evidence* shows."""
    tried = {process.name: tuple(outcomes(process, evidence)) for process in evidence.processes}
    wrong: list[str] = []
    unshown: list[str] = []
    for process in evidence.processes:
        out = [one.probe for one in tried[process.name] if one.outcome == "reached"]
        wrong += [f"the {process.called} managed to {probe.words}{too_old(probe, process)}" for probe in out]
        wrong += from_outside(process, evidence)
        if not any(one.outcome in ("refused", "reached") for one in tried[process.name]):
            why = process.problem or "nothing that it tried works here without a seal"
            unshown.append(f"the {process.called} showed nothing: {why}")
        elif process.problem:
            unshown.append(f"the {process.called}: {process.problem}")
        silent = [
            probe.name for probe in seal.PROBES if process.results and probe.name not in process.results
        ]
        if silent:
            unshown.append(f"the {process.called} did not say what came of {len(silent)} of the ways")
    unshown += [
        f"nothing arrived at the {name} listener even without a seal"
        for name, number in evidence.control_arrived.items()
        if not number
    ]
    if not evidence.system.shows_processes:
        unshown.append(UNSEEN)
    return Verdict(tried=tried, wrong=tuple(wrong), unshown=tuple(unshown))


def outcomes(process: Sealed, evidence: Evidence) -> Iterable[Tried]:
    """Yield what came of each probe in *process*."""
    for probe in (*seal.PROBES, *seal.LIMITS):
        control = evidence.controls.get(probe.name)
        result = process.results.get(probe.name)
        if result is None:
            yield Tried(probe=probe, outcome="skipped", errno=None, reached=False, why="it gave no answer")
            continue
        reached = got_out(probe, result)
        if probe.limit is not None:
            outcome: Outcome = "limit"
        elif reached:
            outcome = "reached"
        else:
            outcome = "refused" if result.refused and control is not None and control.reached else "skipped"
        why = result.skipped or no_control(control) if outcome == "skipped" else None
        yield Tried(probe=probe, outcome=outcome, errno=result.errno, reached=reached, why=why)


def got_out(probe: seal.Probe, result: seal.ProbeResult) -> bool:
    """Return whether it got out; a refusal counts only with an error that is one, whatever the process says."""
    if result.reached:
        return True
    known = {errno.errorcode[number] for number in probe.refusals} | {"SIGSYS"}
    return result.skipped is None and result.errno not in known


def no_control(control: seal.ProbeResult | None) -> str:
    """Return why a probe shows nothing: without a seal it does not work either."""
    why = "it was not tried" if control is None else control.skipped or control.errno
    return f"not possible here without a seal either ({why})"


def too_old(probe: seal.Probe, process: Sealed) -> str:
    """Return what is to be said when the kernel is too old to refuse the probe."""
    level = process.report.get("landlock_abi", 0)
    if 0 < level < probe.landlock_abi:  # 0: the seal is not Landlock's
        return f" (this kernel has Landlock ABI {level}; a newer one, from ABI {probe.landlock_abi} on, refuses it)"
    return ""


def from_outside(process: Sealed, evidence: Evidence) -> Iterable[str]:
    """Yield what is not as it should be with *process* as it is seen from outside."""
    name = process.called
    if sum(process.arrived.values()):
        at = ", ".join(f"{listener} {number}" for listener, number in process.arrived.items() if number)
        yield f"something arrived at the listeners while the {name} tried ({at})"
    if process.pid is None:
        return
    foreign = [one for one in process.descriptors or () if one.foreign]
    if foreign:
        kinds = ", ".join(
            f"{kind} ({number})" for kind, number in Counter(one.kind for one in foreign).items()
        )
        yield f"the {name} has something open that could lead outside: {kinds}"
    if evidence.system.shows_processes:
        yield from threads_and_filter(process, evidence)
    elif process.whole is False:
        yield f"the kernel says that the {name} is not sealed"
    if evidence.listener is not None and (process.name == "daemon" or evidence.system.shows_processes):
        expected = process.pid if process.name == "daemon" else process.parent
        if expected != evidence.listener:
            yield f"the {name} that answered is not the one behind the control socket (process {process.pid})"


def threads_and_filter(process: Sealed, evidence: Evidence) -> Iterable[str]:
    """Yield which threads of *process* lack the seal, and whether its filter is another one than ours."""
    name, least = process.called, LEAST_FILTERS[process.tier]
    bare = [thread for thread in process.threads if not thread.sealed or thread.filters < least]
    if bare:
        yield f"the kernel says that {len(bare)} of the {len(process.threads)} threads of the {name} lack the seal"
    if process.report.get("seccomp_sha256") != evidence.fingerprints[process.tier]:
        yield f"the filter of the {name} is not the one of this package (another version? restart homebody)"


def as_json(evidence: Evidence, verdict: Verdict, seconds: float) -> dict[str, Any]:
    """Return the object that ``--json`` prints."""
    daemon = evidence.processes[0]
    return {
        "tried": verdict.attempted(),
        "reached": verdict.count("reached"),
        "skipped": verdict.count("skipped"),
        "held": verdict.exit_code == HELD,
        "wrong": list(verdict.wrong),
        "unshown": list(verdict.unshown),
        "started_for_this": evidence.thrown_away,
        "system": evidence.system.name,
        "kernel": evidence.kernel,
        "machine": evidence.machine,
        "abi": daemon.report.get("landlock_abi"),
        "as_root": daemon.report.get("as_root"),
        "sha256": evidence.fingerprints,
        "uncovered": uncovered(evidence),
        "limits": [
            {"name": probe.name, "number": probe.number, "words": probe.words, "why": probe.limit}
            for probe in seal.LIMITS
        ],
        "listeners": {
            name: {"control": number, "sealed": sum(one.arrived.get(name, 0) for one in evidence.processes)}
            for name, number in evidence.control_arrived.items()
        },
        "processes": {
            process.name: process_json(process, evidence, verdict) for process in evidence.processes
        },
        "seconds": round(seconds, 1),
    }


def process_json(process: Sealed, evidence: Evidence, verdict: Verdict) -> dict[str, Any]:
    """Return one process as JSON takes it."""
    name = process.name
    return {
        "pid": process.pid,
        "problem": process.problem,
        "tried": verdict.attempted(name),
        "reached": verdict.count("reached", name),
        "skipped": verdict.count("skipped", name),
        "sha256": process.report.get("seccomp_sha256"),
        "arrived": process.arrived,
        "sealed": process.whole if process.whole is not None else sealed_threads(process),
        "status": [thread.to_dict() for thread in process.threads],
        "fds": {
            "by": "the process itself" if process.own_account else "the kernel",
            "open": [one.to_dict() for one in process.descriptors or ()],
        },
        "probes": [one.to_dict(evidence.controls.get(one.probe.name)) for one in verdict.tried[name]],
    }


def sealed_threads(process: Sealed) -> bool | None:
    """Return whether every thread that was seen of *process* is sealed, None when none was seen."""
    return all(thread.sealed for thread in process.threads) if process.threads else None


def uncovered(evidence: Evidence) -> list[str]:
    """Return in words what this computer's kernel cannot cover, and what its mounts leave open."""
    lacks = [words for one in evidence.processes for words in one.report.get("missing", ())]
    return list(dict.fromkeys([*lacks, *evidence.mounts]))
