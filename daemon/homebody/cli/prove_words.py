"""How is a proof told to a person, in 80 columns and without a word of kernel language that can be spared?"""

from collections import Counter
from collections.abc import Iterable, Iterator

import click

from homebody import seal
from homebody.cli.paragraphs import indented
from homebody.cli.prove_evidence import PROCESSES, Evidence, Sealed
from homebody.cli.prove_verdict import HELD, LEAST_FILTERS, Tried, Verdict, uncovered

GROUPS = {
    "to the internet": ("internet", "socket", "socket call", "io_uring"),
    "to other programs": (
        "unix socket",
        "services",
        "other processes",
        "shared memory",
        "message queues",
        "dumps",
    ),
    "to other files": ("files",),
    "to a file's mode, owner, time": ("file metadata",),
    "to start other programs": ("programs",),
    "to start itself again later": ("later",),
    "to devices and terminals": ("devices",),
    "to more power, past the seal": ("powers", "namespaces", "other layers", "other calls"),
    "into the kernel and its disks": ("kernel", "kernel keys", "mounts"),
}
"""The channels of the probes, as people think of them."""

SYSTEMS = {"linux": "Linux", "macos": "macOS"}

FIRST, COLUMNS, EACH_COLUMN = 31, 48, 10
HEADS = {"embeddings": "vectors"}
"""Shorter names, over columns."""

NARROW = 9
"""A column that is no wider has no room for \"0 of 194\" and a blank."""


def shown(evidence: Evidence, verdict: Verdict, *, verbose: bool) -> Iterator[str]:
    """Yield the lines of the report, the verdict last."""
    yield "Ways out, tried for real inside each process. All that are counted here work"
    yield "on this computer in a process without the seal. How many got out, of how many:"
    yield ""
    yield from table(evidence, verdict, verbose=verbose)
    yield ""
    yield from listeners(evidence)
    yield ""
    yield "What the kernel shows of each process:"
    for process in evidence.processes:
        yield from seen(process, evidence)
    if any(process.own_account for process in evidence.processes):
        shown_to = "to root alone" if evidence.system.shows_processes else "to nobody"
        yield from indented(f"What a process has open the kernel shows {shown_to}: where it says so, the"
                            " process itself was asked.", 2)  # fmt: skip
    yield from limits(evidence, verdict, verbose=verbose)
    yield from indented(system_words(evidence), 2, 0)
    for words in uncovered(evidence):
        yield from indented(f"- {words}", 4, 2)
    yield from left_out(verdict, verbose=verbose)
    yield ""
    yield from conclusion(verdict)


def table(evidence: Evidence, verdict: Verdict, *, verbose: bool) -> Iterator[str]:
    """Yield how many ways of each group were tried in each process, and how many of them got out."""
    names = [process.name for process in evidence.processes]
    room = COLUMNS // len(names)
    out = " out" if len(names) <= len(PROCESSES) else ""  # four columns have no room for the word
    yield " " * FIRST + "".join(HEADS.get(name, name)[: room - 1].rjust(room) for name in names)
    for group, channels in GROUPS.items():
        if not any(probe.channel in channels for probe in seal.PROBES):
            continue
        yield f"{group:<{FIRST}}" + "".join(
            (cell((one for one in verdict.tried[name] if one.probe.channel in channels), room) + out).rjust(
                room
            )
            for name in names
        )
        if verbose:
            for probe in seal.PROBES:
                if probe.channel in channels:
                    yield from each(probe, evidence, verdict)
    yield f"{'all':<{FIRST}}" + "".join((cell(verdict.tried[name], room) + out).rjust(room) for name in names)


def cell(tried: Iterable[Tried], room: int) -> str:
    """Return how many of *tried* got out, of how many, in so much *room*."""
    counts = Counter(one.outcome for one in tried)
    of = " of " if room > NARROW else "/"
    return f"{counts['reached']}{of}{counts['refused'] + counts['reached']}"


def each(probe: seal.Probe, evidence: Evidence, verdict: Verdict) -> Iterator[str]:
    """Yield what became of one probe in each process: the kernel's refusal by its name, a dash where not counted."""
    cells = ""
    for process in evidence.processes:
        [one] = [one for one in verdict.tried[process.name] if one.probe.name == probe.name]
        told = {"refused": str(one.errno), "reached": "GOT OUT"}.get(one.outcome, "-")
        cells += told.rjust(EACH_COLUMN)
    room = 80 - len(cells)
    if len(probe.words) + 2 < room:
        yield f"  {probe.words:<{room - 2}}{cells}".rstrip()
    else:
        yield f"  {probe.words}"
        yield " " * room + cells


def listeners(evidence: Evidence) -> Iterator[str]:
    """Yield what arrived at the listeners that were opened for this."""
    without = sum(evidence.control_arrived.values())
    where = ", ".join(f"{name} {number}" for name, number in evidence.control_arrived.items())
    inside = sum(sum(process.arrived.values()) for process in evidence.processes)
    yield from indented(
        f"Listeners were opened on this computer for it. From the process without the seal came {without}"
        f" connections and datagrams ({where}); from the sealed processes came {inside}.",
        0,
    )


def seen(process: Sealed, evidence: Evidence) -> Iterator[str]:
    """Yield what is seen of one process from outside."""
    if process.pid is None:
        yield from indented(f"{process.called}: {process.problem}", 4, 2)
        return
    yield from indented(
        f"{process.called} (process {process.pid}): {sealed_words(process, evidence)}; open: {opened(process)}",
        4,
        2,
    )


def sealed_words(process: Sealed, evidence: Evidence) -> str:
    """Return what the kernel says of the seal of a process, and which seal it is."""
    if not evidence.system.shows_processes:
        word = {True: "sealed", False: "NOT sealed", None: "it is not known whether it is sealed"}[
            process.whole
        ]
        layers = process.report.get("layers") or "no seal"
        return f"{word}, in the kernel's word for the whole process; by its own account {layers}"
    number = len(process.threads)
    sealed = sum(one.sealed and one.filters >= LEAST_FILTERS[process.tier] for one in process.threads)
    threads = "its one thread is sealed" if number == sealed == 1 else f"{sealed} of {number} threads sealed"
    powers = "some power left" if any(one.capabilities for one in process.threads) else "no capability"
    print_of = str(process.report.get("seccomp_sha256"))
    same = "this package's own" if print_of == evidence.fingerprints[process.tier] else "NOT this package's"
    return f"{threads}, {powers}; filter {print_of[:16]}..., {same}"


def opened(process: Sealed) -> str:
    """Return what a process holds open, by kind."""
    kinds = Counter(one.kind for one in process.descriptors or ())
    told = ", ".join(kind if number == 1 else f"{number} x {kind}" for kind, number in kinds.items())
    return (told or "nothing") + " (by its own account)" * process.own_account


def limits(evidence: Evidence, verdict: Verdict, *, verbose: bool) -> Iterator[str]:
    """Yield what no seal of this system refuses in every process, with its number; why not, if *verbose*."""
    yield ""
    system = SYSTEMS.get(evidence.system.name, evidence.system.name)
    yield f"Out of reach of any seal on {system} (numbers as in the project's SECURITY.md):"
    for limit in seal.LIMITS:
        able = [name for name, tried in verdict.tried.items()
                if any(one.probe.name == limit.name and one.reached for one in tried)]  # fmt: skip
        who = ", ".join(able) or "none here"
        why = f": {limit.limit}" if verbose else ""
        yield from indented(f"{limit.number:>2}  {limit.words} ({who}){why}", 6, 2)
    yield ""


def system_words(evidence: Evidence) -> str:
    """Return what this computer is, and how the list of what it lacks begins."""
    report = evidence.processes[0].report
    system = SYSTEMS.get(evidence.system.name, evidence.system.name)
    level = report.get("landlock_abi")
    locks, dropped = (f", Landlock ABI {level}", "; every capability was dropped") if level else ("", "")
    where = f"{system} (kernel {evidence.kernel}) on {evidence.machine}{locks}."
    root = f" homebody runs as root{dropped}." if report.get("as_root") else ""
    lacks = " What this computer cannot cover:" if uncovered(evidence) else ""
    return f"{where}{root}{lacks}"


def left_out(verdict: Verdict, *, verbose: bool) -> Iterator[str]:
    """Yield how many ways could not be tried, and with *verbose* which."""
    found = {
        one.probe.name: one for tried in verdict.tried.values() for one in tried if one.outcome == "skipped"
    }
    if not found:
        return
    yield ""
    tail = ":" if verbose else " (--verbose names them)."
    yield from indented(f"Not counted: {len(found)} ways that could not be tried here{tail}", 0)
    for one in found.values() if verbose else ():
        yield from indented(f"{one.probe.words}: {one.why}", 6, 4)


def conclusion(verdict: Verdict) -> Iterator[str]:
    """Yield what it comes to."""
    for words in verdict.wrong:
        yield from indented(f"NOT AS IT SHOULD BE: {words}.", 2, 0)
    for words in verdict.unshown:
        yield from indented(f"Not shown: {words}.", 2, 0)
    tried, reached = verdict.attempted(), verdict.count("reached")
    counted = f"{tried} tries, {reached} got out."
    if verdict.exit_code == HELD:
        yield from indented(f"It holds: {counted}", 0)
    elif verdict.wrong:
        yield from indented(f"It does NOT hold: {counted} Stop homebody and report this, please.", 2, 0)
    else:
        yield from indented(f"This could not be shown whole: {counted}", 0)


def tell(lines: Iterable[str], colour: str) -> None:
    """Print *lines*, the last in *colour* where a terminal takes colours."""
    told = list(lines)
    for line in told[:-1]:
        click.echo(line)
    click.echo(click.style(told[-1], fg=colour, bold=True))
