"""How good is a GGUF at what the starter model is for?"""

import json
import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from homebody.slots import ChoiceSlot, ListSlot, TextSlot
from starter.corpus.asks import SUMMARISE, TAG, fitting
from starter.corpus.documents import Document, flat
from starter.corpus.library import squeezed
from starter.corpus.papers import document
from starter.corpus.topics import SHIPPED_TAGS, TOPICS
from starter.pipeline import Pipeline
from starter.runner import Reply, Runner

Asked = Pipeline | Runner
"""What can be asked: homebody's own model process, or llama.cpp directly while training."""

FLOORS = {
    "verbatim": ("summary is verbatim from the document", 0.95, 0.99),
    "key": ("summary holds the key sentence", 0.75, 0.90),
    "tags": ("tags, F1", 0.80, 0.95),
    "kind": ("kind of up to 6", 0.85, 0.95),
    "values": ("copied values exact", 0.85, 0.97),
    "letters": ("rare letters copied whole", 0.95, 1.00),
    "elsewhere": ("real text from elsewhere: from the text, judged by rule", 0.85, 0.95),
    "stops": ("stops by itself", 0.99, 1.00),
}
UNSEEN_SEED = 20_000_003
PLAIN_KINDS = (
    "mail",
    "invoice",
    "receipt",
    "minutes",
    "list",
    "recipe",
    "code",
    "letter",
    "plan",
    "advert",
    "manual",
)
"""Kinds that can be told from the text alone: a note, a story and an article can look the same."""


@dataclass(slots=True)
class Report:
    """Hits and tries of each measure."""

    hits: dict[str, float] = field(default_factory=dict)
    tries: dict[str, float] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)

    def count(self, what: str, hit: float, of: float = 1.0, miss: str = "") -> None:
        self.hits[what] = self.hits.get(what, 0.0) + hit
        self.tries[what] = self.tries.get(what, 0.0) + of
        if hit < of and miss:
            self.misses.append(f"{what}: {miss}")

    def add(self, other: "Report") -> None:
        """Count what *other* counted, too."""
        for what, tries in other.tries.items():
            self.count(what, other.hits[what], tries)
        self.misses += other.misses

    def share(self, what: str) -> float:
        return self.hits.get(what, 0.0) / max(1e-9, self.tries.get(what, 0.0))

    def table(self) -> str:
        """Return the measures as a Markdown table, with the floors and goals of issue 8."""
        rows = ["| what | measured | of | floor | goal |", "|---|---|---|---|---|"]
        for what, (name, floor, goal) in FLOORS.items():
            if what in self.tries:
                rows.append(
                    f"| {name} | {self.share(what):.1%} | {self.tries[what]:.0f} | {floor:.0%} | {goal:.0%} |"
                )
        return "\n".join(rows)


def verbatim(summary: str, text: str) -> bool:
    """Return whether every sentence of *summary* stands in *text*, white space left aside."""
    whole = squeezed(text)
    return all(squeezed(part) in whole for part in re.split(r"(?<=[.!?])\s+", summary) if part.strip())


def holds(summary: str, key: str) -> bool:
    return squeezed(key).rstrip(".!?") in squeezed(summary)


def foreign_letters(text: str) -> bool:
    return any((ord(letter) > 0x24F and letter.isalpha()) or ord(letter) > 0x1F000 for letter in text)


def judge_summary(report: Report, made: Document, reply: Reply, name: str = "") -> None:
    said = str(reply.value().get("summary", ""))
    good = bool(said) and verbatim(said, made.text)
    report.count("verbatim", good, miss=f"{name} {said!r} of {made.text[:200]!r}")
    report.count("key", holds(said, made.key), miss=f"{name} {said!r} for {made.key!r}")
    report.count("stops", reply.stopped, miss=name)
    if foreign_letters(made.key) and foreign_letters(said):
        report.count("letters", good and "\ufffd" not in said, miss=f"{name} {said}")


def judge_tags(report: Report, right: Iterable[str], reply: Reply, name: str = "") -> None:
    """Count one document's F1 (2 x both / (said + right)); nothing said where nothing is right counts as 1."""
    said, wanted = reply.value().get("tags", []), set(right)
    got = set(said) if isinstance(said, list) else set()
    score = 1.0 if not got and not wanted else 2 * len(got & wanted) / (len(got) + len(wanted))
    report.count("tags", score, miss=f"{name} {sorted(got)} for {sorted(wanted)}")
    report.count("stops", reply.stopped, miss=name)


def judge_kind(report: Report, made: Document, runner: Asked, of: list[str]) -> None:
    reply = runner.ask("What kind of document is this?", {"kind": ChoiceSlot(of=of)}, made.text)
    report.count("kind", reply.value().get("kind") == made.kind, miss=f"{reply.text} for {made.kind}")
    report.count("stops", reply.stopped)


def judge_values(report: Report, made: Document, runner: Asked, most: int) -> None:
    for what, value in list(made.values.items())[:most]:
        slot = TextSlot(max=80, must_appear=True, optional=True)
        reply = runner.ask("Read the values from this document.", {what: slot}, made.text)
        right = flat(str(reply.value().get(what, ""))) == flat(value)
        report.count("values", right, miss=f"{reply.text} for {what} {value!r}")
        report.count("stops", reply.stopped)


def judge(report: Report, runner: Asked, made: Document, dice: random.Random) -> None:
    """Ask *runner* everything about an invented document and count what it got right."""
    judge_summary(report, made, runner.ask(SUMMARISE, {"summary": TextSlot(max=400)}, made.text))
    pool = list(SHIPPED_TAGS) if dice.random() < 0.5 else dice.sample(list(TOPICS), dice.randint(6, 20))
    if made.topics and made.faint.isdisjoint(pool):
        slot = ListSlot(of=pool, max=3)
        judge_tags(report, fitting(made, pool, 3), runner.ask(TAG, {"tags": slot}, made.text))
    if made.kind in PLAIN_KINDS:
        others = [kind for kind in PLAIN_KINDS if kind != made.kind and kind not in made.alike]
        of = [made.kind, *dice.sample(others, 5)]
        dice.shuffle(of)
        judge_kind(report, made, runner, of)
    judge_values(report, made, runner, most=2)


def generated(runner: Asked, count: int, seed: int = UNSEEN_SEED) -> Report:
    """Return the report on *count* documents that no training seed makes, with nothing but invented words."""
    dice, report = random.Random(seed), Report()
    for made in islice(unseen(dice), count):
        judge(report, runner, made, dice)
    return report


def unseen(dice: random.Random) -> Iterator[Document]:
    """Give invented documents without end; those with sentences of Python's library are left out: they were learned."""
    while True:
        made = document(dice, dice.randint(2, 8))
        if not made.real:
            yield made


def written(runner: Asked, folder: Path) -> Report:
    """Return the report on the text files in *folder*, whose ``marks.json`` says what a person marked in them."""
    report = Report()
    marks = json.loads((folder / "marks.json").read_text("utf-8"))
    for name, marked in marks.items():
        text = (folder / f"{name}.txt").read_text("utf-8")
        made = Document(text=text, key=marked["key"], kind=marked["kind"], values=marked["values"])
        judge_summary(report, made, runner.ask(SUMMARISE, {"summary": TextSlot(max=400)}, text), name)
        slot = ListSlot(of=list(SHIPPED_TAGS), max=3)
        judge_tags(report, marked["tags"], runner.ask(TAG, {"tags": slot}, text), name)
        judge_values(report, made, runner, most=5)
        if made.kind in PLAIN_KINDS:
            others = [kind for kind in PLAIN_KINDS if kind != made.kind]
            judge_kind(report, made, runner, sorted([made.kind, *others[:5]]))
    return report


def loss_of_quantization(small: Report, whole: Report) -> dict[str, float]:
    """Return by how much each measure of *small* lies below *whole*."""
    return {what: whole.share(what) - small.share(what) for what in FLOORS if what in whole.tries}


def same_tokens(runner: Runner, encode: Callable[[str], list[int]], texts: Iterable[str]) -> list[str]:
    """Return the texts that llama.cpp cuts otherwise than the trainer does."""
    return [text for text in texts if runner.tokens(text) != encode(text)]
