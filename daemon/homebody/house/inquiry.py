"""What is known of one file: on the disk, in the journal, and to each recipe? Gathers the facts for `why`."""

import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from homebody.documents.file import LIMIT, identify
from homebody.errors import DocumentError
from homebody.house.admission import key
from homebody.house.modes import put_off
from homebody.house.watched import Watched, key_of
from homebody.house.why import Case, File, Verdict, verdict
from homebody.journal.run import Run, RunState
from homebody.journal.store import Journal, Origin
from homebody.recipe.schema import Recipe
from homebody.triggers.settle import Signature

MOST_RUNS = 1000
"""How many runs of a recipe on one name are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the inquiry asks: recipes and wishes, the journal if there is one, and a daemon's parts if it runs.

    ``absent`` names the recipes that do not run, and why; ``troubles`` the folders that cannot be looked at.
    """

    recipes: Sequence[Recipe]
    watched: Sequence[Watched]
    journal: Journal | None
    now: datetime
    serving: bool = False
    absent: Mapping[str, str] = field(default_factory=dict)
    troubles: Mapping[Path, str] = field(default_factory=dict)
    settling: Callable[[Path], tuple[float, float] | None] = lambda _path: None
    rescan: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is at the path, and what each recipe has to say of it."""

    file: File
    verdicts: tuple[Verdict, ...]


def inquire(path: Path, house: House) -> Answer:
    """Return what each recipe of *house* has to say of *path*. Raises JournalError.

    The file is read only if a recipe watches it: the seal lets nothing else be read anyway.
    """
    path = path.parent.resolve() / path.name
    covering = [wish for wish in house.watched if wish.covers(path)]
    file, signature = look_at(path)
    content = None
    if covering and file.kind in ("file", "link", "special"):
        content, file = content_of(file, signature, covering, house.journal)
    origin: Origin | str | None = None
    if house.journal is not None:
        if content is not None:
            origin = house.journal.origin(path, content)
            ours = origin is Origin.OURS or house.journal.put_here(path, content)
            file = replace(file, ours=ours, writer=house.journal.writer(path, content))
        file = replace(file, moved=house.journal.moved_away(path))
        if file.moved is not None and file.writer == file.moved[1] and not file.ours:
            file = replace(file, writer=None)  # it took this content away from here
    verdicts = [verdict(case_of(file, recipe, house, signature, content, origin)) for recipe in house.recipes]
    return Answer(file=file, verdicts=tuple(verdicts))


def look_at(path: Path) -> tuple[File, Signature | None]:
    """Return what is at *path*, links not followed, and its signature; nothing is read."""
    try:
        found = path.lstat()
    except OSError:
        return File(path=path, kind="gone"), None
    modified = datetime.fromtimestamp(found.st_mtime_ns / 1e9, UTC)
    signature = Signature(found.st_size, found.st_mtime_ns, found.st_ino)
    if stat.S_ISDIR(found.st_mode):
        return File(path=path, kind="folder", modified=modified), None
    if stat.S_ISLNK(found.st_mode):
        return File(path=path, kind="link", size=found.st_size, modified=modified), signature
    if not stat.S_ISREG(found.st_mode):
        return File(path=path, kind="special", size=found.st_size, modified=modified), signature
    return File(path=path, kind="file", size=found.st_size, modified=modified), signature


def content_of(
    file: File, signature: Signature | None, covering: Sequence[Watched], journal: Journal | None
) -> tuple[str | None, File]:
    """Return the key of what *file* holds, and the file, with the reason if that cannot be had."""
    known = journal.known_content(file.path, signature) if journal and signature else None
    if known is not None:
        return known, file
    try:
        limit = max((wish.recipe.limit for wish in covering), default=LIMIT)
        return identify(file.path, limit=limit), file
    except DocumentError as error:
        return None, replace(file, unreadable=str(error), cure=error.hint)


def case_of(
    file: File,
    recipe: Recipe,
    house: House,
    signature: Signature | None,
    content: str | None,
    origin: Origin | str | None,
) -> Case:
    """Return everything that the verdict of *recipe* hangs on. Raises JournalError."""
    watched = next(
        (wish for wish in house.watched if wish.recipe.name == recipe.name and wish.covers(file.path)), None
    )
    case = Case(
        file=file,
        recipe=recipe,
        now=house.now,
        serving=house.serving,
        folders=recipe.watched,
        watched=watched,
        absent=house.absent.get(recipe.name),
        trouble=house.troubles.get(watched.folder) if watched is not None else None,
        settling=house.settling(file.path),
        rescan=house.rescan,
    )
    if house.journal is None or watched is None:
        return case
    run = newest(house.journal, recipe.name, file, content, origin)
    if run is not None and signature is not None and isinstance(origin, str):
        one = key(recipe, origin, str(file.path))
        if house.journal.came_again(one, file.path, origin, signature.mtime_ns) is not None:
            run = None  # it was on another file, and this one is to have its own
    if run is not None:
        ahead = house.journal.ahead(run.id) if run.state is RunState.QUEUED else None
        case = replace(case, run=run, ahead=ahead, changed=bool(house.journal.effects(run.id)))
    if signature is None or content is None or not isinstance(origin, str):
        return case
    earlier = put_off(house.journal, recipe, file.path) if run is None else None
    return replace(
        case,
        put_off=None if earlier is None else earlier.id,
        before=house.journal.was_there_before(recipe.name, file.path, key_of(signature), content),
        renamed_from=house.journal.renamed_from(recipe.name, file.path, origin),
    )


def newest(
    journal: Journal, recipe: str, file: File, content: str | None, origin: Origin | str | None
) -> Run | None:
    """Return the newest run of *recipe* on what the file holds; on its name where nothing can be read.

    A dry run is none: it does nothing. A content that goes back to the same content of a person's is the same:
    only homebody changed it since.
    """
    for run in journal.runs(limit=MOST_RUNS, recipe=recipe, path=file.path):
        if run.dry:
            continue
        if content is None:
            return run
        if run.content == content or (isinstance(origin, str) and run.origin == origin):
            return run
    return None
