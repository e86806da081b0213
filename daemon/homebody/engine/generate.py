"""How does a prompt become an answer: what is read anew, what is written, when does it stop?"""

import codecs
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from homebody.engine.chat import ChatTemplate
from homebody.engine.copying import KEY, Copying, copy_bias
from homebody.engine.grammar import choose, refuse_dangerous
from homebody.engine.llama import CHUNK, AbortedError, Grammar, Llama
from homebody.engine.repeats import Repeats
from homebody.engine.sampler import Sampler, seed_in_use
from homebody.errors import ModelError, PromptTooLongError
from homebody.messages import Message, Part
from homebody.sampling import Sampling

COUNTED_AT_ONCE = 256 * 1024
"""Characters that are counted in one piece: the tokenizer's memory grows with them."""

BLOCK = 64
"""Tokens of a prompt are kept for the next one in multiples of this, which every batched kernel's tile divides."""

TELL_SECONDS = 0.1

SHORTER = "Give it less to read at once, or use a model with a larger context."

Report = Callable[[str, int, int], None]


class Watch(Protocol):
    """Whether to go on."""

    def over(self) -> bool:
        """Return whether to stop."""

    def check(self) -> None:
        """Raise the reason when the work should stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """An answer and what it cost."""

    text: str
    tokens: list[int]
    prompt_tokens: int
    cached_tokens: int
    answer_tokens: int
    prefill_seconds: float
    decode_seconds: float
    stop: str
    seed: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return asdict(self)


class Engine:
    """One model, one sequence; what was read stays in memory as far as the next prompt begins alike."""

    def __init__(self, llama: Llama) -> None:
        self._llama = llama
        self._bos, bos_text = llama.special("bos")
        self._template = ChatTemplate(llama.template(), bos=bos_text, eos=llama.special("eos")[1])
        self._read: list[int] = []
        self._sampler = Sampler(Sampling(), None)
        self._in_blocks = 0
        self._mute = self._mute_tokens()
        self._bias = copy_bias(llama.metadata(KEY))
        self._enders = np.array([token for token in range(llama.size) if llama.ends(token)], dtype=np.int32)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text alone; a very long one is counted in slices, one too many each."""
        return [
            sum(
                len(self._llama.tokenize(text[start : start + COUNTED_AT_ONCE], special=False))
                for start in range(0, len(text), COUNTED_AT_ONCE)
            )
            for text in texts
        ]

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """Return the tokens of the whole prompt; only the template's own words may be control tokens."""
        tokens: list[int] = []
        for piece in self._template.pieces(messages):
            if isinstance(piece, Part):
                self._refuse_endless(piece.text)
                tokens += self._llama.tokenize(piece.text, special=False)
            else:
                tokens += self._llama.tokenize(piece, special=True)
        if self._llama.adds_bos() and self._bos >= 0 and tokens[:1] != [self._bos]:
            tokens.insert(0, self._bos)
        return tokens

    def check_grammar(self, text: str) -> None:
        """Raise ModelError with the reason when a grammar cannot be used."""
        refuse_dangerous(text)
        grammar = self._llama.grammar(text)
        logits = np.zeros(self._llama.size, dtype=np.float32)
        logits[self._mute] = -np.inf
        try:
            if choose(logits, grammar) is None:
                raise ModelError(
                    "The grammar cannot be used: nothing that this model can write fits its beginning."
                )
        finally:
            grammar.close()

    def generate(
        self, prompt: list[int], *, grammar: str | None, max_tokens: int, watch: Watch, report: Report,
        sampling: Sampling,
    ) -> Generated:  # fmt: skip
        """Return the answer to *prompt*, its tokens chosen by *sampling*.

        Raises PromptTooLongError with the counts, what *watch* raises, ModelError for a grammar that cannot
        be used.
        """
        self._refuse(prompt, max_tokens)
        matcher = self._compile(grammar)
        self._sampler = Sampler(sampling, seed := seed_in_use(sampling))
        self._llama.abort_when(watch.over)
        try:
            began = time.monotonic()
            cached = self._prefill(prompt, watch, report)
            read = time.monotonic()
            copying = self._copying(prompt) if matcher is not None and self._bias else None
            tokens, stop = self._decode(max_tokens, matcher, copying, watch, report)
            done = time.monotonic()
        except AbortedError:
            self._read = self._read[: self._llama.held()]
            watch.check()
            raise ModelError("The model gave a step up for no known reason.") from None
        except ModelError:
            self._forget_if_damaged()
            raise
        finally:
            self._llama.abort_when(None)
            if matcher is not None:
                matcher.close()
        return Generated(
            text=self.text(tokens), tokens=tokens, prompt_tokens=len(prompt), cached_tokens=cached,
            answer_tokens=len(tokens), prefill_seconds=read - began, decode_seconds=done - read, stop=stop, seed=seed,
        )  # fmt: skip

    def text(self, tokens: Sequence[int]) -> str:
        """Return what the tokens say; a character that was cut off at the end is left out, not guessed."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        return "".join(decoder.decode(self._llama.piece(token)) for token in tokens)

    def _refuse_endless(self, text: str) -> None:
        """Raise PromptTooLongError for a text so long that its tokens alone would take our memory."""
        if len(text) > COUNTED_AT_ONCE:
            count = self.count([text])[0]
            if count > 2 * self._llama.context:
                raise PromptTooLongError(
                    f"A part of the prompt has {count} tokens, and the model's context only {self._llama.context}.",
                    hint=SHORTER,
                )

    def _refuse(self, prompt: list[int], max_tokens: int) -> None:
        """Raise when there is nothing to do, or no room to do it in."""
        if not prompt or max_tokens < 1:
            raise ModelError(
                "There is nothing to answer: the prompt is empty, or the answer may have no token."
            )
        if len(prompt) + max_tokens > self._llama.context:
            raise PromptTooLongError(
                f"The prompt has {len(prompt)} tokens and its answer may take {max_tokens}: "
                f"together more than the {self._llama.context} of the model's context.",
                hint=SHORTER,
            )

    def _compile(self, grammar: str | None) -> Grammar | None:
        """Return the compiled grammar, if there is one."""
        if grammar is None:
            return None
        refuse_dangerous(grammar)
        return self._llama.grammar(grammar)

    def _prefill(self, prompt: list[int], watch: Watch, report: Report) -> int:
        """Read the prompt but for what is already in memory; return how many tokens that was.

        Only what was read in whole blocks is taken from memory: the native kernels round a token that is read alone
        otherwise than one in a batch, and the answer must not depend on what was asked before. The last token is
        always read again: its logits are wanted.
        """
        common = next(
            (place for place, (old, new) in enumerate(zip(self._read, prompt, strict=False)) if old != new),
            min(len(self._read), len(prompt)),
        )
        usable = min(common, self._in_blocks, len(prompt) - 1)
        cached = self._llama.keep(usable - usable % BLOCK)
        self._read = self._read[:cached]
        self._in_blocks = cached
        total = len(prompt)
        report("prefill", cached, total)
        for start, chunk in _chunks(prompt, cached):
            watch.check()
            self._step(chunk, output=start + len(chunk) == total)
            self._in_blocks = len(self._read) - len(self._read) % BLOCK
            report("prefill", start + len(chunk), total)
        return cached

    def _decode(
        self, max_tokens: int, matcher: Grammar | None, copying: Copying | None, watch: Watch, report: Report
    ) -> tuple[list[int], str]:
        """Write until an end token, the grammar's end or the limit; return the tokens and which."""
        tokens: list[int] = []
        repeats = Repeats()
        told = 0.0
        while True:
            watch.check()
            if copying is not None:
                self._llama.logits()[copying.likely()] += self._bias
            token = self._next(matcher, repeats.again(tokens))
            if token is None or self._llama.ends(token):
                return tokens, "end"
            tokens.append(token)
            self._sampler.note(token)
            repeats.note(tokens)
            if copying is not None:
                copying.note(token)
            if time.monotonic() - told >= TELL_SECONDS:
                told = time.monotonic()
                report("decode", len(tokens), max_tokens)
            if matcher is not None:
                matcher.accept(token)
                if self._complete(matcher):
                    return tokens, "end"
            if len(tokens) == max_tokens:
                return tokens, "limit"
            self._step([token], output=True)

    def _step(self, tokens: list[int], *, output: bool) -> None:
        """Read *tokens* after what was read before."""
        self._llama.step(tokens, len(self._read), output=output)
        self._read += tokens

    def _copying(self, prompt: list[int]) -> Copying:
        """Return what follows an answer to *prompt* for a model that is made for copying."""
        pieces = [self._llama.piece(token) for token in range(self._llama.size)]
        return Copying(prompt, pieces, space=self._llama.tokenize(" ", special=False)[0])

    def _next(self, matcher: Grammar | None, passed_over: list[int]) -> int | None:
        """Return the next token, or None when the grammar allows no further one.

        What would go round in a circle is passed over, unless the grammar leaves nothing else.
        """
        logits = self._llama.logits()
        kept = logits[passed_over].copy()
        logits[passed_over] = -np.inf
        if matcher is None:
            return self._sampler.pick(logits, None)
        logits[self._mute] = -np.inf
        found = self._sampler.pick(logits, matcher.allowed)
        if found is None and passed_over:
            logits[passed_over] = kept
            found = self._sampler.pick(logits, matcher.allowed)
        return found

    def _complete(self, matcher: Grammar) -> bool:
        """Return whether the grammar's root is closed: the answer may end here and nothing else may come."""
        if len(self._enders) and not matcher.allowed(self._enders[:1])[0]:
            return False
        everything = np.arange(self._llama.size, dtype=np.int32)
        allowed = matcher.allowed(everything)
        allowed[self._enders] = False
        allowed[self._mute] = False
        return not allowed.any()

    def _mute_tokens(self) -> NDArray[np.int32]:
        """Return the tokens without text that end nothing: a grammar would take them for their names."""
        llama = self._llama
        return np.array(
            [token for token in range(llama.size) if not llama.piece(token) and not llama.ends(token)],
            dtype=np.int32,
        )

    def _forget_if_damaged(self) -> None:
        """Bring what we think was read in line with the memory; after a failed step nothing is trusted."""
        if self._llama.held() != len(self._read):
            self._read = self._read[: self._llama.keep(0)]


def _chunks(tokens: list[int], start: int) -> Iterator[tuple[int, list[int]]]:
    """Return the tokens from *start* on in pieces of at most CHUNK, each with its place.

    What is left of whole blocks is a piece of its own, wherever the reading starts: kernels are chosen by the
    number of tokens in a piece, and another kernel rounds otherwise.
    """
    rest = (len(tokens) - 1) // BLOCK * BLOCK
    for place in range(start, rest, CHUNK):
        yield place, tokens[place : min(place + CHUNK, rest)]
    yield rest, tokens[rest:]
