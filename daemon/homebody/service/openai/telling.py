"""How does a client get an answer while it is written, though the model process may end and write it again?"""

from homebody.errors import HomebodyError, ModelGoneError
from homebody.model.answer import Answer, Progress
from homebody.service.openai.form import Form
from homebody.service.openai.refusal import of
from homebody.service.responding import Client

DONE = "[DONE]"


class Stream:
    """An answer on its way to a client, piece by piece; what was sent is never taken back."""

    def __init__(self, client: Client, form: Form, *, usage: bool) -> None:
        self._client = client
        self._form = form
        self._usage = usage
        self._sent = ""
        self._written = ""

    def hear(self, progress: Progress) -> None:
        """Send what is new. Raises OSError when the client does not take it, ModelGoneError as `_go_on` does."""
        if not self._client.begun and (beginning := self._form.beginning()) is not None:
            self._client.event(beginning)
        if progress.phase == "prefill":
            self._written = ""  # after a death of the process the answer begins again
        if progress.text:
            self._go_on(self._written + progress.text)

    def finish(self, answer: Answer) -> None:
        """Send the rest, and what it cost if that is wanted. Raises like `hear`."""
        self._go_on(answer.text)
        self._client.event(self._form.ending(answer))
        if self._usage:
            self._client.event(self._form.costs(answer))
        self._client.event(DONE)
        self._client.end()

    def fail(self, error: HomebodyError) -> None:
        """Say in the stream why it ends too early. Raises OSError."""
        self._client.event(of(error).to_dict())
        self._client.end()

    def _go_on(self, written: str) -> None:
        """Send what *written* has beyond what was sent.

        Raises ModelGoneError when the answer that was begun again is another one: what was sent stands.
        """
        self._written = written
        new = written[len(self._sent) :]
        if not (written.startswith(self._sent) or self._sent.startswith(written)):
            raise ModelGoneError(
                "The model process ended in the middle of this answer, and begun again it would be another one.",
                hint="Ask again.",
            )
        if new:
            self._client.event(self._form.piece(new))
            self._sent = written
