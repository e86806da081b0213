"""How are figures drawn? SVG that stands in a page: shapes and words, no script, no style of its own. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 760.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 48.0, 8.0, 10.0, 26.0
LETTER = 7.0
"""How wide a letter of a label is, at most."""

ROW = 26.0
NAMES = 190.0
"""Room for the names beside bars that lie."""


@dataclass(frozen=True, slots=True)
class Series:
    """Values under one name, one for each place, None where there is none; ``colour`` is a class of the page."""

    name: str
    colour: str
    values: Sequence[float | None]


def said(value: float) -> str:
    """Return a figure as a person reads it: whole, or with at most two decimals."""
    return (
        f"{value:,.0f}"
        if float(value).is_integer() or abs(value) >= 1000
        else f"{value:,.2f}".rstrip("0").rstrip(".")
    )


def ticks(least: float, most: float, *, whole: bool = False) -> list[float]:
    """Return two to eight round values from at or below *least* to at or above *most*; *whole* ones for counts."""
    span = max(most - least, abs(most) * 1e-6, 1e-6)  # what differs by less looks the same
    power = 10.0 ** math.floor(math.log10(span))
    step = next(power * factor for factor in (0.2, 0.25, 0.5, 1.0, 2.0) if span / (power * factor) <= 6)
    step = max(step, 1.0) if whole else step
    first, last = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
    return [round(place * step, 10) for place in range(first, max(last, first + 1) + 1)]


def stacked(title: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Return upright bars, one for each label, the *series* above each other, with a legend."""
    heights = [sum(one.values[place] or 0 for one in series) for place in range(len(labels))]
    scale = ticks(0, max([*heights, 1]), whole=True)
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    parts = axes(scale, labels, step)
    for place, label in enumerate(labels):
        base = 0.0
        for one in series:
            value = one.values[place] or 0
            if value:
                low, high = height_of(base, scale), height_of(base + value, scale)
                parts.append(
                    f'<rect class="{one.colour}" x="{LEFT + place * step + step * 0.1:.1f}" y="{high:.1f}"'
                    f' width="{step * 0.8:.1f}" height="{max(low - high, 0.5):.1f}">'
                    f"<title>{escape(label)}: {escape(one.name)} {said(value)}</title></rect>"
                )
                base += value
    return figure(title, parts, HEIGHT, legend(series))


def lines(title: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Return a line for each of the *series* over the labels; where a value is missing, it is broken."""
    values = [value for one in series for value in one.values if value is not None]
    scale = ticks(min([0.0, *values]), max([*values, 0.0]))
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    parts = axes(scale, labels, step)
    for one in series:
        for piece in pieces(one.values):
            points = [(LEFT + (place + 0.5) * step, height_of(value, scale)) for place, value in piece]
            parts.append(
                f'<polyline class="line {one.colour}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'
            )
            parts += [
                f'<circle class="{one.colour}" cx="{x:.1f}" cy="{y:.1f}" r="3">'
                f"<title>{escape(labels[place])}: {escape(one.name)} {said(value)}</title></circle>"
                for (x, y), (place, value) in zip(points, piece, strict=True)
            ]
    return figure(title, parts, HEIGHT, legend(series))


def pieces(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Return the places that have values, in runs without a gap."""
    found: list[list[tuple[int, float]]] = []
    before = -2
    for place, value in enumerate(values):
        if value is None:
            continue
        if place != before + 1:
            found.append([])
        found[-1].append((place, value))
        before = place
    return found


def lying(title: str, names: Sequence[str], series: Sequence[Series], words: Sequence[str]) -> str:
    """Return bars that lie, one for each name, the *series* behind each other, and at the end its *words*."""
    longest = max([sum(one.values[place] or 0 for one in series) for place in range(len(names))] + [0]) or 1
    room = WIDTH - NAMES - 150
    parts = []
    for place, name in enumerate(names):
        top, x = place * ROW + 4, NAMES
        parts.append(f'<text class="name" x="{NAMES - 8:.0f}" y="{top + 14:.1f}">{escape(shortened(name))}'
                     f"<title>{escape(name)}</title></text>")  # fmt: skip
        for one in series:
            value = one.values[place] or 0
            wide = value / longest * room
            if value:
                told = f"<title>{escape(name)}: {escape(one.name)} {said(value)}</title>"
                parts.append(
                    f'<rect class="{one.colour}" x="{x:.1f}" y="{top:.1f}" width="{max(wide, 0.5):.1f}"'
                    f' height="{ROW - 8:.1f}">{told}</rect>'
                )
            x += wide
        parts.append(f'<text x="{x + 6:.1f}" y="{top + 14:.1f}">{escape(words[place])}</text>')
    return figure(title, parts, len(names) * ROW + 4, legend(series) if len(series) > 1 else "")


def shortened(name: str) -> str:
    """Return *name* as far as there is room for it beside its bar."""
    return name if len(name) <= 26 else name[:25] + "…"


def height_of(value: float, scale: Sequence[float]) -> float:
    """Return where *value* stands between the ends of the *scale*."""
    share = (value - scale[0]) / (scale[-1] - scale[0])
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)


def axes(scale: Sequence[float], labels: Sequence[str], step: float) -> list[str]:
    """Return the lines across with their values, and as many of the labels below as have room."""
    parts = []
    for tick in scale:
        y = height_of(tick, scale)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}">{said(tick)}</text>')
    longest = max((len(label) for label in labels), default=1)
    every = max(1, math.ceil((longest * LETTER + 12) / step))
    for place in range(0, len(labels), every):
        x = LEFT + (place + 0.5) * step
        parts.append(f'<text class="label" x="{x:.1f}" y="{HEIGHT - 8:.1f}">{escape(labels[place])}</text>')
    return parts


def legend(series: Sequence[Series]) -> str:
    """Return what each colour means."""
    items = "".join(f'<li><i class="{one.colour}"></i>{escape(one.name)}</li>' for one in series)
    return f"<ul>{items}</ul>" if series else ""


def figure(title: str, parts: Sequence[str], height: float, below: str) -> str:
    """Return the whole picture, named for those who do not see it."""
    return (
        f'<figure><svg viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>{below}</figure>"
    )
