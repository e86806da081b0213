"""``homebody demo``: everything at once, with the real daemon and the real model, in a throw-away folder."""

import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from homebody import seal
from homebody.cli.demo_documents import documents, killed_over
from homebody.cli.demo_facts import PROCESSES, Facts, summary, tags_of
from homebody.cli.demo_screen import Plain, Quiet, Screen, screen
from homebody.cli.demo_stage import Document, Stage
from homebody.cli.examples import examples
from homebody.errors import HomebodyError

HANDFUL = ("tcp", "udp", "dns", "unix", "child", "write_outside")
"""The probes that the demo shows; the seal has many more."""

PATIENCE_SECONDS = 60.0


@click.command("demo", epilog=examples("homebody demo", "homebody demo ~/homebody-demo"))
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object as the last line.")
def demo_command(folder: Path | None, *, as_json: bool) -> None:
    """Show everything at once, in FOLDER or in a folder that can be thrown away.

    The real daemon starts with the real model, is sealed by the kernel, tries to get out and cannot; six
    documents are dropped and worked on; a schedule fires; a run is undone; the daemon is killed in the middle
    of a document and goes on. Takes under a minute and ends with exit code 0 only if all of it held.
    """
    began = time.monotonic()
    facts = Facts()
    stage = Stage(folder.absolute() if folder else None)
    shown = screen(as_json=as_json)
    try:
        play(stage, facts, shown)
    except HomebodyError as error:
        facts.wrong.append(str(error))
        shown.say(f"Stopped: {error}" + (f"\n  {error.hint}" if error.hint else ""))
    finally:
        stage.stop()
        shown.close()
    seconds = time.monotonic() - began
    summary(stage, facts, Quiet() if as_json else Plain(), seconds)
    if as_json:
        print(json.dumps(facts.to_dict(seconds, stage.folder), ensure_ascii=False))
    sys.exit(0 if facts.held() else 1)


def play(stage: Stage, facts: Facts, shown: Screen) -> None:
    """Play the scenes in order; raises HomebodyError when one cannot go on."""
    stage.prepare()
    shown.say(f"The demo's folder: {stage.folder}")
    shown.say("Starting the daemon, and the model in a process of its own ...")
    stage.start()
    stage.until(stage.model_settled, PATIENCE_SECONDS, "the model to load")
    meet_model(stage, facts, shown)
    try_to_get_out(stage, facts, shown)
    drop_documents(stage, facts, shown)
    see_digest(stage, facts, shown)
    undo_one(stage, facts, shown)
    kill_and_resume(stage, facts, shown)


def meet_model(stage: Stage, facts: Facts, shown: Screen) -> None:
    """Show the model that is loaded and the seal that is on."""
    status = stage.ask("GET", "/v1/status")
    model = status["model"]
    if model["state"] != "ready":
        raise HomebodyError(f"The model did not load: {model['problem']}")
    shown.model(model)
    facts.model = {
        "name": model["info"]["name"],
        "sha256": model["sha256"],
        "quantization": model["info"]["quantization"],
        "tokens_per_second": 0.0,
    }
    report = status["seal"]
    root = "; runs as root, every capability dropped" if report["as_root"] else ""
    shown.say(f"Sealed in {report['milliseconds']:.1f} ms: {report['layers']}{root}.")


def try_to_get_out(stage: Stage, facts: Facts, shown: Screen) -> None:
    """Let every process try every probe, beside an unsealed control in which the same probe works."""
    words = {probe.name: probe.words for probe in seal.PROBES}
    with seal.Targets(outside=stage.folder) as targets:
        wanted = targets.targets
        controls = {result.name: result for result in seal.control(HANDFUL, wanted)}
        after_control = targets.arrived
        sealed: dict[str, dict[str, Any]] = {}
        for process in PROCESSES:
            body = {"process": process, "names": list(HANDFUL), "targets": wanted.to_dict()}
            answer = stage.ask("POST", "/v1/probe", body)
            sealed[process] = {result["name"]: result for result in answer["results"]}
        leaked = targets.arrived - after_control
    rows = []
    for name in HANDFUL:
        control = controls[name].to_dict()
        row: dict[str, Any] = {"words": words[name], "control": control}
        for process in PROCESSES:
            result = sealed[process].get(name)
            row[process] = result
            if result is None or result["skipped"] or not control["reached"]:
                facts.untestable += 1
                facts.reached += bool(result and result["reached"])
                continue
            facts.tried += 1
            facts.reached += result["reached"]
        rows.append(row)
    shown.probes(rows)
    if leaked:
        facts.wrong.append(f"{leaked} connections arrived from sealed processes")
    shown.say(f"{facts.tried} probes tried in {len(PROCESSES)} processes, {facts.reached} got out.")


def drop_documents(stage: Stage, facts: Facts, shown: Screen) -> None:
    """Drop six documents one by one and follow each to its end."""
    for name, data in documents().items():
        document = stage.drop(name, data)
        facts.dropped += 1
        expected = 2 if name.endswith(".md") else 1
        follow(stage, shown, document, expected)
    for document in stage.documents.values():
        facts.done += document.state == "done"
        facts.skipped += document.state == "skipped"
        facts.failed += document.state == "failed"
        if document.state == "done":
            check_result(stage, facts, document)
    long = stage.documents["garden.txt"]
    if long.calls < 3 or long.tokens_read != long.tokens_total:
        facts.wrong.append("the long text was not read whole, in parts")
    rates = sorted(asked["tokens_per_second"] for asked in stage.asked if asked["answer_tokens"] >= 8)
    if rates:
        facts.model["tokens_per_second"] = rates[len(rates) // 2]


def follow(stage: Stage, shown: Screen, document: Document, expected: int) -> None:
    """Follow the daemon until *document* has its *expected* runs behind it."""

    def ended() -> bool:
        for _step in stage.news():
            shown.documents(list(stage.documents.values()))
        shown.documents(list(stage.documents.values()))
        return document.ended(expected)

    stage.until(ended, PATIENCE_SECONDS, f"{document.name} to be done")


def check_result(stage: Stage, facts: Facts, document: Document) -> None:
    """Note in *facts* what is not as it should be: a summary beside the note, the note's own text untouched."""
    path = stage.notes / document.name
    result = path.with_name(f"{path.stem}.summary.md")
    if not result.is_file() or not result.read_text(encoding="utf-8").strip():
        facts.wrong.append(f"{document.name} has no summary")
    now = path.read_bytes()
    if path.suffix != ".md" and now != document.dropped:
        facts.wrong.append(f"{document.name} was changed")
    body = document.dropped.split(b"---\n", 2)[-1]
    if path.suffix == ".md" and not now.endswith(body):
        facts.wrong.append(f"the text of {document.name} was changed")
    if path.suffix == ".md" and now != document.dropped:
        facts.tags[document.name] = tags_of(now)


def see_digest(stage: Stage, facts: Facts, shown: Screen) -> None:
    """Wait until the scheduled recipe has written a digest."""

    def fired() -> bool:
        for _step in stage.news():
            pass
        return any(run["state"] == "done" for run in stage.scheduled.values())

    stage.until(fired, PATIENCE_SECONDS, "the scheduled digest")
    facts.scheduled_fired = sum(run["state"] == "done" for run in stage.scheduled.values())
    digests = sorted(stage.folder.rglob("digest/*.md"))
    if not digests or not digests[-1].stat().st_size:
        facts.wrong.append("the digest is empty")
        return
    shown.say(f"The schedule fired and wrote {digests[-1].relative_to(stage.folder)}.")


def undo_one(stage: Stage, facts: Facts, shown: Screen) -> None:
    """Undo the tags in the first note, and compare it with what was dropped, byte for byte."""
    document = next(iter(stage.documents.values()))
    run = next(run for run in document.runs.values() if run["recipe"] == "tag-files")
    path = stage.notes / document.name
    tagged = path.read_bytes()
    if tagged == document.dropped:
        facts.wrong.append(f"{document.name} got no tags")
        return
    stage.ask("POST", "/v1/undo", {"run": run["id"]})
    if path.read_bytes() != document.dropped:
        facts.wrong.append(f"after the undo {document.name} is not what it was")
        return
    facts.undone += 1
    digest = hashlib.sha256(document.dropped).hexdigest()[:16]
    shown.say(f"Run {run['id']} undone: {document.name} is byte for byte what it was (SHA-256 {digest}...).")


def kill_and_resume(stage: Stage, facts: Facts, shown: Screen) -> None:
    """Kill the daemon with SIGKILL in the middle of a long document, start it again, and see one run finish."""
    name, data = killed_over()
    document = stage.drop(name, data)

    def in_the_middle() -> bool:
        return any(step["name"] == "asked" and step["run"] in document.runs for step in stage.news())

    stage.until(in_the_middle, PATIENCE_SECONDS, "the model to be in the middle of a document")
    stage.kill()
    state = document.state
    shown.say(f"Killed the daemon (kill -9) in the middle of {name}; it was {state}. Starting it again ...")
    stage.start()
    follow(stage, shown, document, 1)
    runs = [
        run
        for run in stage.ask("GET", "/v1/runs?limit=1000")["runs"]
        if run["path"] and run["path"].endswith(name)
    ]
    summaries = list(stage.notes.glob(f"{Path(name).stem}*.summary*.md"))
    left = list(stage.folder.rglob(".homebody-*.tmp"))
    once = len(runs) == 1 and runs[0]["state"] == "done" and runs[0]["attempt"] == 2
    facts.killed_and_resumed = state == "working" and once and len(summaries) == 1 and not left
    if facts.killed_and_resumed:
        shown.say(f"The run was taken up again and finished once (run {runs[0]['id']}, attempt 2).")
    else:
        facts.wrong.append("the killed run was not finished exactly once")
