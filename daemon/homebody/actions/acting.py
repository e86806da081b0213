"""Which names of files do more than hold words: files that act when they are opened, and names that hide?"""

from pathlib import Path

from homebody.errors import EffectError

OPENED = frozenset(
    (
        *(".desktop", ".url", ".webloc", ".inetloc", ".fileloc", ".lnk", ".scf", ".library-ms", ".search-ms"),
        *(".settingcontent-ms", ".jnlp", ".rdp", ".mobileconfig", ".terminal", ".workflow", ".command", ".tool"),
        *(".scpt", ".scptd", ".applescript", ".app", ".action", ".bat", ".cmd", ".com", ".exe", ".msi", ".scr", ".pif"),
        *(".ps1", ".psm1", ".vb", ".vbs", ".vbe", ".jse", ".wsf", ".wsh", ".hta", ".cpl", ".reg", ".inf", ".chm"),
        *(".appimage", ".run", ".deb", ".rpm", ".pkg", ".dmg", ".jar", ".xpi", ".crx", ".mht", ".mhtml"),
        *(".iqy", ".slk", ".dqy", ".oqy", ".rqy", ".odc", ".docm", ".dotm", ".xlsm", ".xlam", ".xltm", ".pptm"),
        *(".pth", ".pyc", ".pyo", ".pyd", ".so", ".dylib", ".dll", ".kext", ".service", ".timer", ".socket", ".plist"),
    )
)  # fmt: skip
"""Endings of files that do something when a person or a program meets them, and hold no words that anybody reads."""

PROGRAMS = frozenset(
    {".sh", ".bash", ".zsh", ".fish", ".csh", ".ksh", ".py", ".pyw", ".rb", ".pl", ".php", ".lua", ".js", ".mjs",
     ".cjs", ".ts", ".r", ".el", ".vim", ".tcl", ".ahk", ".csx", ".groovy", ".ipynb", ".mdx"}
)  # fmt: skip
"""Endings of programs that people read and write, too: a recipe may name one, a value may not make one."""

NAMES = frozenset(
    {"desktop.ini", "autorun.inf", "makefile", "gnumakefile", "dockerfile", "jenkinsfile", "rakefile"}
)
"""Whole names that programs look for and obey."""

_SETTINGS = frozenset(
    {".git", ".hg", ".svn", ".ssh", ".gnupg", ".aws", ".kube", ".vscode", ".idea", ".obsidian"}
)
_STARTED = frozenset({"launchagents", "launchdaemons", "site-packages", "dist-packages"})
_PAIRS = frozenset({(".config", "autostart"), ("systemd", "user"), (".config", "homebody"), ("git", "hooks")})


def acts(name: str) -> bool:
    """Return whether a file called *name* would be one that acts, or a program."""
    return Path(name).suffix.casefold() in OPENED | PROGRAMS or name.casefold() in NAMES


def harmless(name: str, *, written: str = "", own: str = "") -> str:
    """Return *name*, or one that does not act: its last dot a dash, an obeyed name with an underscore before it.

    What the recipe's text ends with, *written*, may be, and what the file that is moved has already: *own*, its name.
    """
    suffix = Path(name).suffix.casefold()
    mine = suffix == Path(own).suffix.casefold() and own != ""
    if suffix in OPENED | PROGRAMS and not mine and not written.casefold().endswith(suffix):
        stem, _dot, ending = name.rpartition(".")
        return f"{stem}-{ending}"
    if name.casefold() in NAMES and name != own and not written.casefold().endswith(f"/{name.casefold()}"):
        return f"_{name}"
    return name


def refuse_to_make(name: str) -> None:
    """Raise ValueError for a destination that ends in what acts when it is opened; *name* is its last words."""
    suffix = Path(name.strip().rsplit("/", 1)[-1]).suffix.casefold()
    if suffix in OPENED:
        raise ValueError(
            f"files that end in {suffix} act when they are opened: write words into another kind"
        )


def power_of(folder: Path) -> str | None:
    """Return the part of *folder* that makes what lies in it act by itself, None for an ordinary one."""
    parts = [part.casefold() for part in folder.parts]
    for before, part in zip(["", *parts], parts, strict=False):
        if part in _SETTINGS | _STARTED or (before, part) in _PAIRS:
            return part
    return None


def refuse_hidden(path: Path, root: Path, written: str, own: Path | None) -> None:
    """Raise EffectError when a part of *path* below *root* hides, unless the recipe or the file itself has it so."""
    for part in path.relative_to(root).parts:
        known = f"/{part}" in written or (own is not None and part in own.parts)
        if part.startswith(".") and not known:
            raise EffectError("The destination would be hidden by its name: nothing was written.")
