"""Wrong recipes, one mistake each: every one is refused at the line where the mistake is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from yaml.nodes import MappingNode, Node, SequenceNode

from homebody.paths import shipped
from homebody.recipe.load import read_recipe
from homebody.recipe.problem import Problem
from homebody.yaml_nodes import compose

WATCHING = """\
version: 1
name: everything
description: A recipe with every part that a watched file can have
enabled: true
vars:
  notes: ~/Notes
  most: 3
triggers:
  - watch: "{{ vars.notes }}"
    recursive: false
    settle: 5s
    existing: skip
filters:
  - extension: [md, txt]
  - not name: "*.summary.md"
  - size: "< 30 MB"
read:
  overflow: summarize
  empty: skip
  limit: 20 MB
ask:
  prompt: Summarise it.
  language: same
  output:
    summary: {type: text, max: 400, lines: one, must_appear: false, optional: false, description: short}
    kind:
      type: choice
      of: [invoice, letter]
    tags:
      type: list
      of: [work, home]
      max: 3
  sampling:
    temperature: 0.7
    top_k: 40
    top_p: 0.95
    min_p: 0.05
    repeat_penalty: 1.1
    repeat_last: 128
    seed: 7
when: "{{ ask.kind != 'letter' }}"
actions:
  - write:
      dest: "{{ file.folder }}/{{ file.stem }}.summary.md"
      content: "{{ ask.summary }}"
      on_conflict: overwrite
  - front_matter:
      set: {kind: "{{ ask.kind }}"}
      add: {tags: "{{ ask.tags }}"}
  - append:
      dest: "{{ vars.notes }}/log.md"
      heading: "## Log"
      content: |
        - {{ run.date }}
        - {{ file.name }}
approve: {first: 10}
limits:
  runs_per_file: 3/1h
on_error:
  retry: 2
  then: quarantine
"""

SCHEDULED = """\
name: digest
triggers:
  - schedule:
      at: "18:00"
      days: [mon, fri]
    catch_up: once
  - schedule: {every: 2h}
  - schedule: {cron: "30 7 * * 1-5"}
select:
  folder: ~/Notes
  recursive: false
  name: "*.md"
  newer_than: 1d
  limit: 10
ask:
  prompt: Which is the most important?
  output:
    best: {type: text, max: 80}
actions:
  - append:
      dest: ~/Notes/digest.md
      content: "{{ ask.best }}"
"""

FILLED = """\
name: bills
triggers:
  - watch: ~/Notes
ask:
  prompt: What does this bill say?
  output:
    day:
      type: date
      not_before: 2020-01-01
      not_after: today
      must_appear: true
    pieces:
      type: number
      min: 1
      max: 99
      decimals: 2
      unit: kg
    total:
      type: money
      currency: [EUR, CHF]
      min: -100
      max: 10000.5
    paid:
      type: flag
      optional: true
      description: whether nothing is left to pay
    words:
      type: list
      max: 4
      max_length: 40
      must_appear: true
    todo:
      type: list
      max: 7
      of:
        what: text
        who: text?
        due: {type: date, not_before: today}
actions:
  - append:
      dest: ~/Notes/log.md
      content: |
        {{ ask.total.amount }}
        {% for one in ask.todo | sort(attribute='due') %}
        {{ one.what }}
        {% endfor %}
"""

SEVERAL = """\
name: letters
triggers:
  - watch: ~/Notes
ask:
  - name: facts
    prompt: What is this?
    output:
      kind: {type: choice, of: [bill, letter]}
  - name: reply
    when: "{{ ask.facts.kind == 'letter' }}"
    prompt: Answer the {{ ask.facts.kind }}.
    language: de
    output:
      text: {type: text, max: 100}
    sampling: {temperature: 0.5}
actions:
  - write: {dest: "~/Notes/out/{{ file.name }}", content: "{{ ask.reply.text }}"}
tests:
  - name: a bill
    text: Pay.
    file: bill.md
    now: 2026-03-02
    modified: 2026-03-01
    outcome: done
    answer: {facts: {kind: bill}}
    slots:
      facts.kind: {equals: bill, one_of: [bill], contains: bill, matches: bill, empty: false}
    changes:
      - write:
          path: ~/Notes/out/bill.md
          text: {empty: true}
"""

BASES = {
    "watching": WATCHING,
    "several": SEVERAL,
    "scheduled": SCHEDULED,
    "filled": FILLED,
    **{
        name: (shipped("recipes") / f"{name}.yaml").read_text(encoding="utf-8")
        for name in ("summarize-notes", "tag-files", "daily-digest")
    },
}

OWN = (
    {"vars"},
    {"ask", "output"},
    {"ask", "output", "todo", "of"},
    {"actions", "front_matter", "set"},
    {"actions", "front_matter", "add"},
    {"tests", "documents"},
    {"tests", "there"},
)
"""Places whose keys are the person's own words: another word there is no mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A wrong recipe, and where its mistake is."""

    name: str
    text: str
    line: int
    column: int | None = None
    word: str = ""


def keys(node: Node | None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Yield the place and the node of every key that the language knows."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if set(path) not in OWN:
                yield path, key
            yield from keys(value, (*path, key.value))
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from keys(item, path)


def misspelt() -> Iterator[Wrong]:
    """Yield each recipe with one key misspelt, the two that have every part in two ways."""
    for base, text in BASES.items():
        for path, key in keys(compose(text)):
            word = key.value
            for way, wrong in (("doubled", word + word[-1]), ("swapped", word[:-2] + word[-1] + word[-2])):
                if wrong == word or (way == "swapped" and base not in ("watching", "scheduled")):
                    continue
                start, end = key.start_mark.index, key.end_mark.index
                yield Wrong(
                    name=f"{base}: {'.'.join((*path, word))} {way}",
                    text=text[:start] + wrong + text[end:],
                    line=key.start_mark.line + 1,
                    column=key.start_mark.column + 1,
                    word="not known here" if wrong != "off" else "YAML reads the key `off` as false",
                )


def twice() -> Iterator[Wrong]:
    """Yield each recipe with one plain line of a key written twice."""
    for base, text in BASES.items():
        lines = text.splitlines(keepends=True)
        for _path, key in keys(compose(text)):
            number = key.start_mark.line
            line = lines[number]
            plain = line.split("#")[0].rstrip()
            if line.lstrip().startswith(("-", "{")) or plain.endswith((":", "|", "{", "[")):
                continue
            if key.start_mark.column != len(line) - len(line.lstrip()):
                continue
            yield Wrong(
                name=f"{base}: {key.value} twice",
                text="".join([*lines[: number + 1], line, *lines[number + 1 :]]),
                line=number + 2,
                word="twice",
            )


BY_HAND = [
    ("version: 1", "version: 2", "must be 1"),
    ("version: 1", "version: one", "must be 1"),
    ("name: everything", "name: Every Thing", "is not a name"),
    ("name: everything", "name: 2026", 'write it in quotes: "2026"'),
    ("name: everything", "name: 007", "without the 0"),
    ("name: everything", "name: yes", "YAML reads yes as true"),
    ("name: everything", "name:", "nothing stands here"),
    ("name: everything", "name: [a]", "must be a text"),
    ("name: everything", "name: *a", "copy"),
    ("name: everything", "name: @a", "quotes"),
    ("name: everything", "name: a: b", "colon"),
    ("name: everything", "name: !!python/name:os.system x", "begins with !"),
    ("enabled: true", "enabled: ja", "true or false"),
    ("enabled: true", "enabled: 1", "true or false"),
    ("enabled: true", "mode: parallel", "one model answers them all"),
    ("enabled: true", "filter_mode: any", "put the filters into one group"),
    ("approve: {first: 10}", "approve: always", "must be true, false"),
    ("approve: {first: 10}", "approve: 10", "must be true, false"),
    ("approve: {first: 10}", "approve: {}", "must be true, false"),
    ("approve: {first: 10}", "approve: [first, 10]", "must be true, false"),
    ("approve: {first: 10}", "approve: {first: }", "must be true, false"),
    ("approve: {first: 10}", "approve: {first: 0}", "at least 1"),
    ("approve: {first: 10}", "approve: {first: ten}", "whole number"),
    ("approve: {first: 10}", "approve: {first: 1.5}", "whole number"),
    ("approve: {first: 10}", "approve: {first: 99999}", "at most 10000"),
    ("approve: {first: 10}", "approve: {last: 10}", "known here"),
    ("limits:", "limit:", 'did you mean "limits"'),
    ("  runs_per_file: 3/1h", "  runs_per_file: 3", "as in 3/1h"),
    ("  runs_per_file: 3/1h", "  runs_per_file: 1h", "as in 3/1h"),
    ("  runs_per_file: 3/1h", "  runs_per_file: three/1h", "as in 3/1h"),
    ("  runs_per_file: 3/1h", "  runs_per_file:", "nothing stands here"),
    ("  runs_per_file: 3/1h", "  runs_per_file: [3, 1h]", "as in 3/1h"),
    ("  runs_per_file: 3/1h", "  runs_per_file: 3/h", "must be a time"),
    ("  runs_per_file: 3/1h", "  runs_per_file: 3/60", "must be a time"),
    ("  runs_per_file: 3/1h", "  runs_per_file: 0/1h", "between 1 and 1000"),
    ("  runs_per_file: 3/1h", "  runs_per_file: 1001/1h", "between 1 and 1000"),
    ("  runs_per_file: 3/1h", "  runs_per_file: 3/2h", "between 1s and 1h"),
    ("  runs_per_file: 3/1h", "  runs_per_file: 3/500ms", "between 1s and 1h"),
    ("  runs_per_file: 3/1h", "  runs_per_fiel: 3/1h", 'did you mean "runs_per_file"'),
    ("  notes: ~/Notes", "  Notes dir: ~/Notes", "is not a name for a variable"),
    ("  most: 3", "  most: {a: 1}", "must be a text"),
    ("triggers:", "on:", 'did you mean "triggers"'),
    ('  - watch: "{{ vars.notes }}"', "  - watch: {{ vars.notes }}", "quotes around {{"),
    ('  - watch: "{{ vars.notes }}"', "  - watch: {{ vars.notes }}/x", "quotes around a value"),
    ('  - watch: "{{ vars.notes }}"', '  - watch: "{{ vars.nots }}"', 'did you mean "vars.notes"'),
    ('  - watch: "{{ vars.notes }}"', '  - watch: "{{ file.folder }}"', "not known in this template"),
    ('  - watch: "{{ vars.notes }}"', '  - watch: "{{ vars.notes "', "template is wrong"),
    ('  - watch: "{{ vars.notes }}"', "  - watch: Notes", "whole path"),
    ('  - watch: "{{ vars.notes }}"', "  - watch: /", "whole disk"),
    ('  - watch: "{{ vars.notes }}"', "  - watch: ~/Notes/../x", "`..`"),
    ('  - watch: "{{ vars.notes }}"', "  - watch:", "nothing stands here"),
    ('  - watch: "{{ vars.notes }}"', "  - watch: []", "at least one"),
    ('  - watch: "{{ vars.notes }}"', "  - watch: [~/a, 3]", "must be a folder"),
    ("    recursive: false", "    recursive: maybe", "true or false"),
    ("    recursive: false", "\trecursive: false", "tab"),
    ("    recursive: false", "    events: [created]", "not there yet"),
    ("    settle: 5s", "    settle: 5", "with its unit"),
    ("    settle: 5s", "    settle: five", "must be a time"),
    ("    settle: 5s", "    settle: 2h", "between"),
    ("    existing: skip", "    existing: skp", 'did you mean "skip"'),
    ("    existing: skip", "    existing: no", "YAML reads no as false"),
    ("  - extension: [md, txt]", "  - extension: [md, 1]", "quotes"),
    ("  - extension: [md, txt]", '  - extension: "*.md"', "is not an extension"),
    ("  - extension: [md, txt]", "  - extension:", "a list of texts"),
    ("  - extension: [md, txt]", "  - extension: [md, txt", "bracket"),
    ("  - extension: [md, txt]", "  - filecontent: x", "contains: {regex"),
    ("  - extension: [md, txt]", "  - extension", "needs a value"),
    ('  - not name: "*.summary.md"', "  - not name: a/b", "slash"),
    ('  - not name: "*.summary.md"', "  - nto name: a", "did you mean"),
    ('  - size: "< 30 MB"', "  - size: 30 MB", "is not a condition"),
    ('  - size: "< 30 MB"', '  - size: "< 30 MX"', "must be a size"),
    ('  - size: "< 30 MB"', "  - size: 30", "must be a text"),
    ("  overflow: summarize", "  overflow: cut", "is not one of"),
    ("  empty: skip", "  empty: fail", "must be skip"),
    ("  empty: skip", "  max_tokens: 500", "not there yet"),
    ("  empty: skip", "  pages: 0", "must be a page or several"),
    ("  empty: skip", "  pages: 3-1", "ends before it begins: write 1-3"),
    ("  empty: skip", "  pages: first", "must be a page or several"),
    ("  empty: skip", "  pages: 1.5", "must be a page or several"),
    ("  empty: skip", "  pages: yes", "must be a page or several"),
    ("  empty: skip", "  pages: [1, 3]", "must be a page or several"),
    ("  limit: 20 MB", "  limit: 20 GB", "between"),
    ("  limit: 20 MB", "  limit: [1]", "must be a size"),
    ("  prompt: Summarise it.", "  prompt:", "nothing stands here"),
    ("  prompt: Summarise it.", '  prompt: "  "', "is empty"),
    ("  prompt: Summarise it.", '  prompt: "{{ file.nmae }}"', 'did you mean "file.name"'),
    ("  prompt: Summarise it.", '  prompt: "{{ ask.kind }}"', "not answered yet"),
    ("  prompt: Summarise it.", "  prompt: {{ file.name }}", "quotes around {{"),
    ("  prompt: Summarise it.", "  when: file.name\n  prompt: Summarise it.", "one expression"),
    ("  prompt: Summarise it.", "  name: facts\n  prompt: Summarise it.", "put a dash before"),
    ("  language: same", "  language: 5", "quotes"),
    ("  language: same", "  language: '?!'", "name of a language"),
    ("    summary: {type: text,", "    Summary: {type: text,", "is not a name for a slot"),
    ("    summary: {type: text,", "    summary: {type: txt,", 'did you mean "text"'),
    ("    summary: {type: text,", "    summary: {type: flag,", "not known here"),
    ("    summary: {type: text,", "    summary: {", "needs a type"),
    ("    summary: {type: text, max: 400", "    summary: {type: text, max: 0", "at least 1"),
    ("    summary: {type: text, max: 400", "    summary: {type: text, max: 9999", "at most 4000"),
    ("    summary: {type: text, max: 400", '    summary: {type: text, max: "400"', "whole number"),
    ("    summary: {type: text, max: 400", "    summary: {type: text, max: 4.5", "whole number"),
    ("    summary: {type: text, max: 400", "    summary: {type: text, max: true", "whole number"),
    ("      of: [invoice, letter]", "      of: [invoice]", "at least 2"),
    ("      of: [invoice, letter]", "      of: [invoice, invoice]", "twice"),
    ("      of: [invoice, letter]", "      of: [yes, no]", "YAML reads yes as true"),
    ("      of: [invoice, letter]", "      of: [invoice, 3]", "quotes"),
    ("      of: [invoice, letter]", "      of: words.txt", "neither"),
    ("      of: [work, home]", "      of: [work, ' home']", "blank"),
    ("      of: [work, home]", "      of: []", "at least one"),
    ("      max: 3", "      max: 99", "at most 50"),
    ("      max: 3", "      new: maybe", "is not one of: deny, propose, allow"),
    ("      max: 3", "      new: alow", 'did you mean "allow"'),
    ("      max: 3", "      format: x", "not known here"),
    ("    temperature: 0.7", "    temprature: 0.7", 'did you mean "temperature"'),
    ("    temperature: 0.7", '    temperature: "0.7"', "must be a number"),
    ("    temperature: 0.7", "    temperature: 2.5", "at most 2"),
    ("    temperature: 0.7", "    temperature: -1", "at least 0"),
    ("    temperature: 0.7", "    temperature: .inf", "must be a number"),
    ("    temperature: 0.7", "    temperature: yes", "must be a number"),
    ("    temperature: 0.7", "    temperature:", "nothing stands here"),
    ("    top_k: 40", "    top_k: 1001", "at most 1000"),
    ("    top_k: 40", "    top_k: 0.5", "whole number"),
    ("    top_p: 0.95", "    top_p: 95", "at most 1"),
    ("    min_p: 0.05", "    min_p: [0.05]", "must be a number"),
    ("    repeat_penalty: 1.1", "    repeat_penalty: 0.9", "at least 1"),
    ("    repeat_last: 128", "    repeat_last: -1", "at least 0"),
    ("    seed: 7", "    seed: -7", "at least 0"),
    ("    seed: 7", "    seed: 4294967296", "at most 4294967295"),
    ("    seed: 7", "    mirostat: 2", "is not known here"),
    ("when: \"{{ ask.kind != 'letter' }}\"", "when: ask.kind != 'letter'", "one expression"),
    ("when: \"{{ ask.kind != 'letter' }}\"", "when: {{ ask.kind }}", "quotes around {{"),
    (
        "when: \"{{ ask.kind != 'letter' }}\"",
        "when: \"{{ ask.kin != 'letter' }}\"",
        'did you mean "ask.kind"',
    ),
    ("when: \"{{ ask.kind != 'letter' }}\"", 'when: "{{ ask.kind != }}"', "template is wrong"),
    ("when: \"{{ ask.kind != 'letter' }}\"", "when: true", "a text is expected"),
    ("  - write:", "  - trash: now\n  - write:", "takes nothing more"),
    ("  - write:", "  - trash: {keep: 1}\n  - write:", "is not known here"),
    ("  - write:", "  - wirte:", 'did you mean "write"'),
    ('      dest: "{{ file.folder }}/{{ file.stem }}.summary.md"', "      dest: x.md", "not known where"),
    (
        '      dest: "{{ file.folder }}/{{ file.stem }}.summary.md"',
        '      dest: "{{ ask.kind }}/x"',
        "not known where",
    ),
    ('      dest: "{{ file.folder }}/{{ file.stem }}.summary.md"', "      dest: ~/x.md", "anywhere"),
    ('      dest: "{{ file.folder }}/{{ file.stem }}.summary.md"', "      dest: /x.md", "anywhere"),
    ('      dest: "{{ file.folder }}/{{ file.stem }}.summary.md"', "      dest: ~/Notes/../x.md", "`..`"),
    ('      dest: "{{ file.folder }}/{{ file.stem }}.summary.md"', "      dest: ~/Notes/", "file's name"),
    (
        '      dest: "{{ file.folder }}/{{ file.stem }}.summary.md"',
        '      dest: "~/Notes/ .."',
        "made of dots alone",
    ),
    (
        '      dest: "{{ file.folder }}/{{ file.stem }}.summary.md"',
        '      dest: "~/Notes/{{ file.nam }}"',
        "file.name",
    ),
    ('      content: "{{ ask.summary }}"', '      content: "{{ ask.sumary }}"', 'did you mean "ask.summary"'),
    ('      content: "{{ ask.summary }}"', '      content: "{{ documents }}"', "not known in this template"),
    ('      content: "{{ ask.summary }}"', "      content: 3", "quotes"),
    ('      content: "{{ ask.summary }}"', "      content: \"{% include 'x' %}\"", "not for recipes"),
    ("      on_conflict: overwrite", "      on_conflict: ask", "is not one of"),
    ("      on_conflict: overwrite", '      rename_template: "{{ name }}"', "it has no {{ counter }}"),
    ("      on_conflict: overwrite", '      rename_template: "{{ counter }}/{{ name }}"', "has no slash"),
    ("      on_conflict: overwrite", '      rename_template: "{{ counter }}{{ file.name }}"', "not known"),
    ('      set: {kind: "{{ ask.kind }}"}', '      set: {"a:b": x}', "plain key"),
    ('      set: {kind: "{{ ask.kind }}"}', "      set: [a]", "keys and values"),
    ('      set: {kind: "{{ ask.kind }}"}', '      set: {tags: "x"}', "stands in `set` and in `add`"),
    ('      add: {tags: "{{ ask.tags }}"}', '      add: {tags: "{{ ask.tag }}"}', 'did you mean "ask.tags"'),
    ('      add: {tags: "{{ ask.tags }}"}', "      add: {tags: {a: 1}}", "list"),
    ('      heading: "## Log"', '      heading: "{{ x }}"', "not known in this template"),
    ("        - {{ run.date }}", "        - {{ run.dat }}", 'did you mean "run.date"'),
    ("        - {{ file.name }}", "        - {{ file.nmae }}", 'did you mean "file.name"'),
    ("        - {{ file.name }}", "        - {{ file.name", "template is wrong"),
    ("  retry: 2", "  retry: often", "whole number"),
    ("  retry: 2", "  retry: 99", "at most 10"),
    ("  then: quarantine", "  then: delete", "must be quarantine"),
]

BY_HAND_FILLED = [
    ("      type: date", "      type: dat", 'did you mean "date"'),
    ("      type: date", "      type: day", "is not a type of slot"),
    ("      type: date", "      type: date?", 'did you mean "date"'),
    ("      not_before: 2020-01-01", "      not_before: 2020-02-30", "is not a day of the calendar"),
    ("      not_before: 2020-01-01", "      not_before: 2020-1-1", "nor a date as YYYY-MM-DD"),
    ("      not_before: 2020-01-01", "      not_before: 1.1.2020", "nor a date as YYYY-MM-DD"),
    ("      not_before: 2020-01-01", "      not_before: 2020", "must be `today`, or a date"),
    ("      not_before: 2020-01-01", "      not_before: no", "must be `today`, or a date"),
    ("      not_before: 2020-01-01", "      not_before: [today]", "must be `today`, or a date"),
    ("      not_before: 2020-01-01", "      not_before: 2020-01-01 10:00:00", "nor a date as YYYY-MM-DD"),
    ("      not_before: 2020-01-01", "      not_before: 0900-01-01", "must be between 1000-01-01"),
    ("      not_after: today", "      not_after: tody", 'did you mean "today"'),
    ("      not_after: today", "      not_after: now", 'did you mean "today"'),
    ("      not_after: today", "      not_later: today", "is not known here"),
    ("      must_appear: true", "      must_appear: no way", "true or false"),
    ("      min: 1", "      min: one", "must be a number"),
    ("      min: 1", '      min: "1"', "must be a number"),
    ("      min: 1", "      min: yes", "must be a number"),
    ("      min: 1", "      min: .nan", "must be a number"),
    ("      min: 1", "      min: 1.234", "has more than 2 decimals"),
    ("      max: 99", "      max: 10000000000000000", "must be a number, at most"),
    ("      max: 99", "      max: 10:30", "reads 10:30 as the number 630"),
    ("      decimals: 2", "      decimals: 9", "at most 6"),
    ("      decimals: 2", "      decimals: 0.5", "whole number"),
    ("      unit: kg", "      unit: no", "YAML reads no as false"),
    ("      unit: kg", "      unit: 5", "quotes"),
    ("      unit: kg", "      units: kg", 'did you mean "unit"'),
    ("      currency: [EUR, CHF]", "      currency: [EUR, EURO]", '"EURO" is not the code of a currency'),
    ("      currency: [EUR, CHF]", "      currency: eur", 'did you mean "EUR"'),
    ("      currency: [EUR, CHF]", "      currency: [EUR, EUR]", "named twice"),
    ("      currency: [EUR, CHF]", "      currency: []", "at least one"),
    ("      currency: [EUR, CHF]", "      currency: €", "is not the code of a currency"),
    ("      currency: [EUR, CHF]", "      currency: 5", "must be"),
    ("      currency: [EUR, CHF]", "      curency: EUR", 'did you mean "currency"'),
    ("      min: -100", "      min: a lot", "must be a number"),
    ("      type: flag", "      type: bool", "is not a type of slot"),
    ("      optional: true", "      optional: maybe", "true or false"),
    ("      max_length: 40", "      max_length: 4000", "at most 400"),
    ("      max_length: 40", "      of: tags", "neither"),
    ("      max_length: 40", "      max_len: 40", 'did you mean "max_length"'),
    ("      max: 7", "      max: 70", "at most 50"),
    ("        what: text", "        What: text", "is not a name for a slot"),
    ("        what: text", "        what: txt", 'did you mean "text"'),
    ("        what: text", "        what: text??", "is not a type of slot"),
    ("        what: text", "        what:", "nothing stands here"),
    ("        what: text", "        what: list", "is a list in a list"),
    ("        what: text", "        what: {type: text, max: 0}", "at least 1"),
    ("        who: text?", "        no: text?", "YAML reads the key `no` as false"),
    (
        "        due: {type: date, not_before: today}",
        "        due: {type: date, not_befor: today}",
        '"not_before"',
    ),
    (
        "        due: {type: date, not_before: today}",
        "        due: {type: date, not_before: x}",
        "nor a date",
    ),
    ("        {{ ask.total.amount }}", "        {{ ask.total.amuont }}", 'did you mean "amount"'),
    ("        {{ ask.total.amount }}", "        {{ ask.totl.amount }}", 'did you mean "ask.total"'),
    ("        {{ one.what }}", "        {{ one.waht }}", 'did you mean "what"'),
]

BY_HAND_SCHEDULED = [
    ('      at: "18:00"', "      at: 18:00", "as the number 1080"),
    ('      at: "18:00"', "      at: 7:30", 'write it in quotes: "07:30"'),
    ('      at: "18:00"', "      at: noon", "time of day"),
    ('      at: "18:00"', '      at: "25:00"', "time of day"),
    ("      days: [mon, fri]", "      days: [mon, fry]", "is not a day"),
    ("      days: [mon, fri]", "      days: []", "list of days"),
    ("  folder: ~/Notes", "  folder: 'a", "the quote that begins here"),
    ("    catch_up: once", "    catch_up: twice", "is not one of"),
    ("    catch_up: once", "    watch: ~/Notes", "watch and schedule"),
    ("  - schedule: {every: 2h}", "  - schedule: {every: 2}", "with its unit"),
    ("  - schedule: {every: 2h}", "  - schedule: {every: 10ms}", "between"),
    ("  - schedule: {every: 2h}", "  - schedule: sometimes", "must be a time"),
    ("  - schedule: {every: 2h}", "  - schedule: {}", "exactly one"),
    ("  - schedule: {every: 2h}", '  - schedule: {every: 2h, at: "18:00"}', "exactly one"),
    ("  - schedule: {every: 2h}", "  - schedule: {every: 2h, days: [mon]}", "belongs to `at`"),
    ('  - schedule: {cron: "30 7 * * 1-5"}', '  - schedule: {cron: "30 7 * *"}', "five fields"),
    ('  - schedule: {cron: "30 7 * * 1-5"}', '  - schedule: {cron: "61 7 * * *"}', "is not a minute"),
    ('  - schedule: {cron: "30 7 * * 1-5"}', '  - schedule: {cron: "0 7 30 2 *"}', "never comes"),
    ('  - schedule: {cron: "30 7 * * 1-5"}', '  - schedule: {cron: "0 7 31 4,jun *"}', "never comes"),
    ('  - schedule: {cron: "30 7 * * 1-5"}', '  - schedule: {cron: "0 0 * * 5-1"}', "day of the week"),
    ("  folder: ~/Notes", "  folder: Notes", "whole path"),
    ('  name: "*.md"', "  name: a/b", "slash"),
    ("  newer_than: 1d", "  newer_than: 1", "with its unit"),
    ("  newer_than: 1d", "  newer_than: 0s", "more than nothing"),
    ("  limit: 10", "  limit: 100000", "at most 1000"),
    ('      content: "{{ ask.best }}"', '      content: "{{ file.name }}"', "not known in this template"),
    (
        '      content: "{{ ask.best }}"',
        '      content: "{% for d in documents %}{{ d.nam }}{% endfor %}"',
        'did you mean "document.name"',
    ),
    ("  - append:", "  - front_matter: {set: {a: 1}}\n  - append:", "no file comes with a schedule"),
]


def by_hand() -> Iterator[Wrong]:
    """Yield the mistakes that people make, each with the words that it must be met with."""
    for base, cases in (
        ("watching", BY_HAND),
        ("filled", BY_HAND_FILLED),
        ("scheduled", BY_HAND_SCHEDULED),
    ):
        text = BASES[base]
        for right, wrong, word in cases:
            assert text.count(right) >= 1, right
            line = text[: text.index(right)].count("\n") + 1
            yield Wrong(
                name=f"{base}: {wrong.strip()}", text=text.replace(right, wrong, 1), line=line, word=word
            )


WRONG = [*misspelt(), *twice(), *by_hand()]


def test_there_are_more_than_two_hundred() -> None:
    """As issue 6 asks, and the recipes that they are made of are right."""
    assert len({wrong.text for wrong in WRONG}) >= 200
    for text in BASES.values():
        read_recipe(text)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_a_wrong_recipe_is_refused_at_its_line(
    wrong: Wrong, problems: Callable[[str | bytes], list[Problem]]
) -> None:
    """The line is right, the words fit, and nothing says the same twice."""
    found = problems(wrong.text)
    here = [problem for problem in found if problem.line == wrong.line]
    assert any(wrong.word in problem.what for problem in here), "\n".join(map(str, found))
    assert wrong.column is None or wrong.column in [problem.column for problem in here]
    assert len({(problem.line, problem.column, problem.what) for problem in found}) == len(found)


def test_check_refuses_each_without_a_crash(checked: Callable[[str], str]) -> None:
    """The command names file and line, ends with 65, and shows no traceback."""
    for wrong in WRONG:
        assert f"recipe.yaml:{wrong.line}:" in checked(wrong.text), wrong.name
