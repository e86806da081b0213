"""What does a JSON schema allow, once it is understood?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

USUAL_CHARACTERS = 2000
"""The most characters of a string whose schema has no ``maxLength``."""

USUAL_ITEMS = 50
"""The most items of a list whose schema has no ``maxItems``, and the most members of an object that has no schema."""

USUAL_DEPTH = 5
"""How deep lists and objects may lie in each other where the schema does not say."""

DIGITS = 15
"""The most digits of a whole number, and before and after the point of another: every reader of JSON keeps so many."""


@dataclass(frozen=True, slots=True)
class Words:
    """One of a few values, each as it is written in JSON."""

    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A string of *least* to *most* characters."""

    least: int = 0
    most: int = USUAL_CHARACTERS


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from *least* to *most*."""

    least: int = 1 - 10**DIGITS
    most: int = 10**DIGITS - 1


@dataclass(frozen=True, slots=True)
class Number:
    """Any number."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list of *least* to *most* items of one kind."""

    item: "Schema"
    least: int = 0
    most: int = USUAL_ITEMS


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object, which may be left out if it is *optional*."""

    name: str
    schema: "Schema"
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Members:
    """An object with these members, in this order, and no others."""

    members: Sequence[Member]


@dataclass(frozen=True, slots=True)
class Either:
    """What one of several allows."""

    choices: Sequence["Schema"]


@dataclass(frozen=True, slots=True)
class Anything:
    """Any value, or any object; *depth* is how deep lists and objects may lie in it."""

    objects_only: bool = False
    depth: int = USUAL_DEPTH


Schema: TypeAlias = Words | Text | Whole | Number | Items | Members | Either | Anything

ANY_OBJECT = Anything(objects_only=True)
"""What ``{"type": "json_object"}`` asks for."""
