"""What does a template say, given what the run knows?

Jinja2 in double braces, with StrictUndefined: a name that is not known is an error when the recipe is loaded.
"""

import contextlib
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.environment import TemplateExpression
from jinja2.runtime import Undefined

from homebody.errors import RecipeError
from homebody.sandbox import CLOSING, ENVIRONMENT, LONGEST_OUTPUT, MARKED, OPENING, STEPS, parse
from homebody.scopes import Scope, Use, meant, problem
from homebody.template_words import in_words

__all__ = ["Piece", "Scope", "Template", "TemplateError", "Use", "compile_template", "meant", "variables"]

LONGEST_TEMPLATE = 64 * 1024


class TemplateError(RecipeError):
    """A template cannot be filled in."""

    def __init__(self, message: str | None = None, *, hint: str | None = None, line: int = 1) -> None:
        super().__init__(message, hint=hint)
        self.line = line


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
            if (what := problem(use, scope)) is not None:
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
    seen: set[int] = (
        set()
    )  # parts of what was found already: a chain comes before the parts that it is made of
    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        if id(node) in seen or (chain := _chain(node)) is None:
            continue
        name, (attribute, *inner) = chain
        yield from _use(name, attribute, own, tuple(inner))
        seen |= {id(part) for part in node.find_all(nodes.Expr)}
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and id(name) not in seen:
            yield from _use(name, None, own)


def _use(
    name: nodes.Name, attribute: str | None, own: Mapping[str, str | None], inner: tuple[str, ...] = ()
) -> Iterator[Use]:
    """Yield the use of *name*; an item of ``documents`` or of a slot in a loop is checked as such."""
    walked = own.get(name.name)
    if name.name not in own:
        yield Use(name.name, attribute, name.lineno, inner)
    elif walked == "documents" and attribute is not None:
        yield Use("document", attribute, name.lineno)
    elif walked is not None and walked.startswith("ask.") and attribute is not None:
        first, *further = f"{walked.removeprefix('ask.')}[]".split(".")
        yield Use("ask", first, name.lineno, (*further, attribute))


def _chain(node: nodes.Node) -> tuple[nodes.Name, tuple[str, ...]] | None:
    """Return the name and the steps down from it, of ``ask.facts.total``; None for what is no such chain."""
    steps: list[str] = []
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        step = _attribute(node)
        if step is None:
            return None
        steps.insert(0, step)
        node = node.node
    return (node, tuple(steps)) if isinstance(node, nodes.Name) and steps else None


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
    if node is not None and (chain := _chain(node)) is not None:
        return ".".join((chain[0].name, *chain[1]))
    return node.name if isinstance(node, nodes.Name) else None


def _attribute_or_none(node: nodes.Node) -> str | None:
    return _attribute(node) if isinstance(node, nodes.Getitem) else None


def _base(node: nodes.Node | None) -> str | None:
    """Return the name that a loop walks over, through filters and slices."""
    while isinstance(node, nodes.Filter | nodes.Getitem):
        node = node.node
    return node.name if isinstance(node, nodes.Name) else None
