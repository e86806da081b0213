"""Whatever a picture is made of, it is text or a reason, and the sealed process lives on."""

import io
import random

import pytest
from make_pictures import bmp, drawn, png, scanned, tiff
from PIL import Image

from homebody.clock import SystemClock
from homebody.documents.file import Unreadable
from homebody.documents.pictures.reader import PictureReader
from homebody.documents.pictures.tesseract import Tesseract, find

HERE = find(None)

pytestmark = pytest.mark.skipif(not isinstance(HERE, Tesseract), reason=f"pictures are not read here: {HERE}")


def seeds() -> list[tuple[str, bytes]]:
    """Return small pictures of every kind that is read, as others write them."""
    dots = drawn(("Roof 17",), 72)
    grey = Image.frombytes("L", (dots.width, dots.height), dots.grey)

    def saved(kind: str, picture: Image.Image = grey, **how: str) -> bytes:
        out = io.BytesIO()
        picture.save(out, kind, **how)
        return out.getvalue()

    return [
        (".png", png(dots)), (".png", saved("PNG")), (".jpg", saved("JPEG")), (".gif", saved("GIF")),
        (".bmp", bmp(dots)), (".webp", saved("WEBP")), (".tif", tiff([dots, dots])), (".pdf", scanned([dots])),
        (".tif", saved("TIFF", compression="tiff_lzw")), (".tif", saved("TIFF", compression="jpeg")),
        (".tif", saved("TIFF", grey.convert("1"), compression="group4")),
    ]  # fmt: skip


def mutated(data: bytes, pick: random.Random) -> bytes:
    """Return *data* with a few bytes changed, taken away or put in, most of them where a file says what it is."""
    made = bytearray(data)
    for _ in range(pick.choice([1, 1, 2, 4, 16])):
        at = pick.randrange(min(len(made), pick.choice([64, 200, len(made)])) or 1)
        match pick.randrange(6):
            case 0 | 1 | 2 if made:
                at = min(at, len(made) - 1)
                made[at] = pick.choice([0, 255, pick.randrange(256), made[at] ^ (1 << pick.randrange(8))])
            case 3:
                del made[at : at + pick.randrange(1, 40)]
            case 4:
                made[at:at] = pick.randbytes(pick.randrange(1, 20))
            case _:
                del made[pick.randrange(len(made) + 1) :]
    return bytes(made)


@pytest.mark.parametrize("number", [120, pytest.param(3_000, marks=pytest.mark.long)])
def test_mutated_pictures_are_text_or_a_reason(request: pytest.FixtureRequest, number: int):
    """In one process, which neither dies nor takes long, and reads a good one at the end."""
    assert isinstance(HERE, Tesseract)
    pick, kinds = random.Random(number), seeds()
    reader = PictureReader(HERE, clock=SystemClock(), sheet_seconds=20, documents=10**9)
    request.addfinalizer(reader.stop)
    assert reader.recognise(kinds[0][1], ".png").recognised == 1
    began = reader.pid
    reasons: list[Unreadable] = []
    for _ in range(number):
        suffix, data = pick.choice(kinds)
        try:
            reader.recognise(mutated(data, pick), suffix)
        except Unreadable as error:
            reasons.append(error)
    assert [str(error) for error in reasons if not error.lasting or "cannot be read (" in str(error)] == []
    assert "Roof" in reader.recognise(kinds[0][1], ".png").text
    assert reader.pid == began or number > 1_000, "a process that has worked for a minute is replaced"
