"""Have we met this file before, whose is it, and up to when has a schedule been served?"""

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import Protocol

from homebody.clock import Clock
from homebody.journal.breaker import MARK
from homebody.journal.database import Database
from homebody.journal.rows import name_bytes, path_of, stored, words

SOME = 2000
"""How many rows are written at once: others have their turn in between."""


class Origin(Enum):
    """Where a file's content comes from, if not from a person."""

    OURS = "ours"
    """homebody made this file, and it is still as it was made."""


class Signature(Protocol):
    """What tells that a file is probably unchanged, without reading it."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def mtime_ns(self) -> int:
        """Time of the last change, in nanoseconds."""

    @property
    def inode(self) -> int:
        """The file's number in its file system."""


class Memory:
    """What the journal remembers from one look at the folders to the next."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def now(self) -> datetime:
        """Return the time by the journal's clock."""
        return self._clock.now()

    def _now(self) -> str:
        return stored(self._clock.now())

    def origin(self, path: Path, content: str) -> Origin | str:
        """Return the person's content that *content* at *path* goes back to, or OURS for a file that we made.

        A content that we did not write is its own origin: own writes are known by path and hash, never by
        timing. A file of ours that was given another name is known by its content, once the old name is gone.
        """
        for row in self._database.ask("our_writes", path=name_bytes(path), content=content):
            written = path_of(row["path"])
            if written == path or (row["deed"] != "move" and not os.path.lexists(written)):
                return Origin.OURS if row["origin"] is None else str(row["origin"])
        return content

    def put_here(self, path: Path, content: str) -> bool:
        """Return whether we gave the file at *path* this name, and it is still as we left it.

        Then it is a person's file in the place where a recipe wants it, and no news to any.
        """
        return bool(self._database.ask("put_here", path=name_bytes(path), content=content))

    def moved_to(self, path: Path, origin: str) -> Path | None:
        """Return where the file of *origin* is that was at *path*, if a recipe gave it another name since."""
        seen = {path}
        while rows := self._database.ask("moved_to", path=name_bytes(path), origin=origin):
            path = path_of(rows[0]["path"])
            if path in seen:
                return None
            seen.add(path)
        return path if len(seen) > 1 else None

    def came_again(self, key: str, path: Path, origin: str, mtime_ns: int) -> int | None:
        """Return the done run that has *key* and took its file away, if another one of its content is at *path*.

        It is when the first still lies where it was put, and its date is another. Else somebody brought the first one
        back, by an undo or by hand, or a program keeps two folders alike: what homebody did there stays as it is.
        """
        rows = self._database.ask(
            "took_away", key=os.fsencode(key), path=name_bytes(path), origin=words(origin)
        )
        if not rows or rows[0]["mtime_ns"] == mtime_ns:
            return None
        moved = self.moved_to(path, origin)
        return int(rows[0]["run"]) if moved is not None and os.path.lexists(moved) else None

    def renamed_from(self, recipe: str, path: Path, origin: str) -> Path | None:
        """Return where *recipe* met *origin* before, if that path is gone: then *path* is its new name.

        It is not when a recipe moved that file and it still lies where it was put: then there are two of them.
        """
        for row in self._database.ask("was_here", recipe=recipe, origin=origin, path=name_bytes(path)):
            earlier = path_of(row["path"])
            moved = self.moved_to(earlier, origin)
            if not os.path.lexists(earlier) and (moved is None or not os.path.lexists(moved)):
                return earlier
        return None

    def starts(self, recipe: str, path: Path, since: datetime) -> list[datetime]:
        """Return when the runs of *recipe* on *path* began that came to work on it, those after *since*."""
        rows = self._database.ask("starts", recipe=recipe, path=name_bytes(path), since=stored(since))
        return [datetime.fromisoformat(row["started_at"]) for row in rows]

    def held(self) -> dict[str, tuple[int, datetime]]:
        """Return the recipes whose breaker is open: on how many files, and until when the first of them."""
        rows = self._database.ask("held", now=self._now(), mark=MARK)
        return {row["recipe"]: (int(row["files"]), datetime.fromisoformat(row["until"])) for row in rows}

    def cursor(self, recipe: str) -> datetime | None:
        """Return the moment up to which the schedule of *recipe* has been served."""
        rows = self._database.ask("cursor", recipe=recipe)
        return datetime.fromisoformat(rows[0]["at"]) if rows else None

    def set_cursor(self, recipe: str, at: datetime) -> None:
        """Move the cursor of *recipe* forward to *at*; it never goes back."""
        with self._database.writing():
            self._database.do("set_cursor", recipe=recipe, at=stored(at))

    def enrolled(self, recipe: str, folder: Path) -> bool:
        """Return whether *recipe* has looked at *folder* for the first time already."""
        return bool(self._database.ask("enrolled", recipe=recipe, folder=name_bytes(folder)))

    def enrol(self, recipe: str, folder: Path, baseline: Iterable[tuple[Path, str]]) -> int:
        """Note which files, by signature, were in *folder* before *recipe*, and return how many.

        *baseline* is read as it comes, outside of any transaction. Broken off, it is all noted again: a file that
        an earlier beginning noted was there before the recipe, too.
        """
        rows = (
            {"recipe": recipe, "path": name_bytes(path), "signature": signature}
            for path, signature in baseline
        )
        noted = 0
        while some := list(islice(rows, SOME)):
            with self._database.writing(relaxed=True):
                self._database.do_many("baseline", some)
            noted += len(some)
        # A full commit, after which files are new: were it lost, those that came since would count as old.
        with self._database.writing():
            self._database.do("enrol", recipe=recipe, folder=name_bytes(folder), now=self._now())
        return noted

    def there_before(self, recipe: str, signatures: Mapping[str, str]) -> set[str]:
        """Return which files, given by path, were there, just so, under that very name when *recipe* first looked."""
        rows = self._database.ask("there_before", recipe=recipe, paths=json.dumps(list(signatures)))
        found = {os.fsdecode(row["path"]): row["signature"] for row in rows}
        return {path for path, signature in found.items() if signatures[path] == signature}

    def was_there_before(self, recipe: str, path: Path, signature: str, content: str | None = None) -> bool:
        """Return whether the file was there, just so, when *recipe* first looked; it may have a new name.

        With *content*, a file that was there counts also when only we changed it since, or took a change
        back: what homebody does to an old file does not make it new to any recipe.
        """
        name = name_bytes(path)
        for row in self._database.ask("was_there_before", recipe=recipe, path=name, signature=signature):
            if (earlier := path_of(row["path"])) == path or not os.path.lexists(earlier):
                return True
        return content is not None and bool(
            self._database.ask("touched_before", recipe=recipe, path=name, content=content)
        )

    def meta(self, name: str) -> str | None:
        """Return what is noted of the journal as a whole under *name*."""
        rows = self._database.ask("meta", word=name)
        return str(rows[0]["value"]) if rows else None

    def set_meta(self, name: str, value: str | None) -> None:
        """Note *value* under *name*; None takes the note away."""
        with self._database.writing():
            if value is None:
                self._database.do("drop_meta", word=name)
            else:
                self._database.do("set_meta", word=name, value=value)

    def known_content(self, path: Path, signature: Signature) -> str | None:
        """Return the content key of an unchanged file that was taken in before."""
        return self.known_contents({str(path): signature}).get(str(path))

    def known_contents(self, signatures: Mapping[str, Signature]) -> dict[str, str]:
        """Return the content keys of those files, given by path, that are unchanged since they were taken in.

        Paths are UTF-8 here; others are not asked about.
        """
        rows = self._database.ask("known_contents", paths=json.dumps(list(signatures)))
        found = {os.fsdecode(row["path"]): row for row in rows}
        return {
            path: str(row["content"])
            for path, row in found.items()
            if signature_values(signatures[path])
            == {"size": row["size"], "mtime_ns": row["mtime_ns"], "inode": row["inode"]}
        }

    def holding(self, content: str) -> list[Path]:
        """Return the files that held *content* when they were last taken in; they may have changed since."""
        return [path_of(row["path"]) for row in self._database.ask("holding", content=content)]

    def left_alone_with(self, recipe: str, size: int) -> list[Path]:
        """Return the files of *size* bytes that were there before *recipe*; they may have changed since."""
        rows = self._database.ask("left_alone_with", recipe=recipe, size=str(size))
        return [path_of(row["path"]) for row in rows]

    def had(self, keys: Iterable[str]) -> set[str]:
        """Return which of *keys* have had their run already."""
        rows = self._database.ask("had_keys", keys=json.dumps(list(keys)))
        return {os.fsdecode(row["key"]) for row in rows}

    @contextlib.contextmanager
    def taking_in(self) -> Iterator[None]:
        """Hold one transaction around the intake of several files, which need not be on the disk at once.

        A killed process loses nothing of it once this is left. A power cut may lose the whole of it: then the files
        are as unknown as they were, and the next look at their folder finds them.
        """
        with self._database.writing(relaxed=True):
            yield

    def remember_content(self, path: Path, signature: Signature, content: str) -> None:
        """Remember what a file holds, so that the next rescan need not read it."""
        self._database.note(
            "remember_content", path=name_bytes(path), content=words(content), **signature_values(signature)
        )


def signature_values(signature: Signature) -> dict[str, int]:
    """Return a signature's columns."""
    return {"size": signature.size, "mtime_ns": signature.mtime_ns, "inode": signature.inode}
