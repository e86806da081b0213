"""Asking the real, sealed daemon's model: from the command line, and as local scripts do."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

SECRET = "Zanzibarschokolade"


def ask(house: Any, *words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run `homebody ask`; *text* is piped in."""
    piped: dict[str, Any] = {"stdin": subprocess.DEVNULL} if text is None else {"input": text}
    return subprocess.run(
        [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), "ask", *words],
        capture_output=True, text=True, timeout=120, check=False, **piped,
    )  # fmt: skip


def kept(folder: Path) -> bytes:
    """Return all that is in the files below *folder*."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_person_asks(house):
    """About nothing, a pipe, files, a PDF, with slots and as JSON; and of all of it nothing is kept."""
    house.start()
    note = house.folder / "note.md"
    note.write_text(f"# Kitchen\n\nThe boiler in the kitchen was repaired by {SECRET}.\n", encoding="utf-8")

    plain = ask(house, "What was repaired?")
    assert 0 == plain.returncode, plain.stderr
    assert plain.stdout.strip()

    piped = ask(house, "What was repaired?", text=note.read_text())
    named = ask(house, "What was repaired?", str(note))
    assert piped.stdout == named.stdout == ask(house, "What was repaired?", "-", text=note.read_text()).stdout
    assert piped.stdout.strip()

    slots = "what, due:date?, total:money?, kind:choice(invoice|note), tags:list(house|travel|work)"
    lines = ask(house, "What is it about?", str(note), "--slots", slots).stdout.splitlines()
    assert ["what", "due", "total", "kind", "tags"] == [line.split(":")[0] for line in lines]
    found = json.loads(ask(house, "What is it about?", str(note), "--slots", slots, "--json").stdout)
    assert ["what", "due", "total", "kind", "tags"] == list(found["answer"])
    assert found["answer"]["kind"] in ("invoice", "note")
    assert set(found["answer"]["tags"]) <= {"house", "travel", "work"}
    assert 1 == found["parts"]
    assert found["prompt_tokens"] > 10
    assert isinstance(json.loads(ask(house, "And?", str(note), "--json").stdout)["answer"], str)

    note.write_text(note.read_text() + "\n![tap](https://pictures.example/tap.png)\n", encoding="utf-8")
    pictured = ask(house, "What was repaired?", str(note))
    assert named.stdout == pictured.stdout
    assert f"{note}: pictures that the model is not shown: 1" in " ".join(pictured.stderr.split())

    both = ask(house, "What is it about?", str(note), str(note))
    assert 0 == both.returncode, both.stderr

    assert 0 == house.stop()
    assert SECRET.encode() not in kept(house.home.state)
    assert b"repaired" not in kept(house.home.state)


def test_a_long_document_is_read_in_parts(house):
    """What does not fit the model is read to its end, part by part, and the parts are told beside the answer."""
    house.settings("context: 1024\n")
    house.start()
    text = "\n\n".join(
        f"On day {day} the garden behind the house was watered and weeded." for day in range(150)
    )
    asked = ask(house, "What was done?", text=text)
    assert 0 == asked.returncode, asked.stderr
    assert "read in parts" in asked.stderr
    assert "part 2 of" in asked.stderr
    assert asked.stdout.strip()
    found = json.loads(ask(house, "What was done?", "--slots", "what", "--json", text=text).stdout)
    assert found["parts"] > 1
    assert found["answer"]["what"]


def test_what_cannot_be_asked_is_said(house):
    """Each mistake has its words and its exit code, and says what to do."""
    away = ask(house, "What?")
    assert 69 == away.returncode
    assert "homebody start" in away.stderr
    house.start()
    bad = house.folder / "bad.pdf"
    bad.write_bytes(b"no pdf")
    for words, code, said in (
        (("  ",), 64, "The question is empty."),
        (("What?", "--slots", "vendor"), 64, "Slots are filled from a document."),
        (("What?", "--slots", "a:gold"), 64, "there is no kind gold"),
        (("What?", str(house.folder / "nothing.md")), 64, "nothing.md cannot be read: No such file"),
        (("What?", str(bad)), 64, "bad.pdf cannot be asked about"),
        (("x" * 4001,), 64, "A question has 1 to 4000 characters."),
    ):
        done = ask(house, *words)
        assert code == done.returncode, (words, done)
        assert said in " ".join(done.stderr.split())
        assert not done.stdout


def test_scripts_ask(house):
    """OpenAI's client and curl get answers from the sealed daemon, and what they said is nowhere afterwards."""
    house.start()
    path = str(house.home.socket)
    messages = [{"role": "user", "content": f"What is {SECRET}?"}]
    with httpx2.Client(transport=httpx2.HTTPTransport(uds=path), trust_env=False, timeout=60) as http:
        ai = openai.OpenAI(base_url="http://homebody/v1", api_key="none", http_client=http, max_retries=0)
        whole = ai.chat.completions.create(model="homebody", messages=messages, max_tokens=20)
        pieces = ai.chat.completions.create(model="homebody", messages=messages, max_tokens=20, stream=True)
        said = "".join(piece.choices[0].delta.content or "" for piece in pieces)
        assert whole.choices[0].message.content == said
        with pytest.raises(openai.BadRequestError, match="not supported"):
            ai.chat.completions.create(model="homebody", messages=messages, n=2)
    if shutil.which("curl") is not None:
        body = json.dumps({"messages": messages, "max_tokens": 20})
        done = subprocess.run(
            ["curl", "-sS", "--noproxy", "*", "--unix-socket", path, "http://homebody/v1/chat/completions", "-d", body],
            capture_output=True, text=True, timeout=60, check=True, env={"PATH": os.environ["PATH"]},
        )  # fmt: skip
        assert said == json.loads(done.stdout)["choices"][0]["message"]["content"]
    assert path == house.status()["socket"]
    assert 0 == house.stop()
    assert SECRET.encode() not in kept(house.home.state)


LIST = """
name: keep-a-list
triggers:
  - watch: {notes}
    settle: 100ms
actions:
  - append: {{dest: "{folder}/list/names.md", content: "{{{{ file.name }}}}"}}
"""


def resident_kib(pid: int) -> int:
    """Return the memory that a process has (proc(5))."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def spoken(path: Path, data: bytes, *, cut: bool) -> bytes:
    """Send *data* and return all that comes, or only its beginning."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(str(path))
        answer = b""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(data)
        with contextlib.suppress(ConnectionResetError):
            while (block := connection.recv(65536)) and not cut:
                answer += block
        return answer or block


def posted(body: bytes) -> bytes:
    """Return a request for a conversation."""
    return b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def test_a_crowd_is_answered_and_recipes_go_on(house):
    """Sixty-four scripts at once, cut connections, bad JSON and 10 MB bodies among them: each is answered.

    A file that is dropped meanwhile is done, and neither the daemon's memory nor the model's grows.
    """
    house.recipe("keep-a-list", LIST.format(notes=house.notes, folder=house.folder))
    house.start()
    status, path = house.status(), house.home.socket
    pids = status["pid"], status["model"]["pid"]
    question = {"messages": [{"role": "user", "content": "What is a boiler?"}], "max_tokens": 30}
    asked = [
        (posted(json.dumps(question).encode()), False, b"200"),
        (posted(json.dumps({**question, "stream": True}).encode()), False, b"200"),
        (posted(json.dumps({**question, "stream": True}).encode()), True, b"200"),
        (posted(b"{nope"), False, b"400"),
        (posted(b"x" * 10_000_000), False, b"413"),
    ]
    sizes = []
    for number in range(4):
        found: list[bool] = []

        def ask_one(data: bytes, cut: bool, status: bytes, found: list[bool] = found) -> None:
            found.append(status == spoken(path, data, cut=cut)[9:12])

        threads = [threading.Thread(target=ask_one, args=asked[one % len(asked)]) for one in range(64)]
        for thread in threads:
            thread.start()
        house.drop(f"{number}.md", "x")
        for thread in threads:
            thread.join()
        assert [True] * 64 == found
        assert ["done"] == [run["state"] for run in house.ended(f"{number}.md")]
        sizes.append([resident_kib(pid) for pid in pids])
    assert sizes[-1][0] < sizes[0][0] + 8_000, sizes
    assert sizes[-1][1] < sizes[0][1] + 8_000, sizes
