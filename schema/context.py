"""The context of an operation: its scope, and a loader for each link that it follows."""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.dataloader import DataLoader

from models.identity import Api
from resolvers.identity import client_requests
from resolvers.paging import MAX_PAGE_SIZE
from resolvers.scope import Scope

LoadAll = Callable[[Scope, Sequence[Any]], Awaitable[Sequence[Any]]]


class Context:
    """Fresh for each operation.

    `page_limit` is the largest page a caller may ask for; the trusted operations of the REST layer may
    ask for more than a client of the graph. `api` is the API that new sessions belong to.
    """

    def __init__(
        self,
        scope: Scope,
        *,
        request: Request | WebSocket | None = None,
        response: Response | WebSocket | None = None,
        page_limit: int = MAX_PAGE_SIZE,
        api: Api = Api.GRAPH,
    ) -> None:
        self.scope = scope
        self.request = request
        self.response = response
        self.page_limit = page_limit
        self.api = api
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}

    async def load(self, batch: LoadAll, key: Any, *, variant: Hashable = None) -> Any:
        """What `batch` finds for the key. Keys asked for at the same time are loaded together.

        `variant` tells apart uses of one batch function with different arguments.
        """
        identity = variant or batch
        loader = self._loaders.get(identity)
        if loader is None:
            scope = self.scope

            async def load_all(keys: list[Any]) -> Sequence[Any]:
                return await batch(scope, keys)

            loader = self._loaders[identity] = DataLoader(load_fn=load_all)
        return await loader.load(key)

    @asynccontextmanager
    async def mutation(self, name: str) -> AsyncIterator[None]:
        """The boundary of a mutation: its transaction, and loaders that forget what it may have changed."""
        scope = self.scope
        scope.after_commit.clear()
        async with scope.services.database.transaction() as transaction:
            scope.current_transaction = transaction
            try:
                yield
                await client_requests.record(scope, operation=name)
            finally:
                scope.current_transaction = None
                self._loaders.clear()
        for follow_up in scope.after_commit:
            await follow_up()


Info = strawberry.Info[Context, None]
