"""How do we call whisper.cpp? By its C interface (whisper.h), in the sealed process only.

Library and model are read when the engine is made. From then on it gets sound and gives text, in one thread: the
seal lets none be started, and the other cores are the model's.
"""

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from homebody.documents.extract import FormatError
from homebody.documents.speech.heard import Segment
from homebody.documents.speech.layout import Pointer, context_parameters, parameters
from homebody.documents.speech.sound import RATE, Samples

LEAST = RATE * 5 // 4
"""A piece of sound is filled up to as much: versions before 1.7.5 hear nothing in less than a second."""

ERROR = 4
"""GGML_LOG_LEVEL_ERROR."""

WORD = 3
"""Encoder frames that the first try works on, of 1,500: what whisper.cpp would load for it is loaded then."""

Number = ctypes.c_int
Teller = ctypes.CFUNCTYPE(None, Number, ctypes.c_char_p, Pointer)

SIGNATURES: dict[str, tuple[object, tuple[object, ...]]] = {
    "whisper_log_set": (None, (Teller, Pointer)),
    "whisper_full_default_params_by_ref": (Pointer, (Number,)),
    "whisper_free_params": (None, (Pointer,)),
    "whisper_context_default_params_by_ref": (Pointer, ()),
    "whisper_free_context_params": (None, (Pointer,)),
    "whisper_is_multilingual": (Number, (Pointer,)),
    "whisper_lang_id": (Number, (ctypes.c_char_p,)),
    "whisper_lang_str": (ctypes.c_char_p, (Number,)),
    "whisper_full_lang_id": (Number, (Pointer,)),
    "whisper_full_n_segments": (Number, (Pointer,)),
    "whisper_full_get_segment_t0": (ctypes.c_int64, (Pointer, Number)),
    "whisper_full_get_segment_t1": (ctypes.c_int64, (Pointer, Number)),
    "whisper_full_get_segment_text": (ctypes.c_char_p, (Pointer, Number)),
}
"""What each function that we call returns and takes, but for the two that take a structure of the library's own."""


class Engine:
    """whisper.cpp, loaded and ready, with its model in memory."""

    def __init__(self, library: Path, model: Path, language: str | None) -> None:
        """Load everything. Raises OSError for a library that does not load, FormatError for one or a model of no use.

        *language* is a code such as "de"; without one, each recording's first words tell.
        """
        self._complaint = ""
        self._teller = Teller(self._hear_complaint)
        self._library = ctypes.CDLL(str(library))
        self._declare()
        self._library.whisper_log_set(self._teller, None)
        self._load_backends()
        self._parameters = parameters(self._library)
        self._context = self._loaded(model)
        self._language = self._spoken(language)
        self._fill_in()
        self._first_try()

    def hear(self, samples: Samples, language: str | None = None) -> Iterator[Segment]:
        """Yield what is said in at most half a minute of sound, and when.

        *language* is that of the recording as far as it is known; ``language_heard`` tells it afterwards.
        Raises FormatError when whisper.cpp gives up.
        """
        spoken = self._language or language
        told = ctypes.c_char_p(None if spoken is None else spoken.encode())
        self._parameters.language = ctypes.cast(told, Pointer).value
        if len(samples) < LEAST:
            samples = np.concatenate((samples, np.zeros(LEAST - len(samples), np.float32)))
        self._run(samples)
        for number in range(self._library.whisper_full_n_segments(self._context)):
            text = self._library.whisper_full_get_segment_text(self._context, number) or b""
            yield Segment(
                self._library.whisper_full_get_segment_t0(self._context, number) / 100,
                self._library.whisper_full_get_segment_t1(self._context, number) / 100,
                text.decode("utf-8", "replace"),
            )

    def language_heard(self) -> str | None:
        """Return the language of the piece that was heard last, as whisper.cpp took it."""
        found = self._library.whisper_lang_str(self._library.whisper_full_lang_id(self._context))
        return None if found is None else str(found.decode("ascii", "replace"))

    def _declare(self) -> None:
        """Tell ctypes of the functions. Raises FormatError where one is missing."""
        try:
            for name, (returned, taken) in SIGNATURES.items():
                function = getattr(self._library, name)
                function.restype, function.argtypes = returned, taken
        except AttributeError as error:
            raise FormatError(
                f"the whisper.cpp that is here is too old, or none: it has no {error.name or 'such function'}"
            ) from error

    def _load_backends(self) -> None:
        """Load what computes, where it is a library of its own and was not loaded with whisper.cpp."""
        try:
            count, load = self._library.ggml_backend_dev_count, self._library.ggml_backend_load_all
        except AttributeError:
            return  # an earlier version, which has it built in
        count.restype, count.argtypes = ctypes.c_size_t, ()
        load.restype, load.argtypes = None, ()
        if not count():
            load()

    def _loaded(self, model: Path) -> int:
        """Return whisper.cpp's context with the model in it. Raises FormatError."""
        how = context_parameters(self._library)
        load = self._library.whisper_init_from_file_with_params
        load.restype, load.argtypes = Pointer, (ctypes.c_char_p, type(how))
        context = load(os.fsencode(model), how)
        if not context:
            raise FormatError(f"whisper.cpp cannot work with its model{self._because()}")
        return int(context)

    def _spoken(self, language: str | None) -> str | None:
        """Return the language that is set for good, if one is. Raises FormatError for one that nobody knows."""
        if not self._library.whisper_is_multilingual(self._context):
            return "en"
        if language is not None and self._library.whisper_lang_id(language.encode()) < 0:
            raise FormatError(
                f"whisper.cpp knows no language {language!r}; correct `speech: {{language: ...}}` in settings.yaml"
            )
        return language

    def _fill_in(self) -> None:
        """Set what is the same for every piece."""
        self._parameters.n_threads = 1
        self._parameters.print_progress = False
        self._parameters.print_timestamps = False
        self._parameters.suppress_nst = True  # neither [music] nor (laughs)
        self._full = self._library.whisper_full
        self._full.restype = Number
        self._full.argtypes = (Pointer, type(self._parameters), ctypes.POINTER(ctypes.c_float), Number)

    def _first_try(self) -> None:
        """Hear a second of nothing, so that whatever is loaded on the way is loaded now."""
        self._parameters.audio_ctx = WORD
        list(self.hear(np.zeros(LEAST, np.float32), "en"))
        self._parameters.audio_ctx = 0

    def _run(self, samples: Samples) -> None:
        """Let whisper.cpp hear *samples*. Raises FormatError."""
        self._complaint = ""
        sound = np.ascontiguousarray(samples, np.float32)
        given = sound.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        if self._full(self._context, self._parameters, given, len(sound)):
            raise FormatError(f"whisper.cpp gave up on the recording{self._because()}")

    def _hear_complaint(self, level: int, words: bytes | None, _data: Any) -> None:
        """Keep what whisper.cpp says is wrong; all else that it tells is for its makers."""
        if level == ERROR and words:
            self._complaint = words.decode("utf-8", "replace").strip() or self._complaint

    def _because(self) -> str:
        return f" ({self._complaint})" if self._complaint else ""
