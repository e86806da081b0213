"""In which form is it told how likely the tokens of an answer were? (``logprobs``, of a chat and of a plain text)"""

from collections.abc import Iterator
from typing import Any

from homebody.model.answer import Answer, Likelihood


def shown(answer: Answer) -> list[Likelihood]:
    """Return the tokens of which the answer's text is made: not those that a stop cut off."""
    found = list(answer.likelihoods or ())
    if answer.stop != "stop":
        return found
    whole = b"".join(_bytes(one) for one in found)
    text = answer.text.encode()
    blanks = 0 if whole.startswith(text) else len(whole) - len(whole.lstrip())
    return [one for one, begin in zip(found, _offsets(found), strict=True) if begin < blanks + len(text)]


def of_chat(answer: Answer) -> dict[str, Any] | None:
    """Return the ``logprobs`` of a chat's answer, None where nobody asked for them."""
    if answer.likelihoods is None:
        return None
    content = [
        _token(one) | {"top_logprobs": [_token(other) for other in one.others]} for one in shown(answer)
    ]
    return {"content": content, "refusal": None}


def of_text(answer: Answer) -> dict[str, Any] | None:
    """Return the ``logprobs`` of a text that goes on, None where nobody asked for them; offsets count characters."""
    if answer.likelihoods is None:
        return None
    found = shown(answer)
    whole = b"".join(_bytes(one) for one in found)
    return {
        "tokens": [_name(one) for one in found],
        "token_logprobs": [one.logprob for one in found],
        "top_logprobs": [{_name(other): other.logprob for other in one.others} for one in found],
        "text_offset": [len(whole[:begin].decode("utf-8", "replace")) for begin in _offsets(found)],
    }


def _offsets(found: list[Likelihood]) -> Iterator[int]:
    """Yield at which byte each token begins."""
    begin = 0
    for one in found:
        yield begin
        begin += len(_bytes(one))


def _bytes(one: Likelihood) -> bytes:
    return b"" if one.control else one.text


def _name(one: Likelihood) -> str:
    """Return a token's text; one that is a part of a character is named by its bytes, as OpenAI does it."""
    try:
        return one.text.decode()
    except UnicodeDecodeError:
        return "bytes:" + "".join(f"\\x{byte:02x}" for byte in one.text)


def _token(one: Likelihood) -> dict[str, Any]:
    return {"token": _name(one), "logprob": one.logprob, "bytes": None if one.control else list(one.text)}
