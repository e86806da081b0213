"""Recordings and a model of whisper.cpp for the tests, written here byte by byte.

The model has the form of a real one and hardly any weights. Its decoder is blind to what it hears: the embedding of a
place is that of the word which comes next, so it says its one sentence whatever the sound is.
"""

import struct
import wave
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np

WIDTH, HEADS, LAYERS, MELS, CONTEXT, PLACES = 64, 1, 1, 80, 1500, 448
WORDS = 51_865
EOT, SOT, FIRST_LANGUAGE, TRANSCRIBE, BEGIN = 50_257, 50_258, 50_259, 50_359, 50_364
LANGUAGES = {"en": 0, "zh": 1, "de": 2}
SENTENCE = (" The", " roof", " was", " mended", " by", " Anna", ".")


def tone(seconds: float, *, rate: int = 16_000, pitch: float = 220.0, level: float = 0.3) -> np.ndarray:
    """Return a tone, as loud as somebody who speaks."""
    return (level * np.sin(2 * np.pi * pitch * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def wav(samples: np.ndarray, rate: int = 16_000) -> bytes:
    """Return *samples*, a column for each channel, as a WAV file of 16 bits."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return out.getvalue()


def plain_wav(
    kind: int, bits: int, channels: int, data: bytes, rate: int = 16_000, *, wide: bool = False
) -> bytes:
    """Return a WAV file of any *kind* and width; a *wide* one says its kind as newer programs do."""
    step = channels * bits // 8
    form = struct.pack("<HHIIHH", 0xFFFE if wide else kind, channels, rate, rate * step, step, bits)
    if wide:
        form += struct.pack("<HHIH", 22, bits, 0, kind) + b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form + b"LIST\x03\0\0\0abc\0"
    body += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def make_model(
    path: Path, sentence: Sequence[str] = SENTENCE, *, language: str = "en", seconds: float = 2.0
) -> Path:
    """Write a model that always says *sentence*, in as many *seconds*, and takes all for that *language*."""
    chance = np.random.default_rng(7)
    stamp = BEGIN + round(seconds / 0.02)
    said = {100 + number: word for number, word in enumerate(sentence)}
    spoken = FIRST_LANGUAGE + LANGUAGES[language]
    # The prompt takes places 0 to 2; whatever is at a place says what comes next.
    script = [spoken, TRANSCRIBE, BEGIN, *said, stamp, EOT]
    embedding = chance.standard_normal((WORDS, WIDTH)).astype(np.float32)
    places = np.zeros((PLACES, WIDTH), np.float32)
    for place in range(PLACES):
        places[place] = 40 * embedding[script[min(place, len(script) - 1)]]
    with path.open("wb") as file:
        file.write(struct.pack("<12i", 0x67676D6C, WORDS, CONTEXT, WIDTH, HEADS, LAYERS, PLACES, WIDTH, HEADS, LAYERS,
                               MELS, 1))  # fmt: skip
        file.write(struct.pack("<2i", MELS, 201) + np.full((MELS, 201), 1 / 201, np.float32).tobytes())
        file.write(struct.pack("<i", EOT))
        for number in range(EOT):
            word = said.get(number, {0: " ", 1: ","}.get(number, f"<{number}>")).encode()
            file.write(struct.pack("<i", len(word)) + word)
        for name, tensor in tensors(embedding, places):
            file.write(packed(name, tensor))
    return path


def tensors(embedding: np.ndarray, places: np.ndarray):
    """Yield every weight that a model has, by its name."""
    width = WIDTH
    yield "encoder.positional_embedding", np.zeros((CONTEXT, width), np.float32)
    yield "encoder.conv1.weight", np.zeros((width, MELS, 3), np.float16)
    yield "encoder.conv1.bias", np.zeros((width, 1), np.float32)
    yield "encoder.conv2.weight", np.zeros((width, width, 3), np.float16)
    yield "encoder.conv2.bias", np.zeros((width, 1), np.float32)
    yield from norm("encoder.ln_post")
    yield "decoder.positional_embedding", places
    yield "decoder.token_embedding.weight", embedding.astype(np.float16)
    yield from norm("decoder.ln")
    for part, attentions in (("encoder", ("attn",)), ("decoder", ("attn", "cross_attn"))):
        for layer in range(LAYERS):
            block = f"{part}.blocks.{layer}"
            yield from norm(f"{block}.mlp_ln")
            yield from linear(f"{block}.mlp.0", 4 * width, width)
            yield from linear(f"{block}.mlp.2", width, 4 * width)
            for attention in attentions:
                yield from norm(f"{block}.{attention}_ln")
                for name in ("query", "key", "value", "out"):
                    yield from linear(f"{block}.{attention}.{name}", width, width, bias=name != "key")


def norm(name: str):
    """Yield the two weights of a layer that evens out."""
    yield f"{name}.weight", np.ones(WIDTH, np.float32)
    yield f"{name}.bias", np.zeros(WIDTH, np.float32)


def linear(name: str, rows: int, columns: int, *, bias: bool = True):
    """Yield the weights of a layer that adds nothing to what goes past it."""
    yield f"{name}.weight", np.zeros((rows, columns), np.float16)
    if bias:
        yield f"{name}.bias", np.zeros(rows, np.float32)


def packed(name: str, tensor: np.ndarray) -> bytes:
    """Return a weight as the model's file has it."""
    head = struct.pack("<3i", tensor.ndim, len(name), int(tensor.dtype == np.float16))
    return head + struct.pack(f"<{tensor.ndim}i", *reversed(tensor.shape)) + name.encode() + tensor.tobytes()
