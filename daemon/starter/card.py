"""What do the log and the model card say?"""

from collections.abc import Mapping

from starter.evaluate import FLOORS, Report, loss_of_quantization

Reports = Mapping[str, tuple[Report, Report]]
HEAD = (
    "| minutes | step | tokens | decisions | loss | decided right | stage |\n|---|---|---|---|---|---|---|\n"
)


def thinned(lines: str, keep: int = 24) -> str:
    """Return about *keep* of *lines*, the last one always."""
    every = lines.strip().splitlines()
    step = max(1, len(every) // keep)
    return "\n".join([*every[:-1:step], *every[-1:]]) + "\n"


def results(reports: Reports) -> str:
    """Return the table of what was measured, quantized and not."""
    (small_new, small_written), (whole_new, whole_written) = reports["Q8_0"], reports["f32"]
    rows = [
        "| what | invented, unseen | real text | the same, f32 | floor | goal |",
        "|---|---|---|---|---|---|",
    ]
    for what, (name, floor, goal) in FLOORS.items():
        cells = [_cell(report, what) for report in (small_new, small_written)]
        whole = f"{_cell(whole_new, what)} / {_cell(whole_written, what)}"
        rows.append(f"| {name} | {cells[0]} | {cells[1]} | {whole} | {floor:.0%} | {goal:.0%} |")
    lost = {
        name: max(loss_of_quantization(small, whole).values())
        for name, small, whole in (
            ("invented", small_new, whole_new),
            ("real text", small_written, whole_written),
        )
    }
    worst = ", ".join(f"{value * 100:.1f} points on {name}" for name, value in lost.items())
    return "\n".join(rows) + f"\n\nQuantization to Q8_0 loses at most {worst}.\n"


def _cell(report: Report, what: str) -> str:
    return f"{report.share(what):.1%} of {report.tries[what]:.0f}" if what in report.tries else "none"


def log(lines: str, reports: Reports, facts: Mapping[str, object], hardware: str) -> str:
    """Return LOG.md."""
    return (
        "# How the shipped starter model was trained\n\n"
        f"{facts['date']}, {hardware}. SHA-256 `{facts['sha256']}`. Made by `python -m starter.make --install`.\n\n"
        f"{HEAD}{thinned(lines)}\n## What it reached\n\n{results(reports)}"
    )


def card(reports: Reports, facts: Mapping[str, object]) -> str:
    """Return the model card."""
    return f"""# Model card: homebody starter

*Starter model: picks and copies; for real summaries use a bigger one.*

| | |
|---|---|
| file | `daemon/homebody/model/starter.gguf`, {facts["bytes"]:,} bytes |
| SHA-256 | `{facts["sha256"]}` |
| shape | Llama: 5 layers, width 256, 4 heads of 64, SwiGLU 512, tied embeddings |
| size | {facts["parameters"]:,} parameters, quantized to Q8_0 by llama.cpp |
| pieces | {facts["pieces"]:,}, byte-pair encoding with byte fallback; none joins letters with anything else |
| context | {facts["context"]:,} tokens |
| licence | {facts["licence"]}, like the project |
| made | {facts["date"]}, by `python -m starter.make` in `daemon/starter/`, from nothing |

## What it is for

It lets a fresh install, a demo and the tests run with no download. It copies out the sentence that says most, picks
tags and kinds from a given list, and copies values. It does not understand, reason, translate or write.

## What it learned from

Most of it is text that `daemon/starter/corpus/` invents: word lists, sentence patterns and topic words written for the
project, and names, words, dates and amounts put together by chance, in Latin, Greek, Cyrillic, Chinese and Japanese
letters, and characters of many other Unicode blocks. The rest, about a ninth of the documents, has sentences of the
documentation inside Python's own library (what its functions and classes say, and the pages of `help()`), which is free
under the Python Software Foundation's licence, comes with the Python that trains, and is not in the repository
(`corpus/library.py`). No text of any person, no other model's output. Prompts are made by homebody's own prompt builder
and slots. The training begins with a copying circuit laid into the weights,
and with a dimension for each topic in which the words of its family stand out (see `daemon/starter/circuit.py`), so
that it copies, and tells what a text is about, before it has learned anything else.

## What was measured

Through homebody's own model process, greedy, under the grammar. Invented: documents of a seed that training never used,
without any sentence of Python's library. Real text: the documents in `tests/starter/documents`, written by hand, and
for "real text from elsewhere" what Python's modules say of themselves and the READMEs of the libraries of homebody and
its tests (`daemon/starter/elsewhere.py`): free, not in the repository, and no sentence of it learned from. The rule for
these: each sentence of the summary stands in the text, and it has three words or is a whole sentence. Read by eye, 89 %
of them can be read and are from the text (93 % of 68 modules, 84 % of 58 READMEs), and 85 % say something of use; the
others begin or end in the middle of a sentence, or take a title or a line of code for one. Of the READMEs of 44 other
libraries it was 91 % by the rule and three in four by eye.

{results(reports)}
## What it cannot do

What is written as the text does not write it can be wrong: on invented texts dates for `date` slots were right in 67 of
74 where the text has them in another way (9 of 9 where it has 2026-01-09), amounts for `money` slots in 75 of 77.
Recipes that say `must_appear` find it out. Of several values in running text it may take one for another. A question in
one's own words for what a text says is answered with the sentence that says most (148 of 150 invented texts), one for a
value rightly in 176 of 201 (a mail address in 5 of 11): slots with names are surer.

It takes the sentence with a cue ("we decided", "in short", "important") or else the first that is no greeting; it
does not weigh what a text means. Tags by meaning work for words of the families in `corpus/topics.txt`. It knows no
facts. A text that is long, or unlike notes, mails, bills and lists, may get a summary that begins in the wrong
place or goes astray.
"""
