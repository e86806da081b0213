"""JSON as it was meant: no key twice, no numbers that are none.

Python's reader takes the last of two equal keys, and NaN for a number (RFC 8259, sections 4 and 6): two readers of
one text could see two things in it.
"""

import json
from decimal import Decimal
from typing import Any, NoReturn


def strict_loads(text: str, *, exact: bool = False) -> Any:
    """Return what *text* says; raise ValueError for what is no strict JSON, or is nested too deep to be read.

    *exact* makes numbers with a decimal point a Decimal: 0.1 is a tenth then.
    """
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_constant=_refuse, parse_float=Decimal if exact else float
        )
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")
