"""How do we call Tesseract and Leptonica? By their C interfaces (capi.h, allheaders.h), in the sealed process only.

Everything that they read from files is read when the engine is made. From then on they get bytes and give text.
"""

import ctypes
from collections.abc import Sequence
from pathlib import Path

from homebody.documents.extract import FormatError

AUTO_WITH_DIRECTION, AUTO = 1, 3
"""PSM_AUTO_OSD and PSM_AUTO: columns and paragraphs are found, with or without a look at which way is up."""

MOST_PIXELS = 120_000_000
"""A sheet of A3 at 600 dots an inch has 70 million, a telephone's largest picture 108 million."""

LEAST_SURE = 40
"""Below that mean confidence (0 to 100) letters were seen where there are none: in a face, or in a pattern."""

DOUBTFUL = 70
"""Below that the picture is looked at upside down as well; a clean page has 90 or more."""

FINE = 200
"""Dots an inch from which on letters are large enough for Tesseract (its documentation asks for 300)."""

SMALL_PIXELS = 8_000_000
"""What has less is a picture of a screen, if it does not say that it is fine: its letters are a dozen dots high."""

LARGE_PIXELS = 40_000_000
"""What has more is looked at half as large, and in grey: its letters are still large enough, and memory is not."""

Pointer = ctypes.c_void_p
Number = ctypes.c_int

SIGNATURES: dict[str, tuple[object, tuple[object, ...]]] = {
    "TessBaseAPICreate": (Pointer, ()),
    "TessBaseAPIInit3": (Number, (Pointer, ctypes.c_char_p, ctypes.c_char_p)),
    "TessBaseAPISetPageSegMode": (None, (Pointer, Number)),
    "TessBaseAPISetImage2": (None, (Pointer, Pointer)),
    "TessBaseAPISetSourceResolution": (None, (Pointer, Number)),
    "TessBaseAPIGetUTF8Text": (Pointer, (Pointer,)),
    "TessBaseAPIMeanTextConf": (Number, (Pointer,)),
    "TessBaseAPIClear": (None, (Pointer,)),
    "TessDeleteText": (None, (Pointer,)),
    "pixReadHeaderMem": (Number, (ctypes.c_char_p, ctypes.c_size_t, *[ctypes.POINTER(Number)] * 6)),
    "pixReadMem": (Pointer, (ctypes.c_char_p, ctypes.c_size_t)),
    "pixReadMemFromMultipageTiff": (
        Pointer,
        (ctypes.c_char_p, ctypes.c_size_t, ctypes.POINTER(ctypes.c_size_t)),
    ),
    "pixGetWidth": (Number, (Pointer,)),
    "pixGetHeight": (Number, (Pointer,)),
    "pixGetXRes": (Number, (Pointer,)),
    "pixRotateOrth": (Pointer, (Pointer, Number)),
    "pixConvertTo8": (Pointer, (Pointer, Number)),
    "pixScale": (Pointer, (Pointer, ctypes.c_float, ctypes.c_float)),
    "pixDestroy": (None, (ctypes.POINTER(Pointer),)),
}
"""What each function that we call returns and takes."""


class Engine:
    """Tesseract, loaded and ready, with all its data in memory."""

    def __init__(self, library: Path, data: Path, languages: Sequence[str]) -> None:
        """Load everything. Raises OSError for a library that does not load, FormatError for data of no use."""
        # Its handle finds the functions of Leptonica, too (dlsym(3)).
        self._library = ctypes.CDLL(str(library))
        for name, (returned, taken) in SIGNATURES.items():
            function = getattr(self._library, name)
            function.restype, function.argtypes = returned, taken
        self._tesseract = self._library.TessBaseAPICreate()
        if self._library.TessBaseAPIInit3(self._tesseract, str(data).encode(), "+".join(languages).encode()):
            raise FormatError(f"Tesseract cannot work with its data in {data}")
        mode = AUTO_WITH_DIRECTION if (data / "osd.traineddata").is_file() else AUTO
        self._library.TessBaseAPISetPageSegMode(self._tesseract, mode)
        # What would be loaded for the first picture is loaded now.
        self.picture(greymap(200, 100, bytes([255]) * 20_000))

    def picture(
        self, data: bytes, *, sheet: int | None = None, quarters: int = 0, resolution: int | None = None
    ) -> str:
        """Return the text in a picture file; empty when there is none to be sure of.

        *sheet* is where one of several begins in a TIFF, *quarters* how often it is to be turned right by 90 degrees,
        *resolution* its dots an inch where that is known better than from the file. Raises FormatError for what is
        damaged.
        """
        library = self._library
        if sheet is None:
            pix = library.pixReadMem(data, len(data))
        else:
            begins = ctypes.c_size_t(sheet)
            pix = library.pixReadMemFromMultipageTiff(data, len(data), ctypes.byref(begins))
        if not pix:
            raise FormatError("the picture is damaged, or of a kind that is not read here")
        try:
            dots = resolution or library.pixGetXRes(pix)
            if quarters:
                pix = self._instead(pix, library.pixRotateOrth(pix, quarters))
            size = library.pixGetWidth(pix) * library.pixGetHeight(pix)
            if size > LARGE_PIXELS:
                pix = self._instead(pix, library.pixConvertTo8(pix, 0))
                pix = self._instead(pix, library.pixScale(pix, 0.5, 0.5))
                resolution = None
            elif dots < FINE and size < SMALL_PIXELS:
                pix = self._instead(pix, library.pixScale(pix, 2.0, 2.0))
                resolution = None
            text, sure = self._text(pix, resolution)
            if sure < DOUBTFUL and text.strip():  # too little of it for Tesseract to tell which way is up
                pix = self._instead(pix, library.pixRotateOrth(pix, 2))
                text, sure = max((text, sure), self._text(pix, resolution), key=lambda found: found[1])
            return text if sure >= LEAST_SURE else ""
        finally:
            library.pixDestroy(ctypes.byref(Pointer(pix)))

    def refuse_unfit(self, data: bytes) -> None:
        """Raise FormatError for what is no picture, or too large a one, by its header alone."""
        found = [Number() for _ in range(6)]
        if self._library.pixReadHeaderMem(data, len(data), *(ctypes.byref(one) for one in found)):
            raise FormatError("the file is no picture, or of a kind that is not read here")
        refuse_huge(found[1].value, found[2].value)

    def _instead(self, pix: int, made: int | None) -> int:
        """Return what was made of *pix*, which is let go. Raises MemoryError when nothing was."""
        if not made:
            raise MemoryError
        self._library.pixDestroy(ctypes.byref(Pointer(pix)))
        return made

    def _text(self, pix: int, resolution: int | None) -> tuple[str, int]:
        """Return the text in *pix*, and how sure Tesseract is of it, from 0 to 100."""
        library, tesseract = self._library, self._tesseract
        library.TessBaseAPISetImage2(tesseract, pix)
        if resolution is not None:
            library.TessBaseAPISetSourceResolution(tesseract, resolution)
        found = library.TessBaseAPIGetUTF8Text(tesseract)
        if not found:
            return "", 0
        text = ctypes.string_at(found).decode("utf-8", "replace")
        library.TessDeleteText(found)
        sure = int(library.TessBaseAPIMeanTextConf(tesseract))
        library.TessBaseAPIClear(tesseract)
        return text, sure


def greymap(width: int, height: int, dots: bytes) -> bytes:
    """Return a picture file of *dots*, each a byte (PGM, the plainest kind that Leptonica reads)."""
    return b"P5\n%d %d\n255\n%s" % (width, height, dots)


def refuse_huge(width: int, height: int) -> None:
    """Raise FormatError for a picture that would unfold beyond measure, or to nothing."""
    if width <= 0 or height <= 0:
        raise FormatError("the picture is damaged")
    if width * height > MOST_PIXELS:
        raise FormatError(
            f"the picture has {width * height / 1e6:,.0f} million dots, and at most"
            f" {MOST_PIXELS // 1_000_000} million are read"
        )
