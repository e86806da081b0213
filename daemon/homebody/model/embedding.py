"""How do scripts get vectors of texts? From a second model, its process sealed and kept alive as the first one is."""

import base64
import sys
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homebody.clock import Clock
from homebody.errors import ModelFileError
from homebody.model.attempts import Settings
from homebody.model.calling import GRACE_SECONDS, Caller
from homebody.model.cancellation import Cancellation
from homebody.model.choice import Choice
from homebody.model.computer import Memory, memory_here
from homebody.model.embedding_fit import Beside, fitted_beside, most_of, refuse_beside
from homebody.model.fit import Fitted
from homebody.model.gguf import ModelInfo, inspect
from homebody.model.kinds import Kind
from homebody.model.loading import Identity, Loader
from homebody.model.machine import repacked_types
from homebody.model.process import Event
from homebody.model.replies import understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    """What texts became: a vector of length one for each, and the tokens that each was read as."""

    packed: tuple[bytes, ...]
    """Of each vector its numbers, in 32 bits each, little end first."""
    tokens: tuple[int, ...]

    @classmethod
    def read(cls, found: Any, count: int) -> "Vectors":
        """Return what the process answered for *count* texts. Raises ValueError, TypeError or LookupError else."""
        packed = tuple(base64.b64decode(one, validate=True) for one in found["vectors"])
        tokens = tuple(int(one) for one in found["tokens"])
        sizes = {len(one) for one in packed}
        if not len(packed) == len(tokens) == count or len(sizes) > 1 or any(size % 4 for size in sizes):
            raise ValueError
        return cls(packed=packed, tokens=tokens)


def numbers_of(packed: bytes) -> list[float]:
    """Return the numbers of a vector."""
    found = array("f", packed)
    if sys.byteorder == "big":
        found.byteswap()
    return found.tolist()


class EmbeddingLoader(Loader):
    """Starts processes for an embedding model, where there is room beside the model that writes."""

    purpose = " --for embeddings"

    def __init__(
        self, path: Path, *, clock: Clock, choice: Choice, beside: Callable[[], Beside], memory: Path | None,
        command: Sequence[str] | None = None, computer: Callable[[], Memory] = memory_here,
    ) -> None:  # fmt: skip
        """Prepare; *beside* tells what the model that writes takes."""
        super().__init__(path, clock=clock, choice=choice, wishes={}, memory=memory, command=command,
                         computer=computer)  # fmt: skip
        self._beside = beside

    def _inspected(self) -> ModelInfo:
        """Return what the file says of itself. Raises ModelFileError for a model that makes no embeddings."""
        return inspect(self._path, Kind.EMBEDDING)

    def _fitting(self, info: ModelInfo, settings: Settings) -> Fitted:
        """Return how the model is laid out so that both fit. Raises DoesNotFitError with the sums."""
        memory, beside = self._computer(), self._beside()
        found = fitted_beside(info, memory, beside, repacked_types() if settings.extra_buffers else ())
        if not self._choice.force:
            refuse_beside(info, found, memory, beside)
        return found

    def _wanted(self, info: ModelInfo, fitting: Fitted) -> Event:
        """Return that it is to make embeddings, in which way, and how much memory it may take at most."""
        return {"embeds": True, "ends": info.ends, "memory": most_of(fitting)}


class EmbeddingClient(Caller):
    """The model that makes embeddings, as the service sees it."""

    def __init__(
        self, path: Path, *, clock: Clock, choice: Choice | None = None, beside: Callable[[], Beside] = Beside,
        memory: Path | None = None, command: Sequence[str] | None = None,
    ) -> None:  # fmt: skip
        """Prepare; nothing is started. *memory* is the file that remembers which settings worked."""
        loader = EmbeddingLoader(path, clock=clock, choice=choice or Choice(), beside=beside, memory=memory,
                                 command=command)  # fmt: skip
        super().__init__(loader, clock, suspects=memory and memory.with_name("suspects-embeddings.json"))
        self._path = path
        self._known: tuple[Identity, ModelInfo | None] = (None, None)
        self._identity = loader.identity

    @property
    def name(self) -> str:
        """Return what the model calls itself, or what its file is called where that cannot be read."""
        info = self._info()
        return self._path.stem if info is None else info.name

    @property
    def width(self) -> int:
        """Return the numbers of a vector as the file says it, 0 where that cannot be read."""
        info = self._info()
        return 0 if info is None else info.width

    def _info(self) -> ModelInfo | None:
        """Return what the file says, read again when it is another one; None where it says nothing."""
        identity = self._identity()
        if identity is None or self._known[0] != identity:
            try:
                self._known = (identity, inspect(self._path, Kind.EMBEDDING))
            except ModelFileError:
                self._known = (identity, None)
        return self._known[1]

    def embed(
        self, texts: Sequence[str], *, deadline_seconds: float = 600, cancellation: Cancellation | None = None
    ) -> Vectors:
        """Return a vector of each text.

        Raises PromptTooLongError with the counts for a text that is too long, and what `ModelClient.generate` raises.
        """
        request = {"do": "embed", "texts": list(texts), "deadline": deadline_seconds}
        with self._counted(cancellation) as mine:
            found = self._ask(request, deadline_seconds + GRACE_SECONDS, mine)
        return understood(lambda: Vectors.read(found, len(texts)))
