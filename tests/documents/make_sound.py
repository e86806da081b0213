"""Recordings and a model of whisper.cpp for the tests, written here byte by byte.

The model has the form of a real one and hardly any weights. Its decoder is blind to what it hears: the embedding of a
place is that of the word which comes next, so it says its one sentence whatever the sound is.
"""

import base64
import struct
import wave
import zlib
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


TELEPHONE = zlib.decompress(base64.b85decode(
    "c-oa#2~d+q6yBdeB4W!SPCQUTCKL-ufQqGx91b`rDAHOTD;)?V943Ll{|6cbLj^5|2T)r)fH3HYXvNyfC{~d{h7_S-"
    "i;7k*O=E~S1462RknR2nXsGDuoA+hk?!N4M?|c93EC9eJnvjS#EcasoU<Al94o?swxB~!YMJMri0GM<Oxg4U~2n2JIqgJ@PxO=*|xw-"
    "?R;!?XH=C9XUp)4+iRTx;v^0j&?Y<i>P8D)`kkBiqgPxG8Z1FV?Y<+)1@loendU>!P>>PHbqJ@j{un0vXrWZOm=JO*VQ`}td|Ahd<jjw"
    "+9obKx)#hO4UBThpM{XB^5)b`1FS<Ez`;_DOmN3sN2HmB(lY3yI3y616H-(p{QTfs7JWMX98F=h3vHPL)qpYwg}<LDP>_g-"
    "%4l_7l6~3r!v8Sj{Eo=LfFaUe>UC4RP?|+H&7Iy>w!%0kgJw3h$n$QuT`~UHzYj)z~+&Xf2DMXZZ|ritW!IUgUFWf%hUxCrt}dx-"
    "F!cwDjL?6|SVYw?6#=Md2E9g#kavdQnenj9C4EHX<-"
    "j2WcxjF=MuA6UE614*9_EO89xd75W!g(c0CTF|Xk^ui+L`J59`=#ZOcbV_t2?>sStq{AqIJ<k2{tM!d9U&`TI#o3*sufMc@z@cC$m4S%"
    "aBJIhZ~o=acT_qFwW=RMT2TeCq~edg??9@dN08r2wng$(~ry1EXGu+9D$_%s|A!10xe1J#Yyn;BWO;^CaO&s4>f{0XO18y$=!4UgxxI&"
    "2z!L+9V1b%-Fd#%LeNg0NOBr>C%TEScs-&B~!tyj7yw<P~*zV`al*oA%QZ`3-SeZ8*EA`Czk>-"
    "n=i|#qFIU&@m&n*$tAMo{mX!SWKp`!a9`6^3N`3jAjK``ZMh;XO&w9(3_QV<&aD{6A!JGs#3}8Is!CoDzN64JnDx-"
    "F>s*23Nd64d_AhG`!&t&YJ2*#T_H`Q8%Fv3I~`}M1RuS*ji}3YQ*vFNNwM0nyj`TvUJn21fZE|I&#OU!IhGW)289knNg2hPyFKz+5+Ql"
    "yH8_^OWGsDwW-"
    "Q(N&^yylJ)SW|&xEZE_NewJo(;>^MJV5M^D;evYHH_q%7d!=bZplzMTg5mD$wVvlFZ1)Oxg<u*(SX#{?!3792tcZU1E8d_^(42)Q%_Gb"
    "C0#x?l}5QL_OJQdrNzMC-a&AKyu&DtI8tYTOvoMDj83Ouq&~#`b>eP6(g+%-3ny;FvZ-"
    "{iJqm2E3<}kR5InzXj*O9uCT~y7uQ?07jp@r$=M+jtED}P0~HIaI}6vb@}-"
    "&aJ!;dSacS<y^pRL;@Vz5i2h9taLO~~gA4)@NwBF<bJ7?k(TQm=}eds6+mXF+&2HI<x(%>d(_9e{Xhm*6#+|&=RUxa<IW3)f-"
    "b`QD>amB#xuCBcoeo`N;`Q^Sl@63tZF4h(`<JgJa>obkBx~MEGt1W$QjQsD{{wuo}!@Nt1;I80a9X9{l3nBn0tAq&&$>_Eh2$N&EV46_"
    "+5E=jmNPQ*Pbg%!<eZgDB2q}+9;_#6jM(}kpDX*V~;u@@B?;n@N;}SR;ZFmBlc=eCTbM*&y3Au3`WH5x>|JUxF0f3k9mwNAIv0OpY)DE"
    "5?jyLrD0?oOBoOrH)NBUsd!npWoWLV(BX@|17`gI#_5--"
    "}IggN3Q0Yh(N!8j2qK=uxtz_|uKUkOFaIj@zC0gI_rk*wh1TwF(8Mn;A`+B8NZ-FKdD(>0!i30g6+p0z~@sK~;M$kK5_N7H0$fH?rhQ&"
    "C7pZBQmr29ZfvOpcq;UaCQb<a#1P0m3!}vdVC>%?Oc`HVMw;JQg8h(l->r1i>07q7n?^IU_8@V?<nXl9V72Oy-F}sLL)gMg(5%7-"
    "knK<`NtocRXT>J3GThqUI-YL?VG<Gnd8bzZUySB7sa}F?#xNrbtH*plI{}a&spiK>q=@Hdxy"
))  # fmt: skip
"""A tone of 440 Hz for 0.9 seconds as a telephone packs it: frames of AAC at 16 kHz in an MP4 file, made for this."""


def stream() -> bytes:
    """Return the same frames as a stream, in which each says what it is (ADTS)."""
    from homebody.documents.speech.mp4 import track

    made = b""
    for begin, end in track(TELEPHONE).frames:
        head = 0xFFF1 << 40 | 1 << 38 | 8 << 34 | 1 << 30 | (end - begin + 7) << 13 | 0x7FF << 2
        made += head.to_bytes(7, "big") + TELEPHONE[begin:end]
    return made
