"""What do the questions about the past, and forgetting, cost in a large journal? Prints medians of five.

Run it as ``python tests/bench/explain.py [RUNS]``. The journal is the one of journal_health.py beside it. Also
prints what keeping the prompt and the answer of one call costs, on the disk that the temporary folder is on.
"""

import itertools
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from journal_health import build, measured

from homebody.clock import SystemClock
from homebody.house.account import account
from homebody.house.calls import keeping
from homebody.house.forget import forget
from homebody.house.inquiry import House, inquire
from homebody.house.intake import wishes
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.messages import Message, Part
from homebody.recipe.load import read_recipe

RECIPE = """
name: summarize-notes
triggers: [{{watch: {folder}}}]
actions: [{{append: {{dest: "{folder}/log.txt", content: x}}}}]
"""


def main(runs: int) -> None:
    """Build a journal, and print what each question costs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        notes, path = folder / "Notes", folder / "journal.db"
        notes.mkdir()
        (notes / "a.md").write_text("A note that no run is about.")
        build(path, runs)
        print(f"{runs:,} runs, {path.stat().st_size / 1e6:.1f} MB")
        journal, vault = Journal.open(path, SystemClock()), Vault(folder / "vault", b"k" * 32)
        recipe = read_recipe(RECIPE.format(folder=notes))
        house = House(
            recipes=[recipe],
            watched=wishes([recipe], 5.0),
            journal=journal,
            now=datetime.now(UTC),
            serving=True,
        )
        met = Path("/home/somebody/Notes/2026/03")
        numbers = itertools.count(1)
        measured("why, of a file that has no run", lambda: inquire(notes / "a.md", house))
        measured("account of a run (show RUN)", lambda: account(journal, vault, runs // 2, house.now))
        measured("history, newest 20", lambda: journal.history(limit=20))
        measured("history of one path", lambda: journal.history(limit=20, path=met / "note number 7.md"))
        measured("history of the whole folder", lambda: journal.history(limit=20, path=met))
        measured("forget, the file written anew", lambda: forget(
            journal, vault, met / f"note number {next(numbers)}.md"
        ))  # fmt: skip
        keep = keeping(journal, vault, runs)
        prompt = (Message(role="user", parts=(Part(text="word " * 2000),)),)
        measured("keep one call of 10 kB", lambda: keep(prompt, f'{{"summary":"number {next(numbers)}"}}'))
        journal.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
