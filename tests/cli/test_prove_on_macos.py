"""`homebody prove` as it would be on a Mac, with stand-ins on Linux: what is not shown there is not claimed.

Never run on a Mac. What macOS says of a process is given here; the tries, the verdict and the words are the real ones.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from homebody import seal
from homebody.cli import prove_evidence
from homebody.cli.prove_evidence import PROCESSES, Evidence, Sealed, look_at
from homebody.cli.prove_verdict import GOT_OUT, NOT_SHOWN, UNSEEN, as_json, judge
from homebody.cli.prove_words import shown
from homebody.paths import find_home
from homebody.seal import descriptors
from homebody.seal.attempts import macos

DAEMON = 100
LAYERS = "Seatbelt profile of 60 lines (SHA-256 00aa00aa00aa00aa...)"


@pytest.fixture(autouse=True)
def on_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try macOS' own ways, by macOS' own description of itself."""
    monkeypatch.setattr(seal, "this_system", lambda: seal.MACOS)
    monkeypatch.setattr(seal, "PROBES", macos.PROBES)
    monkeypatch.setattr(seal, "LIMITS", macos.LIMITS)


def process(name: str) -> Sealed:
    """Return a process that is as it should be."""
    known = [probe.name for probe in (*macos.PROBES, *macos.LIMITS)]
    return Sealed(
        name=name,
        results={one: seal.ProbeResult(name=one, reached=False, errno="EPERM") for one in known},
        arrived={"TCP": 0},
        pid=DAEMON + PROCESSES.index(name),
        report={"seccomp_sha256": "00aa" * 16, "landlock_abi": 0, "as_root": False, "layers": LAYERS},
        whole=True,
        descriptors=(seal.Descriptor(number=0, kind="pipe", foreign=False),),
        own_account=True,
    )


def evidence() -> Evidence:
    """Return evidence that all is as well as a Mac can show."""
    return Evidence(
        thrown_away=False, system=seal.MACOS, kernel="24.6.0", machine="arm64", listener=DAEMON,
        controls={probe.name: seal.ProbeResult(name=probe.name, reached=True) for probe in macos.PROBES},
        control_arrived={"TCP": 2}, fingerprints={}, processes=[process(name) for name in PROCESSES],
    )  # fmt: skip


def test_all_well_is_still_not_shown_whole():
    """Every try counts and none got out; what the kernel does not show is the one thing that is named as missing."""
    found = evidence()
    verdict = judge(found)
    assert (verdict.exit_code, verdict.wrong, verdict.unshown) == (NOT_SHOWN, (), (UNSEEN,))
    assert verdict.attempted() == 3 * len(macos.PROBES)
    told = as_json(found, verdict, 1.0)
    assert (told["system"], told["held"], told["sha256"]) == ("macos", False, {})
    assert [(one["sealed"], one["status"]) for one in told["processes"].values()] == [(True, [])] * 3


@pytest.mark.parametrize("verbose", [False, True])
def test_report_speaks_of_nothing_that_is_not_there(monkeypatch: pytest.MonkeyPatch, verbose: bool):
    """No word of Landlock, Linux, filters or threads that were seen; the kernel's word and the profile are told."""
    monkeypatch.setenv("COLUMNS", "80")
    found = evidence()
    lines = list(shown(found, judge(found), verbose=verbose))
    text = " ".join(" ".join(lines).split())
    assert [
        word for word in ("Landlock", "Linux", "filter", "capabilit", " of 0 threads") if word in text
    ] == []
    assert text.count("sealed, in the kernel's word for the whole process") == len(PROCESSES)
    assert text.count(LAYERS) == len(PROCESSES)
    assert "macOS (kernel 24.6.0) on arm64." in text
    assert " 1 make an internet socket that leads nowhere" in text
    assert "0 of 0 out" not in text
    assert f"Not shown: {UNSEEN}." in text
    assert "This could not be shown whole" in text
    assert [line for line in lines if len(line) > 80] == []


WRONG: dict[str, Callable[[Evidence], None]] = {
    "the kernel says that the model is not sealed": lambda found: setattr(found.processes[1], "whole", False),
    "the daemon that answered": lambda found: setattr(found, "listener", DAEMON + 5),
    "could lead outside: socket": lambda found: setattr(
        found.processes[2], "descriptors", (seal.Descriptor(number=7, kind="socket", foreign=True),)
    ),
    "arrived": lambda found: found.processes[1].arrived.update(TCP=1),
    "the reader managed to": lambda found: found.processes[2].results.update(
        driver=seal.ProbeResult(name="driver", reached=True)
    ),
}


@pytest.mark.parametrize("words", WRONG)
def test_what_got_out_is_red_there_too(words: str):
    """What can be seen on a Mac and is not as it should be turns the verdict, without a word of Landlock."""
    found = evidence()
    WRONG[words](found)
    verdict = judge(found)
    assert verdict.exit_code == GOT_OUT
    [told] = verdict.wrong
    assert words in told
    assert "ABI" not in told


@pytest.mark.parametrize("answer", [True, False])
def test_the_kernel_is_asked_for_the_whole_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: bool
):
    """sandbox_check is asked about each process, and no thread is; what is open is its own account."""
    asked: list[int] = []
    monkeypatch.setattr(seal, "is_sealed", lambda pid: asked.append(pid) or answer)
    monkeypatch.setattr(seal, "seal_status", lambda _pid: pytest.fail("there is no /proc"))
    monkeypatch.setattr(seal, "seen_descriptors", lambda _pid, _control: None)
    monkeypatch.setattr(seal, "parent_of", lambda _pid: None)
    held = [{"number": 0, "kind": "pipe", "foreign": False}]
    monkeypatch.setattr(prove_evidence, "request", lambda *_asked, **_more: {"descriptors": held})
    found = Sealed(name="model")
    status = {"model": {"pid": 7, "seal": {"layers": LAYERS}}, "reader": {}}
    look_at(find_home({}, tmp_path), found, status)
    assert (asked, found.whole, found.threads, found.own_account) == ([7], answer, (), True)
    assert found.problem is None


def test_own_account_asks_macos_own_calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """What is open is told by fstat(2) and F_GETPATH: Linux' calls by number would be other calls there."""
    names = {}
    monkeypatch.setattr(descriptors, "this_system", lambda: seal.MACOS)
    monkeypatch.setattr(descriptors.kernel, "call", lambda *_call: pytest.fail("a call of Linux"))
    monkeypatch.setattr(descriptors.apple, "path_of", lambda number: names[number])
    with (tmp_path / "a").open("w") as file, Path(os.devnull).open("rb") as nowhere:
        names |= {file.fileno(): str(tmp_path / "a"), nowhere.fileno(): os.devnull}
        monkeypatch.setattr(descriptors, "open_descriptors", lambda: list(names))
        monkeypatch.setattr(descriptors, "foreign_sockets", lambda _allowed: [])
        told = descriptors.own_descriptors()
        assert stat.S_ISREG(descriptors._mode(file.fileno()))
    assert [(one.kind, one.foreign) for one in told] == [("file", False), ("/dev/null", False)]
