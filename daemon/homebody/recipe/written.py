"""How is a recipe written down that a program has made?"""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    """The safe dumper, with lists indented as people write them, and never an anchor."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002
        """Indent the entries of a list, too."""
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's own signature
        """Never write an anchor."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def written(values: Mapping[str, Any], remarks: Sequence[str]) -> str:
    """Return *values* as the text of a recipe, with *remarks* at its top, each on one line whatever is in it."""
    body = yaml.dump(dict(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**6)
    return "\n".join([*(" ".join(line.split()) for line in remarks), "", body])
