"""What the daemon has to be able to do inside its seal, done in a real sealed process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ENTER = """
os.umask(0o077)
folder, watched = Path(given["folder"]), Path(given["watched"])
report = seal.enter(seal.daemon_policy(read=[watched, Path(given["source"])], write=[folder]))
"""

SOURCE = str(Path(__file__).parents[2] / "daemon")


@pytest.fixture
def sealed(child: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Return a function that runs code in a process sealed as a daemon that watches one folder and writes one."""
    for name in ("written", "watched"):
        (tmp_path / name).mkdir()

    def run(code: str, *, before: str = "", **values: Any) -> Any:
        folders = {
            "folder": str(tmp_path / "written"),
            "watched": str(tmp_path / "watched"),
            "source": SOURCE,
        }
        return child(f"{before}\n{ENTER}\n{code}", **folders, **values)

    return run


def test_sqlite_keeps_a_journal(sealed: Callable[..., Any]) -> None:
    """SQLite works in WAL mode with full synchronous writes, checkpoint and vacuum included."""
    code = """
import sqlite3
base = sqlite3.connect(folder / "journal.db")
mode = base.execute("PRAGMA journal_mode=WAL").fetchone()[0]
base.execute("PRAGMA synchronous=FULL")
base.execute("CREATE TABLE run (id INTEGER PRIMARY KEY, words TEXT)")
for number in range(50):
    with base:
        base.execute("INSERT INTO run (words) VALUES (?)", ("x" * 5000,))
other = sqlite3.connect(folder / "journal.db")
rows = other.execute("SELECT count(*) FROM run").fetchone()[0]
base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
base.execute("PRAGMA temp_store=FILE")
ordered = base.execute("SELECT words, id FROM run ORDER BY words, id DESC").fetchone()[1]
other.close()
base.execute("VACUUM")
check = base.execute("PRAGMA integrity_check").fetchone()[0]
modes = sorted({oct(path.stat().st_mode & 0o777) for path in folder.iterdir()})
base.close()
told([mode, rows, ordered, check, modes])
"""
    assert sealed(code) == ["wal", 50, 50, "ok", ["0o600"]]


def test_watchdog_hears_of_new_files(sealed: Callable[..., Any]) -> None:
    """Watchdog's inotify threads start inside the seal and report a file that appears."""
    code = """
import queue
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer
heard = queue.SimpleQueue()
class Handler(FileSystemEventHandler):
    def on_created(self, event):
        heard.put(Path(event.src_path).name)
observer = Observer()
observer.schedule(Handler(), str(folder), recursive=True)
observer.start()
(folder / "note.md").write_text("hello")
name = heard.get(timeout=20)
observer.stop()
observer.join()
told(name)
"""
    assert sealed(code) == "note.md"


def test_schedules_fire(sealed: Callable[..., Any]) -> None:
    """APScheduler's background scheduler finds its time zone and fires inside the seal."""
    code = """
import queue
from zoneinfo import ZoneInfo
from apscheduler.schedulers.background import BackgroundScheduler
fired = queue.SimpleQueue()
scheduler = BackgroundScheduler()
scheduler.start()
scheduler.add_job(fired.put, args=["fired"])
scheduler.add_job(fired.put, "cron", hour=7, timezone=ZoneInfo("Europe/Lisbon"), args=["never"])
word = fired.get(timeout=20)
scheduler.shutdown()
told([word, str(ZoneInfo("Asia/Tokyo"))])
"""
    assert sealed(code) == ["fired", "Asia/Tokyo"]


def test_listener_from_before_goes_on(child: Callable[..., Any], tmp_path: Path) -> None:
    """A unix listener made before the seal can be listened on again, accepts, and talks both ways."""
    code = """
import socket, subprocess, threading
CLIENT = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(b'ask'); " \
    "print(s.recv(99).decode())"
path = given["folder"] + "/control.sock"
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(4)
waiting, go = os.pipe()
CLIENT = "import os; os.read(0, 1); " + CLIENT
client = subprocess.Popen([sys.executable, "-I", "-c", CLIENT, path], stdin=waiting, stdout=subprocess.PIPE)
seal.enter(seal.daemon_policy(read=[], write=[Path(given["folder"])]))
listener.listen(8)
os.write(go, b"x")
accepted, _ = listener.accept()
asked = accepted.recv(99)
accepted.sendall(b"answer to " + asked)
accepted.shutdown(socket.SHUT_RDWR)
told(client.communicate(timeout=30)[0].decode().strip())
"""
    assert child(code, folder=str(tmp_path)) == "answer to ask"


def test_http_over_the_listener(child: Callable[..., Any], tmp_path: Path) -> None:
    """The standard library's threaded server, whose listener was made before, serves inside the seal."""
    code = """
import http.client, socket, socketserver, subprocess, threading
from http.server import BaseHTTPRequestHandler
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"sealed")
    def log_message(self, *rest):
        pass
    def address_string(self):
        return "local"
class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
path = given["folder"] + "/control.sock"
server = Server(path, Handler)
CLIENT = "import os, socket, sys; os.read(0, 1); s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); " \
    "s.sendall(bytes.fromhex('474554202f20485454502f312e300d0a0d0a')); print(s.makefile('rb').read()[-6:].decode())"
waiting, go = os.pipe()
client = subprocess.Popen([sys.executable, "-I", "-c", CLIENT, path], stdin=waiting, stdout=subprocess.PIPE)
seal.enter(seal.daemon_policy(read=[], write=[Path(given["folder"])]))
threading.Thread(target=server.serve_forever, daemon=True).start()
os.write(go, b"x")
told(client.communicate(timeout=30)[0].decode().strip())
server.shutdown()
"""
    assert child(code, folder=str(tmp_path)) == "sealed"


def test_asyncio_serves_on_the_listener(child: Callable[..., Any], tmp_path: Path) -> None:
    """asyncio makes its wake-up pair and serves on a listener from before, which it listens on again."""
    code = """
import asyncio, socket, subprocess
CLIENT = "import os, socket, sys; os.read(0, 1); s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); " \
    "s.sendall(b'ask'); print(len(s.makefile('rb').read()))"
path = given["folder"] + "/control.sock"
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
waiting, go = os.pipe()
client = subprocess.Popen([sys.executable, "-I", "-c", CLIENT, path], stdin=waiting, stdout=subprocess.PIPE)
seal.enter(seal.daemon_policy(read=[], write=[Path(given["folder"])]))
async def main():
    async def serve(reader, writer):
        await reader.read(3)
        writer.writelines([b"x" * 500_000, b"y" * 500_000])
        await writer.drain()
        writer.close()
    server = await asyncio.start_unix_server(serve, sock=listener)
    os.write(go, b"x")
    return await asyncio.to_thread(lambda: client.communicate(timeout=30)[0].decode().strip())
told(asyncio.run(main()))
"""
    assert child(code, folder=str(tmp_path)) == "1000000"


def test_own_interpreter_is_the_only_program(sealed: Callable[..., Any]) -> None:
    """The daemon starts its own Python with pipes and the whole library; no other program, wherever it lies."""
    code = """
import shutil, subprocess
ask = "import hashlib, json, sqlite3, ssl, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest()[:8])"
done = subprocess.run([sys.executable, "-I", "-c", ask], input=b"x", capture_output=True)
copied = folder / "copied"
def programs(path, flags):
    return os.open(path, flags, 0o700)
with open("/proc/self/exe", "rb") as ours, open(copied, "wb", opener=programs) as copy:
    shutil.copyfileobj(ours, copy)
script = folder / "script"
with open(script, "w", opener=programs) as file:
    file.write(f"#!{sys.executable}\\nprint(1)\\n")
others = {}
for name, program in (("true", "/bin/true"), ("shell", "/bin/sh"), ("copy", copied), ("script", script)):
    others[name] = name_of_refusal(lambda: subprocess.run([program, "-c", ":"]))
told([done.stdout.decode().strip(), done.stderr.decode(), others])
"""
    answer, complaint, others = sealed(code)
    assert answer == "2d711642", complaint
    assert others == {"true": "EACCES", "shell": "EACCES", "copy": "EACCES", "script": "EACCES"}


def test_files_are_written_safely(sealed: Callable[..., Any]) -> None:
    """A temporary file, fsync, rename and fsync of the folder work; a mode is set by open and the umask."""
    code = """
(folder / "deep" / "er").mkdir(parents=True)
target, temporary = folder / "deep" / "er" / "note.md", folder / "deep" / "er" / ".note.tmp"
os.umask(0)
fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
os.umask(0o077)
os.write(fd, b"summary")
os.fsync(fd)
os.close(fd)
os.rename(temporary, target)
directory = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
os.fsync(directory)
os.close(directory)
moved = folder / "elsewhere.md"
os.rename(target, moved)
mode, text = oct(moved.stat().st_mode & 0o777), moved.read_text()
with open(moved, "r+b") as file:
    file.truncate(3)
short = moved.read_text()
moved.unlink()
(folder / "deep" / "er").rmdir()
told([mode, text, short])
"""
    assert sealed(code) == ["0o640", "summary", "sum"]


def test_watched_folder_is_only_read(sealed: Callable[..., Any], tmp_path: Path) -> None:
    """A folder of the read list is read, and nothing in it can be made, changed, renamed or taken away."""
    code = """
note = watched / "note.md"
told([note.read_text(), sorted(path.name for path in watched.iterdir()), *map(name_of_refusal, (
    lambda: note.write_text("x"), lambda: (watched / "new").write_text("x"), note.unlink,
    lambda: note.rename(watched / "other"), lambda: note.rename(folder / "taken"), (watched / "new").mkdir,
    lambda: os.link(note, folder / "second"), lambda: os.truncate(note, 0), lambda: note.chmod(0o600)))])
"""
    (tmp_path / "watched" / "note.md").write_text("words")
    text, names, *refused = sealed(code)
    assert (text, names) == ("words", ["note.md"])
    assert refused == ["EACCES"] * 6 + ["EXDEV", "EPERM", "EPERM"]


def test_children_are_seen_from_the_daemon(sealed: Callable[..., Any]) -> None:
    """The daemon reads its child's seal in /proc before it trusts it, and can end the child."""
    code = """
import subprocess
wait = subprocess.Popen([sys.executable, "-I", "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
threads = seal.seal_status(wait.pid)
wait.terminate()
told([[thread.sealed for thread in threads], wait.wait(timeout=20)])
"""
    assert sealed(code) == [[True], -15]


def test_limits_of_a_child_can_be_set(sealed: Callable[..., Any]) -> None:
    """A child of the daemon lowers its own memory and processor limits, as the reader has to."""
    code = """
import subprocess
ask = '''
import resource
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (9, 10))
try:
    bytearray(2 << 30)
except MemoryError:
    print("limited", resource.getrlimit(resource.RLIMIT_CPU))
'''
told(subprocess.run([sys.executable, "-I", "-c", ask], capture_output=True, text=True).stdout.strip())
"""
    assert sealed(code) == "limited (9, 10)"


def test_small_things_of_every_day_work(sealed: Callable[..., Any]) -> None:
    """The null device, random bytes, encryption, thread pools, names of users and the local time are left."""
    code = """
import getpass, time, uuid
from concurrent.futures import ThreadPoolExecutor
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
with open(os.devnull, "w") as nothing:
    nothing.write("x")
with open("/dev/urandom", "rb", buffering=0) as source:
    drawn = len(source.read(8))
sealed = AESGCM(b"k" * 32).encrypt(b"n" * 12, b"data", None)
told([drawn, len(sealed), ThreadPoolExecutor().submit(pow, 2, 3).result(), bool(getpass.getuser()),
      uuid.uuid4().version, bool(time.strftime("%Z"))])
"""
    assert sealed(code) == [8, 20, 8, True, 4, True]
