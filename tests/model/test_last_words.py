"""What a person reads of a process's last complaints."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.model.last_words import LONGEST, last_words


@pytest.mark.parametrize(
    ("tail", "words"),
    [
        (b"", ""),
        (b"\n \n", ""),
        (b"one\n\ntwo\nthree\nfour\n", "two / three / four"),
        (b"ggml: GGML_ASSERT(n > 0) failed\nbacktrace\nof\nmany lines\n", "GGML_ASSERT(n > 0) failed"),
        (
            b"/tmp/pip-install-x1/llama-cpp-python_9/vendor/ggml/src/ggml.c:1461: GGML_ASSERT(wtype) failed\n",
            "ggml.c:1461: GGML_ASSERT(wtype) failed",
        ),
        (b"ggml: vendor/llama.cpp/src/llama-grammar.cpp:948: GGML_ASSERT(!stacks.empty()) failed",
         "llama-grammar.cpp:948: GGML_ASSERT(!stacks.empty()) failed"),
        (b"terminate called after throwing an instance of 'std::runtime_error'\n  what():  no\n",
         "terminate called after throwing an instance of 'std::runtime_error'"),
        (b"cannot open /home/anna/Models/big.gguf\n", "cannot open big.gguf"),
        (b"the folder /home/anna/Models is gone\n", "the folder Models is gone"),
        (b"12 tok/s and 3 / 4\n", "12 tok/s and 3 / 4"),
        (b"red \x1b[31m\ttab\xff\n", "red [31m tab\N{REPLACEMENT CHARACTER}"),
    ],
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_in_one_line(tail: bytes, words: str) -> None:
    """The native library's own reason if it gave one, else the last lines; no folders, no codes for a terminal."""
    assert words == last_words(tail)


@given(st.binary(max_size=8192) | st.text(alphabet="/a.: \n(", max_size=8192).map(str.encode))
def test_whatever_it_said(tail: bytes) -> None:
    """Any bytes become one short printable line."""
    words = last_words(tail)

    assert len(words) <= LONGEST
    assert words.isprintable()
