"""What the Python servers among the peers share: how they start, and the product's data path for those that use it."""

from collections.abc import Callable, Collection
from typing import Any

import uvicorn
from starlette.requests import HTTPConnection
from starlette.responses import Response

from auth.sessions import authenticate
from models.identity import Api
from models.settings import Settings, load_settings
from resolvers.scope import Scope, Services


def serve(create_app: Callable[[Settings], Any]) -> int:
    """Serve an application with the server's own settings, in one process."""
    settings = load_settings()
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        server_header=False,
    )
    return 0


async def ready(_request: object) -> Response:
    """It answers."""
    return Response()


async def signed_in(services: Services, connection: HTTPConnection, *, apis: Collection[Api]) -> Scope | None:
    """The scope of a caller whose session is live, or None."""
    now = services.clock()
    authorization = connection.headers.get("authorization")
    principal = await authenticate(services.database, services.signer, authorization, apis=apis, now=now)
    return Scope(services, principal, now=now) if principal.is_signed_in else None
