"""Are journal and vault whole and within their limits, and what else is kept?"""

from collections.abc import Iterator
from datetime import datetime

from homebody.clock import SystemClock
from homebody.doctor.finding import Finding, note, right, wrong
from homebody.errors import HomebodyError
from homebody.journal.copying import copied_at, is_whole
from homebody.journal.images import images_in
from homebody.journal.store import Journal
from homebody.model.keeping import kept_in
from homebody.model.prefixes import TOTAL_BYTES
from homebody.paths import Home
from homebody.quantities import ago, rounded, say_size
from homebody.settings import load_settings


def newest_entry(home: Home) -> datetime | None:
    """Return when the journal's newest step was made; None without one, and where it cannot be read."""
    if not home.journal.is_file():
        return None
    try:
        journal = Journal.open(home.journal, SystemClock(), read_only=True)
    except HomebodyError:
        return None
    try:
        steps = journal.changes(max(0, journal.newest_step() - 1))
    except HomebodyError:
        return None
    finally:
        journal.close()
    return steps[-1].at if steps else None


def journal(home: Home, now: datetime) -> Iterator[Finding]:
    """Check the journal, and yield how large it is and how old its copy."""
    if not home.journal.exists():
        yield note("journal", "there is no journal yet", "The first start makes it.")
        return
    paths = (home.journal, home.journal.with_name("journal.db-wal"))
    size = sum(path.stat().st_size for path in paths if path.exists())
    copied = copied_at(home.journal)
    copy = "it has no copy yet" if copied is None else f"its copy is from {ago(now - copied)}"
    if is_whole(home.journal):
        yield right("journal", f"the journal: {rounded(size)}, whole (checked just now); {copy}")
    else:
        yield wrong(
            "journal",
            f"the journal is damaged ({rounded(size)}; {copy})",
            "Start homebody again: it sets it aside and makes a new one of what can be read.",
        )
    for aside in sorted(home.state.glob("journal.db.damaged-*[0-9]")):
        yield note(
            "journal-aside",
            f"a damaged journal was set aside: {aside}",
            "Remove it when nothing is missed any more.",
        )


def vault(home: Home, now: datetime) -> Iterator[Finding]:
    """Yield what the vault keeps, and whether that is within its limits."""
    try:
        limits = load_settings(home).vault
    except HomebodyError:
        return  # the settings were found wrong already
    images = images_in(home.vault)
    size = sum(image.size for image in images)
    words = f"the vault: {len(images)} old contents, {rounded(size)} of at most {say_size(limits.size)}"
    if images:
        words += f", the oldest from {ago(now - images[0].kept_at)}"
    if size > limits.size:
        yield note("vault", words, "A running homebody purges it once a day; or: homebody vault purge")
    else:
        yield right("vault", words)


def prefixes(home: Home) -> Iterator[Finding]:
    """Yield how many beginnings of prompts are kept for the model's next start."""
    count, size = kept_in(home.prefixes)
    words = f"{count} kept, {rounded(size)} of at most {say_size(TOTAL_BYTES)}" if count else "none kept"
    yield right(
        "prefixes", f"beginnings of prompts, for the model's next start: {words}; no document is in them"
    )
