"""Where do other programs keep their models on this computer?

The places are those that each program documents (LM Studio, Ollama, Hugging Face's hub, llama.cpp, GPT4All, Jan);
nothing is ever written there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A place where models lie: whose it is, its folder, and whether Ollama's manifests say what lies there."""

    name: str
    root: Path
    manifests: bool = False


def stores(
    environ: Mapping[str, str], user: Path, *, mac: bool, own: Iterable[Path] = ()
) -> tuple[Store, ...]:
    """Return every place to look at, the person's *own* folders first; most of them will not be there.

    *environ* can name other places, as each program lets it; *user* is the home folder, *mac* whether it is a Mac.
    """
    cache = Path(environ.get("XDG_CACHE_HOME") or user / ".cache")
    data = Path(environ.get("XDG_DATA_HOME") or user / ".local" / "share")
    config = Path(environ.get("XDG_CONFIG_HOME") or user / ".config")
    support = user / "Library" / "Application Support"
    found = [Store(name="your folder", root=folder.expanduser()) for folder in own]
    found += [Store(name="Ollama", root=root, manifests=True) for root in _ollama(environ, user, mac=mac)]
    found += [
        Store(name="LM Studio", root=user / ".lmstudio" / "models"),
        Store(name="LM Studio", root=cache / "lm-studio" / "models"),
    ]
    found += [Store(name="Hugging Face", root=root) for root in _hub(environ, cache, user)]
    llama = user / "Library" / "Caches" / "llama.cpp" if mac else cache / "llama.cpp"
    found += [Store(name="llama.cpp", root=_named(environ, "LLAMA_CACHE") or llama)]
    gpt4all = support / "nomic.ai" / "GPT4All" if mac else data / "nomic.ai" / "GPT4All"
    found += [Store(name="GPT4All", root=root) for root in (gpt4all, user / ".cache" / "gpt4all")]
    jan = [support / "Jan" / "data"] if mac else [data / "Jan" / "data", config / "Jan" / "data"]
    for folder in jan:
        found += [
            Store(name="Jan", root=folder / "llamacpp" / "models"),
            Store(name="Jan", root=folder / "models"),
        ]
    return (*found, Store(name="Jan", root=user / "jan" / "models"))


def _ollama(environ: Mapping[str, str], user: Path, *, mac: bool) -> list[Path]:
    """Return Ollama's folders: the one it is told to use, the person's, and on Linux its service's."""
    service = [] if mac else [Path("/usr/share/ollama/.ollama/models")]
    named = _named(environ, "OLLAMA_MODELS")
    return [*([named] if named else []), user / ".ollama" / "models", *service]


def _hub(environ: Mapping[str, str], cache: Path, user: Path) -> list[Path]:
    """Return the folders of Hugging Face's hub: that which is named, and the usual one."""
    home = _named(environ, "HF_HOME")
    named = _named(environ, "HF_HUB_CACHE") or _named(environ, "HUGGINGFACE_HUB_CACHE")
    usual = cache / "huggingface" / "hub"
    found = [named, home / "hub" if home else None, usual, user / ".cache" / "huggingface" / "hub"]
    return list(dict.fromkeys(path for path in found if path is not None))


def _named(environ: Mapping[str, str], name: str) -> Path | None:
    return Path(environ[name]).expanduser() if environ.get(name) else None
