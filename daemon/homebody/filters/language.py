"""The language filter: files by the language in which they are written."""

from typing import Any, ClassVar

from pydantic import Field, field_validator

from homebody.filters.filter import FileFacts, Filter, Stage
from homebody.filters.tongues import LANGUAGES, language_of


class LanguageFilter(Filter):
    """``language: de`` or ``language: [de, fr]``: most of the text is in one of these languages.

    Told from the script and the small words of the text, so that a few lines of running text are enough and a list
    of names is not: then it is in no language, and ``not language`` takes it.
    """

    kind: ClassVar[str] = "language"

    codes: tuple[str, ...] = Field(min_length=1, max_length=50, description="Codes of ISO 639-1, as in de.")

    @field_validator("codes")
    @classmethod
    def _known(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(code.strip().lower() for code in codes)
        for code in plain:
            if code not in LANGUAGES:
                raise ValueError(f'"{code}" cannot be told here; these can: {", ".join(LANGUAGES)}')
        return tuple(dict.fromkeys(plain))

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return one code as a list of one; Norwegian may be called by its older code."""
        codes = [value] if isinstance(value, str) else value
        return {
            "codes": ["nb" if code == "no" else code for code in codes] if isinstance(codes, list) else codes
        }

    def long(self) -> list[str]:
        """Return the codes."""
        return list(self.codes)

    @property
    def stage(self) -> Stage:
        """The reader has to read the file."""
        return Stage.TEXT

    def holds(self, file: FileFacts) -> bool:
        """Return whether the text is in one of the languages."""
        return language_of(file.closer.text()) in self.codes

    def seen(self, file: FileFacts) -> str:
        """Return in which language the text is."""
        code = language_of(file.closer.text())
        return "its language cannot be told" if code is None else f"its language is {code}"
