"""The pending values of a level, and the delivery of their results, piece by piece."""

from collections.abc import Awaitable, Coroutine, Hashable, Iterable, Sequence
from typing import Any, cast

from schema.engine.context import LoadAll
from schema.engine.executor.frames import Delivered
from schema.engine.executor.loads import Load
from schema.engine.executor.plan import Cells, Order, Picked
from schema.engine.executor.running import Running

PIECE = 500
"""The values that are made at once; more of them are made piece by piece, with pauses between."""


class PendingBatch:
    """What one level loads with one batch function, for any of its fields."""

    __slots__ = ("_batch", "_found", "_ranks", "_variant", "asking")

    def __init__(self, batch: LoadAll, variant: Hashable) -> None:
        self._batch = batch
        self._variant = variant
        self.asking: list[tuple[Cells, list[Any]]] = []

    @property
    def batches_below(self) -> frozenset[Any]:
        """The batch functions of the links below."""
        return frozenset().union(*(cells.step.batches_below for cells, _ in self.asking))

    def can_wait(self, others: "Iterable[PendingBatch | PendingValue]") -> bool:
        """Whether the same is going to be asked for below others, and nobody waits for what this brings."""
        is_last = all(cast("Load", cells.step).is_last for cells, _ in self.asking)
        return is_last and any(self._variant in other.batches_below for other in others)

    async def arrive(self, run: Running) -> None:
        """Load what the keys stand for."""
        _, first = self.asking[0]
        keys = dict.fromkeys(first if len(self.asking) == 1 else (key for _, keys in self.asking for key in keys))
        self._found = await run.context.loader(self._batch, variant=self._variant).load_all(keys)
        run.arrived.append(self)

    def deliver(self, run: Running, arrival: int) -> None:
        """Fill the fields that asked."""
        ranks: dict[Any, int] = {}

        def order(turn: int, number: int) -> Order:
            # Whoever asks for a key first gets it first, then the others who asked for the same.
            if not ranks:
                ranks.update(
                    (key, rank) for rank, key in enumerate(dict.fromkeys(k for _, ks in self.asking for k in ks))
                )
            return arrival, ranks[self.asking[turn][1][number]], turn, number

        for turn, (cells, keys) in enumerate(self.asking):
            step = cast("Load", cells.step)
            delivered: Cells = Delivered(cells, lambda number, turn=turn: order(turn, number))  # type: ignore[misc]
            for piece, some in pieces(delivered, keys):
                values = step.shown(run, some, self._found)
                run.deliver(piece, values, is_bare=step.declared.shows_rows)


class PendingValue:
    """What one resolver, or one item of a list, awaits; or failures that are told after those of this level."""

    __slots__ = ("_awaitable", "_cells", "_values")

    def __init__(self, cells: Cells, awaitable: Awaitable[Any] | None, values: Sequence[Any] = ()) -> None:
        self._cells = cells
        self._awaitable = awaitable
        self._values = values

    @property
    def batches_below(self) -> frozenset[Any]:
        """The batch functions of the links below."""
        return self._cells.step.batches_below

    async def arrive(self, run: Running) -> None:
        """Await the value."""
        if self._awaitable is not None:
            try:
                self._values = [await self._awaitable]
            except Exception as error:
                self._values = [error]
        run.arrived.append(self)

    def abandon(self) -> None:
        """Do not await it any more: nobody would see it."""
        if isinstance(self._awaitable, Coroutine):
            self._awaitable.close()

    def deliver(self, run: Running, arrival: int) -> None:
        """Fill the field."""
        run.deliver(Delivered(self._cells, lambda number: (arrival, number)), self._values)


def pieces(cells: Cells, values: Sequence[Any]) -> Iterable[tuple[Cells, Sequence[Any]]]:
    """The values with their cells, so many at once."""
    if len(values) <= PIECE:
        return [(cells, values)]
    starts = range(0, len(values), PIECE)
    return (
        (Picked(cells, range(start, min(start + PIECE, len(values)))), values[start : start + PIECE])
        for start in starts
    )
