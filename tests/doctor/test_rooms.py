"""Each fault is found, has its verdict, and is told with its cure; what is right is told as such."""

import os
import plistlib
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from homebody import __version__
from homebody.doctor import (
    clock,
    daemon,
    disk,
    folders,
    kernel,
    key,
    memory,
    model,
    services,
    store,
    synced,
    versions,
)
from homebody.doctor.finding import Finding
from homebody.doctor.recipes import folders_of, recipes
from homebody.errors import SealError
from homebody.journal.store import Journal
from homebody.paths import Home, find_home, starter_model
from homebody.recipe.load import load_folder
from homebody.seal import SealReport, Tried
from homebody.secrets import IN_KEYRING, vault_key
from homebody.service.staying import state_away
from homebody.synced.away import Carriers
from homebody.synced.mounts import parse
from homebody.testing import FakeClock

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
NO_BUS = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": "/nowhere"}

RECIPE = """\
name: tidy
triggers:
  - watch: {notes}
filters:
  - not name: "*.log.md"
actions:
  - append: {{dest: "{out}/log.md", content: x}}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with notes and without recipes."""
    (tmp_path / "Notes").mkdir()
    made = find_home({}, tmp_path / "home")
    made.recipes.mkdir(parents=True)
    return made


def put_recipe(home: Home, out: Path, more: str = "", name: str = "tidy") -> None:
    """Put a recipe in place that watches the notes and writes in *out*."""
    text = RECIPE.format(notes=home.config.parent / "Notes", out=out).replace("tidy", name)
    (home.recipes / f"{name}.yaml").write_text(text + more, encoding="utf-8")


def found(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Return findings by their names; each that is not right has a cure."""
    by_name = {finding.name: finding for finding in findings}
    assert all(finding.cure for finding in by_name.values() if finding.verdict == "wrong")
    return by_name


def test_versions_that_belong_together():
    """What is installed here does."""
    here = versions.versions_here()
    assert {"versions": "right"} == {
        name: one.verdict for name, one in found(versions.versions(here, here.homebody)).items()
    }
    assert here.llama in found(versions.versions(here, None))["versions"].words


def test_versions_that_do_not():
    """An older daemon is asked to restart; a library out of the range, and none, are wrong."""
    here = versions.versions_here()
    assert "homebody restart" in found(versions.versions(here, "0.0.9"))["daemon-version"].cure
    for llama in ("0.4.0", "0.3.35", None):
        other = versions.Versions(homebody="1", python="3", system="x", llama=llama, wanted="<0.4,>=0.3.36")
        assert found(versions.versions(other, None))["library"].verdict == "wrong"
    assert versions.within("0.3.40", "<0.4,>=0.3.36")
    assert versions.within("7", "")


MEMINFO = (
    "MemTotal: 8000000 kB\nMemFree: 1 kB\nMemAvailable: {free} kB\nSwapTotal: 2000 kB\nSwapFree: 1000 kB\n"
)


def test_memory_that_is_there_and_that_is_scarce():
    """Total, free, swap, and a limit of the control group that is below what is free."""
    there = memory.parse_meminfo(MEMINFO.format(free=4_000_000))
    (one,) = memory.memory(there)
    assert (one.verdict, "4.1 GB of 8.2 GB are free, 1.0 MB of 2.0 MB swap") == (
        one.verdict,
        one.words.split(": ")[1],
    )
    assert one.verdict == "right"
    assert found(memory.memory(memory.parse_meminfo(MEMINFO.format(free=9_000))))["memory"].verdict == "note"
    held = found(memory.memory(memory.parse_meminfo(MEMINFO.format(free=4_000_000), limit=100_000_000)))[
        "memory"
    ]
    assert (held.verdict, "may use 100.0 MB" in held.words) == ("note", True)
    assert memory.parse_meminfo("nothing") is None
    assert [] == list(memory.memory(None))


def test_the_least_limit_of_all_control_groups_counts(tmp_path: Path):
    """Version 2 with a limit further up, version 1 in its own tree, `max` and the huge number that means none."""
    group = tmp_path / "user.slice" / "a.service"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("max\n")
    (tmp_path / "user.slice" / "memory.max").write_text("3000000\n")
    assert 3_000_000 == memory.cgroup_limit("0::/user.slice/a.service\n", tmp_path)
    assert memory.cgroup_limit("0::/\n", tmp_path) is None
    old = tmp_path / "memory" / "box"
    old.mkdir(parents=True)
    (old / "memory.limit_in_bytes").write_text("2000000\n")
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    assert 2_000_000 == memory.cgroup_limit("5:cpu,memory:/box\n0::/user.slice\n", tmp_path)
    assert memory.cgroup_limit("5:memory:/\n", tmp_path) is None
    assert memory.cgroup_limit("nonsense\n\n", tmp_path) is None


def test_this_computers_memory():
    """Something is there, here and for another process."""
    assert memory.memory_here().total >= memory.memory_here(os.getpid()).free > 0


@pytest.mark.parametrize(
    ("free", "total", "limit", "verdict"),
    [
        (10**9, 10**9, None, "right"),
        (10**8, 10**9, None, "note"),
        (10**8, 10**8, None, "wrong"),
        (10**9, 10**9, 10**8, "wrong"),
    ],
)
def test_whether_the_model_fits(home: Home, free: int, total: int, limit: int | None, verdict: str):
    """Into what is free, into the computer, into the limit; a loaded one has shown that it does."""
    room = memory.Memory(total=total, free=free, limit=limit)
    assert found(model.model(home, room, loaded=False))["model-memory"].verdict == verdict
    assert "model-memory" not in found(model.model(home, room, loaded=True))


def test_a_model_that_cannot_be_loaded(home: Home, tmp_path: Path):
    """Not there, cut short, no model at all; and settings that are none."""
    whole = starter_model().read_bytes()
    for name, data in (("none.gguf", None), ("cut.gguf", whole[:-100_000]), ("text.gguf", b"hello")):
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        home.settings.write_text(f"model: {path}\n", encoding="utf-8")
        one = found(model.model(home, None, loaded=False))["model"]
        assert (one.verdict, str(path) in one.words) == ("wrong", True)
    home.settings.write_text("modle: x\n", encoding="utf-8")
    assert "modle" in found(model.model(home, None, loaded=False))["settings"].words


def test_a_seal_with_its_levels():
    """Each missing level is a note of its own with what it costs; root is told; a refusal is wrong with its cure."""
    report = SealReport(tier="daemon", kernel="5.15", landlock_abi=1, seccomp_sha256="", instructions=1, as_root=True,
                        milliseconds=1.0, missing=("no second lock on TCP", "no moving"))  # fmt: skip
    said = list(kernel.sealed(report))
    assert ["seal", "seal-level", "seal-level", "root"] == [one.name for one in said]
    assert "no moving" in said[2].words
    refusal = kernel.refused(SealError("This kernel has no Landlock.", hint="Use a newer one."))
    assert ("wrong", "Use a newer one.") == (refusal.verdict, refusal.cure)
    (way,) = kernel.open_ways(("23: /net is open",))
    assert (way.name, way.verdict, "way 23: /net" in way.words) == ("uncovered", "note", True)


def test_a_key_in_a_file_and_none_yet(home: Home):
    """Both are a note; looking makes none."""
    assert found(key.key(key.look(home, NO_BUS)))["key"].verdict == "note"
    assert not home.key.exists()
    vault_key(home, NO_BUS)
    assert "lies in a file" in found(key.key(key.look(home, NO_BUS)))["key"].words


def test_a_key_that_cannot_be_used(home: Home):
    """Open to others, damaged, and in a keyring that cannot be reached: wrong, each with its own cure."""
    vault_key(home, NO_BUS)
    home.key.chmod(0o644)
    assert "chmod 600" in found(key.key(key.look(home, NO_BUS)))["key"].cure
    home.key.chmod(0o600)
    home.key.write_text("abc\n")
    assert "damaged" in found(key.key(key.look(home, NO_BUS)))["key"].words
    home.key.write_text(f"{IN_KEYRING}0011\n")
    one = found(key.key(key.look(home, NO_BUS)))["key"]
    assert (one.verdict, "cannot be reached" in one.words) == ("wrong", True)


def test_a_keyring_that_gives_no_answer(home: Home, tmp_path: Path):
    """A bus that is there and says nothing is not waited for, and counts as locked."""
    import socket

    home.state.mkdir()
    home.key.touch(mode=0o600)
    home.key.write_text(f"{IN_KEYRING}0011\n")
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "bus"))
        silent.listen()
        environ = {**NO_BUS, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/bus"}
        look = key.look(home, environ, patience=1.0)
    one = found(key.key(look))["key"]
    assert (look.keyring, one.verdict, "Unlock" in one.cure) == ("silent", "wrong", True)


@pytest.mark.parametrize(
    ("keyring", "place", "verdict"),
    [
        ("here", "keyring", "right"),
        ("gone", "keyring", "wrong"),
        ("silent", "nowhere", "note"),
        ("gone", "nowhere", "right"),
        ("gone", "file", "note"),
    ],
)
def test_what_a_keyring_can_say(home: Home, keyring, place, verdict: str):
    """The key is there; it is gone; it will go there; the keyring came too late."""
    look = key.KeyFound(file=home.key, problem=None, place=place, keyring=keyring)
    assert found(key.key(look))["key"].verdict == verdict


def test_recipes_that_are_right_and_none(home: Home, tmp_path: Path):
    """None is a note with the command that takes one; a good one is right."""
    none = found(recipes(home, load_folder(home.recipes), Carriers(None)))
    assert "homebody new" in none["recipes"].cure
    put_recipe(home, tmp_path / "out")
    assert {"recipe": "right"} == {
        name: one.verdict
        for name, one in found(recipes(home, load_folder(home.recipes), Carriers(None))).items()
    }


def test_recipes_with_every_fault(home: Home, tmp_path: Path):
    """A typo, a circle, a carried folder, a missing one, and one where programs start."""
    (home.recipes / "typo.yaml").write_text("name: typo\nactoins: []\n", encoding="utf-8")
    put_recipe(home, tmp_path / "Notes", name="round")
    text = (home.recipes / "round.yaml").read_text(encoding="utf-8").replace('"*.log.md"', '"x"')
    (home.recipes / "round.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "shared" / ".stfolder").mkdir(parents=True)
    put_recipe(home, tmp_path / "shared", name="carried")
    (tmp_path / "hook" / ".git").mkdir(parents=True)
    put_recipe(home, tmp_path / "hook", name="hooks")
    put_recipe(home, home.config, name="ours")
    put_recipe(home, tmp_path / "out", name="absent")
    text = (home.recipes / "absent.yaml").read_text(encoding="utf-8").replace("/Notes", "/Nowhere")
    (home.recipes / "absent.yaml").write_text(text, encoding="utf-8")
    said = list(recipes(home, load_folder(home.recipes), Carriers(None)))
    names = [one.name for one in said if one.verdict == "wrong"]
    assert {"recipe", "recipe-circle", "recipe-synced", "folder-missing", "folder-barred"} == set(names)
    assert 2 == names.count("folder-barred")
    by_name = found(said)
    assert f"mkdir -p '{tmp_path}/Nowhere'" == by_name["folder-missing"].cure
    assert "carried.yaml:7:5" in by_name["recipe-synced"].words


def test_folders_that_are_tried(home: Home, tmp_path: Path):
    """Only those that are there, that a recipe may write, and that no other computer has to answer for."""
    out, notes = tmp_path / "out", tmp_path / "Notes"
    put_recipe(home, out)
    assert ([notes], []) == folders_of(home, load_folder(home.recipes), Carriers(None))
    out.mkdir()
    assert ([notes], [out]) == folders_of(home, load_folder(home.recipes), Carriers(None))
    mounts = parse(f"1 1 0:1 / / rw - ext4 x rw\n2 1 0:2 / {notes} rw - nfs4 nas:/ rw\n")
    assert ([], [out]) == folders_of(home, load_folder(home.recipes), Carriers(None, mounts))
    (out / ".ssh").mkdir()
    assert ([notes], []) == folders_of(home, load_folder(home.recipes), Carriers(None))


def test_a_folder_that_only_the_terminal_may_read():
    """The cure depends on who was refused: macOS's settings, the unit, or whose folder it is; else its mode."""
    refused = Tried(folder="/x", purpose="read", problem="Operation not permitted")
    fine = Tried(folder="/y", purpose="write")
    mac = found(folders.folders([refused, fine], "daemon", lambda one: True, platform="darwin"))
    assert "Privacy & Security" in mac["folder"].cure
    assert "can use 1 folder as" in mac["folders"].words
    assert (
        "ProtectHome"
        in found(folders.folders([refused], "daemon", lambda one: True, platform="linux"))["folder"].cure
    )
    assert "another user" in found(folders.folders([refused], "rehearsal", lambda one: True))["folder"].cure
    assert "chmod u+rx '/x'" in found(folders.folders([refused], "daemon", lambda one: False))["folder"].cure


def test_what_this_terminal_may(tmp_path: Path):
    """A folder of one's own; one that is not there is none."""
    assert folders.terminal_may(Tried(folder=str(tmp_path), purpose="write"))
    assert not folders.terminal_may(Tried(folder=str(tmp_path / "x"), purpose="read"))


def test_folders_that_are_carried_away_are_named(home: Home, tmp_path: Path):
    """A watched one, an allowed output, a repository with a remote, a share; and the state folder, which is wrong."""
    (tmp_path / "Notes" / ".stfolder").mkdir()
    (tmp_path / "shared" / ".stfolder").mkdir(parents=True)
    put_recipe(home, tmp_path / "shared", more="synced: allowed\n")
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / ".git" / "config").write_text('[remote "origin"]\n\turl = x\n')
    put_recipe(home, tmp_path / "repository" / "notes", name="pushed")
    loaded = load_folder(home.recipes)
    said = found(synced.synced(loaded.recipes, Carriers(None)))
    assert {"folder-synced", "output-synced", "output-git"} == set(said)
    assert {"note"} == {one.verdict for one in said.values()}
    mounts = parse(f"1 1 0:1 / / rw - ext4 x rw\n2 1 0:2 / {tmp_path}/Notes rw - cifs //nas/x rw\n")
    assert "way 23" in found(synced.synced(loaded.recipes, Carriers(None, mounts)))["folder-remote"].cure
    (home.config / ".dropbox.cache").mkdir()
    one = found(synced.state(state_away(home, Carriers(None)), home.state))["state-synced"]
    assert (one.verdict, "XDG_STATE_HOME" in one.cure) == ("wrong", True)
    assert ["MEGA"] == [one.words.split()[0] for one in synced.silent_programs(["MEGA"])]


def test_a_clock_that_is_right_and_wrong(home: Home):
    """Before this was written, before the newest entry, many years on; a little set back is no fault."""
    assert found(clock.clock(NOW, None, ZoneInfo("Europe/Lisbon")))["clock"].verdict == "right"
    assert found(clock.clock(NOW, NOW + timedelta(minutes=4), UTC))["clock"].verdict == "right"
    for now, newest in (
        (datetime(1970, 1, 1, tzinfo=UTC), None),
        (NOW, NOW + timedelta(hours=1)),
        (NOW.replace(year=2060), None),
    ):
        assert found(clock.clock(now, newest, UTC))["clock"].verdict == "wrong"


def test_a_time_zone_that_is_not_known():
    """A wrong TZ is noticed by a process that has it, and is no end of anything."""
    ask = "from homebody.clock import local_zone; print(local_zone())"
    said = [
        subprocess.run(
            [sys.executable, "-I", "-c", ask], env={"TZ": zone}, capture_output=True, text=True, check=True
        ).stdout.strip()
        for zone in ("Middle/Earth", "Europe/Lisbon")
    ]
    assert ["None", "Europe/Lisbon"] == said
    assert "timedatectl" in found(clock.clock(NOW, None, None))["time-zone"].cure


def test_a_disk_with_room_and_without(tiny_disk: Path, tmp_path: Path):
    """Each disk once, also for a folder that is not there yet; a real small one is wrong."""
    free = disk.free_on([tmp_path, tmp_path / "not" / "there", tiny_disk / "x"])
    assert {tmp_path, tiny_disk} == set(free)
    assert {"right", "wrong"} == {one.verdict for one in disk.disk(free)}


def test_a_journal_whole_and_damaged(home: Home):
    """None yet, a whole one, one that a disk has eaten into, and one that was set aside."""
    assert found(store.journal(home, NOW))["journal"].verdict == "note"
    home.state.mkdir()
    Journal.open(home.journal, FakeClock()).close()
    assert found(store.journal(home, NOW))["journal"].verdict == "right"
    assert store.newest_entry(home) is None
    data = bytearray(home.journal.read_bytes())
    data[4096 : len(data)] = b"\xff" * (len(data) - 4096)
    home.journal.write_bytes(data)
    (home.state / "journal.db.damaged-20261124-101112").touch()
    said = found(store.journal(home, NOW))
    assert (said["journal"].verdict, said["journal-aside"].verdict) == ("wrong", "note")
    assert store.newest_entry(home) is None


def test_a_vault_over_its_limit(home: Home):
    """It is told with the command that purges it; no vault at all is within the limits."""
    assert found(store.vault(home, NOW))["vault"].verdict == "right"
    home.settings.write_text("vault: {size: 10 B}\n", encoding="utf-8")
    (home.vault / "ab").mkdir(parents=True)
    (home.vault / "ab" / ("ab" + "0" * 62)).write_bytes(b"x" * 100)
    said = found(store.vault(home, NOW))["vault"]
    assert (said.verdict, "homebody vault purge" in said.cure) == ("note", True)


STATUS = {"pid": 7, "model": {"state": "ready"}, "paused": None, "waiting": {}, "folders": {}, "store": []}


def test_what_a_daemon_says_of_itself():
    """None runs; all is well; and each of its troubles, a recipe that waits for a restart with the command."""
    assert found(daemon.daemon(None, str))["daemon"].verdict == "note"
    assert {"daemon": "right"} == {
        name: one.verdict for name, one in found(daemon.daemon(STATUS, str)).items()
    }
    sick = {**STATUS, "model": {"state": "failed", "problem": "p"}, "paused": {"why": "full"}, "store": ["s"],
            "folders": {"/x": "f"}, "waiting": {"tidy": "waiting for restart: it would read /y"}}  # fmt: skip
    said = found(daemon.daemon(sick, str))
    assert {"daemon", "daemon-model", "daemon-paused", "recipe-waits", "folder", "store"} == set(said)
    assert "homebody restart" in said["recipe-waits"].cure


def test_no_service_and_each_kind_of_broken_one(tmp_path: Path):
    """None, one without a program, with one that is gone, with none of us beside it, an older one, one that is off."""

    def verdict(text: str | None) -> tuple[str, str]:
        unit = tmp_path / ".config" / services.UNIT
        unit.parent.mkdir(parents=True, exist_ok=True)
        unit.unlink(missing_ok=True)
        if text is not None:
            unit.write_text(text, encoding="utf-8")
        service = services.find_service(tmp_path, tmp_path / ".config", "linux")
        (one,) = services.service(service, __version__)
        return one.verdict, one.words

    assert verdict(None) == ("note", "homebody does not start by itself")
    assert verdict("[Service]\n")[0] == "wrong"
    assert verdict('ExecStart="unclosed\n')[0] == "wrong"
    start = "[Service]\nExecStart=-%h/venv/bin/python -I -m homebody serve\n"
    assert f"{tmp_path}/venv/bin/python, and that is not there" in verdict(start)[1]
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    assert "no homebody is seen" in verdict(start)[1]
    packages = tmp_path / "venv" / "lib" / "python3.11" / "site-packages"
    (packages / "homebody-0.0.1.dist-info").mkdir(parents=True)
    assert "starts homebody 0.0.1" in verdict(start)[1]
    (packages / "homebody-0.0.1.dist-info").rename(packages / f"homebody-{__version__}.dist-info")
    assert "not switched on" in verdict(start)[1]
    wants = tmp_path / ".config/systemd/user/default.target.wants"
    wants.mkdir()
    (wants / "homebody.service").symlink_to("../homebody.service")
    assert verdict(start)[0] == "right"


def test_the_agent_of_macos(tmp_path: Path):
    """The program of a property list, and lists that are none."""
    agent = tmp_path / services.AGENT
    agent.parent.mkdir(parents=True)
    agent.write_bytes(plistlib.dumps({"ProgramArguments": [sys.executable, "-I"]}))
    assert Path(sys.executable) == services.find_service(tmp_path, tmp_path, "darwin").python
    for data in (b"", b"<plist>", b"<plist><dict/></plist>", plistlib.dumps({"ProgramArguments": []})):
        agent.write_bytes(data)
        assert services.find_service(tmp_path, tmp_path, "darwin").python is None


def test_this_pythons_own_homebody_is_seen():
    """By the folder of its packages, for the environment that the tests run in."""
    assert __version__ == services.installed_for(Path(sys.executable))
