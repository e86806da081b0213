"""The kinds of action. Adding one is adding a file and a line in ``ALL``."""

from homebody.actions.action import Action, World
from homebody.actions.append import AppendAction
from homebody.actions.copy import CopyAction
from homebody.actions.extract_text import ExtractTextAction
from homebody.actions.front_matter import FrontMatterAction
from homebody.actions.hard_link import HardLinkAction
from homebody.actions.move import MoveAction
from homebody.actions.notify import NotifyAction
from homebody.actions.rename import RenameAction
from homebody.actions.replace_text import ReplaceTextAction
from homebody.actions.tag import TagAction
from homebody.actions.trash import TrashAction
from homebody.actions.write import WriteAction

ALL: tuple[type[Action], ...] = (
    WriteAction, FrontMatterAction, AppendAction, RenameAction, MoveAction, CopyAction, TagAction, TrashAction,
    HardLinkAction, ReplaceTextAction, ExtractTextAction, NotifyAction,
)  # fmt: skip

__all__ = [
    "ALL", "Action", "AppendAction", "CopyAction", "ExtractTextAction", "FrontMatterAction", "HardLinkAction",
    "MoveAction", "NotifyAction", "RenameAction", "ReplaceTextAction", "TagAction", "TrashAction", "World",
    "WriteAction",
]  # fmt: skip
