"""What may a template do?

Jinja2's sandbox, made smaller: no macros, includes or ranges, attributes by allow-list, and a bound on loops.
A recipe from a stranger can then neither reach Python nor hang the house.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from homebody.filenames import safe_words, slug
from homebody.money import Money

LONGEST_OUTPUT = 4 * 1024 * 1024
MOSTSTEPS = 100_000
"""How many items all loops of one rendering may walk over."""

STEPS = "__steps"

MARKED = "__marked"
"""A value of this name in the context: what is filled in stands between two marks, apart from the template's text."""

OPENING, CLOSING = "\ufdd0", "\ufdd1"
"""The marks: noncharacters, which no text has (Unicode, 23.7)."""

STATEMENTS = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Name, nodes.Const),
    *(nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Call, nodes.Keyword, nodes.Filter, nodes.Test),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos),
    *(nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair),
)
"""What a template is made of; `set`, `macro`, `include` and the like could grow a text without end."""

_FILTERS = (
    *(
        "abs",
        "capitalize",
        "count",
        "d",
        "default",
        "first",
        "float",
        "int",
        "items",
        "last",
        "length",
        "list",
    ),
    *(
        "lower",
        "map",
        "max",
        "min",
        "reject",
        "rejectattr",
        "reverse",
        "round",
        "select",
        "selectattr",
        "sort",
    ),
    *("string", "title", "tojson", "trim", "truncate", "unique", "upper", "wordcount"),
)

_TEXT_METHODS = frozenset(
    (
        *(
            "capitalize",
            "casefold",
            "count",
            "endswith",
            "find",
            "isdigit",
            "lower",
            "lstrip",
            "removeprefix",
        ),
        *("removesuffix", "rstrip", "split", "splitlines", "startswith", "strip", "title", "upper"),
    )
)
_TIME_METHODS = frozenset(
    (
        *("year", "month", "day", "hour", "minute", "second", "date", "time", "weekday", "isoweekday"),
        *("isocalendar", "isoformat", "strftime", "days", "total_seconds", "week"),
    )
)
_METHODS: tuple[tuple[type | tuple[type, ...], frozenset[str]], ...] = (
    (str, _TEXT_METHODS),
    ((date, time, timedelta), _TIME_METHODS),
    (Money, frozenset({"amount", "currency"})),
    (Mapping, frozenset({"items", "keys", "values", "get"})),
    ((list, tuple), frozenset({"count", "index", "year", "week", "weekday"})),
)
_LOOP = frozenset(
    {"index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem"}
)


class Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, with attributes by allow-list and a mapping's items before its methods."""

    intercepted_binops = frozenset({"*", "%", "+", "-", "/", "//"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return the item *attribute* of a mapping, or the attribute of anything else."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002 - Jinja2's own signature
        """Return whether *attr* is one of the few that templates need."""
        if isinstance(obj, LoopContext):
            return attr in _LOOP
        return any(isinstance(obj, kind) and attr in allowed for kind, allowed in _METHODS)

    def wrap_str_format(self, value: Any) -> None:  # noqa: ARG002
        """Give ``format`` no way around the allow-list: it is an attribute like others, and not in it."""
        return

    def is_safe_callable(self, obj: Any) -> bool:
        """Return whether *obj* is a method that came through ``is_safe_attribute``."""
        return getattr(obj, "__name__", "") in _TEXT_METHODS | _TIME_METHODS | {
            "items",
            "keys",
            "values",
            "get",
            "index",
        }

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return what *operator* makes of two numbers; ``+`` also joins two texts or two lists.

        Exact numbers stay exact: beside one, a number with a point is taken as it is written.
        """
        if isinstance(left, Decimal) or isinstance(right, Decimal):
            left, right = _exact(left), _exact(right)
        if operator == "+" and not isinstance(left, int | float | Decimal):
            if len(left) + len(right) > LONGEST_OUTPUT:
                raise SecurityError("`+` makes it too long")
        elif operator in "+*%" and not (_small(left) and _small(right)):
            raise SecurityError(f"`{operator}` is for numbers")
        return super().call_binop(context, operator, left, right)


def _exact(value: Any) -> Any:
    """Return a number with a point as the exact number that it is written as, anything else as it is."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def _small(value: Any) -> bool:
    """Return whether *value* is a number with which nothing can be made that takes long to make."""
    return isinstance(value, int | float | Decimal) and -(2**63) < value < 2**63


class _Bounded(NodeTransformer):
    """Puts a counter on every loop and a limit on every ``~``."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja2's own naming
        """Return the loop over counted items."""
        self.generic_visit(node)
        node.iter = _filter(node.iter, "__counted")
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802 - Jinja2's own naming
        """Return the limited joining of what ``~`` joins."""
        self.generic_visit(node)
        return _filter(nodes.List(node.nodes, lineno=node.lineno), "join")


def _filter(node: Any, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


@jinja2.pass_context
def _counted(context: Context, items: Iterable[Any]) -> Iterator[Any]:
    """Yield *items*, and stop the rendering when all loops together have walked too far."""
    steps = context.get(STEPS)
    if isinstance(items, Undefined):
        iter(items)
    for item in items:
        steps.append(None)
        if len(steps) > MOSTSTEPS:
            raise SecurityError(f"its loops walk over more than {MOSTSTEPS:,} items")
        yield item


def _date(value: Any, pattern: str = "%Y-%m-%d") -> str:
    """Return a date or time, or a text that is one by ISO 8601, as *pattern* says (strftime)."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise SecurityError("`date` is for dates, and for texts like 2026-01-31") from None
    return str(value.strftime(pattern))


def _words(text: str, count: int) -> str:
    """Return the first *count* words of *text*."""
    return " ".join(str(text).split()[:count])


def _join(items: Iterable[Any], separator: str = "") -> str:
    """Return *items* joined, if the result stays of a sensible length; None leaves no trace."""
    texts = ["" if item is None else str(item) for item in items]
    if sum(map(len, texts)) + len(str(separator)) * len(texts) > LONGEST_OUTPUT:
        raise SecurityError("`join` makes it too long")
    return str(separator).join(texts)


def _replace(text: str, old: str, new: str) -> str:
    """Return *text* with *old* replaced, if the result stays of a sensible length."""
    text, old, new = str(text), str(old), str(new)
    if len(text) + text.count(old) * len(new) > LONGEST_OUTPUT:
        raise SecurityError("`replace` makes it too long")
    return text.replace(old, new)


def _sum(items: Iterable[Any]) -> Any:
    """Return what the numbers in *items* make together, None counted for nothing; 0 if there is none."""
    numbers = [item for item in items if item is not None]
    if not all(isinstance(number, int | float | Decimal) for number in numbers):
        raise SecurityError("`sum` is for numbers")
    return sum(map(_exact, numbers)) if any(isinstance(one, Decimal) for one in numbers) else sum(numbers)


def _plain(value: Any) -> Any:
    """Return what JSON has for a date, an exact number or money."""
    if isinstance(value, Money):
        return {"amount": value.amount, "currency": value.currency}
    return float(value) if isinstance(value, Decimal) else value.isoformat()


@jinja2.pass_context
def _finalized(context: Context, value: Any) -> Any:
    """Return what is written for *value*: nothing for None; marked when that is asked for."""
    value = "" if value is None else value
    if MARKED not in context:
        return value
    text = str(value)
    return OPENING + text.replace(OPENING, "").replace(CLOSING, "") + CLOSING


def _environment() -> Sandbox:
    environment = Sandbox(
        undefined=jinja2.StrictUndefined,
        finalize=_finalized,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=(),
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    own = {
        "date": _date,
        "filename": safe_words,
        "join": _join,
        "replace": _replace,
        "slug": slug,
        "sum": _sum,
        "words": _words,
    }
    environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "default": _plain}
    environment.filters |= {**own, "__counted": _counted}
    return environment


ENVIRONMENT = _environment()
"""The one environment of all templates; it is never changed."""


def parse(text: str) -> nodes.Template:
    """Return the template's tree, its loops and joins bounded.

    Raises jinja2.TemplateSyntaxError for what is no template, or does more than templates here may.
    """
    tree = ENVIRONMENT.parse(text)
    for node in tree.find_all(nodes.Node):
        strange = not isinstance(node, STATEMENTS)
        if strange or (isinstance(node, nodes.For) and node.recursive):
            raise jinja2.TemplateSyntaxError(
                f"`{type(node).__name__.lower()}` is not for recipes", node.lineno
            )
    bounded: nodes.Template = _Bounded().visit(tree)
    bounded.set_environment(ENVIRONMENT)
    return bounded
