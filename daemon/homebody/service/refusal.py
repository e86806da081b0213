"""Why did the last start fail? Kept beside the journal, for whoever started homebody without a terminal."""

import contextlib
import json
import os
from dataclasses import asdict, dataclass

from homebody.errors import HomebodyError
from homebody.paths import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The words, the cure and the exit code with which a start ended."""

    error: str
    hint: str | None
    exit_code: int

    @classmethod
    def of(cls, error: Exception) -> "Refusal":
        """Return what a person should know of *error*; of one that is not ours, its class alone."""
        if isinstance(error, HomebodyError):
            return cls(error=str(error), hint=error.hint, exit_code=error.exit_code)
        return cls(
            error=f"homebody ended by a mistake of its own ({type(error).__name__}).",
            hint="`homebody serve` in a terminal shows where; please report it.",
            exit_code=1,
        )

    def to_error(self) -> HomebodyError:
        """Return the refusal as an error to raise again."""
        error = HomebodyError(self.error, hint=self.hint)
        error.exit_code = self.exit_code
        return error


def note(home: Home, refusal: Refusal) -> None:
    """Keep *refusal* for those who ask; where that is impossible, nothing is kept."""
    with contextlib.suppress(OSError):
        number = os.open(home.refusal, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(asdict(refusal), file, ensure_ascii=False)


def read(home: Home) -> Refusal | None:
    """Return why the last start failed; None when it did not, or when what was kept is damaged."""
    try:
        return Refusal(**json.loads(home.refusal.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def clear(home: Home) -> None:
    """Forget an earlier refusal: what comes is a new start."""
    with contextlib.suppress(OSError):
        home.refusal.unlink(missing_ok=True)
