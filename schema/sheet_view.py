"""`/user-export`: the administrators' sheets over HTTP, by a signed path."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth.principal import ANONYMOUS, Principal
from models.base import MAX_ID
from models.identity import Role
from resolvers.identity import export, sheet_paths
from resolvers.workbooks import MEDIA_TYPE, content_of, on_disk
from schema.engine.errors import Unavailable
from schema.engine.graph import Graph
from schema.engine.http.endpoint import wording_for
from schema.engine.http.streaming import Streamed
from schema.engine.wording import Message

_PRIVATE = {"cache-control": "no-store"}


class SheetView:
    """Sends the sheets to who has the path that the graph signed, and 404 to everybody else."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.route = Route(f"{sheet_paths.FOLDER}/{{session:int}}.xlsx", self.send)

    async def send(self, request: Request) -> Response:
        """The file, from the disk."""
        wording = wording_for(request)
        headers = {**_PRIVATE, "content-language": wording.language, "vary": "Accept-Language"}
        try:
            sent = await self._sent(request)
        except Unavailable as outage:
            headers["retry-after"] = str(outage.retry_after)
            return JSONResponse({"message": wording.of(outage)}, 503, headers=headers)
        return sent or JSONResponse({"message": wording.said(Message("Not Found"))}, 404, headers=headers)

    async def _sent(self, request: Request) -> Response | None:
        session_id = request.path_params["session"]
        if session_id > MAX_ID:
            return None
        expires, signature = (request.query_params.get(name, "") for name in ("expires", "signature"))
        scope = self._graph.scope(ANONYMOUS, request)
        user_id = await sheet_paths.asker(scope, session_id=session_id, expires=expires, signature=signature)
        if user_id is None:
            return None
        scope.principal = Principal(user_id, roles=frozenset({Role.ADMINISTRATOR}))
        with on_disk(scope.services.scratch) as file:
            size = await export.write_users(scope, file)
        headers = {**_PRIVATE, "content-disposition": 'attachment; filename="users.xlsx"', "content-length": str(size)}
        return Streamed(content_of(file), media_type=MEDIA_TYPE, headers=headers)
