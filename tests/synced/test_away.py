"""A made-up home with each program's real layout: what is carried away, and by what?"""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.synced.away import Carriers, carried_away
from homebody.synced.marks import Mark, real
from homebody.synced.mounts import Mount, parse
from homebody.synced.programs import LARGEST, SETTINGS, marks_of_programs, unreadable

SYNCTHING = """\
<configuration version="37">
    <folder id="a" label="Notes" path="~/Sync &amp; notes/" type="sendreceive"><device id="X"></device></folder>
    <folder label='B' path='HOME/B' id="b"></folder>
    <!-- <folder id="old" path="HOME/old"> -->
    <defaults><folder id="" path="~/fresh"></folder></defaults>
</configuration>
"""
NEXTCLOUD = """\
[General]
localPath=/not/a/folder/of/an/account
[Accounts]
0\\Folders\\1\\ignoreHiddenFiles=false
0\\Folders\\1\\localPath=HOME/Nextcloud/
0\\FoldersWithPlaceholders\\2\\localPath="HOME/My cloud, too/"
1\\Multifolders\\3\\localPath=HOME/\\xe4pfel/
"""
SETTINGS_FILES = [
    (".dropbox/info.json", json.dumps({"personal": {"path": "HOME/Dropbox"}, "business": {"root_path": "HOME/Firm"}}),
     "Dropbox", ["Dropbox", "Firm"]),
    (".local/state/syncthing/config.xml", SYNCTHING, "Syncthing", ["Sync & notes", "B"]),
    (".config/syncthing/config.xml", SYNCTHING, "Syncthing", ["Sync & notes", "B"]),
    ("Library/Application Support/Syncthing/config.xml", SYNCTHING, "Syncthing", ["Sync & notes", "B"]),
    (".config/Nextcloud/nextcloud.cfg", NEXTCLOUD, "Nextcloud or ownCloud", ["Nextcloud", "My cloud, too", "äpfel"]),
    (".config/ownCloud/owncloud.cfg", NEXTCLOUD, "Nextcloud or ownCloud", ["Nextcloud"]),
    (".config/onedrive/config", '# sync_dir = "~/No"\nsync_dir = "~/Work"\n', "OneDrive", ["Work"]),
    (".config/onedrive/refresh_token", "secret", "OneDrive", ["OneDrive"]),
    (".config/Insync", "", "Insync", ["Insync"]),
    ("Library/Application Support/Box/Box", "", "Box", ["Box"]),
    (".ccnet/seafile.ini", "HOME/Seafile/.seafile-data\n", "Seafile", ["Seafile"]),
]  # fmt: skip


def put(home: Path, path: str, text: str = "") -> None:
    """Write a file of the home folder; HOME in it is the home folder."""
    (home / path).parent.mkdir(parents=True, exist_ok=True)
    (home / path).write_text(text.replace("HOME", str(home)), encoding="utf-8")


@pytest.mark.parametrize(("path", "text", "by", "names"), SETTINGS_FILES)
def test_programs_settings_name_their_folders(
    tmp_path: Path, path: str, text: str, by: str, names: list[str]
):
    """Each folder and what is in it is carried away; one beside it, an example and a comment are not."""
    put(tmp_path, path, text)
    carriers = Carriers(tmp_path)
    for name in names:
        for folder in (tmp_path / name, tmp_path / name / "deep" / "er"):
            assert carriers.of(folder).by == by
            assert path in str(carriers.of(folder))
    for name in (f"{names[0]}2", "fresh", "old", "No", "Notes"):
        assert carriers.of(tmp_path / name) is None


MARKERS = [
    ("Syncthing", ".stfolder/"), ("Dropbox", ".dropbox"), ("Dropbox", ".dropbox.cache/"), ("Resilio Sync", ".sync/ID"),
    ("MEGA", ".megaignore"), ("MEGA", ".debris/"), ("Google Drive", ".tmp.drivedownload/"), ("Google Drive", ".grive"),
    ("Google Drive", ".gd/credentials.json"), ("OneDrive", ".849C9593-D756-4E56-8D6E-42412F2A707B"),
    ("Nextcloud or ownCloud", "._sync_4f1b.db"), ("Nextcloud or ownCloud", ".sync_0a1b2c.db"),
    ("Nextcloud or ownCloud", ".owncloudsync.log"),
]  # fmt: skip


@pytest.mark.parametrize(("by", "marker"), MARKERS)
def test_markers_in_a_folder_and_above_it(tmp_path: Path, by: str, marker: str):
    """The folder with the marker and every folder in it, whether that is there yet or not; none beside it."""
    where = tmp_path / "shared"
    if marker.endswith("/"):
        (where / marker).mkdir(parents=True)
    else:
        put(where, marker)
    carriers = Carriers(None)
    for folder in (where, where / "not" / "there"):
        assert (carriers.of(folder).by, marker.split("/", maxsplit=1)[0] in str(carriers.of(folder))) == (
            by,
            True,
        )
    assert carriers.of(tmp_path) is None
    assert carriers.of(tmp_path / "shared2") is None


def test_what_only_looks_like_a_marker(tmp_path: Path):
    """A program's own state in the home folder, and plain folders of the same name, mean nothing."""
    for name in (".dropbox", ".sync", ".gd", "sync.db"):
        (tmp_path / name).mkdir()
    put(tmp_path, ".debris")
    put(tmp_path, ".config/onedrive-notes/config", 'sync_dir = "~/x"')
    assert Carriers(tmp_path).of(tmp_path / "Notes") is None


def test_icloud_and_the_other_clouds_of_macos(tmp_path: Path):
    """Mobile Documents, CloudStorage, and Documents only where iCloud Drive holds it."""
    for name in (
        "Library/Mobile Documents/com~apple~CloudDocs/Documents",
        "Library/CloudStorage/OneDrive-Firm",
    ):
        (tmp_path / name).mkdir(parents=True)
    for name in ("Library/CloudStorage/GoogleDrive-a@b.c", "Desktop", "Documents"):
        (tmp_path / name).mkdir()
    carriers = Carriers(tmp_path)
    found = {
        name: carriers.of(tmp_path / name)
        for name in (
            "Documents/Bills",
            "Desktop",
            "Library/Mobile Documents/x",
            "Library/CloudStorage/OneDrive-Firm/x",
        )
    }
    assert ["iCloud Drive", None, "iCloud Drive", "OneDrive"] == [one and one.by for one in found.values()]
    assert carriers.of(tmp_path / "Library/CloudStorage/GoogleDrive-a@b.c").by == "Google Drive"


@pytest.mark.parametrize(
    "text", ["", "\0", "[]", "{}", '{"a": 1}', "[" * 100_000, "<folder path=", "x" * (LARGEST + 5)]
)
def test_settings_that_mean_nothing_name_nothing(tmp_path: Path, text: str):
    """Damaged, empty and huge settings of any program keep nobody from working."""
    for _by, path, reader in SETTINGS:
        if reader.__name__ not in ("found", "seafile", "onedrive_usual"):
            put(tmp_path, path, text)
    assert () == marks_of_programs(tmp_path)


def test_settings_that_are_no_files(tmp_path: Path):
    """A folder, a pipe that nobody writes, and a link into nothing."""
    for path in (".dropbox", ".config/syncthing", ".config/Nextcloud"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / ".dropbox/info.json").mkdir()
    os.mkfifo(tmp_path / ".config/syncthing/config.xml")
    (tmp_path / ".config/Nextcloud/nextcloud.cfg").symlink_to("nowhere")
    assert () == marks_of_programs(tmp_path)


def test_onedrive_goes_where_it_is_told(tmp_path: Path):
    """Its usual folder is not carried away when its settings name another."""
    put(tmp_path, ".config/onedrive/refresh_token", "secret")
    put(tmp_path, ".config/onedrive/config", 'sync_dir = "~/Work"\n')
    assert [tmp_path / "Work"] == [mark.folder for mark in marks_of_programs(tmp_path)]


def test_programs_that_keep_it_to_themselves(tmp_path: Path):
    """pCloud and MEGA are named, so that a person looks there."""
    assert () == unreadable(tmp_path)
    (tmp_path / ".pcloud").mkdir()
    assert ("pCloud",) == unreadable(tmp_path)


def test_a_link_is_where_it_leads(tmp_path: Path):
    """A link into a synchronised folder is in it, one that leads out of it is not, and a circle ends."""
    (tmp_path / "shared" / ".stfolder").mkdir(parents=True)
    (tmp_path / "own").mkdir()
    (tmp_path / "in").symlink_to("shared")
    (tmp_path / "shared" / "out").symlink_to(tmp_path / "own")
    (tmp_path / "round").symlink_to("round")
    carriers = Carriers(None)
    assert carriers.of(tmp_path / "in" / "x").by == "Syncthing"
    assert carriers.of(tmp_path / "shared" / "out" / "x") is None
    assert carriers.of(tmp_path / "round" / "x") is None
    (tmp_path / "other").symlink_to("own")
    put(tmp_path, ".dropbox/info.json", '{"personal": {"path": "HOME/other/sub"}}')
    assert Carriers(tmp_path).of(tmp_path / "own" / "sub").by == "Dropbox"


def test_nothing_below_a_share_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A share whose server is gone would hang whoever looks at it: the list of mounts is enough."""
    share = tmp_path / "share"
    (share / "in").mkdir(parents=True)
    (tmp_path / "link").symlink_to(share / "in")
    touched: list[str] = []
    for name in ("readlink", "lstat", "stat", "scandir"):
        plain = getattr(os, name)

        def looked(path, *more, plain=plain, **named):
            touched.append(os.fspath(path))
            return plain(path, *more, **named)

        monkeypatch.setattr(os, name, looked)
    mounts = (Mount(folder=Path("/"), kind="ext4"), Mount(folder=share, kind="nfs4"))
    carriers = Carriers(share / "in", mounts)
    assert carriers.of(share / "in").by == "a network file system (nfs4)"
    assert carriers.of(tmp_path / "link" / "x").by == "a network file system (nfs4)"
    assert touched
    assert [] == [path for path in touched if path.startswith(str(share))]


def test_what_lies_in_a_folder_counts(tmp_path: Path):
    """Who may write the folder may write a share or a synchronised folder in it."""
    put(tmp_path, ".dropbox/info.json", '{"personal": {"path": "HOME/Docs/Dropbox"}}')
    assert "in it" in str(Carriers(tmp_path).of(tmp_path / "Docs"))
    mounts = parse(
        "1 1 0:1 / / rw - ext4 x rw\n1 1 0:1 / /a/b rw - fuse.sshfs h: rw\n1 1 0:1 / /n rw - autofs -hosts rw\n"
    )
    assert "fuse.sshfs" in str(carried_away(Path("/a"), mounts, ()))
    assert "autofs" in str(carried_away(Path("/n/host"), mounts, ()))
    assert carried_away(Path("/ab"), mounts, ()) is None


def test_between_looks_no_higher_than_the_root(tmp_path: Path):
    """For a folder below one that was looked at already."""
    (tmp_path / ".stfolder").mkdir()
    carriers = Carriers(None)
    assert carriers.between(tmp_path / "a" / "b", tmp_path / "a") is None
    (tmp_path / "a" / "b" / ".stfolder").mkdir(parents=True)
    assert carriers.between(tmp_path / "a" / "b" / "c", tmp_path / "a").by == "Syncthing"


names = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1).filter(
    lambda n: n not in (".", "..")
)
paths = st.lists(names, min_size=1, max_size=4).map(lambda parts: Path("/", *parts))


@given(paths, paths)
def test_inside_equal_or_around_and_nothing_else(folder: Path, marked: Path):
    """A mark counts for its folder, all in it and all around it; a name that only begins alike is another."""
    found = carried_away(folder, (), [Mark(folder=marked, by="x", sign="y")])
    related = folder == marked or marked in folder.parents or folder in marked.parents
    assert related == (found is not None)


@given(paths)
def test_a_path_without_links_stays_as_it_is(folder: Path):
    """Following links changes nothing where there are none."""
    assert real(Path("/nowhere") / folder.relative_to("/"), ()) == Path("/nowhere") / folder.relative_to("/")
