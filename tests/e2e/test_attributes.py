"""Does a note keep what a person hung on it, in the real sealed daemon?"""

import os
import stat
import struct
from pathlib import Path

import pytest

ACL = "system.posix_acl_access"
NOTE = b"# Roof\n\nThe tiles were ordered on Monday.\n"
FRIEND_MAY_READ = struct.pack("<I", 2) + b"".join(
    struct.pack("<HHI", tag, permissions, whose)
    for tag, permissions, whose in (
        (0x01, 6, 0xFFFFFFFF),  # the owner
        (0x02, 4, 4242),  # a friend
        (
            0x04,
            0,
            0xFFFFFFFF,
        ),  # the group: nothing, though the mode's middle digit says 4, for that is the mask
        (0x10, 4, 0xFFFFFFFF),
        (0x20, 0, 0xFFFFFFFF),
    )
)
"""An ACL as the kernel stores it (linux/posix_acl_xattr.h)."""
ATTRIBUTES = {
    "user.xdg.tags": "Dach,été".encode(),
    "user.xdg.origin.url": b"https://example.org/roof.md",
    "user.odd": bytes(range(256)),
}


def carried(path: Path) -> tuple[int, dict[str, bytes]]:
    """Return the mode and the attributes of a file, but for the system's labels."""
    names = [name for name in os.listxattr(path) if not name.startswith("security.")]
    return stat.S_IMODE(path.stat().st_mode), {name: os.getxattr(path, name) for name in names}


@pytest.mark.parametrize(("acl", "mode"), [(None, 0o664), (None, 0o444), (FRIEND_MAY_READ, 0o640)])
def test_tags_acl_and_mode_survive_a_rewrite_and_its_undo(house, acl: bytes | None, mode: int):
    """Front matter is set and taken back, and all the while the note carries what it carried, byte for byte."""
    house.recipe(
        "seen",
        f"name: seen\ntriggers:\n  - watch: {house.notes}\n    settle: 100ms\n    existing: process\n"
        "actions:\n  - front_matter: {set: {seen: 'yes'}}\n",
    )
    path = house.drop("roof.md", NOTE)
    path.chmod(0o600)
    given = ATTRIBUTES if acl is None else ATTRIBUTES | {ACL: acl}
    try:
        for name, value in given.items():
            os.setxattr(path, name, value)
    except (OSError, AttributeError) as error:
        pytest.skip(f"attributes or ACLs cannot be set here: {error}")
    if acl is None:
        path.chmod(mode)
    assert carried(path) == (mode, given)
    house.start(model=False)
    (run,) = house.ended("roof.md")
    assert run["state"] == "done", run["reason"]
    assert path.read_bytes() != NOTE
    assert carried(path) == (mode, given)
    house.ask("POST", "/v1/undo", {"run": run["id"]})
    assert (path.read_bytes(), carried(path)) == (NOTE, (mode, given))
