"""Which words belong to which topic? Written for the project; the model learns tags by these families."""

from pathlib import Path


def _read() -> dict[str, str]:
    """Return the words of each topic: a line that begins with a blank goes on with the topic above it."""
    found: dict[str, str] = {}
    topic = ""
    for line in Path(__file__).with_name("topics.txt").read_text("utf-8").splitlines():
        if not line.startswith(" "):
            topic = line.split(":")[0]
        found[topic] = f"{found.get(topic, '')} {line.removeprefix(topic + ': ').strip()}".strip()
    return found


TOPICS: dict[str, str] = _read()

KINDS: tuple[str, ...] = (
    "note", "mail", "invoice", "receipt", "minutes", "list", "recipe", "journal", "article", "code",
    "letter", "plan", "report", "story", "advert", "manual",
)  # fmt: skip

SHIPPED_TAGS: tuple[str, ...] = (
    "work", "meeting", "invoice", "travel", "house", "health", "family", "school", "recipe", "garden",
    "music", "code", "car", "book", "idea",
)  # fmt: skip


def family(topic: str) -> list[str]:
    """Return the words of *topic*."""
    return TOPICS[topic].split()
