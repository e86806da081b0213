"""The reader of recordings: takes the bytes of one, gives back what is said in it, and can do nothing else.

As the other readers it loads everything first, whisper.cpp with its model and libsndfile, then limits itself and enters
the same seal, and only then takes the first byte of a stranger's.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from homebody.documents.extract import FormatError
from homebody.documents.worker import Reply, work

NICE = 10
"""It gives way to the model, for whose answers people wait."""

ONE_THREAD: Mapping[str, str] = {
    "OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}  # fmt: skip
NO_DEVICES: Mapping[str, str] = {
    "CUDA_VISIBLE_DEVICES": "-1", "HIP_VISIBLE_DEVICES": "-1", "GGML_VK_VISIBLE_DEVICES": "",
}  # fmt: skip
"""What libraries look at as they are loaded: the seal lets no thread be started, and no GPU is used."""


def main() -> None:
    """Serve requests until the other side closes.

    The arguments are the library, the model, the language or "auto", libsndfile or "-", libfaad2 or "-", the bytes of
    address space and the seconds of work that this process may have.
    """
    library, model, language, sound, aac = sys.argv[1:6]
    os.environ.update({**ONE_THREAD, **NO_DEVICES})
    os.nice(NICE)

    def load() -> Reply:
        from homebody.documents.speech.aac import Aac
        from homebody.documents.speech.desk import Desk  # brings NumPy, which looks at the environment, too
        from homebody.documents.speech.engine import Engine
        from homebody.documents.speech.sndfile import SoundFile

        engine = Engine(Path(library), Path(model), None if language == "auto" else language)
        file = None if sound == "-" else SoundFile(Path(sound))
        return Desk(engine, file, None if aac == "-" else Aac(Path(aac))).answer

    try:
        work(load)
    except (FormatError, OSError, AttributeError) as error:  # the last is a library that is another
        sys.exit(str(error))


if __name__ == "__main__":
    main()
