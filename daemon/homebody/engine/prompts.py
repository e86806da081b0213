"""How does a conversation become tokens, and which of them are the same for every document?"""

from collections.abc import Sequence
from dataclasses import dataclass

from homebody.engine.chat import ChatTemplate
from homebody.engine.vocabulary import COUNTED_AT_ONCE, Vocabulary
from homebody.errors import ModelError, PromptTooLongError
from homebody.messages import Message, Part

SHORTER = "Give it less to read at once, or use a model with a larger context."


@dataclass(frozen=True, slots=True)
class Prompt:
    """The tokens of a prompt; the first *static* of them hold nothing of a document.

    *ending* is what the template puts after the last message. *durable* is *static* where that may outlive the
    process: a document follows it, and no conversation came before; else 0. The document ends with token *document*.
    """

    tokens: Sequence[int]
    static: int
    ending: str = ""
    durable: int = 0
    document: int = 0


class Prompts:
    """Makes prompts in the way of one model."""

    def __init__(self, vocabulary: Vocabulary, *, context: int) -> None:
        """Compile the model's chat template. Raises ModelError when it is not one."""
        self._weights = vocabulary.weights
        self._vocabulary = vocabulary
        self._context = context
        self._bos, bos_text = self._weights.special("bos")
        self._template = ChatTemplate(
            self._weights.template(), bos=bos_text, eos=self._weights.special("eos")[1]
        )

    def build(self, messages: Sequence[Message], *, raw: bool = False) -> Prompt:
        """Return the whole prompt; only the template's own words may be control tokens.

        A *raw* prompt is what the messages say and nothing else, and names of control tokens in it are those tokens,
        but for what comes from a document: whoever asks makes a template of their own. None of it counts as static.

        Raises ModelError when the template refuses the conversation, PromptTooLongError for a part that is so long
        that its tokens alone would take our memory.
        """
        tokens: list[int] = []
        static: int | None = None
        document = 0
        pieces = self._plain(messages) if raw else self._template.pieces(messages)
        for piece in pieces:
            if not isinstance(piece, Part):
                tokens += self._weights.tokenize(piece, special=True)
                continue
            if piece.data and static is None:
                static = len(tokens)
            self._refuse_endless(piece.text)
            tokens += self._weights.tokenize(piece.text, special=raw and not piece.data)
            if piece.data and not document:
                document = len(tokens)
        if self._weights.adds_bos() and self._bos >= 0 and tokens[:1] != [self._bos]:
            tokens.insert(0, self._bos)
            static, document = (None, 0) if static is None else (static + 1, document + 1)
        if raw:
            return Prompt(tokens, 0)
        ending = pieces[-1] if pieces and isinstance(pieces[-1], str) else ""
        if static is None:
            return Prompt(tokens, len(tokens), ending)
        durable = 0 if talked(messages) else static
        return Prompt(tokens, static, ending, durable=durable, document=document)

    @staticmethod
    def _plain(messages: Sequence[Message]) -> list[str | Part]:
        """Return what the messages say."""
        return [part for message in messages for part in message.parts if part.text]

    def usual_ending(self) -> str:
        """Return what the template puts after the last message, nothing when it refuses a plain question."""
        try:
            return self.build((Message(role="user", parts=(Part(text="?"),)),)).ending
        except ModelError:
            return ""

    def refuse(self, prompt: Prompt, max_tokens: int) -> None:
        """Raise when there is nothing to do, or no room to do it in: PromptTooLongError with the counts."""
        count = len(prompt.tokens)
        if not count or max_tokens < 1:
            raise ModelError(
                "There is nothing to answer: the prompt is empty, or the answer may have no token."
            )
        if count + max_tokens > self._context:
            raise PromptTooLongError(
                f"The prompt has {count} tokens and its answer may take {max_tokens}: "
                f"together more than the {self._context} of the model's context.",
                hint=SHORTER,
            )

    def _refuse_endless(self, text: str) -> None:
        if len(text) > COUNTED_AT_ONCE:
            count = self._vocabulary.count(text)
            if count > 2 * self._context:
                raise PromptTooLongError(
                    f"A part of the prompt has {count} tokens, and the model's context only {self._context}.",
                    hint=SHORTER,
                )


def talked(messages: Sequence[Message]) -> bool:
    """Return whether something was answered before the first document: then what came before it is a conversation."""
    for message in messages:
        if any(part.data for part in message.parts):
            return message.role == "assistant"
        if message.role == "assistant":
            return True
    return False
