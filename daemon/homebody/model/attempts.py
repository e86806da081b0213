"""With which settings is the model process started, and which come next when it dies?

A CPU can say that it has an instruction and still fault on it (AMX in a virtual machine: every quantized
model dies at its first decode), and such a fault cannot be caught. So the process proves itself, and its
parent goes down this ladder until one step holds.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the native library is asked to work; *attempt* counts the steps taken down the ladder."""

    extra_buffers: bool = True
    gpu_layers: int = -1
    mmap: bool = True
    attempt: int = 1

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Any) -> "Settings | None":
        """Return the settings that *values* holds, or None when it holds none."""
        match values:
            case {
                "extra_buffers": bool(extra),
                "gpu_layers": int(layers),
                "mmap": bool(mmap),
                "attempt": int(attempt),
            }:
                return cls(extra_buffers=extra, gpu_layers=layers, mmap=mmap, attempt=attempt)
        return None


def next_settings(settings: Settings) -> Settings | None:
    """Return the next safer settings after a death by signal, or None when there are none.

    First without extra buffers (weights repacked for AMX and the like), then without the GPU, then without
    mapping the file.
    """
    attempt = settings.attempt + 1
    if settings.extra_buffers:
        return replace(settings, extra_buffers=False, attempt=attempt)
    if settings.gpu_layers != 0:
        return replace(settings, gpu_layers=0, attempt=attempt)
    if settings.mmap:
        return replace(settings, mmap=False, attempt=attempt)
    return None
