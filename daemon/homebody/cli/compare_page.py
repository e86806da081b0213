"""How is a comparison of models shown on a page: bars, the table, and the answers side by side? Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from homebody.cli.plots import Series, lying, said
from homebody.cli.report_page import document, section, shown
from homebody.quantities import rounded


def page(rows: Sequence[Mapping[str, Any]], now: datetime, recipe: str | None) -> str:
    """Return the page: it fetches nothing and runs nothing, as the report."""
    worked = [row for row in rows if row["error"] is None]
    title = "homebody: models compared"
    body = [f'<header><h1>{title}</h1><p class="soft">{now:%Y-%m-%d %H:%M}</p></header>']
    if worked and recipe is None:
        body += [
            section("Tokens written a second", bars(worked, "written_per_second", "")),
            section("Seconds to the first word", bars(worked, "first_token_seconds", " s")),
        ]
    if worked:
        peaks = [float(row["peak_bytes"]) for row in worked]
        words = [rounded(row["peak_bytes"]) for row in worked]
        body.append(
            section(
                "Memory at most",
                lying("Memory at most", names(worked), [Series("bytes", "c2", peaks)], words),
            )
        )
    body.append(section("Figures", table(rows, recipe)))
    if worked:
        body.append(section("Answers", answers(worked, recipe)))
    return document(title, "\n".join(body))


def names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the names of the models."""
    return [row["name"] for row in rows]


def mean(row: Mapping[str, Any], key: str) -> float:
    """Return the mean of a figure over the turns of a conversation; 0 where none has it."""
    found = [turn[key] for turn in row["work"] if turn[key] is not None]
    return sum(found) / len(found) if found else 0.0


def bars(rows: Sequence[Mapping[str, Any]], key: str, unit: str) -> str:
    """Return a bar for each model."""
    values = [mean(row, key) for row in rows]
    return lying(key.replace("_", " "), names(rows), [Series(key, "c0", values)],
                 [f"{said(round(value, 2))}{unit}" for value in values])  # fmt: skip


def table(rows: Sequence[Mapping[str, Any]], recipe: str | None) -> str:
    """Return the figures of each model; of one that could not be loaded, why."""
    heads = TALK if recipe is None else WORK
    head = "".join(f'<th class="number">{name}</th>' for name in heads)
    lines = []
    for row in rows:
        if row["error"] is not None:
            cells = f'<td colspan="{len(heads)}">{shown(row["error"])}</td>'
        else:
            cells = "".join(f'<td class="number">{shown(cell)}</td>' for cell in figures(row, recipe))
        lines.append(f"<tr><td>{shown(row['name'])}</td>{cells}</tr>")
    return f"<table><thead><tr><th>model</th>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


TALK = ("weights", "size", "load", "first word", "read/s", "written/s", "tokens", "memory", "energy")
WORK = ("weights", "size", "load", "valid", "in the document", "agrees", "memory", "energy")


def figures(row: Mapping[str, Any], recipe: str | None) -> list[str]:
    """Return the figures of a model as words, in the order of TALK or WORK."""
    start = [row.get("quantization", "?"), rounded(row["bytes"]), f"{row['load_seconds']:.1f} s"]
    joules = row["joules"]
    end = [rounded(row["peak_bytes"]), "not told" if joules is None else f"{joules:.0f} J"]
    work = row["work"]
    if recipe is None:
        tokens = sum(turn["answer_tokens"] for turn in work)
        middle = [f"{mean(row, 'first_token_seconds'):.2f} s", said(round(mean(row, "read_per_second"))),
                  said(round(mean(row, "written_per_second"), 1)), str(tokens)]  # fmt: skip
    else:
        agrees = work["agrees"]
        middle = [f"{work['valid']} of {work['documents']}", f"{work['values_in_document']} of {work['values']}",
                  "-" if agrees is None else f"{100 * agrees:.0f} %"]  # fmt: skip
    return [*start, *middle, *end]


def answers(rows: Sequence[Mapping[str, Any]], recipe: str | None) -> str:
    """Return what the models said, side by side: a row for each turn, or for each document."""
    head = "".join(f"<th>{shown(row['name'])}</th>" for row in rows)
    if recipe is None:
        asked = [turn["asked"] for turn in rows[0]["work"]]
        said_by = [[row["work"][place]["answer"] for row in rows] for place in range(len(asked))]
    else:
        asked = list(rows[0]["work"]["answers"])
        said_by = [[slots_of(row["work"], name) for row in rows] for name in asked]
    lines = [
        f"<tr><td>{shown(words)}</td>" + "".join(f"<td>{lined(text)}</td>" for text in texts) + "</tr>"
        for words, texts in zip(asked, said_by, strict=True)
    ]
    return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def slots_of(work: Mapping[str, Any], name: str) -> str:
    """Return the slots of an answer, one a line, or why there is none."""
    answer = work["answers"].get(name)
    if answer is None:
        return str(work["reasons"].get(name, ""))
    return "\n".join(f"{slot}: {value}" for slot, value in answer.items())


def lined(text: str) -> str:
    """Return a text whose lines stay lines."""
    return "<br>".join(shown(line) for line in text.splitlines())
