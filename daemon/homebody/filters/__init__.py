"""The kinds of filter. Adding one is adding a file and a line in ``ALL``."""

from homebody.filters.age import AgeFilter
from homebody.filters.contains import ContainsFilter
from homebody.filters.duplicate import DuplicateFilter
from homebody.filters.extension import ExtensionFilter
from homebody.filters.filter import Closer, FileFacts, Filter, Stage
from homebody.filters.groups import AllFilter, AnyFilter, Group, NoneFilter
from homebody.filters.language import LanguageFilter
from homebody.filters.marks import FrontMatterFilter, TaggedFilter
from homebody.filters.mime import MimeFilter
from homebody.filters.moment import CreatedFilter, ModifiedFilter
from homebody.filters.name import NameFilter
from homebody.filters.place import DepthFilter, EmptyFilter
from homebody.filters.size import SizeFilter

ALL: tuple[type[Filter], ...] = (
    ExtensionFilter,
    NameFilter,
    SizeFilter,
    AgeFilter,
    CreatedFilter,
    ModifiedFilter,
    DepthFilter,
    EmptyFilter,
    MimeFilter,
    TaggedFilter,
    FrontMatterFilter,
    ContainsFilter,
    LanguageFilter,
    DuplicateFilter,
    AnyFilter,
    AllFilter,
    NoneFilter,
)

__all__ = [
    "ALL",
    "Closer",
    "ExtensionFilter",
    "FileFacts",
    "Filter",
    "Group",
    "NameFilter",
    "SizeFilter",
    "Stage",
]
