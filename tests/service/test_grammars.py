"""Which recipes can the loaded model answer, by the word of a real model process?"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.errors import GrammarError, ModelNotReadyError, UsageError
from homebody.house.taking import NOTHING
from homebody.model.choice import Choice
from homebody.model.client import ModelClient
from homebody.paths import find_home
from homebody.recipe.load import load_folder
from homebody.service.grammars import Grammars, judged
from homebody.service.obstacles import standing
from homebody.slots import ChoiceSlot, DateSlot, ListSlot, ObjectsSlot, TextSlot

FITS = {"summary": TextSlot(max=400), "kind": ChoiceSlot(of=["note", "bill"])}
TOO_MUCH = {"tags": ListSlot(of=[f"{number:03}{'x' * 700}" for number in range(200)])}
"""Its grammar has more bytes than the engine takes."""


@pytest.fixture(scope="module")
def model(random_model: Path) -> Iterator[ModelClient]:
    """A model that is stopped at the end, and by one of the tests."""
    client = ModelClient(random_model, clock=SystemClock(), choice=Choice(threads=1))
    yield client
    client.stop()


def test_a_verdict_is_the_models_and_outlives_its_process(model: ModelClient):
    """Without a model nobody can say; the loaded one says; unloaded, it is not loaded again only to be asked."""
    grammars = Grammars(model)
    assert (None, False) == (grammars.refusal(TOO_MUCH), grammars.stale)
    model.start()
    assert grammars.stale
    assert {} == grammars.refusals([])
    assert not grammars.stale
    assert grammars.refusal(FITS) is None
    said = grammars.refusal(TOO_MUCH)
    assert said is not None
    assert said.startswith("The grammar cannot be used: it has ")
    assert not grammars.stale
    model.stop()
    assert (said, None) == (grammars.refusal(TOO_MUCH), grammars.refusal({"x": TextSlot(max=3)}))
    assert (None, False) == (model.ready, grammars.stale)
    model.start()
    assert grammars.stale, "it can say now what it could not"


def test_the_problem_names_the_file_and_the_slots(model: ModelClient, tmp_path: Path):
    """A recipe that asks for too much is told of at the line of its `output`; one that asks nothing is right."""
    model.start()
    words = "".join(f"- {word}\n" for word in TOO_MUCH["tags"].of or ())
    (tmp_path / "words.yaml").write_text(words, encoding="utf-8")
    (tmp_path / "in").mkdir()
    start = f"triggers: [{{watch: {tmp_path}/in}}]\nactions: [{{write: {{dest: {tmp_path}/out/x.txt, content: x}}}}]\n"
    ask = "ask:\n  prompt: Which?\n  output: {tags: {type: list, of: words.yaml}}\n"
    (tmp_path / "much.yaml").write_text(f"name: much\n{start}{ask}", encoding="utf-8")
    (tmp_path / "none.yaml").write_text(f"name: none\n{start}", encoding="utf-8")
    loaded = load_folder(tmp_path)
    assert () == loaded.problems
    grammars = Grammars(model)
    found = standing(
        NOTHING, loaded, find_home(root=tmp_path / "home"), None, lambda _: None, grammars.refusals
    )
    assert (["none"], ["much"]) == (list(found.recipes), list(found.waits))
    assert found.waits["much"].why.startswith(
        "much.yaml:6:3: ask.output: the model cannot answer this. The grammar"
    )


class Leaving:
    """A model that is on its way out whenever it is asked; then it answers."""

    def __init__(self, model: ModelClient) -> None:
        self.model, self.asked = model, 0

    @property
    def ready(self):
        """Return a loaded model, another object after it was asked."""
        return None if self.asked == 1 else self.model.ready

    def check_grammar(self, grammar: str) -> None:
        """Say at first that there is no process, then that the grammar cannot be used."""
        self.asked += 1
        if self.asked == 1:
            raise ModelNotReadyError
        raise GrammarError("The grammar cannot be used: so.")


def test_a_process_that_ends_meanwhile_gives_no_verdict(model: ModelClient):
    """That nobody could be asked is not held against the recipe, and is asked again when a model is there."""
    model.start()
    grammars = Grammars(leaving := Leaving(model))
    assert grammars.refusal(FITS) is None
    assert grammars.stale is False
    leaving.asked = 2
    assert grammars.stale
    assert "The grammar cannot be used: so." == grammars.refusal(FITS)


@pytest.mark.parametrize(
    "output",
    [
        None,
        [],
        "root ::= root",
        {"x": {}},
        {"x": {"type": "choice", "of": "words.yaml"}},
        {"x": {"type": "gbnf"}},
        {"x": {"type": "text", "max": 10**9}},
    ],
)
def test_only_typed_slots_come_in_over_the_socket(model: ModelClient, output: object):
    """A grammar of somebody else's never reaches the model: it is made here, of slots."""
    with pytest.raises(UsageError, match="must be slots by name"):
        judged(Grammars(model), {"output": output})


def test_the_long_form_of_a_recipe_is_understood(model: ModelClient, tmp_path: Path):
    """What `check` sends is judged like the recipe itself."""
    model.start()
    grammars = Grammars(model)
    day = {"day": DateSlot(not_before=date(2020, 1, 1), not_after="today", optional=True)}
    things = {"things": ObjectsSlot(of={"what": TextSlot(max=40), **day})}
    for slots in (FITS, TOO_MUCH, day, things):
        output = json.loads(json.dumps({name: slot.long() for name, slot in slots.items()}))
        assert {"refusal": grammars.refusal(slots)} == judged(grammars, {"output": output})
