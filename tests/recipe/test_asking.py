"""Several asks in one recipe: names, what each may use, and their long form."""

from pathlib import Path

import pytest

from homebody.recipe.growing import grown
from homebody.recipe.load import load_placed, load_recipe, long_form, read_recipe
from homebody.recipe.outputs import outputs
from homebody.recipe.permitted import permitted
from homebody.recipe.problem import RecipeProblemsError, Unanswerable, unanswerable

SEVERAL = """\
name: bills
vars: {who: Miller}
triggers: [{watch: ~/Notes}]
ask:
  - name: facts
    prompt: What is {{ file.name }}?
    output:
      kind: {type: choice, of: [bill, letter]}
      total: money?
      tags: {type: list, of: [a, b], new: propose}
      lines: {type: list, of: {what: text}}
  - name: reply
    when: "{{ ask.facts.kind == 'letter' }}"
    prompt: |
      Answer this {{ ask.facts.kind }} for {{ vars.who }}{% for line in ask.facts.lines %}, {{ line.what }}{% endfor %}.
    language: German
    output: {text: {type: text, max: 300}}
actions:
  - write:
      dest: "~/Notes/{{ ask.facts.kind }}/{{ ask.reply.text or 'none' }}.txt"
      content: "{{ ask.facts.total.amount }} {{ ask.reply.text }}"
"""


def test_each_ask_has_its_name_and_its_slots() -> None:
    """The long form is a list, and says the same; slots have the names that templates have for them."""
    recipe = read_recipe(SEVERAL)
    assert ["facts", "reply"] == [ask.name for ask in recipe.ask]
    slots = ["facts.kind", "facts.total", "facts.tags", "facts.lines", "reply.text"]
    assert slots == list(recipe.slots()) == permitted(recipe)["slots"]
    assert recipe == read_recipe(long_form(recipe))
    assert ["German", "facts"] == [recipe.long()["ask"][1]["language"], recipe.long()["ask"][0]["name"]]


def test_the_long_form_of_one_ask_is_what_it_was() -> None:
    """No name and no condition stand there, so no recipe of before counts as changed."""
    one = read_recipe("name: a\ntriggers: [{watch: ~/Notes}]\nask: {prompt: What?, output: {x: text}}\n"
                      "actions: [{tag: '{{ ask.x }}'}]\n")  # fmt: skip
    assert ["prompt", "language", "output", "sampling"] == list(one.long()["ask"])
    assert one.ask[0].full("x") == "x"


@pytest.mark.parametrize(
    ("before", "after", "line", "says"),
    [
        ("ask.facts.kind }} for", "ask.facts.knd }} for", 15, 'did you mean "kind"'),
        ("ask.facts.kind }} for", "ask.fatcs.kind }} for", 15, 'did you mean "ask.facts"'),
        ("line.what }}{%", "line.wat }}{%", 15, 'did you mean "what"'),
        ("ask.facts.kind == 'letter'", "ask.reply.text == 'letter'", 13, "not answered yet"),
        ("{{ file.name }}?", "{{ ask.reply.text }}?", 6, "not answered yet"),
        ("{{ file.name }}?", "{{ ask.facts.kind }}?", 6, "not answered yet"),
        ("total.amount }}", "total.amunt }}", 21, 'did you mean "amount"'),
        ("{{ ask.reply.text }}", "{{ ask.text }}", 21, '"ask.text" is not known in this template'),
        ("  - name: reply", "  - name: facts", 12, 'the name "facts" is taken'),
        ("  - name: reply", "  - name: Reply", 12, '"Reply" is not a name for an ask'),
        ("  - name: reply", "  - nmae: reply", 12, 'did you mean "name"'),
        ("when: \"{{ ask.facts.kind == 'letter' }}\"", "when: ask.facts.kind", 13, "one expression"),
        ("total: money?", "total: mony?", 9, 'did you mean "money"'),
    ],
)
def test_a_mistake_is_told_at_its_place(before: str, after: str, line: int, says: str) -> None:
    """An ask knows only what comes before it, and names and slots are checked everywhere."""
    assert 1 == SEVERAL.count(before)
    with pytest.raises(RecipeProblemsError) as caught:
        read_recipe(SEVERAL.replace(before, after), file="bills.yaml")
    found = [one for one in caught.value.problems if says in one.what]
    assert found, str(caught.value)
    assert line == found[0].line, str(caught.value)


def test_a_list_of_asks_is_neither_empty_nor_endless() -> None:
    """At least one, at most ten, and each has keys."""
    for asks, says in (("[]", "1 to 10"), ("[" + "{}," * 11 + "]", "1 to 10"), ("[what]", "keys and values")):
        text = f"name: a\ntriggers: [{{watch: ~/Notes}}]\nask: {asks}\nactions: [{{tag: x}}]\n"
        with pytest.raises(RecipeProblemsError, match=says):
            read_recipe(text)


def test_what_depends_on_what() -> None:
    """An ask uses what its prompt or its condition reads, slot by slot."""
    _, reply = read_recipe(SEVERAL).ask
    assert reply.uses({"facts.kind"})
    assert reply.uses({"facts.lines"})
    assert not reply.uses({"facts.total", "facts.tags"})


def test_what_can_be_written_is_known_for_each_slot() -> None:
    """A slot that must be filled makes a folder; one that may be skipped may be nothing."""
    text = SEVERAL.replace("{{ ask.reply.text or 'none' }}", "{{ ask.reply.text }}")
    holes = {tuple((part.empty, part.slash) for part in one.rest if not isinstance(part, str))
             for one in outputs(read_recipe(text))}  # fmt: skip
    assert ((False, False), (True, False)) in holes
    assert {(False, False)} == {found[0] for found in holes}


def test_a_word_grows_into_the_list_of_its_ask(tmp_path: Path) -> None:
    """`facts.tags` is the list in the ask `facts`, whatever its place."""
    path = tmp_path / "bills.yaml"
    path.write_text(SEVERAL)
    changed = grown(path, "facts.tags", "garden")
    assert SEVERAL.replace("of: [a, b]", "of: [a, b, garden]") == changed.data.decode()


def test_a_grammar_that_the_model_refuses_is_told_at_its_ask(tmp_path: Path) -> None:
    """The second of two asks is named as the second."""
    path = tmp_path / "bills.yaml"
    path.write_text(SEVERAL)
    _, places = load_placed(path)
    told = unanswerable("bills", {"bills": places}, Unanswerable(ask=1, why="Too much."), asks=2)
    assert str(told).startswith("bills.yaml:17:5: ask[1].output: the model cannot answer this. Too much;")
    assert load_recipe(path).ask[1].language == "German"
