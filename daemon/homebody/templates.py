"""What does a template say, given what the run knows?

Jinja2 in double braces, with StrictUndefined: a name that is not known is an error when the recipe is loaded.
"""

import contextlib
import difflib
import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.environment import TemplateExpression
from jinja2.runtime import Undefined

from homebody.errors import RecipeError
from homebody.sandbox import CLOSING, ENVIRONMENT, LONGEST_OUTPUT, MARKED, OPENING, STEPS, parse
from homebody.template_words import in_words

LONGEST_TEMPLATE = 64 * 1024


class TemplateError(RecipeError):
    """A template cannot be filled in."""

    def __init__(self, message: str | None = None, *, hint: str | None = None, line: int = 1) -> None:
        super().__init__(message, hint=hint)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the templates of one recipe know: the names, and what stands already when it is loaded.

    ``names`` maps each variable to its attributes, or to None when it has none that could be checked. ``inside`` maps
    an attribute (``ask.total``), or with brackets the items of one (``ask.lines[]``), to what those have in turn.
    """

    names: Mapping[str, frozenset[str] | None]
    inside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    vars: Mapping[str, Any] = field(default_factory=dict)
    watched: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a template reads a variable: its path, ``ask.summary``, the line, and what it reads of that."""

    name: str
    attribute: str | None
    line: int
    inner: str | None = None

    def __str__(self) -> str:
        return self.name if self.attribute is None else f"{self.name}.{self.attribute}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a text that a template made: the template's own words, or a *value* of the run."""

    text: str
    value: bool = False


class Template:
    """One compiled template."""

    def __init__(self, text: str) -> None:
        self.text = text
        tree = parse(text)
        self.uses = tuple(_uses(tree))
        self.expression = _single_expression(tree)
        self._typed: TemplateExpression | None = None
        if self.expression is not None:
            assign = nodes.Assign(nodes.Name("result", "store", lineno=1), self.expression, lineno=1)
            body = nodes.Template([assign], lineno=1)
            body.set_environment(ENVIRONMENT)
            self._typed = TemplateExpression(ENVIRONMENT.from_string(body), False)
        self._template = ENVIRONMENT.from_string(tree)

    def render(self, values: Mapping[str, Any]) -> str:
        """Return the text; raise TemplateError when a value is missing or the result grows without end."""
        parts: list[str] = []
        length = 0
        with _explained(self):
            for part in self._template.generate({**values, STEPS: []}):
                length += len(part)
                if length > LONGEST_OUTPUT:
                    raise TemplateError(f"The template makes more than {LONGEST_OUTPUT:,} characters.")
                parts.append(part)
        return "".join(parts)

    def pieces(self, values: Mapping[str, Any]) -> tuple[Piece, ...]:
        """Return the text in pieces, so that what was filled in can be told from the template's own words.

        Raises TemplateError as ``render`` does.
        """
        found: list[Piece] = []
        for number, part in enumerate(self.render({**values, MARKED: True}).split(OPENING)):
            value, closed, rest = part.partition(CLOSING) if number else ("", "", part)
            found += [Piece(text=value, value=True)] if closed else []
            found += [Piece(text=rest)] if rest else []
        return tuple(found)

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Return the value of a template that is one expression, a list staying a list; else the text."""
        if self._typed is None:
            return self.render(values)
        with _explained(self):
            value = self._typed({**values, STEPS: []})
            if isinstance(value, Undefined):
                str(value)
            return list(value) if isinstance(value, Iterator) else value

    def problems(self, scope: Scope) -> tuple[TemplateError, ...]:
        """Return what is wrong with the names that the template uses, each with its line."""
        found: dict[str, TemplateError] = {}
        for use in self.uses:
            if (what := _problem(use, scope)) is not None:
                found.setdefault(what, TemplateError(what, line=use.line))
        return tuple(found.values())


@functools.lru_cache(
    maxsize=256
)  # a recipe's templates are the same in all its runs, and compiling takes most of one
def compile_template(text: str) -> Template:
    """Return *text* as a template; raise TemplateError, with its line, for what is none."""
    if len(text) > LONGEST_TEMPLATE:
        raise TemplateError(f"the template is longer than {LONGEST_TEMPLATE // 1024} KiB")
    try:
        return Template(text)
    except jinja2.TemplateSyntaxError as error:
        message = error.message or "it is not a template"
        reason = in_words(message, ENVIRONMENT.filters, ENVIRONMENT.tests)
        raise TemplateError(f"the template is wrong: {reason}", line=error.lineno) from error
    except (RecursionError, SyntaxError, MemoryError, OverflowError) as error:
        raise TemplateError("the template is nested too deeply") from error


def variables(text: str) -> set[str]:
    """Return the variables that *text* reads, as ``ask.summary``."""
    return {str(use) for use in compile_template(text).uses}


@contextlib.contextmanager
def _explained(template: "Template") -> Iterator[None]:
    """Raise what goes wrong while a template is filled in as TemplateError, without any of the values."""
    try:
        yield
    except RecipeError:
        raise
    except (jinja2.UndefinedError, jinja2.exceptions.SecurityError) as error:
        raise TemplateError(
            f"The template {_shown(template.text)} cannot be filled in: {error.message}."
        ) from error
    except Exception as error:  # an expression can raise anything, and its words could hold the values
        raise TemplateError(
            f"The template {_shown(template.text)} cannot be filled in ({type(error).__name__})."
        ) from error


def _shown(text: str) -> str:
    """Return *text* on one line and short enough for a message."""
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= 60 else f'"{line[:57]}..."'


def _single_expression(tree: nodes.Template) -> nodes.Expr | None:
    """Return the expression when the template is exactly one, with nothing around it."""
    match tree.body:
        case [nodes.Output(nodes=[nodes.Expr() as expression])] if not isinstance(
            expression, nodes.TemplateData
        ):
            return expression
    return None


def _uses(tree: nodes.Template) -> Iterator[Use]:
    """Yield every variable that is read, with its first attribute; the names of loops are left out."""
    own: dict[str, str | None] = {"loop": None}
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.target, nodes.Name):
            own[loop.target.name] = _walked(loop.iter)
    own |= {name.name: own.get(name.name) for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    seen: set[int] = set()
    for node in tree.find_all(nodes.Expr):
        if isinstance(node, nodes.Getattr | nodes.Getitem) and isinstance(node.node, nodes.Name):
            seen.add(id(node.node))
            yield from _use(node.node, _attribute(node), own)
        elif (path := _path(node)) is not None and path[0].name not in own:
            yield Use(path[0].name, path[1], path[0].lineno, path[2])
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and id(name) not in seen:
            yield from _use(name, None, own)


def _use(name: nodes.Name, attribute: str | None, own: Mapping[str, str | None]) -> Iterator[Use]:
    """Yield the use of *name*; an item of ``documents`` or of a slot in a loop is checked as such."""
    walked = own.get(name.name)
    if name.name not in own:
        yield Use(name.name, attribute, name.lineno)
    elif walked == "documents" and attribute is not None:
        yield Use("document", attribute, name.lineno)
    elif walked is not None and walked.startswith("ask.") and attribute is not None:
        yield Use("ask", walked.removeprefix("ask.") + "[]", name.lineno, attribute)


def _path(node: nodes.Node) -> tuple[nodes.Name, str, str] | None:
    """Return the name, the attribute and what is read of that one, of ``ask.total.amount``."""
    if not isinstance(node, nodes.Getattr) or not isinstance(node.node, nodes.Getattr | nodes.Getitem):
        return None
    name, attribute = node.node.node, _attribute(node.node)
    return (name, attribute, node.attr) if isinstance(name, nodes.Name) and attribute is not None else None


def _attribute(node: nodes.Getattr | nodes.Getitem) -> str | None:
    if isinstance(node, nodes.Getattr):
        return node.attr
    return node.arg.value if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str) else None


_SAME_ITEMS = frozenset(
    {"__counted", "list", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "unique"}
)
"""Filters that give the items of a list as they are, some left out or in another order; the sandbox's own, too."""


def _walked(node: nodes.Node | None) -> str | None:
    """Return the name or attribute that a loop walks over, through filters and slices; None for anything else."""
    while isinstance(node, nodes.Filter | nodes.Getitem) and _attribute_or_none(node) is None:
        if isinstance(node, nodes.Filter) and node.name not in _SAME_ITEMS and _base(node) != "documents":
            return None
        node = node.node
    if isinstance(node, nodes.Getattr | nodes.Getitem) and isinstance(node.node, nodes.Name):
        return f"{node.node.name}.{_attribute(node)}"
    return node.name if isinstance(node, nodes.Name) else None


def _attribute_or_none(node: nodes.Node) -> str | None:
    return _attribute(node) if isinstance(node, nodes.Getitem) else None


def _base(node: nodes.Node | None) -> str | None:
    """Return the name that a loop walks over, through filters and slices."""
    while isinstance(node, nodes.Filter | nodes.Getitem):
        node = node.node
    return node.name if isinstance(node, nodes.Name) else None


def _problem(use: Use, scope: Scope) -> str | None:
    """Return what is wrong with one variable, or None."""
    if use.name not in scope.names:
        return f'"{use}" is not known in this template{meant(use.name, scope.names)}'
    attributes = scope.names[use.name]
    if use.inner is not None:
        inside = scope.inside.get(str(use))
        if inside is None or use.inner in inside:
            return None
        shown = str(use).removesuffix("[]")
        return f'"{use.inner}" is not known in {shown}{meant(use.inner, sorted(inside))}'
    if use.attribute is None or attributes is None or use.attribute in attributes:
        return None
    if not attributes:
        return f'"{use}" is not known: the recipe has no {use.name}'
    full = [f"{use.name}.{attribute}" for attribute in sorted(attributes)]
    return f'"{use}" is not known in this template{meant(str(use), full)}'


def meant(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown *word*: what was probably meant, or what there is."""
    known = list(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; known here: {', '.join(known)}" if known else ""
