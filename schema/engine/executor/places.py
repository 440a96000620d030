"""Where values stand in a reply: kept so that a path costs something only when somebody asks for it."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from graphql.pyutils import Path

from schema.engine.fields import from_row

if TYPE_CHECKING:
    from schema.engine.executor.plan import Selection
    from schema.engine.executor.steps import Step

Place = tuple[int, ...]
"""The indexes in the lists that a field's value is made of."""
Order = tuple[int, ...]
"""Where graphql-core comes to a value, among those that one level of a run comes to."""


class Frame:
    """Objects of one type at one place of an operation, and the reply that is made of each.

    The objects are bare rows, or what a resolver returned.
    """

    __slots__ = ("cells", "instances", "is_bare", "objects", "refused", "replies", "selection")

    def __init__(self, selection: "Selection", cells: "Cells | None", objects: Sequence[Any], *, is_bare: bool) -> None:
        self.selection = selection
        self.cells = cells
        self.objects = objects
        self.is_bare = is_bare
        self.replies: list[dict[str, Any]] = []
        self.instances: dict[int, Any] = {}
        self.refused: dict[Any, Collection[int]] = {}

    @property
    def kind(self) -> type | None:
        """The class of the objects, if all have the same."""
        kinds = set(map(type, self.objects))
        return kinds.pop() if len(kinds) == 1 else None

    def instance(self, number: int) -> Any:
        """The object as a resolver takes it."""
        if not self.is_bare:
            return self.objects[number]
        if number not in self.instances:
            self.instances[number] = from_row(self.selection.origin, self.objects[number])
        return self.instances[number]

    def order(self, number: int) -> Order:
        """Where the object stands among all of its level."""
        return self.cells.order(number) if self.cells is not None else ()


class Cells:
    """The places of the values of one field: the value of each object of the frame."""

    __slots__ = ("frame", "step")

    def __init__(self, frame: Frame, step: "Step") -> None:
        self.frame = frame
        self.step = step

    def at(self, number: int) -> tuple[int, Place]:
        """The object whose field it is, and the place in the lists that the field's value is made of."""
        return number, ()

    def order(self, number: int) -> Order:
        """Where the value stands among all of its level."""
        return (*self.frame.order(number), self.step.index)

    def put(self, values: Sequence[Any]) -> None:
        """Put values into the replies, each at its place."""
        key = self.step.key
        for reply, value in zip(self.frame.replies, values, strict=True):
            reply[key] = value

    def path(self, number: int) -> Path:
        """The path of the value in the reply."""
        owner, place = self.at(number)
        parent = self.frame.cells
        path = Path(parent.path(owner) if parent is not None else None, self.step.key, self.step.parent.name)
        for index in place:
            path = path.add_key(index)
        return path


class Picked(Cells):
    """Some of other cells."""

    __slots__ = ("_of", "_picks")

    def __init__(self, of: Cells, picks: Sequence[int]) -> None:
        super().__init__(of.frame, of.step)
        self._of = of
        self._picks = picks

    def at(self, number: int) -> tuple[int, Place]:
        """As in the cells that it was picked from."""
        return self._of.at(self._picks[number])

    def order(self, number: int) -> Order:
        """As in the cells that it was picked from."""
        return self._of.order(self._picks[number])

    def put(self, values: Sequence[Any]) -> None:
        """Put values into the replies, each at its place."""
        if type(self._of) is Cells:
            replies, name = self.frame.replies, self.step.key
            for number, value in zip(self._picks, values, strict=True):
                replies[number][name] = value
            return
        for number, value in enumerate(values):
            owner, place = self.at(number)
            put(self.frame, self.step.key, owner, place, value)


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


def put(frame: Frame, key: str | int, owner: int, place: Place, value: Any) -> None:
    """Put a value at a place of the reply of one object, unless null was put around it meanwhile."""
    container: Any = frame.replies[owner]
    for index in place:
        container, key = container[key], index
        if container is None:
            return
    container[key] = value
