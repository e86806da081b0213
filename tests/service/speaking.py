"""OpenAI's own client, on a unix socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import openai


@contextmanager
def speaking(path: Path) -> Iterator[openai.OpenAI]:
    """OpenAI's client, which reaches the socket at *path* and nothing else."""
    with httpx2.Client(transport=httpx2.HTTPTransport(uds=str(path)), trust_env=False, timeout=60) as http:
        yield openai.OpenAI(base_url="http://homebody/v1", api_key="none", http_client=http, max_retries=0)
