"""What follows from a recipe's filters, for those who ask them?"""

from functools import cached_property

from homebody.filters import Filter, Stage


class Choosing:
    """The part of a recipe that is about its filters."""

    filters: tuple[Filter, ...]

    @cached_property
    def filters_in_order(self) -> tuple[Filter, ...]:
        """The filters, those first that look less closely."""
        return tuple(sorted(self.filters, key=lambda chosen: chosen.stage))

    @cached_property
    def sifts(self) -> bool:
        """Whether a filter can only tell when the turn of a file's run has come."""
        return any(chosen.stage >= Stage.TEXT for chosen in self.filters)

    @cached_property
    def wavers(self) -> bool:
        """Whether the filters can come to choose a file that nobody touched, because it grew old or was tagged."""
        return any(chosen.wavers for chosen in self.filters)

    @cached_property
    def takes_empty(self) -> bool:
        """Whether files without a byte are for it: one of its filters asks for them by name."""
        return any(
            one.kind == "empty" and not one.negated for chosen in self.filters for one in chosen.every()
        )

    @cached_property
    def catches(self) -> frozenset[str]:
        """The words of those filters whose groups templates can use: ``name``, ``contains``."""
        return frozenset(one.kind for chosen in self.filters for one in chosen.every() if one.groups())
