"""`/personal-data`: the archive of a person's data over HTTP."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth.principal import ANONYMOUS
from models.base import MAX_ID
from resolvers.personal import exporting
from resolvers.scope import Scope
from schema.engine.errors import Unavailable
from schema.engine.graph import Graph
from schema.engine.http.endpoint import wording_for
from schema.engine.http.streaming import Streamed
from schema.engine.wording import Message

_PRIVATE = {"cache-control": "no-store"}


class PersonalDataView:
    """Sends the archive to who has the path that a mutation signed, and 404 to everybody else."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.route = Route(f"{exporting.FOLDER}/{{user:int}}-{{session:int}}.zip", self.send)

    async def send(self, request: Request) -> Response:
        """The archive, as it is made."""
        wording = wording_for(request)
        headers = {**_PRIVATE, "content-language": wording.language, "vary": "Accept-Language"}
        scope = self._graph.scope(ANONYMOUS, request)
        try:
            asked = await self._opened(scope, request)
        except Unavailable as outage:
            headers["retry-after"] = str(outage.retry_after)
            return JSONResponse({"message": wording.of(outage)}, 503, headers=headers)
        if asked is None:
            return JSONResponse({"message": wording.said(Message("Not Found"))}, 404, headers=headers)
        disposition = f'attachment; filename="careergraph-{asked.user_id}.zip"'
        return Streamed(
            exporting.archive(scope, asked),
            media_type="application/zip",
            headers={**_PRIVATE, "content-disposition": disposition, "x-content-type-options": "nosniff"},
        )

    async def _opened(self, scope: Scope, request: Request) -> exporting.Asked | None:
        """What the path opens, if it does."""
        user_id, session_id = request.path_params["user"], request.path_params["session"]
        if max(user_id, session_id) > MAX_ID:
            return None
        expires, signature = (request.query_params.get(name, "") for name in ("expires", "signature"))
        return await exporting.asked(
            scope, user_id=user_id, session_id=session_id, expires=expires, signature=signature
        )
