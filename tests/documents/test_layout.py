"""Is a whisper.cpp whose parameters lie elsewhere than expected refused, before anything is handed to it?"""

import ctypes
from typing import Any

import pytest

from homebody.documents.extract import FormatError
from homebody.documents.speech.engine import SIGNATURES
from homebody.documents.speech.layout import (
    EXPECTED,
    LAYOUTS,
    OWN,
    context_parameters,
    fits,
    parameters,
    shaped,
    structure,
)
from homebody.documents.speech.whisper import FOLDERS, IN_PACKAGES, LIBRARIES, PACKAGES, first

LIBRARY = first(PACKAGES, IN_PACKAGES, FOLDERS, LIBRARIES)
ENGLISH = ctypes.create_string_buffer(b"en")


def defaults(layout: Any) -> Any:
    """Return the structure as a library of that layout fills it."""
    made = structure(layout, 400)()
    for name, value in EXPECTED.items():
        setattr(made, name, value)
    made.n_threads, made.language = 4, ctypes.addressof(ENGLISH)
    return made


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_known_layout_is_told_from_the_others(layout: Any):
    """By the defaults alone."""
    data = bytes(defaults(layout))
    fitting = [one for one in LAYOUTS if (found := shaped(one, data)) is not None and fits(found, one)]
    assert fitting == [layout]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_default_that_is_another_is_enough(layout: Any):
    """Whichever it is."""
    for name, kind in layout:
        made = defaults(layout)
        if name == "callbacks":
            made.callbacks[3] = 8
        elif name in OWN:
            setattr(made, name, 0)
        else:
            setattr(made, name, not EXPECTED.get(name) if kind is ctypes.c_bool else 7)
        assert not fits(made, layout), name


def test_what_is_too_small_is_none_of_them():
    """A version before all that are known."""
    assert all(shaped(layout, bytes(200)) is None for layout in LAYOUTS)


class Odd:
    """A library of some other version: what it makes has room, and other things in it."""

    def __init__(self, size: int) -> None:
        self.libc = ctypes.CDLL(None)
        self.libc.calloc.restype = ctypes.c_void_p
        self.whisper_free_params = self.whisper_free_context_params = lambda at: self.libc.free(
            ctypes.c_void_p(at)
        )
        self.whisper_full_default_params_by_ref = lambda _: self.libc.calloc(1, size)
        self.whisper_context_default_params_by_ref = lambda: self.libc.calloc(1, size)


@pytest.mark.parametrize("size", [8, 300, 8000])
def test_what_is_laid_out_in_no_known_way_is_refused(size: int):
    """In words that say which versions are known."""
    with pytest.raises(FormatError, match=r"versions 1\.5\.5 to 1\.9 of it are known"):
        parameters(Odd(size))
    if size != 48:
        with pytest.raises(FormatError, match="of a version that homebody does not know"):
            context_parameters(Odd(size))


@pytest.mark.skipif(LIBRARY is None, reason="there is no whisper.cpp here")
def test_that_of_the_library_here_is_known():
    """Its structures are handed over with their own defaults, but for the GPU."""
    library = ctypes.CDLL(str(LIBRARY))
    for name, (returned, taken) in SIGNATURES.items():
        getattr(library, name).restype, getattr(library, name).argtypes = returned, taken
    assert parameters(library).entropy_thold == pytest.approx(2.4)
    assert context_parameters(library).use_gpu is False
