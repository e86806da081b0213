"""The kinds of filter. Adding one is adding a file and a line in ``ALL``."""

from homebody.filters.extension import ExtensionFilter
from homebody.filters.filter import FileFacts, Filter
from homebody.filters.name import NameFilter
from homebody.filters.size import SizeFilter

ALL: tuple[type[Filter], ...] = (ExtensionFilter, NameFilter, SizeFilter)

__all__ = ["ALL", "ExtensionFilter", "FileFacts", "Filter", "NameFilter", "SizeFilter"]
