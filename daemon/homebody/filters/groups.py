"""The groups: filters of which any, all or none are to hold, in as many layers as are wanted."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from homebody.filters.filter import FileFacts, Filter, Stage


class Group(Filter):
    """Filters that are judged together."""

    shorthands: ClassVar[tuple[Mapping[str, Any], ...]] = ({"$ref": "#/definitions/filter"},)
    _enough: ClassVar[bool]
    """Which answer of one member settles the matter for the group."""
    _then: ClassVar[bool]
    """Whether the group holds when one member has given that answer."""

    filters: tuple[Filter, ...] = Field(min_length=1, max_length=50, description="The filters of the group.")

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return the filters of the group: one alone is a list of one."""
        return {"filters": [value] if isinstance(value, Mapping | str) else value}

    def long(self) -> list[Any]:
        """Return the long forms of the filters."""
        return [{one.word: one.long()} for one in self.filters]

    def holds(self, file: FileFacts) -> bool:
        """Return whether the group holds; members that look less closely are asked first."""
        return bool(self._judged(file, Stage.OTHERS))

    def judged(self, file: FileFacts, upto: Stage) -> bool | None:
        """Return whether *file* is chosen as far as that can be known without a closer look than *upto*."""
        said = self._judged(file, upto)
        return None if said is None else said is not self.negated

    def _judged(self, file: FileFacts, upto: Stage) -> bool | None:
        unknown = False
        for one in sorted(self.filters, key=lambda one: one.stage):
            answer = one.judged(file, upto)
            if answer is self._enough:
                return self._then
            unknown = unknown or answer is None
        return None if unknown else not self._then

    def seen(self, file: FileFacts) -> str | None:
        """Return what those filters saw that decided."""
        settled = self.holds(file) is self._then
        members = [one for one in self.filters if not settled or one.matches(file) is self._enough]
        return (
            ", ".join(dict.fromkeys(said for one in members if (said := one.seen(file)) is not None)) or None
        )

    @property
    def stage(self) -> Stage:
        """The closest look that any of the filters takes."""
        return max(one.stage for one in self.filters)

    @property
    def wavers(self) -> bool:
        """Whether any of the filters does."""
        return any(one.wavers for one in self.filters)

    def groups(self) -> tuple[str, ...]:
        """Return the names of what any of the filters catches."""
        return tuple(dict.fromkeys(name for one in self.filters for name in one.groups()))

    def every(self) -> tuple[Filter, ...]:
        """Return the group and all that is in it."""
        return (self, *(inner for one in self.filters for inner in one.every()))

    def _members(self) -> tuple[Filter, ...]:
        """Return what all holds when the group chooses a file, its members taken apart."""
        return tuple(inner for one in self.filters for inner in one.together())

    def _others(self) -> tuple[Filter, ...]:
        """Return the same for a group of which no member may hold."""
        return tuple(inner for one in self.filters for inner in one.turned().together())


class AnyFilter(Group):
    """``any: [...]``: one of the filters is enough."""

    kind: ClassVar[str] = "any"
    _enough: ClassVar[bool] = True
    _then: ClassVar[bool] = True

    def names(self) -> tuple[str, ...] | None:
        """Return the patterns of all filters, when all of them go by the name."""
        lists = [None if one.negated else one.names() for one in self.filters]
        known = [names for names in lists if names is not None]
        return tuple(name for names in known for name in names) if len(known) == len(lists) else None

    def together(self) -> tuple[Filter, ...]:
        """Return the group itself; turned round, its members turned round, all of which must hold."""
        return self._others() if self.negated else (self,)


class AllFilter(Group):
    """``all: [...]``: every one of the filters must hold, as they must without a group; made for use in ``any``."""

    kind: ClassVar[str] = "all"
    _enough: ClassVar[bool] = False
    _then: ClassVar[bool] = False

    def names(self) -> tuple[str, ...] | None:
        """Return the patterns of the one filter that there is, when it goes by the name."""
        only = self.filters[0] if len(self.filters) == 1 else None
        return None if only is None or only.negated else only.names()

    def together(self) -> tuple[Filter, ...]:
        """Return the members; turned round, the group itself."""
        return (self,) if self.negated else self._members()


class NoneFilter(Group):
    """``none: [...]``: no filter may hold."""

    kind: ClassVar[str] = "none"
    _enough: ClassVar[bool] = True
    _then: ClassVar[bool] = False

    def together(self) -> tuple[Filter, ...]:
        """Return the members turned round; turned round itself, the group."""
        return (self,) if self.negated else self._others()
