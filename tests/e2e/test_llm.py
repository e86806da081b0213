"""`llm -m homebody`: the real program of simonw/llm asks the model of a real daemon over its socket."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("llm", reason="llm is not installed: pip install 'homebody[llm]'")


def typed(house, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run llm as a person does whose homebody is that of *house*; no proxy, and nothing of theirs is touched."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(house.folder),
        "HOMEBODY_HOME": str(house.home.config),
        "LLM_USER_PATH": str(house.folder / "llm"),
        "http_proxy": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }
    llm = str(Path(sys.executable).with_name("llm"))
    return subprocess.run(
        [llm, *words], env=environment, input=given, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_question_a_schema_and_a_conversation(house) -> None:
    """It is listed, answers what is asked and what is piped in, holds to a schema, and goes on with what was said."""
    house.start()
    assert "Homebody: homebody" in typed(house, "models").stdout
    done = typed(house, "-m", "homebody", "-o", "max_tokens", "12", "Say something about", given="the roof")
    assert (0, True) == (done.returncode, bool(done.stdout.strip())), done.stderr

    done = typed(house, "-m", "homebody", "--schema", "title, paid bool", "The bill of Miller.")
    assert {"title", "paid"} == json.loads(done.stdout).keys(), done.stderr

    done = typed(house, "-c", "-o", "max_tokens", "5", "And then?")
    assert 0 == done.returncode, done.stderr
    logged = json.loads(typed(house, "logs", "--json", "-n", "1").stdout)[0]
    assert ("homebody", "And then?") == (logged["model"], logged["prompt"])
    assert 0 < logged["output_tokens"] <= 5
    assert 0 == house.stop()


def test_vectors_and_a_search(house, encoder: Path) -> None:
    """Texts get vectors that llm keeps, and the one that is asked for is found."""
    house.settings(f"embeddings: {encoder}\n")
    house.start()
    done = typed(house, "embed", "-m", "homebody", "-c", "a note")
    assert 64 == len(json.loads(done.stdout)), done.stderr
    rows = "".join(
        json.dumps({"id": str(n), "text": text}) + "\n" for n, text in enumerate(("the boiler", "garden"))
    )
    done = typed(house, "embed-multi", "notes", "-", "-m", "homebody", "--format", "nl", given=rows)
    assert 0 == done.returncode, done.stderr
    found = typed(house, "similar", "notes", "-c", "garden", "-n", "1")
    assert "1" == json.loads(found.stdout)["id"], found.stderr
    assert 0 == house.stop()


def test_without_a_homebody_it_says_what_to_do(house) -> None:
    """An error in words, with the cure, and no traceback."""
    for words in (["Hello"], ["embed", "-c", "a note"]):
        done = typed(house, *words, "-m", "homebody")
        assert 0 != done.returncode
        assert "homebody start" in done.stderr
        assert "Traceback" not in done.stderr
