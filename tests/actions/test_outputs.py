"""Where an action may make files, as it says itself."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from homebody.actions import AppendAction, FrontMatterAction, WriteAction
from homebody.actions.action import Action, Output, World
from homebody.actions.effect import Effect


class ToFolder(Action):
    """An action whose ``dest`` may be a folder."""

    dest: str

    def plan(self, world: World) -> list[Effect]:
        """Change nothing."""
        return []

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
        """Write nowhere."""
        return ()

    def templates(self) -> Mapping[str, str]:
        """Return the one template."""
        return {"dest": self.dest}


def test_a_destination_is_an_output() -> None:
    """With a number in its name only where the action may give it one."""
    assert (Output(dest="/w/x"),) == AppendAction(dest="/w/x", content="x").outputs()
    assert (Output(dest="/w/x", numbered=True),) == WriteAction(dest="/w/x", content="x").outputs()
    skipping = WriteAction(dest="/w/x", content="x", on_conflict="skip")
    assert (Output(dest="/w/x"),) == skipping.outputs()


def test_a_folder_stands_for_the_name_in_it() -> None:
    """What is brought into a folder keeps its name."""
    assert (Output(dest="/w/a/{{ file.name }}"),) == ToFolder(dest="/w/a/ ").outputs()


def test_a_change_in_place_makes_no_file() -> None:
    """Front matter goes into the file that came."""
    assert () == FrontMatterAction(set={"dest": "x"}).outputs()
