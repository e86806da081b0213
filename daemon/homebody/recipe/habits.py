"""Which word of ours does somebody mean who knows another program's?

The words are those of organize, Home Assistant, llm, cron and shells. They are never taken for ours: a recipe has one
way to say a thing. They are told.
"""

from collections.abc import Collection, Mapping

from homebody.templates import meant

WORDS: Mapping[str, Mapping[str, str]] = {
    "recipe": {
        "locations": "triggers", "trigger": "triggers", "events": "triggers", "watch_folders": "triggers",
        "conditions": "filters", "condition": "filters", "rules": "filters", "match": "filters",
        "do": "actions", "steps": "actions", "tasks": "actions", "sequence": "actions",
        "id": "name", "alias": "name", "title": "name", "variables": "vars", "inputs": "vars", "defaults": "vars",
        "llm": "ask", "question": "ask", "confirm": "approve", "review": "approve", "active": "enabled",
    },
    "trigger": {
        "folder": "watch", "folders": "watch", "path": "watch", "location": "watch", "locations": "watch",
        "directory": "watch", "dir": "watch", "time": "schedule", "timer": "schedule",
    },
    "watch": {"subfolders": "recursive", "max_depth": "recursive", "depth": "recursive", "delay": "settle"},
    "schedule": {"interval": "every", "time": "at", "weekdays": "days", "day": "days", "crontab": "cron"},
    "select": {
        "folders": "folder", "path": "folder", "watch": "folder", "location": "folder", "subfolders": "recursive",
        "pattern": "name", "glob": "name", "max_age": "newer_than", "since": "newer_than", "max": "limit",
    },
    "ask": {
        "schema": "output", "schema_object": "output", "slots": "output", "fields": "output", "outputs": "output",
        "question": "prompt", "instructions": "prompt", "instruction": "prompt", "task": "prompt",
    },
    "slot": {
        "options": "of", "values": "of", "enum": "of", "choices": "of", "items": "of", "one_of": "of",
        "vocabulary": "of", "max_chars": "max", "max_characters": "max", "max_items": "max", "length": "max",
        "maximum": "max", "minimum": "min", "instruction": "description", "title": "description",
        "nullable": "optional", "kind": "type",
    },
    "type": {
        "string": "text", "str": "text", "enum": "choice", "select": "choice", "category": "choice",
        "int": "number", "integer": "number", "float": "number", "decimal": "number", "bool": "flag",
        "boolean": "flag", "array": "list", "tags": "list", "objects": "list", "object": "list", "datetime": "date",
        "day": "date", "amount": "money", "price": "money", "currency": "money",
    },
    "filter": {
        "ext": "extension", "extensions": "extension", "suffix": "extension", "filename": "name", "glob": "name",
        "filesize": "size", "content": "contains",
        "text": "contains", "lastmodified": "modified", "mtime": "modified", "date_modified": "modified",
        "date_added": "created", "ctime": "created", "macos_tags": "tagged", "tag": "tagged", "tags": "tagged",
        "older_than": "age", "newer_than": "age", "mimetype": "mime", "hash": "duplicate", "or": "any", "and": "all",
    },
    "action": {
        "delete": "trash", "remove": "trash", "rm": "trash", "mv": "move", "cp": "copy", "hardlink": "hard_link",
        "save": "write", "create": "write", "write_file": "write", "log": "append", "frontmatter": "front_matter",
        "macos_tags": "tag", "finder_tags": "tag", "tags": "tag", "echo": "notify", "print": "notify",
        "notification": "notify", "redact": "replace_text", "replace": "replace_text",
    },
    "action's": {
        "to": "dest", "destination": "dest", "target": "dest", "path": "dest", "file": "dest", "folder": "dest",
        "text": "content", "body": "content", "value": "content", "conflict": "on_conflict",
        "if_exists": "on_conflict", "section": "heading", "mode": "on_conflict", "title": "name", "new_name": "name",
    },
    "notify": dict.fromkeys(("text", "title", "body", "content", "words"), "message"),
    "tag": {"tags": "add", "set": "add", "del": "remove", "delete": "remove"},
    "on_error": {"retries": "retry", "attempts": "retry"},
}  # fmt: skip
"""Another's word and ours, by the part of a recipe in which they stand; "type" is for the types of slots."""

_TIMES = "a time stands under `schedule`, as in `- schedule: {every: 2h}`"
_STARTS = "homebody starts no programs"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "recipe": {
        "filter_mode": "put the filters into one group, as in `- any: [...]`",
        "watch": "it stands under `triggers`, as in `- watch: ~/Notes`",
        "schedule": "it stands under `triggers`, as in `- schedule: {every: 2h}`",
        "prompt": "it stands under `ask`",
        "output": "it stands under `ask`",
        "model": "the model is named in settings.yaml, once for all recipes",
    },
    "trigger": {"cron": _TIMES, "every": _TIMES, "at": _TIMES, "interval": _TIMES, "days": _TIMES},
    "filter": {
        "regex": 'write it as `name: {regex: "..."}`',
        "not": "it stands before a filter's word, as in `- not extension: md`",
        "filecontent": 'write it as `contains: {regex: "..."}`',
    },
    "action's": dict.fromkeys(("overwrite", "force", "replace"), "write it as `on_conflict: overwrite`"),
    "slot": {"required": "a slot has to be filled, unless it says `optional: true`"},
    "action": dict.fromkeys(("shell", "run", "exec", "command", "python", "script", "bash"), _STARTS),
}
"""What is to be said of a word that no other word of ours replaces."""

_OWN_PARTS = frozenset(
    {"recipe", "filter", "trigger", "read", "limits", "sampling", "approve", "type", "action"}
)


def habit(part: str, word: str, known: Collection[str]) -> str | None:
    """Return the end of a sentence about the *word* of another program in *part*; None when it is nobody's."""
    plain = word.removeprefix("not ").casefold()
    others = {} if part in WORDS or part in _OWN_PARTS else WORDS["action's"]
    ours = WORDS.get(part, others).get(plain)
    if ours is not None and ours in known:
        return f'did you mean "{ours}"?'
    return SENTENCES.get(part, {} if part in WORDS or part in _OWN_PARTS else SENTENCES["action's"]).get(
        plain
    )


def habitual(part: str, word: str, known: Collection[str]) -> str:
    """Return the end of a sentence about an unknown *word*: our word for it, the nearest, or what there is."""
    meaning = habit(part, word, known)
    return f"; {meaning}" if meaning is not None else meant(word, known)
