"""Is there a language model in this GGUF, or what else?"""

from enum import StrEnum

from homebody.errors import ModelFileError
from homebody.model.header import Header

PROJECTORS = frozenset({"clip", "mmproj"})


class Kind(StrEnum):
    """What a GGUF file holds, in the words that a person is told."""

    MODEL = "model"
    PIECE = "piece of a split model"
    PROJECTOR = "vision projector"
    ADAPTER = "LoRA adapter"
    EMBEDDING = "embedding model"
    VOCABULARY = "vocabulary only"
    OTHER = "no language model"


WHY = {
    Kind.PIECE: "is one piece of a model in several files, and only whole models can be loaded.",
    Kind.PROJECTOR: "holds no language model: it is the vision projector that another model uses to see pictures.",
    Kind.ADAPTER: "holds no language model: it is an adapter (LoRA), a small change to another model.",
    Kind.EMBEDDING: "holds no language model that writes: it turns texts into numbers for searching (embeddings).",
    Kind.VOCABULARY: "holds no language model: only a vocabulary, without weights.",
}
"""Why each cannot be used, fit to stand after "The model file X"."""


HINTS = {
    Kind.PIECE: "Join the pieces with `llama-gguf-split --merge` and name the joined file.",
    Kind.EMBEDDING: "`homebody model use PATH --for embeddings` takes it for scripts that ask for embeddings.",
}
"""What helps."""

POOLINGS = {1: "mean", 2: "first token", 3: "last token"}
"""Which numbers of a text stand for it (llama_pooling_type in llama.h); each of these gives one vector."""

RERANKS = 4
OTHERS = "`homebody model list` shows the embedding models on this computer."
NO_POOLING = "Convert it again with its pooling, or take another file of the same model."


def kind_of(header: Header) -> Kind:
    """Return what the file with this *header* holds."""
    architecture, said = header.text("general.architecture"), header.text("general.type").casefold()
    pooled = header.number(pooling_key(header)) > 0
    sized = all(header.number(f"{architecture}.{key}") > 0 for key in ("context_length", "block_count"))
    signs = {
        Kind.PIECE: header.number("split.count") > 1,
        Kind.PROJECTOR: said in PROJECTORS or architecture in PROJECTORS,
        Kind.ADAPTER: said == "adapter" or bool(header.text("adapter.type")),
        Kind.VOCABULARY: "tokenizer.ggml.tokens" in header.arrays and not header.tensors,
        Kind.EMBEDDING: pooled or _encodes(architecture),
        Kind.MODEL: bool(architecture and sized and header.tensors) and said in ("", "model"),
    }
    return next((kind for kind, shown in signs.items() if shown), Kind.OTHER)


def pooling_of(header: Header) -> str:
    """Return how the embedding model with this *header* makes one vector of a text.

    Raises ModelFileError, the file unnamed, when it makes none.
    """
    number = header.number(pooling_key(header))
    if number == RERANKS:
        raise ModelFileError(
            "makes no vectors: it judges how well two texts go together (a reranker).", hint=OTHERS
        )
    if number not in POOLINGS:
        raise ModelFileError(
            "does not say which of its numbers stand for a text: no pooling is named in it.", hint=NO_POOLING
        )
    return POOLINGS[number]


def reads_on(header: Header) -> bool:
    """Return whether the embedding model with this *header* reads as one that writes does, only what came before."""
    architecture = header.text("general.architecture")
    return not _encodes(architecture) and header.values.get(f"{architecture}.attention.causal") is not False


def pooling_key(header: Header) -> str:
    """Return under which word a file says how it pools."""
    return f"{header.text('general.architecture')}.pooling_type"


def _encodes(architecture: str) -> bool:
    return "bert" in architecture or architecture.endswith(("-embedding", "-embed", "encoder"))
