"""Which kinds of sealed process are there?"""

from enum import StrEnum


class Tier(StrEnum):
    """The three kinds of process, from the one that may most to the one that may least."""

    DAEMON = "daemon"
    MODEL = "model"
    READER = "reader"
