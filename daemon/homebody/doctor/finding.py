"""What does an examination come to?"""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["right", "note", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: its name, which stays, the verdict, in words, and the cure."""

    name: str
    verdict: Verdict
    words: str
    cure: str = ""


def right(name: str, words: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(name=name, verdict="right", words=words)


def note(name: str, words: str, cure: str = "") -> Finding:
    """Return that something is worth knowing, and works all the same."""
    return Finding(name=name, verdict="note", words=words, cure=cure)


def wrong(name: str, words: str, cure: str) -> Finding:
    """Return that something does not work, and what to do about it."""
    return Finding(name=name, verdict="wrong", words=words, cure=cure)
