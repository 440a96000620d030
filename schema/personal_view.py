"""`/personal-data`: the archive of a person's data over HTTP."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from auth.principal import ANONYMOUS
from resolvers.personal import exporting
from schema.engine.graph import Graph
from schema.engine.http.endpoint import wording_for
from schema.engine.wording import Message

_PRIVATE = {"cache-control": "no-store"}
_MAX_DIGITS = 16
"""Of an id: longer numbers are none."""


class PersonalDataView:
    """Sends the archive to who has the path that a mutation signed, and 404 to everybody else."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.route = Route(f"{exporting.FOLDER}/{{user:int}}-{{session:int}}.zip", self.send)

    async def send(self, request: Request) -> Response:
        """The archive, as it is made."""
        scope = self._graph.scope(ANONYMOUS, request)
        user_id, session_id = request.path_params["user"], request.path_params["session"]
        is_number = max(len(str(user_id)), len(str(session_id))) < _MAX_DIGITS
        if not is_number or not await exporting.may_fetch(
            scope,
            user_id=user_id,
            session_id=session_id,
            expires=request.query_params.get("expires", ""),
            signature=request.query_params.get("signature", ""),
        ):
            wording = wording_for(request)
            headers = {**_PRIVATE, "content-language": wording.language, "vary": "Accept-Language"}
            return JSONResponse({"message": wording.said(Message("Not Found"))}, 404, headers=headers)
        disposition = f'attachment; filename="careergraph-{user_id}.zip"'
        return StreamingResponse(
            exporting.archive(scope, user_id),
            media_type="application/zip",
            headers={**_PRIVATE, "content-disposition": disposition, "x-content-type-options": "nosniff"},
        )
