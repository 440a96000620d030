"""How a documented reply is brought about: the state, the caller and the request."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2
from sqlalchemy import text

from models.db import Database
from models.settings import Settings
from server import create_app
from tests.support.clients import Clock, Person, Product, running


class InterruptedClock(Clock):
    """A clock that lets something happen between two of the moments at which the application looks at it."""

    def __init__(self) -> None:
        super().__init__()
        self._looks_left = 0
        self._event: Callable[[], object] | None = None

    def __call__(self) -> datetime:
        if self._event is not None:
            if self._looks_left == 0:
                event, self._event = self._event, None
                event()
            self._looks_left -= 1
        return super().__call__()

    def after_authentication(self, event: Callable[[], object]) -> None:
        """Let the event happen in the next request, once its token is checked and before it does anything else."""
        self._looks_left, self._event = 1, event


@dataclass
class World:
    """The product, and what a case may do to it."""

    product: Product
    database: Database
    settings: Settings
    clock: InterruptedClock
    stack: AsyncExitStack
    caller: Person | None = None
    _administrator: Person | None = None

    @property
    def person(self) -> Person:
        """The caller, who is signed in."""
        assert self.caller is not None
        return self.caller

    async def administrator(self) -> Person:
        """The administrator, signed in once: a new login would end the older session."""
        if self._administrator is None:
            self._administrator = await self.product.administrator()
        return self._administrator

    async def rest(self, method: str, path: str, body: Any = None, *, person: Person | None = None) -> httpx2.Response:
        """A request that must succeed, of the caller unless it is somebody else's."""
        response = await self.product.rest(method, path, body, person=person or self.caller)
        assert response.status_code == 200, response.text
        return response

    async def sql(self, statement: str, **parameters: Any) -> None:
        """Change the database behind the application's back."""
        await _execute(self.database, statement, parameters)

    def sql_after_authentication(self, statement: str, **parameters: Any) -> None:
        """Change the database while the next request runs, once its token is checked."""
        database = Database(self.settings.effective_database_url)

        async def change() -> None:
            await _execute(database, statement, parameters)
            await database.close()

        self.clock.after_authentication(lambda: _run_apart(change()))

    async def restart(self, **settings: Any) -> None:
        """Go on with an application of other settings on the same database."""
        changed = Settings(_env_file=None, **{**self.settings.model_dump(), **settings})  # type: ignore[call-arg]
        application = create_app(changed, self.clock)
        self.product = await self.stack.enter_async_context(running(application, self.clock, self.product.url))


Step = Callable[[World], Awaitable[None]]
Made = Callable[[World], Awaitable[Any]]


Check = Callable[[httpx2.Response], None]


@dataclass(frozen=True)
class Case:
    """One documented reply: the number of the example in the row, and what leads to it.

    `example` None is a success that has no example but a table. The documented request is sent with the
    values of `body` instead of its own (bytes make it a form with a file), in the row's media type unless the
    case has one, to the path with the values of `route`. The substitutions of the row apply unless
    `unknown_ids`, which sends the document's own ids, that exist nowhere here. `check` asserts what the
    document says in words, where it has no example.
    """

    example: int | None
    steps: tuple[Step, ...] = ()
    body: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    route: Mapping[str, Any] = field(default_factory=dict)
    media_type: str | None = None
    unknown_ids: bool = False
    check: Check | None = None


def bearer(person: Person) -> dict[str, str]:
    """The Authorization header."""
    return person.bearer


@dataclass(frozen=True)
class Contract:
    """The cases of an API, and where its replies cannot equal the document's: each listed here, once.

    `callers` signs in who sends a row's requests; a row that is not named needs nobody. `requested` makes
    the values that replace ids of the documented requests. `substituted` and `added` are paths of
    examples, by row and `*` for all rows (see `differences`), and so is `retyped`; `artefacts` are lines of
    tables with the reason. `headers` is what a request of somebody carries.
    """

    cases: Mapping[str, tuple[Case, ...]]
    callers: Mapping[str, Callable[[World], Awaitable[Person]]]
    requested: Mapping[str, Mapping[str, Made]]
    substituted: Mapping[str, Mapping[str, str]]
    added: Mapping[str, Mapping[str, str]]
    artefacts: Mapping[str, Mapping[str, str]]
    beyond: Mapping[str, str]
    """Endpoints that the document does not have, and why they are served."""
    retyped: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    headers: Callable[[Person], dict[str, str]] = bearer

    def substituted_in(self, row: str) -> set[str]:
        """The paths of a row's examples whose values are not the document's."""
        return {*self.substituted.get("*", ()), *self.substituted.get(row, ())}


async def _execute(database: Database, statement: str, parameters: Mapping[str, Any]) -> None:
    async with database.transaction() as transaction:
        await transaction.execute(text(statement), parameters)


def _run_apart(work: Coroutine[Any, Any, None]) -> None:
    """Run it to its end in an event loop of its own, for where there is no awaiting."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()
