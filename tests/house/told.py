"""What the tests of asking share: one question about a text, and a memory of the steps that were told."""

from homebody.house.asker import ask_about
from homebody.recipe.schema import Ask
from homebody.slots import TextSlot
from homebody.testing import FakeModel


class Told:
    """Remembers the steps that were told."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, dict[str, object]]] = []

    def __call__(self, name: str, **detail: object) -> None:
        self.steps.append((name, detail))

    def names(self) -> list[str]:
        """Return the steps' names."""
        return [name for name, _ in self.steps]


SUMMARY = Ask.model_construct(prompt="Summarise.", language="same", output={"summary": TextSlot(max=100)})


def ask(
    model: FakeModel,
    text: str,
    *,
    overflow: str = "summarize",
    asked: Ask = SUMMARY,
    told: Told | None = None,
):
    """Ask about *text*."""
    return ask_about(model, asked, text, overflow=overflow, tell=told or Told())
