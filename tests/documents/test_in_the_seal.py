"""Does the reader start and work when the house around it is sealed, too?"""

import json
import subprocess
import sys
from pathlib import Path

from make_packages import docx, paragraph
from make_pdf import make_pdf


def test_a_sealed_house_reads_through_its_sealed_reader(tmp_path: Path):
    """The only program that it may start is its own interpreter, and that is enough; nothing gets out of either."""
    (tmp_path / "note.md").write_text("---\ntitle: Roof\n---\nThe roof leaks.")
    (tmp_path / "old.txt").write_bytes("Größe".encode("cp1252"))
    (tmp_path / "invoice.pdf").write_bytes(make_pdf([["Invoice 17"]]))
    (tmp_path / "letter.docx").write_bytes(docx(paragraph("Dear Ms Öztürk")))
    (tmp_path / "page.html").write_bytes("<meta charset=koi8-r><p>крыша".encode("koi8-r"))
    script = Path(__file__).with_name("sealed_house.py")
    done = subprocess.run(
        [sys.executable, "-I", script, tmp_path], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["texts"] == {
        "note.md": "The roof leaks.",
        "old.txt": "Größe",
        "invoice.pdf": "Invoice 17",
        "letter.docx": "Dear Ms Öztürk",
        "page.html": "крыша",
    }
    assert ("daemon", "reader") == (said["tier"], said["reader"]["tier"])
    assert said["reached"] == []
    assert said["refused"] > 50
