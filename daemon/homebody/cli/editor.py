"""``homebody schema``: what editors need, to complete and check a recipe while it is written."""

import json
from contextlib import suppress
from pathlib import Path

import click

from homebody.cli.examples import examples
from homebody.paths import Home
from homebody.recipe.editor_schema import FILE, POINTER, editor_schema


@click.command("schema", epilog=examples("homebody schema"))
def schema_command() -> None:
    """Print the JSON Schema of recipes: every key with what it is for, made from the recipe language itself.

    `homebody new` puts it into your recipes folder as recipe.schema.json, where the first line of the recipe names it:
    VS Code (with its YAML extension) and other editors then complete and check while you type.
    """
    click.echo(schema_text(), nl=False)


def schema_text() -> str:
    """Return the schema as a file holds it."""
    return json.dumps(editor_schema(), ensure_ascii=False, indent=1) + "\n"


def write_schema(home: Home) -> Path:
    """Put the schema into the recipes folder, which is there, and return its path. Raises OSError."""
    path = home.recipes / FILE
    path.write_text(schema_text(), encoding="utf-8")
    return path


def refresh_schema(home: Home) -> None:
    """Write the schema anew where another version of homebody has put one; one that cannot be written stays."""
    path = home.recipes / FILE
    with suppress(OSError, UnicodeDecodeError):
        if path.is_file() and path.read_text(encoding="utf-8") != schema_text():
            write_schema(home)


def pointed(text: str) -> str:
    """Return the recipe *text* with the line at its top by which an editor finds the schema."""
    return text if POINTER in text else f"{POINTER}\n{text}"
