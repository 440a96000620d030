"""The execution of a plan: level by level, awaiting all pending values of a level together."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import cached_property
from types import CoroutineType
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLResolveInfo, Undefined, located_error
from graphql.execution.executor import Executor
from graphql.execution.values import VariableValues
from graphql.pyutils import Path, is_awaitable

from schema.engine.context import Context, LoadAll
from schema.engine.executor.plan import Cells, Frame, Output, Picked, Plan, Step, put
from schema.engine.executor.steps import spread
from schema.engine.executor.waiting import PIECE, PendingBatch, PendingValue, pieces
from schema.engine.pacing import breathe, in_slices

ANSWERS = 100
"""The resolvers of a large operation that are awaited together."""
MAX_ERRORS = 1000
"""The maximum number of errors in a level of a large query."""
_VALUES_PER_UNIT = 50
_UNITS_PER_ERROR = 10


class TooManyErrors(Exception):
    """A large query has more errors than the limit."""


class Run:
    """One execution of a plan, for one caller.

    `executor` builds graphql-core's execution context on demand: for errors, abstract types and full resolver info.
    A large run completes its levels in slices.
    """

    def __init__(
        self,
        plan: Plan,
        context: Context,
        variables: VariableValues,
        *,
        executor: Callable[[], Executor[Any]],
        root: Any = None,
        hide_suggestions: bool,
        is_large: bool = False,
    ) -> None:
        self.context = context
        self.variables = variables
        self.hide_suggestions = hide_suggestions
        self.arrived: list[PendingBatch | PendingValue] = []
        self._plan = plan
        self._make_executor = executor
        self._is_large = is_large
        self._errors: list[GraphQLError] | None = None
        self._root = Frame(plan.root, None, [root], is_bare=False)
        self._root.replies = [{}]
        self._is_null = False
        self._groups: dict[Hashable, PendingBatch] = {}
        self._answers: list[PendingValue] = []
        self._failures: list[tuple[Cells, int, Exception]] = []

    @cached_property
    def executor(self) -> Executor[Any]:
        """graphql-core's, for this execution."""
        return self._make_executor()

    def result(self) -> ExecutionResult | Awaitable[ExecutionResult]:
        """The result, or what brings it when anything is awaited."""
        if self._plan.is_mutation:
            return self._serially()
        self._begin(self._plan.root.steps)
        return self._finished() if self._is_waiting else self._response()

    async def _serially(self) -> ExecutionResult:
        for step in self._plan.root.steps:
            self._begin([step])
            while self._is_waiting:
                await self._level()
            if self._is_null:
                break
        return self._response()

    async def _finished(self) -> ExecutionResult:
        while self._is_waiting:
            await self._level()
        return self._response()

    def _response(self) -> ExecutionResult:
        for answer in self._answers:
            answer.abandon()
        data = None if self._is_null else self._root.replies[0]
        return ExecutionResult(data, self._errors)

    def _begin(self, steps: Sequence[Step]) -> None:
        for step in steps:
            (self._root.replies[0][step.key],) = step.fill(self, self._root)
        if self._failures:
            self._settle()

    @property
    def _is_waiting(self) -> bool:
        return bool(self._groups or self._answers) and not self._is_null

    @property
    def _reads_take_time(self) -> bool:
        """Whether several reads take less time together. SQLite answers where it is asked."""
        return not self.context.scope.services.database.is_sqlite

    async def _level(self) -> None:
        """Await what the last level left open, all of it at once, and fill the next."""
        answers, groups = self._answers, self._groups
        waiting: list[PendingBatch | PendingValue] = [*answers, *groups.values()]
        self._answers, self._groups, self.arrived = [], {}, []
        if len(waiting) > 1 and groups:
            self._groups = {variant: group for variant, group in groups.items() if group.can_wait(waiting)}
            waiting = [*answers, *(group for variant, group in groups.items() if variant not in self._groups)]
        self.context.is_alone = len(answers) == 1
        if len(waiting) == 1 or (len(answers) < 2 and not self._reads_take_time):
            for each in waiting:
                await each.arrive(self)
        else:
            # All at once, so that what they load is loaded together; of a large operation, so many at once.
            together = ANSWERS if self._is_large else len(waiting)
            for start in range(0, len(waiting), together):
                await asyncio.gather(*(each.arrive(self) for each in waiting[start : start + together]))
        if self._is_large:
            await in_slices(self._deliver)
        else:
            self._deliver()

    def _deliver(self) -> None:
        for number, each in enumerate(self.arrived):
            breathe()
            each.deliver(self, number)
        if self._failures:
            self._settle()

    def load(self, batch: LoadAll, variant: Hashable, cells: Cells, keys: list[Any]) -> None:
        """Fill the cells, before the next level, with what the batch function finds for the keys."""
        group = self._groups.get(variant)
        if group is None:
            group = self._groups[variant] = PendingBatch(batch, variant)
        group.asking.append((cells, keys))

    def wait(self, cells: Cells, awaitable: Awaitable[Any]) -> None:
        """Fill the one cell, before the next level, with what is awaited."""
        self._answers.append(PendingValue(cells, awaitable))

    def defer_failures(self, cells: Cells, failures: Sequence[Exception]) -> None:
        """Fail the cells after whatever of this level fails at once."""
        self._answers.append(PendingValue(cells, None, failures))

    def expand(self, frame: Frame) -> list[dict[str, Any]]:
        """The replies of a frame, filled as far as nothing is awaited."""
        selection, units = frame.selection, 1 + len(frame.objects) // _VALUES_PER_UNIT
        columns = []
        if frame.objects:
            for step in selection.steps:
                columns.append(step.fill(self, frame))
                breathe(units)
        frame.replies = selection.replies(columns, len(frame.objects))
        return frame.replies

    def complete(self, output: Output, cells: Cells, values: Sequence[Any], *, is_bare: bool = False) -> Sequence[Any]:
        """The parts of the reply that the values become; None where one fails, or is awaited."""
        kinds = set(map(type, values))
        if kinds <= output.unchanged:
            return values
        if len(values) > PIECE:
            made: list[Any] = []
            for piece, some in pieces(cells, values):
                made += self.complete(output, piece, some, is_bare=is_bare)
                breathe(1 + PIECE // _VALUES_PER_UNIT)
            return made
        if kinds <= output.ordinary or (is_bare and all(issubclass(kind, tuple) for kind in kinds)):
            return output.convert(self, cells, values, is_bare=is_bare)
        picks = []
        for number, value in enumerate(values):
            if isinstance(value, Exception):
                self.fail(cells, number, value)
            elif value is None or value is Undefined:
                if not output.is_nullable:
                    step = cells.step
                    field = f"{step.parent}.{step.name}"
                    self.fail(cells, number, TypeError(f"Cannot return null for non-nullable field {field}."))
            elif type(value) is CoroutineType or is_awaitable(value):
                self.wait(Picked(cells, [number]), value)
            else:
                picks.append(number)
        if len(picks) == len(values):
            return output.convert(self, cells, values, is_bare=is_bare)
        present = [values[number] for number in picks]
        converted = output.convert(self, Picked(cells, picks), present, is_bare=is_bare) if picks else []
        return spread(converted, picks, len(values))

    def deliver(self, cells: Cells, values: Sequence[Any], *, is_bare: bool = False) -> None:
        """Put what the values become where it was awaited."""
        output = cells.step.output
        for _ in cells.at(0)[1]:
            output = output.item
        cells.put(self.complete(output, cells, values, is_bare=is_bare))

    def info(self, cells: Cells, number: int) -> GraphQLResolveInfo[Any]:
        """What a resolver is told of the field that it resolves."""
        step = cells.step
        return self.executor.build_resolve_info(step.definition, step.nodes, step.parent, cells.path(number))

    def fail(self, cells: Cells, number: int, error: Exception | None) -> None:
        """Note that a value fails. The errors of a level are told once it is filled, in graphql-core's order."""
        if error is not None:
            self._failures.append((cells, number, error))
            if len(self._failures) > MAX_ERRORS and self._is_large and not self._plan.is_mutation:
                raise TooManyErrors

    def _settle(self) -> None:
        """Tell the errors of a level, each unless null stands around its place already."""
        failures, self._failures = self._failures, []
        orders = []
        for cells, number, _ in failures:
            breathe(_UNITS_PER_ERROR)
            orders.append(cells.order(number))
        failures = [failures[turn] for turn in sorted(range(len(failures)), key=orders.__getitem__)]
        errors = self.executor.collected_errors
        self._errors = errors.errors
        for cells, number, error in failures:
            breathe(_UNITS_PER_ERROR)
            path = cells.path(number)
            if not errors.has_nulled_position(path):
                located = located_error(error, cells.step.nodes, path.as_list())
                errors.add(located, self._nullify(cells, number, path))

    def _nullify(self, cells: Cells, number: int, path: Path) -> Path | None:
        """Put null at the nearest place around a value, or its own, that may hold it; the path of that place."""
        at: Cells | None = cells
        position: Path | None = path
        while at is not None:
            owner, place = at.at(number)
            outputs = [at.step.output]
            for _ in place:
                outputs.append(outputs[-1].item)
            for depth in range(len(place), -1, -1):
                if outputs[depth].is_nullable:
                    put(at.frame, at.step.key, owner, place[:depth], None)
                    return position
                position = position.prev if position is not None else None
            at, number = at.frame.cells, owner
        self._is_null = True
        return None
