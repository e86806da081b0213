"""What the evidence comes to: each thing that is not as it should be turns the verdict, and the words stay readable."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from homebody import seal
from homebody.cli.prove import outside, runs
from homebody.cli.prove_evidence import PROCESSES, Evidence, Sealed
from homebody.cli.prove_verdict import GOT_OUT, HELD, NOT_SHOWN, as_json, judge
from homebody.cli.prove_words import GROUPS, shown
from homebody.cli.throwaway import Throwaway
from homebody.errors import HomebodyError
from homebody.paths import find_home
from homebody.seal.attempts import macos
from homebody.seal.probes import LINUX_PROBES
from homebody.secrets import vault_key
from homebody.service.lock import Lock

DAEMON = 100
LISTENERS = ("TCP", "UDP", "unix")


def result(name: str, **values) -> seal.ProbeResult:
    """Return a refusal, or what *values* make of it."""
    return replace(seal.ProbeResult(name=name, reached=False, errno="EPERM"), **values)


def thread(number: int, **values) -> seal.ThreadSeal:
    """Return a sealed thread, or what *values* make of it."""
    made = seal.ThreadSeal(thread=number, no_new_privileges=True, seccomp_mode=2, filters=2, capabilities=0)
    return replace(made, **values)


def process(name: str) -> Sealed:
    """Return a process that is as it should be."""
    pid = DAEMON + PROCESSES.index(name)
    return Sealed(
        name=name,
        results={probe.name: result(probe.name) for probe in (*seal.PROBES, *seal.LIMITS)},
        arrived=dict.fromkeys(LISTENERS, 0),
        pid=pid,
        parent=1 if name == "daemon" else DAEMON,
        report={
            "seccomp_sha256": name * 8,
            "landlock_abi": 7,
            "as_root": False,
            "missing": ["a second lock"],
        },
        threads=(thread(pid), thread(pid + 50)),
        descriptors=(seal.Descriptor(number=0, kind="pipe", foreign=False),),
    )


def evidence() -> Evidence:
    """Return evidence that all is well."""
    return Evidence(
        thrown_away=False, system=seal.this_system(), kernel="6.18", machine="x86_64", listener=DAEMON,
        controls={probe.name: result(probe.name, reached=True, errno=None) for probe in seal.PROBES},
        control_arrived=dict.fromkeys(LISTENERS, 2),
        fingerprints={name: name * 8 for name in PROCESSES},
        processes=[process(name) for name in PROCESSES],
    )  # fmt: skip


def with_pictures(found: Evidence) -> Evidence:
    """Add the reader of pictures, as it should be: its seal is the reader's."""
    one = replace(process("reader"), name="pictures", pid=DAEMON + 9)
    found.processes.append(one)
    return found


def reach(found: Evidence, at: int = 0, **values) -> None:
    """Let one probe come out so in a process."""
    found.processes[at].results["shmget"] = result("shmget", **values)


def test_good_evidence_holds():
    """When everything was tried and refused, it holds, and every probe counts once in each process."""
    verdict = judge(evidence())
    assert (verdict.exit_code, verdict.wrong, verdict.unshown) == (HELD, (), ())
    assert verdict.attempted() == 3 * len(seal.PROBES)
    assert verdict.count("limit") == 3 * len(seal.LIMITS)


def test_the_reader_of_pictures_is_judged_like_the_other():
    """A fourth column within eighty, its own name in sentences, and each of its faults is named."""
    good = with_pictures(evidence())
    verdict = judge(good)
    assert (verdict.exit_code, verdict.attempted()) == (HELD, 4 * len(seal.PROBES))
    text = list(shown(good, verdict, verbose=True))
    assert max(map(len, text)) <= 80
    assert any("reader of pictures (process 109)" in line for line in text)
    good.processes.append(replace(process("reader"), name="speech", pid=DAEMON + 10))
    assert max(map(len, shown(good, judge(good), verbose=True))) <= 80, "where recordings are heard as well"
    found = with_pictures(evidence())
    reach(found, 3, reached=True, errno=None)
    found.processes[3].threads = (thread(1, seccomp_mode=0),)
    found.processes[3].report = {"seccomp_sha256": "other"}
    said = "\n".join(judge(found).wrong)
    for words in (
        "pictures managed to",
        "threads of the reader of pictures",
        "filter of the reader of pictures",
    ):
        assert words in said


def test_six_processes_stay_within_eighty_columns():
    """With both readers of other things and an embedding model no column runs into the next, and each is named."""
    found = with_pictures(evidence())
    found.processes.append(replace(process("reader"), name="speech", pid=DAEMON + 8))
    found.processes.append(replace(process("model"), name="embeddings", pid=DAEMON + 7))
    verdict = judge(found)
    text = list(shown(found, verdict, verbose=True))

    assert (verdict.exit_code, verdict.attempted()) == (HELD, 6 * len(seal.PROBES))
    assert max(map(len, text)) <= 80
    assert any(line.split() == ["daemon", "model", "reader", "picture", "speech", "vectors"] for line in text)
    assert [f"0/{len(seal.PROBES)}"] * 6 == next(line for line in text if line.startswith("all ")).split()[1:]
    assert any("embedding model (process 107)" in line for line in text)


WRONG: dict[str, Callable[[Evidence], None]] = {
    "managed to": lambda found: reach(found, reached=True, errno=None),
    "managed to use System V shared memory": lambda found: reach(found, 2, errno="EINVAL"),
    "the reader managed": lambda found: reach(found, 2, errno=None),
    "arrived": lambda found: found.processes[1].arrived.update(UDP=1),
    "1 of the 2 threads of the model lack": lambda found: setattr(
        found.processes[1], "threads", (thread(1), thread(2, seccomp_mode=0))
    ),
    "threads of the reader lack": lambda found: setattr(
        found.processes[2], "threads", (thread(1, filters=1),)
    ),
    "threads of the daemon lack": lambda found: setattr(
        found.processes[0], "threads", (thread(1, capabilities=4),)
    ),
    "could lead outside: socket": lambda found: setattr(
        found.processes[0], "descriptors", (seal.Descriptor(number=7, kind="socket", foreign=True),)
    ),
    "filter of the model": lambda found: setattr(found.processes[1], "report", {"seccomp_sha256": "other"}),
    "the daemon that answered": lambda found: setattr(found, "listener", DAEMON + 5),
    "the reader that answered": lambda found: setattr(found.processes[2], "parent", 1),
}


@pytest.mark.parametrize("words", WRONG)
def test_each_fault_is_named_and_red(words: str):
    """Whatever is not as it should be is said, and the exit code is that of something that got out."""
    found = evidence()
    WRONG[words](found)
    verdict = judge(found)
    assert verdict.exit_code == GOT_OUT
    assert [one for one in verdict.wrong if words in one], verdict.wrong
    assert "NOT hold" in "".join(shown(found, verdict, verbose=True))


def test_way_out_counts_even_where_its_control_did_not_work():
    """What got out of the seal got out, whatever the process without a seal could do."""
    found = evidence()
    found.controls["shmget"] = result("shmget")
    reach(found, reached=True, errno=None)
    assert judge(found).exit_code == GOT_OUT


def test_probe_whose_control_does_not_work_is_skipped():
    """A way that does not work without a seal has shown nothing: it is not counted, and says why."""
    found = evidence()
    found.controls["shmget"] = result("shmget", errno="ENOSYS")
    verdict = judge(found)
    assert (verdict.exit_code, verdict.count("skipped")) == (HELD, 3)
    [one] = [one for one in verdict.tried["model"] if one.probe.name == "shmget"]
    assert one.why == "not possible here without a seal either (ENOSYS)"


def test_limit_is_never_counted():
    """What is known to be out of reach is neither passed nor reached, whether it works or not."""
    found = evidence()
    found.processes[0].results["stat_outside"] = result("stat_outside", reached=True, errno=None)
    verdict = judge(found)
    assert (verdict.exit_code, verdict.count("reached")) == (HELD, 0)
    assert "23  learn whether a file outside is there (daemon)" in "\n".join(
        shown(found, verdict, verbose=False)
    )


UNSHOWN: dict[str, Callable[[Evidence], None]] = {
    "the model showed nothing: it died": lambda found: found.processes.__setitem__(
        1, Sealed(name="model", problem="it died", arrived=dict.fromkeys(LISTENERS, 0))
    ),
    "the reader: it does not say": lambda found: setattr(found.processes[2], "problem", "it does not say"),
    "did not say what came of 1": lambda found: found.processes[0].results.pop("tcp"),
    "nothing arrived at the UDP": lambda found: found.control_arrived.update(UDP=0),
    "nothing that it tried works": lambda found: found.controls.clear(),
}


@pytest.mark.parametrize("words", UNSHOWN)
def test_what_was_not_shown_is_no_success(words: str):
    """A process that says nothing, or a control that does not work, has an exit code of its own."""
    found = evidence()
    UNSHOWN[words](found)
    verdict = judge(found)
    assert (verdict.exit_code, verdict.wrong) == (NOT_SHOWN, ())
    assert [one for one in verdict.unshown if words in one], verdict.unshown


@pytest.mark.parametrize("name", ["signal", "signal_by_handle", "signal_a_thread"])
def test_old_kernel_is_named_as_the_reason(name: str):
    """Where the kernel is too old to refuse a way, it counts as reached all the same, and the cure is said."""
    found = evidence()
    found.processes[0].report = {**found.processes[0].report, "landlock_abi": 4}
    found.processes[0].results[name] = result(name, reached=True, errno=None)
    [words] = judge(found).wrong
    assert "from ABI 6 on" in words


def test_system_without_landlock_is_no_old_kernel():
    """Where the report says that there is no Landlock, as on macOS, no newer kernel is named as the cure."""
    found = evidence()
    found.processes[0].report = {**found.processes[0].report, "landlock_abi": 0}
    reach(found, reached=True, errno=None)
    [words] = judge(found).wrong
    assert "ABI" not in words


def test_object_adds_up():
    """The figures of the object are the sums of those of its processes."""
    found = evidence()
    reach(found, reached=True, errno=None)
    told = as_json(found, judge(found), 1.0)
    for figure in ("tried", "reached", "skipped"):
        assert told[figure] == sum(one[figure] for one in told["processes"].values())
    assert told["listeners"]["TCP"] == {"control": 2, "sealed": 0}
    assert told["uncovered"] == ["a second lock"]


def test_every_channel_has_its_words_once():
    """No probe is left out of the report, and none is in two groups."""
    channels = [channel for group in GROUPS.values() for channel in group]
    assert len(channels) == len(set(channels))
    assert {probe.channel for probe in (*LINUX_PROBES, *macos.PROBES)} == set(channels)


@pytest.mark.parametrize("verbose", [False, True])
def test_report_fits_a_terminal(monkeypatch: pytest.MonkeyPatch, verbose: bool):
    """No line is wider than 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    found = evidence()
    found.processes[0].own_account = True
    found.controls["tcp"] = result("tcp", skipped="why")
    lines = list(shown(found, judge(found), verbose=verbose))
    assert [line for line in lines if len(line) > 80] == []
    assert any("send a UDP datagram" in line and line.count("EPERM") == 3 for line in lines) is verbose


def test_place_to_aim_at_is_none_that_a_recipe_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A recipe that may write in the temporary folder moves the targets elsewhere, or nothing is tried."""
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    home = find_home({}, tmp_path.parent / f"{tmp_path.name}-home")
    home.recipes.mkdir(parents=True)
    assert outside(home) == tmp_path.resolve()
    text = "version: 1\nname: a\ntriggers:\n  - watch: {}\nactions:\n  - tag: {{add: [x]}}\n"
    (home.recipes / "a.yaml").write_text(text.format(tmp_path))
    assert outside(home) == Path("/var/tmp").resolve()
    every = [str(tmp_path), "/var/tmp", str(Path("~").expanduser()), str(home.config.parent)]
    (home.recipes / "a.yaml").write_text(text.format(every))
    with pytest.raises(HomebodyError, match="no folder left"):
        outside(home)


def test_key_of_a_throw_away_home_stays_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """No entry is left in the person's keyring, which is not even asked; a second start keeps the key."""
    asked: list[object] = []
    monkeypatch.setattr("homebody.secrets.ask_keyring", lambda *request: asked.append(request))
    made = Throwaway(tmp_path)
    made.keep_key_here()
    first = vault_key(made.home)
    made.keep_key_here()
    assert (first.where, vault_key(made.home), asked) == ("file", first, [])


def test_lock_without_an_answer_is_no_reason_to_prove_something_else(tmp_path: Path):
    """While a daemon holds the lock and does not answer, nothing else is started; a free lock stays as it is."""
    home = find_home({}, tmp_path)
    assert not runs(home)
    assert list(tmp_path.iterdir()) == []
    lock = Lock(home.lock)
    lock.take()
    with pytest.raises(HomebodyError, match="does not answer"):
        runs(home)
    lock.release()
    assert not runs(home)
    assert "" == home.lock.read_text()
