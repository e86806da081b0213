"""How are whisper.cpp's parameters laid out in memory, in the version that is here?

They are structures that grow with its versions, and are handed over by value. So nothing is believed of a version's
number: the library itself makes the structure with its defaults, and is used only where these lie where they are
expected, each of them. What follows the fields that are known is taken over as it is.
"""

import ctypes
import sys
from typing import Any

from homebody.documents.extract import FormatError

GREEDY = 0
"""WHISPER_SAMPLING_GREEDY: the likeliest word each time, another try only where whisper.cpp doubts itself."""

Number, Truth, Fraction, Pointer = ctypes.c_int, ctypes.c_bool, ctypes.c_float, ctypes.c_void_p

FIRST: tuple[tuple[str, type], ...] = (
    ("strategy", Number), ("n_threads", Number), ("n_max_text_ctx", Number), ("offset_ms", Number),
    ("duration_ms", Number), ("translate", Truth), ("no_context", Truth), ("no_timestamps", Truth),
    ("single_segment", Truth), ("print_special", Truth), ("print_progress", Truth), ("print_realtime", Truth),
    ("print_timestamps", Truth), ("token_timestamps", Truth), ("thold_pt", Fraction), ("thold_ptsum", Fraction),
    ("max_len", Number), ("split_on_word", Truth), ("max_tokens", Number), ("debug_mode", Truth),
    ("audio_ctx", Number), ("tdrz_enable", Truth), ("suppress_regex", Pointer), ("initial_prompt", Pointer),
)  # fmt: skip
CARRIED: tuple[tuple[str, type], ...] = (("carry_initial_prompt", Truth),)
"""Came with version 1.8.1."""

LAST: tuple[tuple[str, type], ...] = (
    ("prompt_tokens", Pointer), ("prompt_n_tokens", Number), ("language", Pointer), ("detect_language", Truth),
    ("suppress_blank", Truth), ("suppress_nst", Truth), ("temperature", Fraction), ("max_initial_ts", Fraction),
    ("length_penalty", Fraction), ("temperature_inc", Fraction), ("entropy_thold", Fraction),
    ("logprob_thold", Fraction), ("no_speech_thold", Fraction), ("best_of", Number), ("beam_size", Number),
    ("patience", Fraction), ("callbacks", Pointer * 10), ("grammar_rules", Pointer),
    ("n_grammar_rules", ctypes.c_size_t), ("i_start_rule", ctypes.c_size_t), ("grammar_penalty", Fraction),
)  # fmt: skip

LAYOUTS = ((*FIRST, *CARRIED, *LAST), (*FIRST, *LAST))
"""Of whisper.h, since version 1.8.1, and in versions 1.5.5 to 1.8.0."""

EXPECTED: dict[str, object] = {
    "strategy": GREEDY, "n_max_text_ctx": 16384, "no_context": True, "print_progress": True,
    "print_timestamps": True, "thold_pt": 0.01, "thold_ptsum": 0.01, "suppress_blank": True, "max_initial_ts": 1.0,
    "length_penalty": -1.0, "temperature_inc": 0.2, "entropy_thold": 2.4, "logprob_thold": -1.0,
    "no_speech_thold": 0.6, "best_of": 5, "beam_size": -1, "patience": -1.0, "grammar_penalty": 100.0,
}  # fmt: skip
"""The defaults that are not nothing; all the others are 0, False or null, but for threads and language."""

OWN = ("n_threads", "language")
MOST_THREADS = 4
MOST_BYTES = 4096

LEAST_CONTEXT, MOST_CONTEXT = 40, 256
"""Bytes of the other structure, whisper_context_params; smaller ones of early versions are handed over otherwise."""

UNKNOWN = (
    "the whisper.cpp that is here is of a version that homebody does not know; versions 1.5.5 to 1.9 of it are known,"
    " and settings.yaml can name another (`speech: {library: PATH}`)"
)


def parameters(library: Any) -> Any:
    """Return the structure whisper_full_params with the library's defaults.

    Raises FormatError where it is laid out in a way that is not known.
    """
    made = library.whisper_full_default_params_by_ref(GREEDY)
    try:
        data = bytes_at(made)
        for layout in LAYOUTS:
            found = shaped(layout, data)
            if found is not None and fits(found, layout):
                return found
    finally:
        library.whisper_free_params(made)
    raise FormatError(UNKNOWN)


def context_parameters(library: Any) -> Any:
    """Return the structure whisper_context_params with the library's defaults, but for the GPU, which is not used.

    Its first byte says that, in every version. Raises FormatError where it is of a size that is not known.
    """
    made = library.whisper_context_default_params_by_ref()
    try:
        data = bytes_at(made)
    finally:
        library.whisper_free_context_params(made)
    if not LEAST_CONTEXT < len(data) <= MOST_CONTEXT or data[0] > 1:
        raise FormatError(UNKNOWN)
    return structure((("use_gpu", Truth),), len(data)).from_buffer_copy(b"\0" + data[1:])


def shaped(layout: tuple[tuple[str, type], ...], data: bytes) -> Any | None:
    """Return *data* as a structure of that *layout*, None for too little."""
    known = ctypes.sizeof(structure(layout, 0))
    return structure(layout, len(data)).from_buffer_copy(data) if len(data) >= known else None


def structure(layout: tuple[tuple[str, type], ...], size: int) -> Any:
    """Return the type of a structure that begins with *layout* and has *size* bytes, or as many as that takes."""
    last, kind = layout[-1]
    head = type("Head", (ctypes.Structure,), {"_fields_": list(layout)})
    at = int(getattr(head, last).offset) + ctypes.sizeof(kind)
    # The rest begins right behind the last field: what a later version has there may lie in this one's padding.
    fields = [*layout, ("rest", ctypes.c_ubyte * max(0, size - at))]
    return type("Parameters", (ctypes.Structure,), {"_fields_": fields})


def fits(found: Any, layout: tuple[tuple[str, type], ...]) -> bool:
    """Return whether every default is where *layout* has it."""
    for name, _ in layout:
        value = getattr(found, name)
        if name in OWN:
            continue
        if name == "callbacks":
            if any(value):
                return False
            continue
        expected = EXPECTED.get(name, 0)
        if isinstance(expected, float):
            if abs(value - expected) > 1e-6:
                return False
        elif (value or 0) != expected:
            return False
    if not 1 <= found.n_threads <= MOST_THREADS or not found.language:
        return False
    return ctypes.string_at(found.language, 3) == b"en\0"


def bytes_at(pointer: int) -> bytes:
    """Return what lies at *pointer*, as far as the allocator gave room there. Raises FormatError for no structure."""
    libc = ctypes.CDLL(None)
    room = libc.malloc_size if str(sys.platform) == "darwin" else libc.malloc_usable_size
    room.restype, room.argtypes = ctypes.c_size_t, (Pointer,)
    size = int(room(pointer)) if pointer else 0
    if not 0 < size <= MOST_BYTES:
        raise FormatError(UNKNOWN)
    return ctypes.string_at(pointer, size)
