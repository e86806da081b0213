"""Which file belongs to which of Ollama's models? Its manifests say so; its files are named by their SHA-256.

(ollama: manifest/paths.go, types/model/name.go; a digest that is not 64 hexadecimal digits is never made a path.)
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MODEL, PROJECTOR, ADAPTER = (
    f"application/vnd.ollama.image.{what}" for what in ("model", "projector", "adapter")
)
LARGEST = 4 * 1024 * 1024
MOST = 10_000
DEPTH = 4
"""Host, namespace, model and tag."""

_DIGEST = re.compile(r"sha256[:-]([0-9a-fA-F]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A file of Ollama's with the name that Ollama has for it, and its SHA-256 by its own name."""

    name: str
    path: Path
    sha256: str


def named(root: Path) -> Iterator[Named]:
    """Give the files that the manifests below *root* name: models, projectors and adapters.

    A manifest that cannot be read, or names none, gives nothing.
    """
    folder = root / "manifests"
    for count, manifest in enumerate(sorted(_manifests(folder, DEPTH))):
        if count >= MOST:
            return
        name = name_of(manifest.relative_to(folder).parts)
        for kind, digest in _layers(manifest):
            found = _DIGEST.fullmatch(digest)
            if found is None or kind not in (MODEL, PROJECTOR, ADAPTER):
                continue
            sha256 = found[1].lower()
            yield Named(name=name, path=root / "blobs" / f"sha256-{sha256}", sha256=sha256)


def name_of(parts: tuple[str, ...]) -> str:
    """Return what Ollama calls a model: ``qwen3:8b``, without the host and the name space that are the usual ones."""
    host, space, model, tag = parts
    where = "" if host == "registry.ollama.ai" else f"{host}/"
    return f"{where}{'' if space == 'library' and not where else f'{space}/'}{model}:{tag}"


def _manifests(folder: Path, depth: int) -> Iterator[Path]:
    """Give the files exactly *depth* folders down; links are not followed."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.is_symlink() or entry.name.startswith("."):
            continue
        if depth > 1 and entry.is_dir():
            yield from _manifests(entry, depth - 1)
        elif depth == 1 and entry.is_file():
            yield entry


def _layers(manifest: Path) -> list[tuple[str, str]]:
    """Return the kind and the digest of each layer of a manifest, none of one that cannot be understood."""
    try:
        if manifest.stat().st_size > LARGEST:
            return []
        layers = json.loads(manifest.read_bytes())["layers"]
        return [(str(layer["mediaType"]), str(layer["digest"])) for layer in layers]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
