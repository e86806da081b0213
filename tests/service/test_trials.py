"""What a test of a recipe asks the running homebody's model: what its templates know goes over the wire and back."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from homebody.errors import HomebodyError, UsageError
from homebody.house.planner import file_values
from homebody.model.cancellation import Cancellation
from homebody.service.trials import answered, off_the_wire, on_the_wire
from homebody.testing import FakeModel

RECIPE = """
name: mail
vars: {who: Ada}
triggers: [{watch: ~/Notes}]
ask:
  - {name: one, prompt: "Is {{ file.name }} of {{ file.modified.year }} to {{ vars.who }}?", output: {fits: flag}}
  - {name: two, when: "{{ ask.one.fits }}", prompt: "What is it?", output: {total: money?, day: date?}}
actions: [{tag: "{{ ask.two.day }}"}]
"""


def values(**more: Any) -> dict[str, Any]:
    """Return what templates know in a test."""
    moment = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    run = {"id": 0, "time": "09:30", "date": date(2026, 3, 2), "tokens_read": 0, "tokens_total": 0}
    return {
        "vars": {"who": "Ada"},
        "recipe": {"name": "mail", "description": ""},
        "run": run,
        "file": file_values(Path("/home/a/Notes/x.md"), 12, moment),
        **more,
    }


def asked(known: Any, text: str = "Dear Ada.") -> dict[str, Any]:
    """Return what goes to the daemon."""
    return {"recipe": RECIPE, "text": text, "values": known}


def daemon(*answers: object) -> Any:
    """Return as much of a daemon as answers."""

    class Here(FakeModel):
        ready = SimpleNamespace(settings={})

        def generate(self, messages: Any, *, manner: Any = None, **options: Any) -> Any:
            return super().generate(messages, **options)

    return SimpleNamespace(model=Here(answers=list(answers)))


@pytest.mark.parametrize(
    "known",
    [
        values(),
        values(name={"year": "2026"}),
        values(
            file=None, documents=[{"name": "a.md", "modified": datetime(2026, 3, 1, tzinfo=UTC), "text": "x"}]
        ),
    ],
)
def test_what_templates_know_comes_back_equal(known: dict[str, Any]) -> None:
    """Dates, moments, documents, and what filters caught."""

    known = {name: value for name, value in known.items() if value is not None}
    said = json.loads(json.dumps(on_the_wire(known)))
    assert known == off_the_wire(said, known["vars"])


def test_the_model_answers_each_ask_and_the_answer_is_plain() -> None:
    """As a plan keeps answers: what was not asked is not there, money and dates are as JSON has them."""
    here = daemon({"fits": True}, {"total": {"amount": 5, "currency": "EUR"}, "day": "2026-03-01"})
    found = answered(here, asked(on_the_wire(values())), Cancellation())
    total = {"amount": "5.00", "currency": "EUR"}
    assert {"one": {"fits": True}, "two": {"total": total, "day": "2026-03-01"}} == found["answer"]
    prompt = "".join(part.text for part in here.model.asked[0][1].parts)
    assert "Is x.md of 2026 to Ada?" in prompt
    assert {"one": {"fits": False}} == answered(
        daemon({"fits": False}), asked(on_the_wire(values())), Cancellation()
    )["answer"]


@pytest.mark.parametrize(
    "known", [None, [], "x", {}, {"run": {}}, {"run": {"date": "soon"}}, {"run": {"date": 3}}]
)
def test_what_is_no_knowledge_is_refused(known: Any) -> None:
    """A client that sends something else gets a reason, and the model is not asked."""
    here = daemon({"fits": True})
    with pytest.raises(UsageError):
        answered(here, asked(known), Cancellation())
    assert [] == here.model.asked


def test_what_is_no_recipe_is_refused() -> None:
    """With the mistake and its line; a list of words beside it cannot be named here."""
    for text in ("", "a: [", RECIPE.replace("fits: flag", "fits: {type: choice, of: words.yaml}")):
        with pytest.raises(HomebodyError):
            answered(daemon({}), {**asked(on_the_wire(values())), "recipe": text}, Cancellation())
