"""What did a person choose about the model in use, apart from the file?"""

from dataclasses import dataclass

from homebody.model.need import KV


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Wishes; the defaults leave everything to homebody."""

    context: int = 0
    threads: int = 0
    kv: KV = "f16"
    gpu_layers: int | None = None
    """How many layers a GPU may take: None for all, 0 for none."""
    pin: str | None = None
    """The SHA-256 that the file must have."""
    force: bool = False
    """Whether it is loaded also where it does not fit."""

    @property
    def variant(self) -> str:
        """Return what tells apart what was measured and found to work with another *kv* or share of the GPU."""
        gpu = "" if self.gpu_layers is None else f":gpu{self.gpu_layers}"
        return gpu + ("" if self.kv == "f16" else f":{self.kv}")
