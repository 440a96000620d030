"""The context of an operation: its scope, and a loader for each link that it follows."""

import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from auth.principal import Principal, TokenFault
from models.identity import Api
from resolvers.loaders import RowByKey
from resolvers.paging import MAX_PAGE_SIZE, Rendering
from resolvers.scope import Scope
from schema.engine.loader import Loader
from schema.engine.wording import Wording

LoadAll = Callable[[Scope, Sequence[Any]], Awaitable[Sequence[Any]]]
BeforeCommit = Callable[[Scope, str], Awaitable[None]]
"""What a mutation of this name does last, in its transaction."""


class Context:
    """Fresh for each operation.

    `page_limit` is the largest page a caller may ask for; the trusted operations of the REST layer may
    ask for more than a client of the graph. `api` is the API that new sessions belong to. `authenticate`
    looks the caller up again, for operations that last; `renewal_seconds` is how long they go without.
    `is_alone` says that one resolver runs, so that no other could ask for something together with it.
    `ended_by` is what ended a subscription before its client did. `wording` says messages to the caller.
    `renders` says that parts of the result may be JSON that the database made,
    `takes_shapes` that lists may hold such entries in the shapes that the REST layer gave them.
    """

    def __init__(
        self,
        scope: Scope,
        *,
        request: Request | WebSocket | None = None,
        response: Response | WebSocket | None = None,
        page_limit: int = MAX_PAGE_SIZE,
        api: Api = Api.GRAPH,
        authenticate: Callable[[], Awaitable[Principal]] | None = None,
        before_commit: BeforeCommit | None = None,
        wording: Wording | None = None,
        renders: bool = False,
    ) -> None:
        self.scope = scope
        self.wording = wording or Wording(scope.language)
        self.request = request
        self.response = response
        self.page_limit = page_limit
        self.renders = renders
        self.takes_shapes = False
        self.api = api
        self.renewal_seconds: float | None = None
        self.ended_by: Exception | None = None
        self.is_alone = False
        self._authenticate = authenticate
        self._before_commit = before_commit
        self._loaders: dict[Hashable, Loader] = {}

    @property
    def base_url(self) -> str:
        """The address that the caller reaches the server at, without a slash at its end."""
        requested = str(self.request.base_url).rstrip("/") if self.request is not None else ""
        return self.scope.services.public_url or requested

    @property
    def is_https(self) -> bool:
        """Whether the caller reaches the server by HTTPS: directly, or by what a proxy or PUBLIC_URL says."""
        is_direct = self.request is not None and self.request.scope["scheme"] in {"https", "wss"}
        return is_direct or self.scope.services.public_url.lower().startswith("https:")

    def loader(self, batch: LoadAll, *, variant: Hashable = None) -> Loader:
        """What the operation loads with `batch`; `variant` tells apart uses with different arguments."""
        identity = variant or batch
        loader = self._loaders.get(identity)
        if loader is None:
            loader = self._loaders[identity] = Loader(functools.partial(batch, self.scope))
        return loader

    async def load(self, batch: LoadAll, key: Any, *, variant: Hashable = None) -> Any:
        """What `batch` finds for the key. Keys asked for at the same time are loaded together."""
        return await self.loader(batch, variant=variant).load(key, alone=self.is_alone)

    def knows(self, batch: RowByKey) -> bool:
        """Whether rows that are there need not be loaded, because nothing but their keys is read."""
        return batch.is_key_alone

    async def renew(self) -> None:
        """Make this the context of now: the caller is looked up again, and nothing is remembered.

        Raises Unauthenticated once the session has ended. Who came without a token stays anonymous.
        """
        if self._authenticate is None:
            raise RuntimeError("Only the operations of clients last.")
        principal = await self._authenticate()
        if not principal.is_signed_in and principal.fault is not TokenFault.MISSING:
            raise principal.refusal()
        now = self.scope.services.clock()
        self.scope = Scope(
            self.scope.services,
            principal,
            now=now,
            client=self.scope.client,
            request_id=self.scope.request_id,
            language=self.scope.language,
        )
        self._loaders.clear()

    @asynccontextmanager
    async def mutation(self, name: str) -> AsyncIterator[None]:
        """The boundary of a mutation: its transaction, and loaders that forget what it may have changed."""
        scope = self.scope
        self._loaders.clear()
        async with scope.begin():
            try:
                yield
                if self._before_commit is not None:
                    await self._before_commit(scope, name)
            finally:
                self._loaders.clear()


Info = strawberry.Info[Context, None]


def columns_read(info: Info) -> frozenset[str] | None:
    """The columns that will be read of the rows that a resolver returns, or None where any may be."""
    return getattr(info, "columns", None)


def rendering_of(info: Info) -> Rendering | None:
    """What makes replies of the rows that a resolver returns, within the statement that reads them, if anything."""
    return getattr(info, "rendering", None)
