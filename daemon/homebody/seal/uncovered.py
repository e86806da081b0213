"""Which ways out does this machine have that no seal of ours can close?

The numbers are those of the list of ways out. Number 23: looking up a name (stat, access, readlink) is refused by
neither Landlock nor seccomp, which cannot see paths. Where a folder belongs to another computer, or mounts one by
itself, the name that is looked up there goes to that computer. Number 22: so does what is written there.
"""

from collections.abc import Sequence
from pathlib import Path

from homebody.synced.mounts import Mount, mount_of

LOOKED_UP = "a name that is looked up there can go out, and the seal cannot refuse that"


def uncovered(mounts: Sequence[Mount]) -> tuple[str, ...]:
    """Return in words what the *mounts* of a machine leave open, each with its number; nothing on most machines.

    Pure, and touches no mount (`synced.mounts.mounts_here` tells of this machine's).
    """
    seen = [mount for mount in mounts if mount.remote and mount_of(mount.folder, mounts) is mount]
    return tuple(dict.fromkeys(_words(mount) for mount in seen if not _harmless(mount)))


def _harmless(mount: Mount) -> bool:
    """Return whether *mount* mounts a part of the kernel by itself: systemd does so with binfmt_misc."""
    return mount.automatic and any(
        mount.folder.is_relative_to(place) for place in (Path("/proc"), Path("/sys"))
    )


def _words(mount: Mount) -> str:
    where = f"23: {mount.folder}"
    if mount.automatic and mount.source == "-hosts":
        return f"{where} mounts every computer of the network by its name (autofs -hosts): {LOOKED_UP}"
    if mount.automatic and "indirect" in mount.options:
        return f"{where} mounts by itself what is looked up in it (autofs): {LOOKED_UP}"
    if mount.automatic:
        return f"{where} is mounted when somebody looks there (autofs), and may come from another computer"
    return f"{where} is on another computer, or a program's own file system ({mount.kind}): {LOOKED_UP}"
