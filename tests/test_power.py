"""Does the computer run on battery, by what the kernel's files say?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.errors import SettingsError
from homebody.power import TOLD, Supply, refuse_where_unknown, runs_on_battery, supplies, to_be_read

MAINS_OUT, MAINS_IN = Supply(type="Mains", online="0"), Supply(type="Mains", online="1")
EMPTIES = Supply(type="Battery", scope="System", present="1", status="Discharging")
CHARGES = Supply(type="Battery", status="Charging")


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ([], False),
        ([MAINS_IN], False),
        ([MAINS_OUT, EMPTIES], True),
        ([MAINS_IN, EMPTIES], False),
        ([MAINS_OUT, Supply(type="USB", online="2"), EMPTIES], False),
        ([CHARGES, EMPTIES], True),
        ([EMPTIES], True),
        ([MAINS_OUT, CHARGES], False),
        ([Supply(type="UPS", status="Discharging")], True),
        ([Supply(type="Battery", scope="Device", status="Discharging")], False),
        ([Supply(type="Battery", present="0", status="Discharging")], False),
        ([Supply(type="Battery", status="Unknown")], False),
        ([MAINS_OUT], False),
        ([Supply(type="USB", scope="Device", online="1"), EMPTIES], True),
    ],
)
def test_on_battery(there: list[Supply], expected: bool):
    """A battery of the computer's own empties and nothing feeds it; a mouse's battery counts for nothing."""
    assert expected is runs_on_battery(there)


SUPPLY = st.builds(
    Supply,
    type=st.sampled_from(["Mains", "USB", "Battery", "UPS", "", "Wireless"]),
    scope=st.sampled_from(["", "System", "Device", "Unknown"]),
    present=st.sampled_from(["", "0", "1"]),
    online=st.sampled_from(["", "0", "1", "2"]),
    status=st.sampled_from(["", "Charging", "Discharging", "Full", "Not charging", "rubbish"]),
)


@given(st.lists(SUPPLY, max_size=5), st.randoms())
def test_order_does_not_matter_and_mains_settles_it(there: list[Supply], random):
    """Whatever is there in whatever order: what is plugged in means mains, and what says nothing no battery."""
    mixed = list(there)
    random.shuffle(mixed)
    assert runs_on_battery(there) == runs_on_battery(mixed)
    assert not runs_on_battery([*there, MAINS_IN])
    assert not runs_on_battery([Supply(type=one.type) for one in there])


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree as below /sys: a folder of links to the folders of devices, which say more than is asked."""
    listed = tmp_path / "class" / "power_supply"
    listed.mkdir(parents=True)
    said = {
        "AC": {"type": "Mains", "online": "0"},
        "BAT0": {"type": "Battery", "present": "1", "status": "Discharging", "serial_number": "secret"},
        "mouse": {"type": "Battery", "scope": "Device", "status": "Discharging"},
    }
    for name, files in said.items():
        device = tmp_path / "devices" / "LNXSYSTM:00" / name
        device.mkdir(parents=True)
        for file, words in files.items():
            (device / file).write_text(f"{words}\n", encoding="ascii")
        (listed / name).symlink_to(Path("../../devices/LNXSYSTM:00") / name)
    return listed


def test_what_the_files_say(tree: Path):
    """Each supply has the words of its files; one that goes away, or is nonsense, tells nothing."""
    assert [Supply(type="Mains", online="0"), Supply(type="Battery", present="1", status="Discharging"),
            Supply(type="Battery", scope="Device", status="Discharging")] == supplies(tree)  # fmt: skip
    assert runs_on_battery(supplies(tree))
    (tree / "BAT0" / "status").write_bytes(b"\xff\xfe")
    (tree / "AC").unlink()
    (tree / "AC").symlink_to("nowhere")
    assert not runs_on_battery(supplies(tree))
    assert [] == supplies(tree / "none")
    assert set() == to_be_read(tree / "none")


def test_the_computers_own_supplies_can_be_asked():
    """Whatever this machine has: an answer, and paths that are there."""
    assert runs_on_battery(supplies()) in (True, False)
    assert all(path.exists() for path in to_be_read())


SEALED = """
import json, sys
from pathlib import Path
from homebody import seal
from homebody.power import runs_on_battery, supplies, to_be_read
tree = Path(sys.argv[1])
seal.close_inherited({0, 1, 2})
seal.enter(seal.daemon_policy(read=to_be_read(tree), write=[]))
def on_battery():
    return runs_on_battery(supplies(tree))
said = [on_battery()]
try:
    (tree / "BAT0" / "serial_number").read_text()
    said.append("read")
except PermissionError:
    said.append("refused")
print(json.dumps(said), flush=True)
sys.stdin.readline()
print(json.dumps([on_battery()]), flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody can tell")
def test_it_is_seen_from_within_the_seal_and_nothing_beside_it(tree: Path):
    """The few files are open to the sealed daemon, also when they change; the serial number beside them is not."""
    command = [sys.executable, "-I", "-c", SEALED, str(tree)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert [True, "refused"] == json.loads(process.stdout.readline())
        (tree / "AC" / "online").write_text("1\n", encoding="ascii")
        process.stdin.write("\n")
        process.stdin.close()
        assert [False] == json.loads(process.stdout.readline())
    assert 0 == process.returncode


def test_only_what_is_needed_is_to_be_read(tree: Path):
    """The folder that lists the supplies, and of each the few files that are there."""
    found = to_be_read(tree)
    assert tree in found
    assert {path.name for path in found - {tree}} <= set(TOLD)
    assert 1 + 2 + 3 + 3 == len(found)


def test_where_nobody_can_tell_the_setting_is_refused(monkeypatch: pytest.MonkeyPatch):
    """On a Mac the setting is an error with the cure, and without it all is well."""
    monkeypatch.setattr(sys, "platform", "darwin")
    refuse_where_unknown(wanted=False)
    with pytest.raises(SettingsError, match="cannot be kept here") as caught:
        refuse_where_unknown(wanted=True)
    assert caught.value.hint
    monkeypatch.setattr(sys, "platform", "linux")
    refuse_where_unknown(wanted=True)
