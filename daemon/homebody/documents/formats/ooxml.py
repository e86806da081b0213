"""How do the parts of a new Office document hang together? By relationships (ECMA-376, part 2)."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from homebody.documents.extract import FormatError
from homebody.documents.formats.markup import Sink, get, parse
from homebody.documents.formats.package import Package


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship: its kind in one word, and the part that it leads to."""

    kind: str
    target: str


class Relations(Sink):
    """The relationships of one part, by their number, in order."""

    def __init__(self, package: Package, part: str = "") -> None:
        """Read them; a part without any has none. Raises FormatError."""
        self.all: dict[str, Relation] = {}
        self._folder, name = posixpath.split(part)
        source = posixpath.join(self._folder, "_rels", f"{name}.rels")
        if source in package.names:
            parse(package.blocks(source), self, package.damaged("its list of parts is broken"))

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up a relationship; those to other files and addresses are left alone."""
        target, kind = get(attributes, "Target") or "", get(attributes, "Type") or ""
        if tag != "Relationship" or (get(attributes, "TargetMode") or "").lower() == "external":
            return
        path = posixpath.normpath(posixpath.join("/", self._folder, target)).lstrip("/")
        self.all[get(attributes, "Id") or ""] = Relation(kind.rpartition("/")[2], path)

    def of(self, kind: str) -> list[str]:
        """Return the parts of that kind, each once."""
        return list(dict.fromkeys(one.target for one in self.all.values() if one.kind == kind))


def main_part(package: Package, folder: str) -> str:
    """Return the part that is the document; it lies in *folder*. Raises FormatError when there is none."""
    found = [part for part in Relations(package).of("officeDocument") if part in package.names]
    if not found:
        raise FormatError(package.damaged("the document itself is missing"))
    if not found[0].startswith(f"{folder}/"):
        raise FormatError(f"the file is named {package.kind} and is another kind of document")
    return found[0]
