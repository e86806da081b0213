"""What may a person set, apart from recipes?"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from homebody.errors import SettingsError
from homebody.paths import Home, starter_model
from homebody.quantities import parse_duration, parse_size


def _duration(value: Any) -> Any:
    return value if isinstance(value, timedelta) else parse_duration(str(value))


def _duration_or_none(value: Any) -> Any:
    return None if value is None else _duration(value)


def _size(value: Any) -> Any:
    return parse_size(str(value))


class VaultLimits(BaseModel):
    """How long, and in how much room, the vault keeps what undo and ``show`` need.

    Thirty days is what a desktop's trash keeps: whoever misses something looks for it within a month. A gigabyte
    holds the old contents of some hundred thousand notes, and is one hundredth of a small disk.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep: Annotated[timedelta, BeforeValidator(_duration)] = Field(
        default=timedelta(days=30), ge=timedelta(0), description="How long old contents are kept."
    )
    size: Annotated[int, BeforeValidator(_size)] = Field(
        default=10**9, ge=0, description="How much room they may take; the oldest go first."
    )


class Pictures(BaseModel):
    """How text in pictures is read, where there is a Tesseract."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    languages: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{2,40}$")]] | None = Field(
        default=None,
        description="The languages of text in pictures, by Tesseract's names (eng, deu); all that are installed"
        " if none, and [] reads no pictures.",
    )


class Speech(BaseModel):
    """How recordings are heard, where there is a whisper.cpp."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = Field(default=True, description="Whether recordings are heard at all.")
    model: Path | None = Field(
        default=None,
        description="whisper.cpp's model (ggml-small.bin); the largest quick one that is found if none.",
    )
    language: str = Field(
        default="auto",
        pattern=r"^(auto|[a-z]{2,3})$",
        description="The language that is spoken, as a code (en, de); auto lets each recording tell.",
    )
    library: Path | None = Field(
        default=None, description="whisper.cpp's library (libwhisper.so.1); the one that is found if none."
    )


class Settings(BaseModel):
    """The settings file, ``settings.yaml``: every line is optional."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Path | None = Field(default=None, description="The GGUF file to load; the starter model if none.")
    model_folders: tuple[Path, ...] = Field(
        default=(), description="Folders of your own in which `homebody model list` looks, too."
    )
    pin: str | None = Field(
        default=None,
        pattern="^[0-9a-fA-F]{64}$",
        description="The SHA-256 that the model's file must have; any if none. `homebody model use` sets it.",
    )
    embeddings: Path | None = Field(
        default=None,
        description="The GGUF file of the embedding model for scripts; none if none."
        " `homebody model use NAME --for embeddings` sets it.",
    )
    embeddings_pin: str | None = Field(
        default=None, pattern="^[0-9a-fA-F]{64}$", description="The SHA-256 that this file must have."
    )
    embeddings_overcommit: bool = Field(
        default=False,
        description="Whether that model is loaded also where both do not fit into memory together.",
    )
    context: int = Field(
        default=0, ge=0, le=1_048_576, description="Tokens of context; 0 lets homebody choose."
    )
    threads: int = Field(default=0, ge=0, le=512, description="Threads of the model; 0 takes the real cores.")
    kv: Literal["f16", "q8_0"] = Field(
        default="f16",
        description="How what was read is kept: in 16 bits, or in 8, which takes half the memory.",
    )
    gpu_layers: int | None = Field(
        default=None, ge=0, le=10_000, description="Layers that a GPU may take; all if none, 0 for no GPU."
    )
    overcommit: bool = Field(
        default=False, description="Whether the model is loaded also where it does not fit into memory."
    )
    unload_after: Annotated[timedelta | None, BeforeValidator(_duration_or_none)] = Field(
        default=None,
        ge=timedelta(seconds=1),
        description="After how long without work the model gives its memory back; never if none.",
    )
    on_battery: Literal["go_on", "pause"] = Field(
        default="go_on",
        description="Whether runs that nobody waits for go on or pause while the computer runs on battery.",
    )
    rescan: float = Field(
        default=300, ge=1, le=86_400, description="Seconds between two looks at all folders."
    )
    settle: float = Field(default=5, ge=0.05, le=3600, description="Seconds a file must lie still.")
    vault: VaultLimits = Field(default_factory=VaultLimits, description="How much undo keeps, and how long.")

    ocr: Pictures = Field(default_factory=Pictures, description="How text in pictures and scans is read.")

    speech: Speech = Field(default_factory=Speech, description="How recordings are heard.")

    def model_path(self) -> Path:
        """Return the model file to load, ``~`` expanded."""
        return self.model.expanduser() if self.model else starter_model()

    def embeddings_path(self) -> Path | None:
        """Return the embedding model's file, ``~`` expanded, None where there is none."""
        return self.embeddings and self.embeddings.expanduser()


def load_settings(home: Home) -> Settings:
    """Return the settings of *home*, or the defaults when there is no file.

    Raises SettingsError naming the file, the line where YAML knows it, and what is wrong.
    """
    try:
        text = home.settings.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{home.settings} cannot be read: {error}.") from error
    try:
        values = yaml.safe_load(text) or {}
        return Settings.model_validate(values)
    except yaml.YAMLError as error:
        raise SettingsError(f"{home.settings} is not valid YAML: {error}") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc'])) or 'the file'}: {problem['msg']}"
            for problem in error.errors()
        )
        known = ", ".join(Settings.model_fields)
        raise SettingsError(f"{home.settings}: {problems}.", hint=f"The settings are: {known}.") from error
