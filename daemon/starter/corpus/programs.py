"""What does code look like, in some languages, with a comment that says what it does?"""

import random
import re

from starter.corpus import invent
from starter.corpus.documents import Document, Scribe

SAYS = (
    "Return the {n} of every {m}.",
    "Count the {n} in {w} and {w}.",
    "Read {n} from a file and {w} the {m}.",
    "Compute {w} {n} for {c}.",
    "Find every {n} that has no {m}.",
    "Move the {n} to the {m} once a day.",
    "Print the {n} as a table.",
    "Check that each {n} is {w}.",
)
PYTHON = (
    "$a = $b($i, '$w')|if $a > $i:|for $a in $b:|$a += $i|return $a.$b($c)|$a[$b.$c] = $a.get($b, $i) + $i|"
    "print($a, $b)|while $a < len($b):|raise ValueError('$w')|with open($a) as $b:|$a = [$b for $b in $c if $b]|"
    '$a = {}|$a: dict[str, int] = {}|if $a.$b == "$w":|$a.append($b)|return $a|import $a|try:|except $a:|'
    "self.$a = $b|else:|continue|assert $a == $i|return sum($a.$b for $a in $c)"
)
SCRIPT = (
    "const $a = $b.map(($c) => $c.$a);|if ($a === null) return;|let $a = $i;|console.log($a);|$a.$b($i, '$w');|"
    "for (const $a of $b) {|}|return $a + $b;|$a.push($b[$i]);|if ($a > $i) {|} else {|await $a($b);"
)
CLIKE = (
    'int $a = $b($i);|for (int i = 0; i < $i; i++) {|}|return $i;|if ($a == NULL) {|$a->$b = $c;|printf("$w");|'
    "$a[$i] = $b;|while ($a != $b) {|free($a);|private String $a;|this.$a = $b;"
)
SHELL = (
    'cd $a|$a=$i|for $b in *.$a; do|done|echo "$w"|if [ -f $a ]; then|fi|grep -v $w $a > $b|rm -f $a|mkdir -p $a/$b|'
    "cp $a/*.$b $c|exit $i"
)
QUERY = (
    "SELECT $a, $b FROM $c|WHERE $a > $i|GROUP BY $b|ORDER BY $a;|JOIN $c ON $a.$b = $c.$b|AND $b = '$w'|"
    "INSERT INTO $a VALUES ($i, '$w');|LIMIT $i;"
)
FORMS = (
    (PYTHON, '"""{key}"""\n\nimport {b}\n\n\ndef {a}({b}):\n{body}'),
    (PYTHON, "# {key}\ndef {a}({b}):\n{body}"),
    (PYTHON, "def {a}({b}, {c}):\n    # {key}\n{body}"),
    (PYTHON, 'def {a}({b}):\n    """{key}"""\n{body}'),
    (PYTHON, "# {key}\nfrom {b} import {c}\n\nclass {a}:\n{body}"),
    (SCRIPT, "// {key}\nfunction {a}({b}) {{\n{body}\n}}"),
    (SCRIPT, "/* {key} */\nexport const {a} = ({b}) => {{\n{body}\n}};"),
    (CLIKE, "// {key}\nint {a}(int {b}) {{\n{body}\n}}"),
    (CLIKE, "/* {key} */\n#include <{b}.h>\n\nvoid {a}(char *{c}) {{\n{body}\n}}"),
    (SHELL, "#!/bin/sh\n# {key}\n{body}"),
    (QUERY, "-- {key}\n{body}"),
)


def code(scribe: Scribe, size: int) -> Document:
    """A small program."""
    dice = scribe.dice
    key = scribe.one(list(SAYS))
    statements, form = dice.choice(FORMS)
    names = [invent.identifier(dice) for _ in range(dice.randint(3, 6))]
    body: list[str] = []
    indent, depth = 0 if statements in (SHELL, QUERY) else 4, 0
    for _ in range(max(2, size)):
        line = _filled(dice, dice.choice(statements.split("|")), names, scribe)
        if line.startswith("}"):
            depth = max(0, depth - 1)
        body.append(" " * (indent + 4 * depth) + line)
        if line.endswith((":", "{", "do", "then")):
            depth = min(2, depth + 1)
        elif dice.random() < 0.3:
            depth = max(0, depth - 1)
    a, b, c = names[:3]
    text = form.format(key=key, a=a, b=b, c=c, body="\n".join(body))
    return Document(text=text, key=key, kind="code", unclear=frozenset({"name", "number", "amount"}))


def _filled(dice: random.Random, pattern: str, names: list[str], scribe: Scribe) -> str:
    makers = {"i": lambda: str(dice.randint(0, 40)), "w": scribe.word}
    return re.sub(r"\$([abciw])", lambda found: makers.get(found[1], lambda: dice.choice(names))(), pattern)
