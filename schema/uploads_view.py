"""`/storage`: uploaded images over HTTP."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from models.identity import Api
from resolvers.uploads import stored_file
from schema.engine.errors import Unavailable
from schema.engine.graph import Graph
from schema.engine.http.endpoint import wording_for
from schema.engine.wording import Message

_PUBLIC_CACHE = "public, max-age=31536000, immutable"
_PRIVATE_CACHE = "no-store"


class StorageView:
    """Sends an image to who may have it, and 404 to everybody else."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.route = Route("/storage/{path:path}", self.send)

    async def send(self, request: Request) -> Response:
        """The image. A token of any API, also in X-auth-token, or the signature in the path opens a private one."""
        try:
            return await self._sent(request)
        except Unavailable as outage:
            headers = {"cache-control": "no-store", "retry-after": str(outage.retry_after)}
            wording = wording_for(request)
            headers |= {"content-language": wording.language, "vary": "Accept-Language"}
            return JSONResponse({"message": wording.of(outage)}, 503, headers=headers)

    async def _sent(self, request: Request) -> Response:
        folder, _, name = request.path_params["path"].partition("/")
        principal = await self._graph.principal(_authorization(request), apis=set(Api))
        file = await stored_file(
            self._graph.scope(principal, request),
            folder=folder,
            name=name,
            expires=request.query_params.get("expires", ""),
            signature=request.query_params.get("signature", ""),
        )
        if file is None:
            wording = wording_for(request)
            headers = {
                "cache-control": "no-store",
                "content-language": wording.language,
                "vary": "Accept-Language",
            }
            return JSONResponse({"message": wording.said(Message("Not Found"))}, 404, headers=headers)
        return Response(
            file.content,
            media_type=file.media_type,
            headers={
                "cache-control": _PUBLIC_CACHE if file.is_public else _PRIVATE_CACHE,
                "content-disposition": "inline",
                "content-security-policy": "default-src 'none'; sandbox",
                "vary": "Authorization, X-auth-token",
            },
        )


def _authorization(request: Request) -> str | None:
    """The Authorization header, or what the sign cloud's clients send instead."""
    token = request.headers.get("x-auth-token")
    return request.headers.get("authorization") or (f"Bearer {token}" if token else None)
