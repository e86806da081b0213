"""How does a recipe say how the tokens of its answers are chosen?"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo
from pydantic_core import InitErrorDetails

from homebody.recipe.kinds import build, mistake
from homebody.sampling import BOUNDS, Sampling

USUAL = Sampling()

NEEDS = {
    "top_k": "temperature",
    "top_p": "temperature",
    "min_p": "temperature",
    "seed": "temperature",
    "repeat_last": "repeat_penalty",
}
"""What has no say while another option is left as it is: no token is drawn, or none is penalised."""

EXAMPLES = {"temperature": "temperature: 0.7", "repeat_penalty": "repeat_penalty: 1.1"}


def _option(name: str, description: str) -> Any:
    """Return the field of an option: its default and bounds are the sampling's own."""
    least, most = BOUNDS[name]
    return Field(default=getattr(USUAL, name), ge=least, le=most, description=description)


class SamplingPart(BaseModel):
    """How tokens are chosen, in llama.cpp's words: always the likeliest, if nothing is said."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    temperature: float = _option(
        "temperature", "0 takes the likeliest; the higher, the more is left to chance."
    )
    top_k: int = _option("top_k", "From so many of the likeliest is drawn; 0 from all.")
    top_p: float = _option("top_p", "From the likeliest that together have this probability is drawn.")
    min_p: float = _option(
        "min_p", "A token below this share of the likeliest one's probability is left out."
    )
    repeat_penalty: float = _option("repeat_penalty", "How strongly tokens that the answer had are shunned.")
    repeat_last: int = _option("repeat_last", "How many tokens back they are shunned.")
    seed: int | None = _option(
        "seed", "The same seed and text give the same answer; none is a new one each time."
    )


def make_sampling(value: Any, info: ValidationInfo) -> Sampling:
    """Return the sampling that a recipe's words mean; what would have no effect is a mistake."""
    if isinstance(value, Sampling):
        return value
    made = Sampling(**build(SamplingPart, value, info.context, "sampling", strict=True).model_dump())
    idle = [
        (name, needed)
        for name, needed in NEEDS.items()
        if getattr(made, name) != getattr(USUAL, name) and getattr(made, needed) == getattr(USUAL, needed)
    ]
    if idle:
        raise ValidationError.from_exception_data(
            "sampling",
            [
                InitErrorDetails(
                    type=mistake(f"has no effect without `{needed}`; add it, as in `{EXAMPLES[needed]}`"),
                    loc=(name,), input=None,
                )
                for name, needed in idle
            ],
        )  # fmt: skip
    return made
