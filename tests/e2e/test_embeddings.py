"""Embeddings by the real daemon: chosen at the command line, asked for over its socket, in a third sealed process."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from homebody import seal
from homebody.model.pin import sha256_of


def typed(house: Any, *words: str) -> str:
    """Return what a command prints."""
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def embedded(house: Any, *texts: str) -> dict[str, Any]:
    """Return what a script gets that asks for vectors."""
    body = json.dumps({"input": texts}).encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(str(house.home.socket))
        connection.sendall(
            b"POST /v1/embeddings HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        answer = b""
        while block := connection.recv(65536):
            answer += block
    return dict(json.loads(answer.partition(b"\r\n\r\n")[2]))


def test_chosen_asked_and_proved(house: Any, encoder: Path):
    """Without a choice the cure is told. Then vectors come, the process is sealed like the others, nothing that was
    asked is in the log, and a file that was changed behind the daemon's back is refused, while the rest goes on."""
    house.shipped("summarize-notes")
    house.start()
    assert "--for embeddings" in embedded(house, "a note")["error"]["message"]
    assert house.status()["embeddings"] is None
    mine = encoder.with_name("mine.gguf")
    mine.write_bytes(encoder.read_bytes())
    assert "Next: `homebody restart`" in typed(house, "model", "use", str(mine), "--for", "embeddings")
    house.stop()
    house.start()
    assert "embeddings: Encoder, loaded when a script asks" in typed(house, "status")

    found = embedded(house, "the xylophone is in the garden", "a note")
    assert [64, 64] == [len(one["embedding"]) for one in found["data"]]
    told = house.status()["embeddings"]
    assert ("ready", sha256_of(mine), "model") == (told["state"], told["sha256"], told["seal"]["tier"])
    assert "embeddings: Encoder, F32, texts of at most 64 tokens" in typed(house, "status")
    assert all(thread.sealed for thread in seal.seal_status(told["pid"]))
    names = ["tcp", "udp", "unix", "child", "write_outside", "read_outside"]
    with seal.Targets(outside=house.folder) as targets:
        body = {"process": "embeddings", "names": names, "targets": targets.targets.to_dict()}
        results = house.ask("POST", "/v1/probe", body)["results"]
    assert names == [result["name"] for result in results if seal.ProbeResult.from_dict(result).refused]
    assert "xylophone" not in "".join(path.read_text() for path in house.home.log.parent.glob("*.log*"))

    house.stop()
    mine.write_bytes(encoder.read_bytes()[:-1] + b"x")
    house.start()
    assert "not the one that you chose" in embedded(house, "a note")["error"]["message"]
    house.drop("roof.md", "The roof leaks in the north corner. It was mended on Friday.\n")
    house.ended("roof.md")
