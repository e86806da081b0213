"""How is the next token chosen from what a model holds likely? Llama.cpp's words, meanings and order."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

LARGEST_SEED = 2**32 - 1
"""What a seed of llama.cpp holds, too."""

BOUNDS: Mapping[str, tuple[int, int]] = {
    "temperature": (0, 2),
    "top_k": (0, 1000),
    "top_p": (0, 1),
    "min_p": (0, 1),
    "repeat_penalty": (1, 2),
    "repeat_last": (0, 4096),
    "seed": (0, LARGEST_SEED),
}
"""The least and the most that each field may be."""

_WHOLE = frozenset({"top_k", "repeat_last", "seed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How tokens are chosen; as it stands, always the likeliest one.

    The steps are those of llama.cpp's default chain, in its order: penalty, top-k, top-p, min-p, temperature.
    Raises ValueError for a value out of ``BOUNDS``, saying which and what it may be.
    """

    temperature: float = 0.0
    """The logits are divided by this: below 1 the likely become likelier. 0 takes the likeliest and draws nothing."""

    top_k: int = 0
    """Only so many of the likeliest stay; 0 leaves all."""

    top_p: float = 1.0
    """Only the likeliest that together reach this probability stay, before the temperature; 1 leaves all."""

    min_p: float = 0.0
    """Only those stay that are at least this times as likely as the likeliest, before the temperature; 0 leaves all."""

    repeat_penalty: float = 1.0
    """A positive logit of a token that the answer just had is divided by this, a negative one multiplied; 1 is none.

    Only what was answered counts: llama-server counts the prompt, too, and so keeps a model from quoting it.
    """

    repeat_last: int = 64
    """How many tokens of the answer, back from its end, are penalised."""

    seed: int | None = None
    """What the draws hang on: the same seed and input give the same answer. None draws a seed for each answer."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "seed" and value is None:
                continue
            _check(field.name, value)
            if field.name not in _WHOLE:
                object.__setattr__(self, field.name, float(value))

    @property
    def greedy(self) -> bool:
        """Return whether nothing is drawn: the likeliest token, after the penalty, is taken."""
        return self.temperature == 0

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them; a seed that is not given is left out."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> "Sampling":
        """Return what ``to_dict`` wrote; what is left out has its default. Raises ValueError."""
        known = [field.name for field in fields(cls)]
        for name in said:
            if name not in known:
                raise ValueError(f'"{str(name)[:40]}" is no way of sampling; there are: {", ".join(known)}')
        return cls(**said)


def _check(name: str, value: Any) -> None:
    """Raise ValueError for what is no number, or is out of bounds."""
    whole = name in _WHOLE
    least, most = BOUNDS[name]
    number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not least <= value <= most:
        raise ValueError(f"{name} must be a {'whole ' if whole else ''}number between {least} and {most}")


GREEDY = Sampling()
"""Always the most likely token: the same input gives the same output."""
