"""Is there a language model in this GGUF, or what else?"""

from enum import StrEnum

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


def kind_of(header: Header) -> Kind:
    """Return what the file with this *header* holds."""
    architecture, said = header.text("general.architecture"), header.text("general.type").casefold()
    pooled = header.number(f"{architecture}.pooling_type") > 0
    sized = all(header.number(f"{architecture}.{key}") > 0 for key in ("context_length", "block_count"))
    signs = {
        Kind.PIECE: header.number("split.count") > 1,
        Kind.PROJECTOR: said in PROJECTORS or architecture in PROJECTORS,
        Kind.ADAPTER: said == "adapter" or bool(header.text("adapter.type")),
        Kind.VOCABULARY: "tokenizer.ggml.tokens" in header.arrays and not header.tensors,
        Kind.EMBEDDING: pooled
        or "bert" in architecture
        or architecture.endswith(("-embedding", "-embed", "encoder")),
        Kind.MODEL: bool(architecture and sized and header.tensors) and said in ("", "model"),
    }
    return next((kind for kind, shown in signs.items() if shown), Kind.OTHER)
