"""A real daemon on a laptop whose plug is pulled: power supplies as the kernel lists them, in a folder of the test."""

import subprocess
import sys
from pathlib import Path

BESIDE = """name: beside
triggers: [{watch: NOTES, settle: 100ms, existing: process}]
filters: [{extension: md}]
actions:
  - write: {dest: "OUT/{{ file.stem }}.txt", content: "seen"}
"""


def plug(folder: Path, *, in_use: bool) -> None:
    """Let mains feed the computer, or not; the battery empties meanwhile."""
    for name, words in {
        "AC": {"type": "Mains", "online": "1" if in_use else "0"},
        "BAT0": {"type": "Battery", "present": "1", "status": "Charging" if in_use else "Discharging"},
    }.items():
        device = folder / "devices" / name
        device.mkdir(parents=True, exist_ok=True)
        for file, word in words.items():
            (device / file).write_text(f"{word}\n", encoding="ascii")
        link = folder / "power_supply" / name
        link.parent.mkdir(exist_ok=True)
        if not link.exists():
            link.symlink_to(device)


def on_battery(house, folder: Path) -> None:
    """Let *house* be served on a computer with these supplies."""
    launcher = Path(__file__).with_name("on_battery.py")
    house.command = lambda: [
        sys.executable, "-I", str(launcher), str(folder / "power_supply"), "--home", str(house.home.config), "serve",
    ]  # fmt: skip


def status_of(house) -> str:
    """Return what `homebody status` prints."""
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), "status"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_background_runs_wait_for_the_plug_and_requests_do_not(house, tmp_path: Path):
    """On battery a new file is queued with the reason in `status`, what a person asks for is done all the same, and
    when the plug is in again the rest goes on by itself."""
    plug(tmp_path / "power", in_use=False)
    on_battery(house, tmp_path / "power")
    house.settings("settle: 0.1\nrescan: 2\non_battery: pause\n")
    house.recipe(
        "beside", BESIDE.replace("NOTES", str(house.notes)).replace("OUT", str(house.folder / "out"))
    )
    house.start(model=False)
    house.until(lambda: house.status()["paused"] is not None)
    paused = house.status()["paused"]
    assert "the computer runs on battery" == paused["why"]
    words = status_of(house)
    assert "paused: the computer runs on battery, since " in words
    assert "new files and schedules wait until it is plugged in; what you ask for is done" in words

    house.drop("a.md", "a")
    house.until(lambda: house.runs("a.md"))
    asked = house.drop("b.md", "b")
    house.ask("POST", "/v1/run", {"recipe": "beside", "paths": [str(asked)]})
    house.until(lambda: any(run["state"] == "done" for run in house.runs("b.md")))
    assert {"queued"} == {run["state"] for run in house.runs("a.md")}
    assert 0 == len([run for run in house.runs("a.md") if run["started_at"]])
    assert not (house.folder / "out" / "a.txt").exists()

    plug(tmp_path / "power", in_use=True)
    house.until((house.folder / "out" / "a.txt").exists)
    assert house.status()["paused"] is None
    assert house.stop() == 0
    log = house.home.log.read_text(encoding="utf-8")
    assert log.index("background runs rest on battery") < log.index("background runs go on, on mains")


def test_without_the_setting_the_battery_is_not_looked_at(house, tmp_path: Path):
    """Chores go on, and the sealed daemon may not even read the supplies."""
    plug(tmp_path / "power", in_use=False)
    on_battery(house, tmp_path / "power")
    house.recipe(
        "beside", BESIDE.replace("NOTES", str(house.notes)).replace("OUT", str(house.folder / "out"))
    )
    house.start(model=False)
    house.drop("a.md", "a")
    house.until((house.folder / "out" / "a.txt").exists)
    assert house.status()["paused"] is None
