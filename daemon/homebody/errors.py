"""What can go wrong in a way that a person meets, and what they can do about it.

A class's docstring is its message when none is given; ``hint`` says the cure; ``exit_code`` is what the
command line ends with (sysexits.h where it has a number that fits).
"""

import inspect


class HomebodyError(Exception):
    """Something went wrong in homebody."""

    hint: str | None = None
    exit_code: int = 1

    def __init__(self, message: str | None = None, *, hint: str | None = None) -> None:
        super().__init__(message or inspect.cleandoc(type(self).__doc__ or ""))
        if hint is not None:
            self.hint = hint


class UsageError(HomebodyError):
    """What was asked for does not make sense."""

    exit_code = 64


class SchemaError(UsageError):
    """The JSON schema is one that no answer can be held to."""


class RecipeError(HomebodyError):
    """A recipe cannot be used as it is written."""

    exit_code = 65


class SettingsError(HomebodyError):
    """The settings cannot be used as they are written."""

    exit_code = 78


class ModelError(HomebodyError):
    """The model cannot be used."""

    exit_code = 69


class ModelFileError(ModelError):
    """The model file is missing, damaged or not a GGUF file."""


class ModelNotReadyError(ModelError):
    """The model is not loaded, so what needs it waits."""


class ReaderNotReadyError(HomebodyError):
    """No reader process is left, so what is to be read waits until homebody has started again."""

    exit_code = 69


class ReaderBusyError(HomebodyError):
    """Another recording is heard just now, and this one waits until that is over."""

    exit_code = 69


class PromptTooLongError(ModelError):
    """The prompt and its answer do not fit the model's context."""


class GrammarError(ModelError):
    """The grammar cannot be used."""


class ModelGoneError(ModelError):
    """The model process ended while it was working."""


class ModelKilledByPromptError(ModelGoneError):
    """The model process ended twice over this text, so it is set aside."""

    hint = (
        "The others go on. `homebody restart`, then `homebody retry` with the run's number, tries it again."
    )


class CancelledError(ModelError):
    """The run was cancelled."""


class DeadlineError(ModelError):
    """The model did not finish in time."""


class SlotError(HomebodyError):
    """The model's answer does not hold what the recipe asks for."""


class DocumentError(HomebodyError):
    """The document cannot be read."""


class EffectError(HomebodyError):
    """A change to a file could not be made."""


class ChangedSinceError(EffectError):
    """A file changed between the moment it was read and the moment it was to be written."""


class PartlyTakenBackError(EffectError):
    """Something that was changed could not be taken back: somebody had changed it again by then."""


class DiskFullError(EffectError):
    """The disk is full."""


class UndoRefusedError(HomebodyError):
    """The run cannot be undone: a file is no longer as the run left it."""

    exit_code = 75


class JournalError(HomebodyError):
    """The journal cannot be used."""

    exit_code = 74


class AlreadyRunningError(HomebodyError):
    """Another homebody daemon already uses this state folder."""

    exit_code = 73


class NotRunningError(HomebodyError):
    """No homebody daemon is running on this state folder."""

    hint = "Start one with `homebody start`, or in a terminal with `homebody serve`."
    exit_code = 69


class SealError(HomebodyError):
    """The seal could not be put on, so homebody does not start."""

    exit_code = 77
