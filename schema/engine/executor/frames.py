"""Positions of list items in a reply, and of values that are completed after the rest of their level."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from schema.engine.executor.plan import Cells, Order, Place


class Items(Cells):
    """The items of lists that stand in other cells, one list after the other."""

    __slots__ = ("_ends", "_lists", "_of")

    def __init__(self, of: Cells, lists: Sequence[Sequence[Any]]) -> None:
        super().__init__(of.frame, of.step)
        self._of = of
        self._lists = lists
        self._ends: list[int] = []

    def _split(self, number: int) -> tuple[int, int]:
        self._ends = self._ends or list(accumulate(map(len, self._lists)))
        which = bisect_right(self._ends, number)
        return which, number - (self._ends[which - 1] if which else 0)

    def at(self, number: int) -> tuple[int, Place]:
        """The list's place, and the index in it."""
        which, index = self._split(number)
        owner, place = self._of.at(which)
        return owner, (*place, index)

    def order(self, number: int) -> Order:
        """By list, then by index."""
        which, index = self._split(number)
        return (*self._of.order(which), index)


class Delivered(Cells):
    """Cells whose values came after those of the level before: a level's order begins with them."""

    __slots__ = ("_of", "_rank")

    def __init__(self, of: Cells, rank: Callable[[int], Order]) -> None:
        super().__init__(of.frame, of.step)
        self._of = of
        self._rank = rank

    def at(self, number: int) -> tuple[int, Place]:
        """As where they were awaited."""
        return self._of.at(number)

    def order(self, number: int) -> Order:
        """The order of arrival."""
        return self._rank(number)

    def put(self, values: Sequence[Any]) -> None:
        """Put values into the replies, each at its place."""
        self._of.put(values)
