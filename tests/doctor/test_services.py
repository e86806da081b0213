"""Does homebody start by itself? Each kind of file that a service manager may find."""

import plistlib
import sys
from pathlib import Path

from homebody import __version__
from homebody.doctor import services
from homebody.paths import find_home, shipped
from homebody.service import launchd, systemd
from homebody.service.manager import Service


def test_no_service_and_each_kind_of_broken_one(tmp_path: Path):
    """None, one without a program, with one that is gone, with none of us beside it, an older one, one that is off."""

    def verdict(text: str | None) -> tuple[str, str]:
        unit = services.manager_of(tmp_path, tmp_path / ".config", "linux").file
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
    agent = services.manager_of(tmp_path, tmp_path, "darwin").file
    agent.parent.mkdir(parents=True)
    agent.write_bytes(plistlib.dumps({"ProgramArguments": [sys.executable, "-I"]}))
    assert Path(sys.executable) == services.find_service(tmp_path, tmp_path, "darwin").python
    for data in (b"", b"<plist>", b"<plist><dict/></plist>", plistlib.dumps({"ProgramArguments": []})):
        agent.write_bytes(data)
        assert services.find_service(tmp_path, tmp_path, "darwin").python is None


def test_this_pythons_own_homebody_is_seen():
    """By the folder of its packages, for the environment that the tests run in."""
    assert __version__ == services.installed_for(Path(sys.executable))


def test_what_install_writes_is_read_again(tmp_path: Path):
    """The unit and the agent of the shipped templates name the python that they start, blanks and all."""
    python = tmp_path / "my venv" / "bin" / "python"
    home = find_home({}, tmp_path / "home")
    service = Service(python=str(python), home=home, named=True, environ={"TMPDIR": "/short"})
    unit = systemd.unit((shipped("launchd") / "homebody.service").read_text(encoding="utf-8"), service, 255)
    agent = launchd.agent((shipped("launchd") / "org.homebody.agent.plist").read_bytes(), service)
    for platform, text in (("linux", unit), ("darwin", agent)):
        file = services.manager_of(tmp_path, tmp_path / ".config", platform).file
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
        assert python == services.find_service(tmp_path, tmp_path / ".config", platform).python
