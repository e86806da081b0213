"""What must hold of a tree, whatever the documents in it asked for?"""

import csv
import hashlib
import html
import io
import re
import stat
import unicodedata
from pathlib import Path

from markdown_it import MarkdownIt

from homebody.actions.acting import acts
from homebody.actions.addresses import named_in

MARKDOWN = MarkdownIt("commonmark", {"html": True})
FETCHED = re.compile(
    r"""<[a-z][^>]*?\s(?:href|src|srcset|action|data|poster|style)\s*=\s*["']?([^"'>]*)""", re.IGNORECASE
)
CANARY = "CANARY-7f3a"


def snapshot(folder: Path, *without: str) -> dict[str, tuple[object, ...]]:
    """Return everything below *folder* but the parts *without*: kind, mode, size, content, and where a link leads."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if name.split("/", maxsplit=1)[0] in without:
            continue
        status = path.lstat()
        held: object = None
        if stat.S_ISLNK(status.st_mode):
            held = path.readlink()
        elif stat.S_ISREG(status.st_mode):
            held = (status.st_size, status.st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        found[name] = (
            status.st_mode,
            status.st_uid,
            status.st_nlink if stat.S_ISREG(status.st_mode) else 0,
            held,
        )
    return found


def check_names(folder: Path) -> None:
    """Nothing below *folder* is hidden, acts, can be run, or is something else than a plain file or folder."""
    for path in folder.rglob("*"):
        mode = path.lstat().st_mode
        assert stat.S_ISDIR(mode) or (stat.S_ISREG(mode) and not mode & 0o111), path
        assert not path.name.startswith("."), path
        assert stat.S_ISDIR(mode) or not acts(path.name), path
        assert all(unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp") for c in path.name), path


def check_text(text: str, source: str) -> None:
    """A note holds no control, nothing that was reckoned or read elsewhere, and opens only what *source* names."""
    assert not [c for c in text if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert not [c for c in text if c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"]
    assert CANARY not in text
    assert str(7 * 191) not in text
    named = {html.unescape(one) for one in named_in(source)}
    for address in FETCHED.findall(MARKDOWN.render(text)):
        assert html.unescape(address) in named, address
    for lead in ("![[", "```dataviewjs", "`= ", "`$=", "<%", "<?"):
        assert lead not in text or lead in source


def check_table(text: str, fields: int) -> None:
    """Each row has the recipe's fields, and none would be reckoned by a spreadsheet of any country."""
    assert {fields} == {len(row) for row in csv.reader(io.StringIO(text, newline=""))}
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            for field in row:
                bare = field.strip(' "')
                assert not bare.startswith(tuple("=@＝＠")), field
                assert not re.match(r"[+\-＋－−](?![0-9.,' ]*$)", bare) or bare == "-", field
