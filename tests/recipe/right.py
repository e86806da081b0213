"""Recipes that are right, from which wrong ones are made."""

from homebody.paths import shipped

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
