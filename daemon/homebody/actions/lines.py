"""How do values become a line of a file that grows: a row of a table (CSV, RFC 4180), or an object of JSON Lines?"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from homebody.actions.action import World
from homebody.actions.defang import printable
from homebody.actions.joined import unjoined
from homebody.actions.table import SEPARATORS, as_field
from homebody.errors import EffectError
from homebody.money import Money
from homebody.templates import compile_template

Row = Mapping[str, str] | tuple[str, ...]
"""Templates of cells: by the names of their columns, or in the order in which they stand."""


def row_line(row: Row, world: World, text: str, *, tabs: bool) -> str:
    """Return *row* as it is added to the table *text*: before the first one with the names of its columns.

    Cells go to the columns that have their names there, in the notation that the table has. Raises EffectError when
    the table lacks one of them, TemplateError.
    """
    usual: str = "\t" if tabs else ","
    cells = row if isinstance(row, tuple) else tuple(row.values())
    values = [printable(as_field(compile_template(cell).pieces(world.safe_values()))) for cell in cells]
    first = first_line(text)
    if not isinstance(row, Mapping):
        ways = [mark for mark in (usual, *SEPARATORS) if first and len(columns(first, mark)) == len(cells)]
        mark = ways[0] if ways else usual
        return mark.join(values)
    if not first:
        return "\n".join((usual.join(map(plain_field, row)), usual.join(values)))
    found = dict(zip(row, values, strict=True))
    for mark in (usual, *SEPARATORS):
        there = columns(first, mark)
        if set(row) <= set(there):
            return str(mark.join(found.get(name, "") for name in there))
    lacking = next(name for name in row if name not in columns(first, usual))
    raise EffectError(
        f'The table has no column "{lacking}": nothing was added to it.',
        hint="Name the columns in the recipe as the first line of the table does, or let it begin a new file.",
    )


def first_line(text: str) -> str:
    """Return the first record of a table, "" when there is none; a line break in quotes belongs to it."""
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    record = ""
    for line in lines:
        record += line
        if record.strip() and record.count('"') % 2 == 0:
            return record.strip("\r\n")
    return record.strip()


def columns(record: str, mark: str) -> list[str]:
    """Return the fields of one *record*, parted by *mark*; one that is no table has one."""
    try:
        return next(csv.reader(io.StringIO(record, newline=""), delimiter=mark), [])
    except csv.Error:
        return [record]


def plain_field(name: str) -> str:
    """Return the name of a column as it stands in a table."""
    return '"' + name.replace('"', '""') + '"' if any(c in name for c in f'{SEPARATORS}"\r\n') else name


def json_line(value: Any, world: World) -> str:
    """Return *value* with its templates filled in, as one line of JSON.

    A template that is one expression keeps its kind: a list stays a list, a number a number; a day is written as
    2026-03-02. Raises TemplateError.
    """
    return json.dumps(_filled(value, world), ensure_ascii=False)


def templates_in(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Yield every text in *value*, which is called *name*, with the place where it stands."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from templates_in(item, f"{name}.{key}")
    elif isinstance(value, Sequence):
        for number, item in enumerate(value):
            yield from templates_in(item, f"{name}[{number}]")


def _filled(value: Any, world: World) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(item, world) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(item, world) for item in value]
    if not isinstance(value, str):
        return value
    template = compile_template(value)
    if template.expression is not None:
        return _as_json(template.evaluate(world.safe_values()))
    return printable(unjoined(template.pieces(world.safe_values()), world.source))


def _as_json(value: Any) -> Any:  # noqa: PLR0911 - one for each kind of value
    """Return a value of a run as JSON has it."""
    match value:
        case str():
            return printable(value)
        case None | bool() | int() | float():
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Money():
            return {"amount": _as_json(value.amount), "currency": value.currency}
        case Mapping():
            return {str(key): _as_json(item) for key, item in value.items()}
        case list() | tuple():
            return [_as_json(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else printable(str(value))
