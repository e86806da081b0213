"""Are recordings heard, by the whisper.cpp that is here, in a process as sealed as the others?

No model that understands speech is at hand, so one that is made here says its own sentence of whatever it hears.
"""

import io
import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from make_sound import TELEPHONE, make_model, stream, tone, wav

from homebody import seal
from homebody.clock import SystemClock
from homebody.documents.extract import Extract
from homebody.documents.file import Unreadable
from homebody.documents.pictures.tesseract import ABSENT as NO_PICTURES
from homebody.documents.reader import Reader
from homebody.documents.readers import Readers, readers
from homebody.documents.speech.reader import NO_WORDS, SpeechReader
from homebody.documents.speech.whisper import Whisper
from homebody.errors import CancelledError, ReaderBusyError

soundfile = pytest.importorskip("soundfile")
SAID = "The roof was mended by Anna."
MEMO = wav(tone(2))
PAUSED = np.concatenate([tone(22), np.zeros(16_000, np.float32), tone(8)])


@pytest.fixture(scope="module")
def ears(here: Whisper):
    """The readers as the daemon has them, but for that of recordings, which is not begun anew for each."""
    steady = SpeechReader(here, clock=SystemClock(), documents=1_000)
    made = Readers(Reader(clock=SystemClock()), NO_PICTURES, steady)
    yield made
    made.stop()


def refused(ears: Readers, data: bytes, suffix: str = ".wav", **how) -> Unreadable:
    """Return why there is no text."""
    with pytest.raises(Unreadable) as caught:
        ears.read(data, suffix, **how)
    return caught.value


def speech(ears: Readers) -> SpeechReader:
    """Return the reader of recordings."""
    assert isinstance(ears.speech, SpeechReader)
    return ears.speech


def packed(kind: str, rate: int = 48_000, **how: str) -> bytes:
    """Return a recording as libsndfile packs it."""
    out = io.BytesIO()
    soundfile.write(out, tone(2, rate=rate), rate, format=kind, **how)
    return out.getvalue()


@pytest.mark.parametrize(
    ("suffix", "kind", "how"),
    [
        (".mp3", "MP3", {}),
        (".flac", "FLAC", {}),
        (".ogg", "OGG", {}),
        (".opus", "OGG", {"subtype": "OPUS"}),
        (".AIFF", "AIFF", {}),
        (".caf", "CAF", {}),
        (".wav", "WAV", {"subtype": "MS_ADPCM"}),
        (".mp3", "WAV", {}),
    ],
    ids=["mp3", "flac", "vorbis", "opus", "aiff", "caf", "packed wav", "a wav by a wrong name"],
)
def test_each_kind_of_recording_is_heard(ears: Readers, suffix: str, kind: str, how: dict[str, str]):
    """By its bytes, whatever its name says, and told to be heard."""
    assert ears.read(packed(kind, **how), suffix) == Extract(text=SAID, heard=2)


def test_the_voice_memo_of_a_telephone_is_heard(ears: Readers):
    """AAC in an MP4 file; without the library that unpacks it, the reason names it."""
    if speech(ears).found.aac is None:
        assert "install `libfaad2`" in str(refused(ears, TELEPHONE, ".m4a"))
        return
    assert ears.read(TELEPHONE, ".M4A") == Extract(text=SAID)
    assert ears.read(stream(), ".aac") == Extract(text=SAID)


def test_what_is_said_in_each_piece_is_the_text(ears: Readers):
    """A new paragraph after a pause; the same words each time that it is read."""
    found = ears.read(wav(PAUSED), ".wav")
    assert found == Extract(text=f"{SAID}\n\n{SAID}", heard=31)
    assert ears.read(wav(PAUSED), ".wav") == found


def test_where_nothing_is_to_be_heard_nothing_is_made_up(ears: Readers):
    """The seconds of silence are counted; a recording of them alone has no text."""
    found = ears.read(wav(np.concatenate([np.zeros(16_000 * 31, np.float32), tone(9)])), ".wav")
    assert found.text == SAID
    assert found.left_out_words() == "20 seconds of silence"
    silence = refused(ears, wav(np.zeros(16_000, np.float32)))
    assert (str(silence), silence.lasting) == (NO_WORDS, True)


def test_what_is_cut_off_is_counted(ears: Readers):
    """Its header says how long it was."""
    assert ears.read(wav(tone(9))[: -16_000 * 2 * 3], ".wav").left_out_words() == "3 seconds that are cut off"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"no recording at all", "damaged, or of a kind"),
        (wav(tone(0)), "empty"),
        (packed("FLAC")[:60], "damaged"),
        (b"ID3" + bytes(400), "damaged, or of a kind"),
    ],
    ids=["empty", "text", "no sound", "cut", "header"],
)
def test_what_is_no_recording_says_so(ears: Readers, data: bytes, reason: str):
    """And another try does not help."""
    found = refused(ears, data, ".mp3")
    assert reason in str(found)
    assert found.lasting


def test_without_libsndfile_wav_is_heard_and_the_others_say_what_to_install(here: Whisper):
    """WAV needs no other library."""
    reader = SpeechReader(replace(here, sound=None), clock=SystemClock(), documents=9)
    assert reader.hear(MEMO).text == SAID
    with pytest.raises(Unreadable, match=r"only plain WAV is read without libsndfile.*install"):
        reader.hear(packed("FLAC"))
    with pytest.raises(Unreadable, match=r"AAC, as in m4a, is read by libfaad2.*install"):
        SpeechReader(replace(here, aac=None), clock=SystemClock()).hear(TELEPHONE)
    reader.stop()


def test_the_language_is_that_of_the_recording_unless_it_is_set(here: Whisper, tmp_path: Path):
    """One that whisper.cpp does not know is no language."""
    model = make_model(tmp_path / "ggml-german.bin", (" Das", " Dach", "."), language="de")
    for language in (None, "de"):
        reader = SpeechReader(replace(here, model=model, language=language), clock=SystemClock())
        assert reader.hear(MEMO).text == "Das Dach."
    reader = SpeechReader(replace(here, language="xx"), clock=SystemClock())
    with pytest.raises(Unreadable, match="knows no language 'xx'; correct"):
        reader.hear(MEMO)


def test_no_probe_gets_out_of_the_reader_of_recordings(ears: Readers):
    """Aimed at things that an unsealed process reaches; and it hears after that."""
    reader = speech(ears)
    with seal.Targets() as targets:
        results = reader.probe(None, targets.targets)
        assert targets.arrived == 0
    assert len(results) == len(seal.PROBES)
    assert [result.name for result in results if result.reached and result.name not in seal.LIMITS] == []
    assert reader.pid is not None
    threads = seal.seal_status(reader.pid)
    assert len(threads) == 1
    assert all(thread.sealed for thread in threads)
    assert not any(one.foreign for one in reader.descriptors())
    assert ears.read(MEMO, ".wav").text == SAID


def test_its_process_ends_with_the_recording(here: Whisper):
    """What a stranger's may have left in it meets no other, and no memory is held."""
    made = readers(SystemClock(), NO_PICTURES, here)
    assert made.read(MEMO, ".wav").text == SAID
    assert speech(made).pid is None


def test_a_run_that_is_given_up_waits_for_no_other_piece(ears: Readers):
    """It is asked before each; the next recording is heard as ever."""
    asked: list[int] = []

    def heed() -> None:
        asked.append(1)
        if len(asked) == 3:
            raise CancelledError

    with pytest.raises(CancelledError):
        ears.read(wav(PAUSED), ".wav", heed=heed)
    assert len(asked) == 3
    assert ears.read(MEMO, ".wav").text == SAID


def test_a_long_recording_holds_up_nothing_else(ears: Readers, monkeypatch: pytest.MonkeyPatch):
    """Text is read meanwhile; another recording does not wait here for its turn, an hour it might be."""
    monkeypatch.setattr("homebody.documents.readers.TURN_SECONDS", 0.05)
    begun, go_on = threading.Event(), threading.Event()
    found: list[str] = []

    def heed() -> None:
        begun.set()
        assert go_on.wait(60)

    thread = threading.Thread(target=lambda: found.append(ears.read(MEMO, ".wav", heed=heed).text))
    thread.start()
    assert begun.wait(60)
    assert ears.read(b"a note", ".md").text == "a note"
    with pytest.raises(ReaderBusyError):
        ears.read(MEMO, ".wav")
    go_on.set()
    thread.join(60)
    assert found == [SAID]


def test_a_process_that_is_killed_between_two_pieces_costs_a_try(ears: Readers):
    """The recording may be tried again, and is."""
    reader = speech(ears)

    def kill() -> None:
        if reader.pid is not None:
            os.kill(reader.pid, signal.SIGKILL)
            os.waitid(os.P_PID, reader.pid, os.WEXITED | os.WNOWAIT)

    found = refused(ears, wav(PAUSED), heed=kill)
    assert not found.lasting
    assert ears.read(MEMO, ".wav").text == SAID


def test_a_piece_that_takes_too_long_is_given_up(here: Whisper):
    """The process is ended at the deadline."""
    reader = SpeechReader(here, clock=SystemClock(), piece_seconds=0.02)
    began = time.monotonic()
    with pytest.raises(Unreadable, match="took longer than"):
        reader.hear(wav(PAUSED))
    assert reader.pid is None
    assert time.monotonic() - began < 30


def test_a_process_that_may_not_have_enough_memory_says_so(here: Whisper):
    """By the kernel's limit, which is put on when the model is loaded; the next hears on."""
    reader = SpeechReader(here, clock=SystemClock(), memory_bytes=150 << 20)
    with pytest.raises(Unreadable):
        reader.hear(wav(PAUSED))
    assert SpeechReader(here, clock=SystemClock()).hear(MEMO).text == SAID


@pytest.mark.parametrize("damage", ["cut", "shape", "no library"])
def test_what_cannot_be_loaded_says_why(here: Whisper, tmp_path: Path, damage: str):
    """A model that was not copied to its end, one of another form, and a library that is none."""
    model, library = tmp_path / "ggml-damaged.bin", tmp_path / "libwhisper.so.1"
    data = bytearray(here.model.read_bytes())
    library.write_bytes(b"\x7fELF")
    if damage == "shape":
        at = data.index(b"decoder.ln.weight") - 4
        data[at : at + 4] = (32).to_bytes(4, "little")
    model.write_bytes(bytes(data[: len(data) // 2] if damage == "cut" else data))
    found = replace(here, model=model, library=library if damage == "no library" else here.library)
    with pytest.raises(Unreadable, match="the reader process did not start") as caught:
        SpeechReader(found, clock=SystemClock()).hear(MEMO)
    assert (
        "file too short" if damage == "no library" else "whisper.cpp cannot work with its model ("
    ) in str(caught.value)


def test_stopping_ends_it_in_the_middle_of_a_recording(ears: Readers):
    """A daemon that stops waits for none."""
    begun = threading.Event()
    reasons: list[str] = []
    recording = wav(np.concatenate([PAUSED] * 20))
    asked: list[int] = []

    def heed() -> None:
        asked.append(1)
        if len(asked) == 3:  # its turn, the first piece, the second
            begun.set()

    thread = threading.Thread(target=lambda: reasons.append(str(refused(ears, recording, heed=heed))))
    thread.start()
    assert begun.wait(60)
    ears.stop()
    thread.join(20)
    between = "the reader process ended in the middle of the recording"  # met before the piece was asked for
    assert reasons[0] in ("the reader process was stopped", between)
    assert speech(ears).pid is None
