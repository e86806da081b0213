"""Which files does this Python need, so that it and its own children go on working inside the seal?"""

import functools
import os
import site
import struct
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import homebody

SHARED_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
LOADER_FILES = ("/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/ld.so.conf", "/etc/ld.so.conf.d")
TIME_AND_PLACE = (
    "/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo", "/usr/share/locale", "/etc/locale.alias",
)  # fmt: skip
NAMES = ("/etc/passwd", "/etc/group", "/etc/nsswitch.conf")
CRYPTOGRAPHY = ("/etc/ssl/openssl.cnf", "/etc/crypto-policies", "/proc/sys/crypto/fips_enabled")
MACHINE = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat")

PROGRAM_INTERPRETER = 3
"""PT_INTERP, the program header that names the ELF loader (elf(5))."""


HOMEBREW = ("/opt/homebrew", "/usr/local")
"""Where Homebrew keeps what it installs, on Apple silicon and on Intel (its documentation)."""


@functools.cache
def interpreter_paths() -> tuple[Path, ...]:
    """Return the real paths that this Python and its children read; only such as exist.

    The standard library, site-packages with the source folders of editable installs, the virtual environment,
    shared libraries, time zones. No system folder of programs is among them, so the ELF loader, which may be
    started, finds nothing to load there.
    """
    real = dict.fromkeys(path.resolve() for path in wanted_paths())
    return tuple(path for path in real if not any(parent in real for parent in path.parents))


@functools.cache
def wanted_paths() -> tuple[Path, ...]:
    """Return the same by the names under which this Python looks for them; only such as exist."""
    fixed = (*SHARED_LIBRARIES, *LOADER_FILES, *TIME_AND_PLACE, *NAMES, *CRYPTOGRAPHY, *MACHINE)
    found = [Path(path) for path in fixed]
    found += _python_folders()
    found += [source for folder in _site_folders() for source in _editable_sources(folder)]
    found += interpreter_programs()
    return tuple(dict.fromkeys(path for path in found if _readable(path)))


@functools.cache
def interpreter_programs() -> tuple[Path, ...]:
    """Return the only files that may be started: this interpreter and the ELF loader that it names."""
    program = Path(sys.executable).resolve()
    loader = elf_loader(program)
    return (program,) if loader is None else (program, loader.resolve())


def elf_loader(program: Path) -> Path | None:
    """Return the loader that the ELF file *program* names, None for a static one (elf(5), 64 bits)."""
    with program.open("rb") as file:
        head = file.read(64)
        if head[:5] != b"\x7fELF\x02":
            return None
        table, size, count = struct.unpack_from("<Q", head, 32)[0], *struct.unpack_from("<HH", head, 54)
        file.seek(table)
        headers = file.read(size * count)
        for at in range(0, len(headers), size):
            kind, _flags, offset, _virtual, _physical, length = struct.unpack_from("<IIQQQQ", headers, at)
            if kind == PROGRAM_INTERPRETER:
                file.seek(offset)
                return Path(os.fsdecode(file.read(length).rstrip(b"\0")))
    return None


def _python_folders() -> Iterator[Path]:
    """Yield the standard library, the virtual environment and the folder that our own package is in."""
    base = Path(sys.base_prefix)
    yield from (base / "lib", base / "lib64")
    yield from of_macos(base, base.resolve())
    for name in ("stdlib", "platstdlib"):
        yield Path(sysconfig.get_path(name))
    library = sysconfig.get_config_var("LIBDIR")
    if library:
        yield Path(library)
    if sys.prefix != sys.base_prefix:
        yield Path(sys.prefix)
    yield from _site_folders()
    yield Path(f"/etc/python{sys.version_info.major}.{sys.version_info.minor}")  # Debian's sitecustomize
    package = homebody.__file__
    assert package is not None, "homebody is a package with a file"
    yield Path(package).parent


def of_macos(base: Path, real: Path) -> Iterator[Path]:
    """Yield what a Python of python.org or Homebrew loads from beside its own folder *base*, *real* without links.

    A framework keeps its library and a program of its own in it; Homebrew's links to OpenSSL, SQLite and others.
    """
    if any(part.endswith(".framework") for part in real.parts):
        yield base
    for prefix in HOMEBREW:
        if Path(prefix, "Cellar") in real.parents:
            yield from (Path(prefix, "Cellar"), Path(prefix, "opt"))


def _site_folders() -> tuple[Path, ...]:
    return tuple(Path(folder) for folder in site.getsitepackages())


def _editable_sources(folder: Path) -> Iterator[Path]:
    """Yield the folders that the .pth files in *folder* add to the import path (site.addpackage)."""
    for file in sorted(folder.glob("*.pth")) if _readable(folder) else ():
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.strip() and not line.startswith(("#", "import ", "import\t")):
                yield folder / line.strip()


def _readable(path: Path) -> bool:
    return os.access(path, os.R_OK)
