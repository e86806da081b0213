"""A recipe that uses a shipped one, added while homebody runs: the shipped files can be read within the seal, too."""


def test_a_recipe_that_uses_a_shipped_one_is_taken_up_within_the_seal(house):
    """It was not there at the start; its parameter is a folder that another recipe has opened."""
    house.shipped("tag-files")
    house.start()
    text = f"use: builtin/summarize-notes\nwith: {{notes: {house.notes}}}\nname: mine\n"
    house.recipe("mine", text + f"triggers: [{{watch: {house.notes}, settle: 100ms}}]\n")
    house.until(lambda: "mine" in {recipe["name"] for recipe in house.status()["recipes"]})
    house.drop("Roof.txt", "The roof of the shed leaks since Monday. Ada will mend it.")
    (run,) = house.ended("Roof.txt")
    assert ("mine", "done") == (run["recipe"], run["state"])
    assert (house.notes / "Roof.summary.md").read_text().startswith("# Roof\n\n")
    house.recipe("mine", text.replace("notes:", "ntoes:"))
    house.until(lambda: "ntoes" in str(house.status()))
    assert 'did you mean "notes"?' in str(house.status())


def test_a_run_that_is_killed_between_two_asks_is_done_once(house):
    """The answers so far are lost with the process; the run begins again, and its file is written once."""
    house.recipe(
        "two",
        f"name: two\ntriggers: [{{watch: {house.notes}, settle: 100ms}}]\n"
        "filters: [{extension: md}]\nask:\n"
        "  - {name: one, prompt: What is it?, output: {kind: {type: choice, of: [note, letter]}}}\n"
        '  - {name: two, prompt: "Summarise the {{ ask.one.kind }}.", output: {line: {type: text, max: 300}}}\n'
        "actions:\n"
        '  - append: {dest: "{{ file.folder }}/log/all.txt", content: "{{ file.stem }} {{ ask.one.kind }}"}\n',
    )
    (house.notes / "log").mkdir()
    house.start()
    house.drop("Roof.md", "The roof of the shed leaks since Monday. Ada will mend it. " * 20)
    house.until(lambda: any(step["name"] == "answered" for step in house.steps()))
    house.kill()
    house.start()
    runs = house.ended("Roof.md")
    assert ["done"] == [run["state"] for run in runs]
    assert 1 == len((house.notes / "log/all.txt").read_text().splitlines())
    asks = [step["detail"]["ask"] for step in house.steps() if step["name"] == "answered"]
    assert asks[-2:] == ["one", "two"] or asks == ["one", "two"]
