"""The traps of YAML and of other programs' habits: each is named where it lies, with what to write instead."""

from collections.abc import Callable

import pytest

from homebody.errors import RecipeError
from homebody.recipe.load import read_recipe
from homebody.recipe.problem import Problem

RIGHT = """\
name: log
triggers:
  - watch: ~/Notes
filters:
  - extension: md
ask:
  prompt: What is it?
  output:
    kind: {type: choice, of: [invoice, letter]}
actions:
  - append:
      dest: ~/Log/log.md
      heading: "## Log"
      content: "{{ file.name }}"
"""

NAME, WATCH, EXTENSION, KIND = (
    "name: log",
    "  - watch: ~/Notes",
    "  - extension: md",
    "    kind: {type: choice,",
)
APPEND, HEADING, CONTENT = "  - append:", '      heading: "## Log"', '      content: "{{ file.name }}"'
BODY = "actions[0].append.content"

TRAPS = {
    "YAML": [
        (NAME, "name:log", "1:6", "", "a blank is missing after the colon"),
        (NAME, "name: yes", "1:7", "name", 'reads yes as true; write it in quotes: "yes"'),
        (NAME, "name: 0755", "1:7", "name", "does not read 0755 as people do"),
        (NAME, "name: 0x1f", "1:7", "name", "does not read 0x1f as people do"),
        (NAME, "name: 12:30", "1:7", "name", "reads 12:30 as the number 750"),
        (NAME, "name: 2026", "1:7", "name", 'write it in quotes: "2026"'),
        (NAME, "name: ~", "1:7", "name", "your home folder is ~/"),
        (NAME, "name: null", "1:7", "name", 'reads null as nothing; if the word is meant, write it in quotes'),
        (NAME, "name: #log", "1:6", "name", "what stands after # is a remark"),
        (NAME, "name: &log x", "1:7", "", "leaves out `&log`"),
        (NAME, "name: &log", "1:7", "", "leaves out `&log`"),
        (NAME, "name: *log", "1:7", "", "quotes around a text that begins with *"),
        (NAME, "name: !log x", "1:7", "name", "begins with !"),
        (NAME, "<<: {name: log}", "1:1", "", "`<<` is not for recipes"),
        (NAME, "name: log\nname: again", "2:1", "", "twice, first in line 1"),
        (NAME, "name: “log”", "1:7", "name", "log would be one"),
        (NAME, "name: log\nwhen:", "2:6", "when", "nothing stands here"),
        (NAME, "name: log\nenabled: 'true'", "2:10", "enabled", "take its quotes away"),
        (NAME, "name: log\nversion: '1'", "2:10", "version", "take its quotes away"),
        (NAME, "name: log\nenabled: nein", "2:10", "enabled", 'must be true or false; this is "nein"'),
        (NAME, "name: log\n1: x", "2:1", "", "the key 1 is not a word"),
        (NAME, "name: log\nno: x", "2:1", "", "reads the key `no` as false"),
        (NAME, "name: log\n---\nname: x", "2:1", "", "a second recipe begins here"),
        ("triggers:", "on:", "2:1", "", 'did you mean "triggers"'),
        ("triggers:", "triggers", "2:1", "", "a colon is missing after this word"),
        (WATCH, "  -watch: ~/Notes", "3:3", "triggers", "a blank is missing after the dash"),
        (WATCH, "  - watch ~/Notes", "3:5", "triggers[0]", "a colon is missing"),
        (WATCH, "  watch: ~/Notes", "3:3", "triggers", "must be a list"),
        (WATCH, "    - watch: ~/a\n  - watch: ~/b", "4:3", "", "this line begins with 2 blanks"),
        (WATCH, "\t- watch: ~/Notes", "3:1", "", "a tab stands here"),
        (WATCH, '  - watch: "C:\\Users\\me"', "3:17", "", "use single quotes"),
        (WATCH, "  - watch: C:\\Users\\me", "3:12", "triggers[0].watch", "is not a whole path"),
        (WATCH, "  - watch: $HOME/Notes", "3:12", "triggers[0].watch", "begin it with ~/"),
        (WATCH, "  - watch: ~", "3:12", "triggers[0].watch", "your home folder is ~/"),
        (WATCH, "  - watch: [~/Notes", "3:12", "", "the bracket that opens here"),
        (WATCH, "  - schedule: {at: 7:30}", "3:20", "triggers[0].schedule.at", 'in quotes: "07:30"'),
        (EXTENSION, "  - extension", "5:5", "filters[0]", "needs a value"),
        (EXTENSION, "  - extension md", "5:5", "filters[0]", "a colon is missing"),
        (EXTENSION, "  - extension: md, txt", "5:16", "filters[0].extension", "in brackets: [md, txt]"),
        (EXTENSION, "  - extension: [no, md]", "5:17", "filters[0].extension[0]", "reads no as false"),
        (EXTENSION, "  - name: *.md", "5:12", "", "quotes around the text"),
        (EXTENSION, "  - size: > 30 MB", "5:13", "", "quotes around the text"),
        (EXTENSION, "  - extension: md\n    size: '> 1 KB'", "5:5", "filters[0]", "a dash of its own"),
        ("ask:", "- ask:", "6:1", "", "there is no list here"),
        ("What is it?", "What: is it?", "7:15", "", "YAML expects no colon here"),
        ("[invoice, letter]", "[yes, no]", "9:31", "ask.output.kind.of[0]", "reads yes as true"),
        (APPEND, "  - append", "11:11", "", "a colon is missing after this word"),
        (APPEND, "  append:", "11:3", "actions", "must be a list"),
        (HEADING, "      heading: ## Log", "13:15", "actions[0].append.heading", 'quotes: "## Log"'),
        (CONTENT, "      content: {{ file.name }}", "14:16", BODY, "put quotes around {{"),
        (CONTENT, "      content: - {{ file.name }}", "14:18", "", "put quotes around"),
        (CONTENT, "      content: 'it's {{ file.name }}'", "14:20", "", "use the other kind of quotes"),
        (CONTENT, '      content: "a" b', "14:20", "", "use the other kind of quotes"),
        (CONTENT, "      content: `x`", "14:16", "", "put quotes around the text"),
        (CONTENT, "      content: %x", "14:16", "", "put quotes around the text"),
        (CONTENT, "      content: | x", "14:18", "", "put quotes around the text"),
        (CONTENT, "      content: |\n  x", "15:3", "", "not indented like the others"),
        (CONTENT, '       content: "x"', "14:8", "", "begins with 7 blanks, and the one before it with 6 blanks"),
        (CONTENT, '    content: "x"', "11:5", "actions[0]", "indent it more if it belongs to append"),
        (CONTENT, '      content:\t"x"', "14:15", "", "a tab stands here"),
        (CONTENT, '      content: "a\\qb"', "14:19", "", "use single quotes"),
        (CONTENT, '      content: "x', "14:16", "", "the quote that begins here has no end"),
        (CONTENT, '\xa0\xa0\xa0\xa0\xa0\xa0content: "x"', "14:1", "", "is not a plain one"),
    ],
    "templates": [
        (CONTENT, '      content: "{{ file.name }"', "14:16", BODY, "a brace is missing"),
        (CONTENT, '      content: "{{ file.name"', "14:16", BODY, "`{{` has no `}}`"),
        (CONTENT, '      content: "{ file.name }"', "14:16", BODY, "{{ file.name }}"),
        (CONTENT, '      content: "{ask.kind}"', "14:16", BODY, "{{ ask.kind }}"),
        (CONTENT, '      content: "{{ }}"', "14:16", BODY, "nothing stands between"),
        (CONTENT, '      content: "{% if x %}"', "14:16", BODY, "has no `{% endif %}`"),
        (CONTENT, '      content: "{% set x = 1 %}"', "14:16", BODY, "not for recipes"),
        (CONTENT, '      content: "{{ file.name | slugify }}"', "14:16", BODY, '"slug"'),
        (CONTENT, '      content: "{{ now() }}"', "14:16", BODY, '"now" is not known'),
        (CONTENT, '      content: "{{ ask.kinds }}"', "14:16", BODY, '"ask.kind"'),
        (CONTENT, "      content: |\n        a\n        {{ file.nam }}", "16:1", BODY, '"file.name"'),
        (CONTENT, "      content: |\n        a\n        { file.name }", "16:1", BODY, "two braces"),
    ],
    "habits": [
        ("triggers:", "locations:", "2:1", "", 'did you mean "triggers"'),
        ("triggers:", "trigger:", "2:1", "", 'did you mean "triggers"'),
        ("filters:", "conditions:", "4:1", "", 'did you mean "filters"'),
        ("actions:", "do:", "10:1", "", 'did you mean "actions"'),
        ("actions:", "Actions:", "10:1", "", 'did you mean "actions"'),
        (NAME, "name: log\nprompt: x", "2:1", "", "it stands under `ask`"),
        (NAME, "name: log\nschedule: x", "2:1", "", "it stands under `triggers`"),
        (NAME, "name: Log files", "1:7", "name", "log-files would be one"),
        (NAME, "title: log", "1:1", "", 'did you mean "name"'),
        (WATCH, "  - folder: ~/Notes", "3:5", "triggers[0]", 'did you mean "watch"'),
        (WATCH, "  - cron: '0 7 * * *'", "3:5", "triggers[0]", "as in `- schedule: {every: 2h}`"),
        (WATCH, "  - {watch: ~/a, subfolders: true}", "3:18", "triggers[0]", 'did you mean "recursive"'),
        (WATCH, "  - watch: {path: ~/Notes}", "3:12", "triggers[0].watch", "this is made of keys and values"),
        (WATCH, "  - schedule: {at: '07:00', days: [mon, thi]}", "3:35", "triggers[0].schedule.days", '"thu"'),
        (EXTENSION, "  - ext: md", "5:5", "filters[0]", 'did you mean "extension"'),
        (EXTENSION, "  - filesize: md", "5:5", "filters[0]", 'did you mean "size"'),
        ("  output:", "  schema:", "8:3", "ask", 'did you mean "output"'),
        (KIND, "    Kind: {type: choice,", "9:5", "ask.output", "kind would be one"),
        (KIND, "    kind: {type: enum,", "9:11", "ask.output.kind", 'did you mean "choice"'),
        (" of: [", " options: [", "9:26", "ask.output.kind", 'did you mean "of"'),
        (KIND, "    kind: {required: true, type: choice,", "9:12", "ask.output.kind", "optional: true"),
        ("{type: choice, of: [invoice, letter]}", "string", "9:11", "ask.output.kind", 'did you mean "text"'),
        (APPEND, "  - shell: rm\n  - append:", "11:5", "actions[0]", "homebody starts no programs"),
        (APPEND, "  - mv: ~/x\n  - append:", "11:5", "actions[0]", 'did you mean "move"'),
        ("      dest:", "      to:", "12:7", "actions[0].append", 'did you mean "dest"'),
        (EXTENSION, "  - lastmodified: {days: 3}", "5:5", "filters[0]", 'did you mean "modified"'),
        (EXTENSION, "  - filecontent: x", "5:5", "filters[0]", 'write it as `contains: {regex: "..."}`'),
        (EXTENSION, "  - not: {extension: md}", "5:5", "filters[0]", "as in `- not extension: md`"),
        (EXTENSION, "  - age: 30 days", "5:10", "filters[0].age", 'write it like "> 30d"'),
        (EXTENSION, "  - modified: {days: 10}", "5:16", "filters[0].modified", "known here: older_than"),
        (EXTENSION, "  - any: [{extention: md}]", "5:12", "filters[0].any[0]", 'did you mean "extension"'),
        (EXTENSION, "  - contains:", "5:14", "filters[0].contains", "nothing stands here"),
        (APPEND, "  - delete: ~/x\n  - append:", "11:5", "actions[0]", 'did you mean "trash"'),
        (APPEND, "  - echo: hi\n  - append:", "11:5", "actions[0]", 'did you mean "notify"'),
        (APPEND, "  - trash: ~/x\n  - append:", "11:12", "actions[0].trash", "takes nothing more"),
        (APPEND, "  - notify: {text: x}\n  - append:", "11:14", "actions[0].notify", 'did you mean "message"'),
        (APPEND, "  - notify: ''\n  - append:", "11:13", "actions[0].notify", "is empty"),
        (APPEND, "  - copy: ~/Archive\n  - append:", "11:11", "actions[0].copy", "ends with a slash: ~/Archive/"),
        (APPEND, "  - move: {dest: ~/a/b/, overwrite: y}\n  - append:", "11:26", "actions[0].move", "`on_conflict"),
        (APPEND, "  - tag: {del: b}\n  - append:", "11:11", "actions[0].tag", 'did you mean "remove"'),
        (CONTENT, '      text: "x"', "14:7", "actions[0].append", 'did you mean "content"'),
    ],
}  # fmt: skip

CASES = [(kind, *case) for kind, cases in TRAPS.items() for case in cases]


@pytest.mark.parametrize(("kind", "right", "wrong", "at", "where", "words"), CASES, ids=lambda value: None)
def test_a_trap_is_named_where_it_lies(
    kind: str,
    right: str,
    wrong: str,
    at: str,
    where: str,
    words: str,
    problems: Callable[[str], list[Problem]],
) -> None:
    """Line, column and place are right, and what is said names the cure; nothing else is complained about."""
    assert right in RIGHT
    found = problems(RIGHT.replace(right, wrong, 1))
    told = [(f"{one.line}:{one.column}", one.where) for one in found if words in one.what]
    assert [(at, where)] == told, "\n".join(map(str, found))


def test_check_refuses_each_without_a_crash(checked: Callable[[str], str]) -> None:
    """The command names file, line and column, ends with 65, and shows no traceback."""
    for _kind, right, wrong, at, *_ in CASES:
        assert f"recipe.yaml:{at}:" in checked(RIGHT.replace(right, wrong, 1)), wrong


def test_one_mistake_is_told_once() -> None:
    """What follows from a mistake is not told beside it: not that a folder is unknown, nor that a part is missing."""
    several = {}
    for _kind, right, wrong, *_ in CASES:
        with pytest.raises(RecipeError) as caught:
            read_recipe(RIGHT.replace(right, wrong, 1))
        if len(caught.value.problems) > 1:
            several[wrong] = [problem.what for problem in caught.value.problems]
    assert 6 >= len(several), several
