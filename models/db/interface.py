"""The interface of a database that the domain layer uses, for SQLite and PostgreSQL alike."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import Executable, Row


class Writing(Protocol):
    """A statement that is going to run."""

    sql: str
    writes: str | None
    """The table that it writes to, if it is known to."""


W = TypeVar("W", bound=Writing)
T = TypeVar("T")
Parameters = Mapping[str, Any]

_observers: list[Callable[[str], None]] = []


_watchers: dict[str, Callable[["Transaction"], Awaitable[None]]] = {}


def watch(table: str, work: Callable[["Transaction"], Awaitable[None]]) -> None:
    """From now on, a transaction that wrote to the table does the work before its commit."""
    _watchers[table] = work


@contextmanager
def observing(observer: Callable[[str], None]) -> Iterator[None]:
    """While the block runs, the observer is told the SQL of each statement, in the context of who runs it."""
    _observers.append(observer)
    try:
        yield
    finally:
        _observers.remove(observer)


def tell(sql: str) -> None:
    """Tell the observers of a statement."""
    for observer in _observers:
        observer(sql)


class Load(NamedTuple):
    """How busy the connections of one kind are: in use, idle, and waited for."""

    busy: int
    idle: int
    waiting: int


class Reader(ABC):
    """Runs statements and returns light rows: named tuples of the driver's values."""

    @abstractmethod
    async def fetch(self, statement: Executable, parameters: Parameters | None = None) -> Sequence[Row[Any]]:
        """All rows of the statement."""

    async def fetch_one(self, statement: Executable, parameters: Parameters | None = None) -> Row[Any] | None:
        """The first row of the statement, or None."""
        rows = await self.fetch(statement, parameters)
        return rows[0] if rows else None

    async def fetch_value(self, statement: Executable, parameters: Parameters | None = None) -> Any:
        """The first column of the first row, or None."""
        rows = await self.fetch(statement, parameters)
        return rows[0][0] if rows else None


class Transaction(Reader):
    """Statements that take effect together when the block that opened the transaction ends without an error."""

    @cached_property
    def before_commit(self) -> list[Callable[[], Awaitable[None]]]:
        """What is done last in the transaction, when its block ends without an error."""
        return []

    @cached_property
    def _follow_ups(self) -> set[object]:
        return set()

    def wrote(self, table: str) -> None:
        """Note that a statement wrote to a table: who watches it comes before what is done last."""
        work = _watchers.get(table)
        if work is not None and work not in self._follow_ups:
            self._follow_ups.add(work)
            self.before_commit.insert(0, partial(work, self))

    def _bound(self, bound: tuple[W, T]) -> tuple[W, T]:
        """A statement with its values, which is going to run."""
        if (table := bound[0].writes) is not None:
            self.wrote(table)
        return bound

    @abstractmethod
    async def execute(self, statement: Executable, parameters: Parameters | None = None) -> int:
        """The number of rows that a write without RETURNING changed."""

    @abstractmethod
    async def execute_many(self, statement: Executable, parameters: Sequence[Parameters]) -> None:
        """Run a write once for each set of parameters, which all name the same columns."""

    @abstractmethod
    async def insert_many(self, statement: Executable, parameters: Sequence[Parameters]) -> None:
        """Insert a row for each set of parameters, which all name the same columns, many in a statement.

        An insert that overwrites rows must not meet the same one twice.
        """

    @abstractmethod
    async def insert_bound(self, insert: Writing, values: Sequence[list[Any]]) -> None:
        """The same with a statement that the database's `preparer` prepared and bound, perhaps in another process."""

    @abstractmethod
    async def fetch_many(self, statement: Executable, parameters: Sequence[Parameters]) -> Sequence[Row[Any]]:
        """Run an insert with RETURNING for each set of parameters; the rows come in the same order."""

    @abstractmethod
    async def commit(self) -> None:
        """Make the writes lasting. Only who opened the transaction ends it."""

    @abstractmethod
    async def roll_back(self) -> None:
        """Take the writes back."""
