"""What does a rewrite carry over from the file that it replaces: owner, group, mode, ACL, attributes?

What a person gave the file is kept or the rewrite fails: the extended attributes named ``user.`` (tags, the
address of a download), the ACL, the owner, and the group where it decides who may read. Labels of the system
(``security.selinux`` and the like) are set where the kernel lets us; where it does not, the new file has the
label that the system's own rules give it. See xattr(7) and acl(5).
"""

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from homebody.actions.xattrs import attributes
from homebody.errors import DiskFullError, EffectError
from homebody.seal import handle

ACL = "system.posix_acl_access"
OF_THE_CONTENT = frozenset({"security.capability", "security.ima", "security.evm"})
"""What the system says about one content, a signature say: it would be wrong about the next one."""

OF_THE_FINDER = ("com.apple.FinderInfo", "com.apple.ResourceFork")
"""macOS: labels and icons; tags and the address of a download are in ``com.apple.metadata:``."""

NONE_HERE = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
FULL = (errno.ENOSPC, errno.EDQUOT)
PRIVATE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a file carries beside its content: whose it is, its permission bits, its extended attributes."""

    path: Path
    owner: int
    group: int
    mode: int
    attributes: Mapping[str, bytes]


def carried(path: Path, folder: int) -> Carried:
    """Return what the file at *path* carries, whose name is looked up in *folder*.

    Raises EffectError for an attribute of the person's that cannot be read, OSError for a file that cannot.
    """
    source = os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    try:
        status = os.fstat(source)
        return Carried(
            path=path,
            owner=status.st_uid,
            group=status.st_gid,
            mode=status.st_mode & 0o777,
            attributes=attributes_of(source, path),
        )
    finally:
        os.close(source)


def first_mode(old: Carried, wanted: int | None) -> int:
    """Return the mode with which a file is made that *old* is carried over to, and that is to have *wanted*.

    Until it has its group and its ACL it is ours alone: the bits of the group mean something else before.
    """
    if old.attributes or old.group != os.getegid():
        return PRIVATE
    return old.mode if wanted is None else wanted


def keep(old: Carried, target: int, wanted: int | None) -> None:
    """Give the open file *target* what *old* carries, and exactly the mode *wanted*, None meaning the old one.

    Raises EffectError when something of the person's cannot be kept, DiskFullError when it finds no room.
    """
    mode = old.mode if wanted is None else wanted
    keep_owner(old, target)
    present = attributes_of(target, old.path)
    missing = {name: value for name, value in old.attributes.items() if present.get(name) != value}
    inherited = ACL in present and ACL not in old.attributes
    same_group = os.fstat(target).st_gid == old.group
    if not missing and not inherited and same_group and has_mode(target, mode):
        return
    with handle(target) as number:
        if not same_group:
            keep_group(old, number, mode)
        if inherited:  # from the folder's default ACL, which was made after the file or is not meant for it
            attributes().removexattr(number, ACL)
        # The ACL sets a mode, so it comes after the others: a file that its owner may not write takes none of them.
        for name in sorted(missing, key=ACL.__eq__):
            keep_attribute(old, number, name, missing[name])
        if not has_mode(target, mode):
            os.fchmod(number, mode)


def has_mode(descriptor: int, mode: int) -> bool:
    """Return whether the open file has exactly the permission bits *mode*."""
    return os.fstat(descriptor).st_mode & 0o7777 == mode


def keep_owner(old: Carried, target: int) -> None:
    """Give *target* to the owner, or raise EffectError: a rewrite must not take a person's file from them."""
    if os.fstat(target).st_uid == old.owner:
        return
    try:
        os.fchown(target, old.owner, -1)  # inside the seal it is refused
    except OSError as error:
        raise EffectError(
            f"{old.path} belongs to another user, and a rewrite would make it homebody's.",
            hint="Let the file's owner run homebody, or give the file to the user that does.",
        ) from error


def keep_group(old: Carried, number: int, mode: int) -> None:
    """Give the file its group; raise EffectError when it cannot have it and another group could read or write it."""
    try:
        os.fchown(number, -1, old.group)
    except OSError as error:
        same_for_all = mode >> 3 & 0o7 == mode & 0o7 and ACL not in old.attributes
        if not same_for_all:
            raise EffectError(
                f"{old.path} belongs to a group that you are not in, and a rewrite would give it to another.",
                hint="Give the file to a group of yours (chgrp), or let its group do no more than others (chmod).",
            ) from error


def keep_attribute(old: Carried, number: int, name: str, value: bytes) -> None:
    """Set one attribute; one that is not the person's own is left out where the kernel refuses it."""
    try:
        attributes().setxattr(number, name, value)
    except OSError as error:
        if error.errno in FULL:
            raise DiskFullError("The disk is full: the file was left as it was.") from error
        if is_the_persons(name):
            raise lost(old.path, name, error) from error


def attributes_of(descriptor: int, path: Path) -> dict[str, bytes]:
    """Return the extended attributes that a new content does not make wrong, by name.

    Raises EffectError for one of the person's that cannot be read.
    """
    known = attributes()
    try:
        names = known.listxattr(descriptor)
    except OSError as error:
        if error.errno in NONE_HERE:
            return {}
        raise
    found = {}
    for name in names:
        if name in OF_THE_CONTENT:
            continue
        try:
            found[name] = known.getxattr(descriptor, name)
        except OSError as error:
            if is_the_persons(name) and error.errno != errno.ENODATA:  # taken away just now
                raise lost(path, name, error) from error
    return found


def is_the_persons(name: str) -> bool:
    """Return whether a rewrite has to keep the attribute or fail."""
    return name.startswith(("user.", "com.apple.metadata:")) or name in (ACL, *OF_THE_FINDER)


def lost(path: Path, name: str, error: OSError) -> EffectError:
    """Return the error that says which attribute a rewrite would lose."""
    return EffectError(
        f"{path} carries the attribute {name}, which a rewrite would lose ({error.strerror}).",
        hint="Take the attribute off, or let the recipe write beside the file.",
    )
