"""Handles requests to `/graphql`."""

from collections.abc import Mapping
from typing import Any

import orjson
from graphql import GraphQLError, OperationType
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from schema.engine.errors import (
    RequestErrorCode,
    RequestRefused,
    Unavailable,
    outage_of,
    present_all,
    presentable,
    refusal,
)
from schema.engine.explorer import Explorer
from schema.engine.graph import Graph
from schema.engine.http.media_types import GRAPHQL_RESPONSE, JSON, reply_type
from schema.engine.http.refusals import HttpRefusal, bad_request
from schema.engine.http.replies import ReadyReply
from schema.engine.http.requests import Asked, asked
from schema.engine.operations import Operation
from schema.engine.pacing import breathe, in_slices
from schema.engine.persisted import PersistedQueries, asked_hash
from schema.engine.wording import Language, Message, Wording, negotiated
from watching.headers import header, headers_of
from watching.work import current

_HEADERS = ((b"cache-control", b"no-store"), (b"vary", b"Accept, Accept-Language"))
_CONTENT_TYPES = {type_: (b"content-type", f"{type_}; charset=utf-8".encode()) for type_ in (JSON, GRAPHQL_RESPONSE)}


class HttpEndpoint:
    """Runs the operations of HTTP requests."""

    def __init__(self, graph: Graph, explorer: Explorer, persisted: PersistedQueries) -> None:
        self._graph = graph
        self._explorer = explorer
        self._persisted = persisted

    async def answer(self, request: Request) -> Response:
        """The reply; the explorer's page for a browser that asks for nothing else."""
        accept = _accepted(request.scope)
        if "text/html" in accept and request.method == "GET" and not _is_operation(request):
            return self._explorer.page()
        type_ = reply_type(accept)
        if type_ is None:
            message = Message("The supported media types of replies are {types}.", types=f"{GRAPHQL_RESPONSE}, {JSON}")
            return refused_reply(HttpRefusal(406, message, RequestErrorCode.NOT_ACCEPTABLE), JSON, wording_for(request))
        try:
            result, wording = await self._result(request, await asked(request))
            if result.errors:
                return await in_slices(reply, result, type_, wording)
            return reply(result, type_, wording)
        except RequestRefused as refused:
            errors = refused.errors
        except HttpRefusal as refused:
            return refused_reply(refused, type_, wording_for(request))
        except Unavailable as outage:
            # Even who is calling could not be found out.
            current().refused(outage.code)
            errors = [GraphQLError(str(outage), original_error=outage)]
        wording = wording_for(request)
        return reply(PreExecutionError(data=None, errors=present_all(errors, wording)), type_, wording)

    async def _result(self, request: Request, sent: Asked) -> tuple[ExecutionResult, Wording]:
        sha256 = asked_hash(sent.extensions)
        query = sent.query if sha256 is None else await self._persisted.query(sha256, sent.query)
        if query is None:
            raise bad_request("The request has no query.")
        context = await self._graph.context(
            request, authorization=header(request.scope, b"authorization"), language=language_of(request)
        )
        operation = await self._graph.schema.ready(query, sent.operation_name, sent.variables, context)
        check_method(operation, request.method)
        if sha256 is not None:
            await self._persisted.keep(sha256, query, is_signed_in=context.scope.principal.is_signed_in)
        return await self._graph.schema.run(operation, sent.variables, context), context.wording


def check_method(operation: Operation, method: str) -> None:
    """Raise HttpRefusal or RequestRefused unless an operation may be asked for by the method."""
    type_ = operation.type
    if type_ is OperationType.SUBSCRIPTION:
        message = Message("Subscriptions run over WebSocket, by graphql-transport-ws.")
        raise refusal(message, RequestErrorCode.OPERATION_NOT_SUPPORTED)
    if method == "GET" and type_ is not OperationType.QUERY:
        message = Message("A mutation needs POST.")
        raise HttpRefusal(405, message, RequestErrorCode.METHOD_NOT_ALLOWED, headers={"allow": "POST"})


def language_of(request: Request) -> Language:
    """The language in which the graph speaks to who sends a request: that of its Accept-Language header."""
    return negotiated(header(request.scope, b"accept-language"), Language.ENGLISH)


def wording_for(request: Request) -> Wording:
    """How messages are said in the reply to a request whose operation does not run."""
    return Wording(language_of(request))


def reply(result: ExecutionResult, type_: str, wording: Wording) -> Response:
    """The reply with a result: `data` is absent when nothing ran, which is 400 where the type may say so.

    An outage that left no data is 503, with Retry-After where another try is safe.
    """
    body: dict[str, Any] = {}
    nothing_ran = isinstance(result, PreExecutionError)
    if result.errors:
        body["errors"] = []
        for error in result.errors:
            breathe()
            body["errors"].append(error.formatted)
    if not nothing_ran:
        body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    if (outage := outage_of(result.errors)) is not None and not any((result.data or {}).values()):
        retry_after = (outage.extensions or {}).get("retryAfter")
        headers = {} if retry_after is None else {"retry-after": str(retry_after)}
        return _encoded(body, 503, type_, wording, headers)
    return _encoded(body, 400 if nothing_ran and type_ == GRAPHQL_RESPONSE else 200, type_, wording)


def refused_reply(refused: HttpRefusal, type_: str, wording: Wording) -> Response:
    """The reply to a request that is refused."""
    error = presentable(refused.error, wording)
    current().refused((error.extensions or {})["code"])
    return _encoded({"errors": [error.formatted]}, refused.status, type_, wording, refused.headers)


def _encoded(
    body: object, status: int, type_: str, wording: Wording, headers: Mapping[str, str] | None = None
) -> Response:
    encoded = [*_HEADERS]
    if headers:
        encoded += [(name.encode(), value.encode()) for name, value in headers.items()]
    if wording.is_heard:
        encoded.append((b"content-language", wording.language.encode()))
    encoded.append(_CONTENT_TYPES[type_])
    return ReadyReply(orjson.dumps(body), status, encoded)


def _accepted(scope: Scope) -> str:
    """What the Accept headers hold together."""
    headers = headers_of(scope)
    if len(headers) == len(scope["headers"]):
        return headers.get(b"accept", b"").decode("latin-1")
    return b",".join([value for name, value in scope["headers"] if name == b"accept"]).decode("latin-1")


def _is_operation(request: Request) -> bool:
    return "query" in request.query_params or "extensions" in request.query_params
