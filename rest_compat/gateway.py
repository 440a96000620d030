"""The gateway: finds the row of a call, binds it, executes its operation and speaks its dialect."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import structlog
from graphql import DocumentNode, ExecutionResult, GraphQLError, OperationType, get_operation_ast
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from auth.principal import ANONYMOUS, Principal
from rest_compat.binding import BindingError, MissingParameter, UnknownCode, bind, put
from rest_compat.body import read_body
from rest_compat.dialect import Dialect, json_response
from rest_compat.endpoint import Endpoint, Failure, FileReply
from rest_compat.middleware import BodyTooLarge
from rest_compat.reply import at, render
from schema import node_id
from schema.errors import GRAPHQL_VALIDATION_FAILED, INTERNAL_ERROR, ErrorCode
from schema.graph import Graph, prepare

MAX_FILES = 1
"""The files that a multipart body may hold where an endpoint takes any."""
_PARAMETER = re.compile(r"\{(\w+)\}")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Call:
    """An endpoint, ready to be called."""

    dialect: Dialect
    endpoint: Endpoint
    document: DocumentNode

    @property
    def is_query(self) -> bool:
        """Whether the operation only reads, so that a HEAD request may run it."""
        operation = get_operation_ast(self.document)
        return operation is not None and operation.operation is OperationType.QUERY

    @property
    def names_by_path(self) -> dict[str, str]:
        """The parameter behind each path of the operation's variables."""
        return {parameter.variable: name for name, parameter in self.endpoint.parameters.items()}

    def name_of(self, path: Sequence[str]) -> str | None:
        """The parameter that brought what stands at a path of the variables, or what it stands in."""
        names = self.names_by_path
        longest_first = (".".join(path[:length]) for length in range(len(path), 0, -1))
        return next((names[found] for found in longest_first if found in names), None)


class RestGateway:
    """The ASGI application of all old APIs. Every operation is parsed and validated when it is built."""

    def __init__(self, graph: Graph, dialects: Sequence[Dialect]) -> None:
        self._graph = graph
        self._dialects = dialects
        self._calls: dict[str, dict[str, Call]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}
        for dialect in dialects:
            for endpoint in dialect.endpoints:
                document = prepare(endpoint.source(dialect.folder))
                call = Call(dialect, endpoint, document)
                path = endpoint.path.rstrip("/")
                self._calls.setdefault(path, {})[endpoint.method] = call
                if endpoint.route:
                    self._patterns[path] = re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", path))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; with or without a slash at the end of its path."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        finally:
            await request.close()  # the temporary files of a form
        await response(scope, receive, send)

    def dialect_of(self, path: str) -> Dialect | None:
        """The dialect that a path belongs to: the one with the longest prefix."""
        found = [
            (len(prefix), dialect)
            for dialect in self._dialects
            for prefix in dialect.prefixes
            if path == prefix or path.startswith(f"{prefix}/")
        ]
        return max(found, key=lambda match: match[0])[1] if found else None

    def too_large(self, path: str) -> Response:
        """The reply to a body over the limit."""
        return self._refused(path, "too_large", 413, "The body is too large.")

    def takes_files(self, path: str) -> bool:
        """Whether a body sent to the path may hold files."""
        return any(call.endpoint.takes_files for call in self._match(path)[0].values())

    def _match(self, path: str) -> tuple[dict[str, Call], dict[str, str]]:
        path = path.rstrip("/")
        if calls := self._calls.get(path):
            return calls, {}
        for template, pattern in self._patterns.items():
            if found := pattern.fullmatch(path):
                return self._calls[template], found.groupdict()
        return {}, {}

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        calls, route = self._match(path)
        if not calls:
            return self._refused(path, "not_found", 404, "Not Found")
        call = calls.get(request.method)
        if request.method == "HEAD" and (read := calls.get("GET")) is not None and read.is_query:
            call = read
        if call is None:
            response = self._refused(path, "method_not_allowed", 405, "Method Not Allowed")
            response.headers["allow"] = ", ".join(sorted(calls))
            return response
        try:
            return await self._run(call, request, route)
        except UnknownCode as error:
            failure = call.endpoint.unknown.get(error.parameter)
            return call.dialect.refusal(failure) if failure else call.dialect.invalid(str(error))
        except MissingParameter as error:
            return call.dialect.missing(str(error))
        except BindingError as error:
            return call.dialect.invalid(str(error))
        except (BodyTooLarge, ClientDisconnect):
            raise
        except Exception:
            log.exception("call_failed", endpoint=call.endpoint.path)
            return call.dialect.refusal(call.dialect.internal)

    def _refused(self, path: str, failure: str, status: int, message: str) -> Response:
        dialect = self.dialect_of(path)
        if dialect is None:
            return json_response({"message": message}, status)
        return dialect.refusal(getattr(dialect, failure))

    async def _run(self, call: Call, request: Request, route: dict[str, str]) -> Response:
        dialect, endpoint = call.dialect, call.endpoint
        if (failure := dialect.unwelcome(request)) is not None:
            return dialect.refusal(failure)
        principal = ANONYMOUS
        credential = dialect.credential(request)
        if endpoint.access.name != "public" or (endpoint.knows_caller and credential is not None):
            principal = await self._graph.principal(credential, apis={dialect.api})
            if not principal.is_signed_in:
                return dialect.unauthenticated(principal.fault)
            if not endpoint.access.allows(principal, principal.user_id):
                return dialect.refusal(dialect.forbidden)
        variables = await _variables(endpoint, request, route, principal)
        context = self._graph.trusted_context(
            principal, request, api=dialect.api, client_details=dialect.client_details(request)
        )
        result = await self._graph.execute(call.document, variables, context)
        return _reply(call, request, variables, result)


async def _variables(
    endpoint: Endpoint, request: Request, route: dict[str, str], principal: Principal
) -> dict[str, Any]:
    variables = bind(endpoint.route, route)
    sent = {name: value for name, value in request.query_params.items() if value}
    parts = [bind(endpoint.query, sent), bind(endpoint.cookies, request.cookies)]
    if endpoint.body:
        parts.append(bind(endpoint.body, await read_body(request, max_files=MAX_FILES * endpoint.takes_files)))
    for part in parts:
        for name, value in part.items():
            put(variables, name, value)
    for path, value in endpoint.fixed.items():
        put(variables, path, value)
    own = endpoint.viewer_variable
    if own is not None and own not in variables and principal.user_id is not None:
        variables[own] = node_id.encode("User", principal.user_id)
    return variables


def _reply(call: Call, request: Request, variables: dict[str, Any], result: ExecutionResult) -> Response:
    dialect, endpoint = call.dialect, call.endpoint
    if result.errors:
        return _error_reply(call, _code(result.errors[0]), result.errors[0].message)
    data = {**(result.data or {}), "$": variables}
    for payload in data.values():
        if isinstance(payload, dict) and payload.get("errors"):
            error = payload["errors"][0]
            response = _error_reply(call, error["code"], error["message"], error["path"])
            if error.get("retryAfter"):
                response.headers["retry-after"] = str(error["retryAfter"])
            return response
    for outcome in endpoint.outcomes:
        if outcome.applies(data):
            return dialect.refusal(outcome.failure, render(outcome.failure.data, data))
    if isinstance(endpoint.reply, FileReply):
        return _file(endpoint.reply, data, is_secure=request.url.scheme == "https")
    return dialect.success(render(endpoint.reply, data), message=endpoint.message, meta=render(endpoint.meta, data))


def _code(error: GraphQLError) -> str:
    return str((error.extensions or {}).get("code", INTERNAL_ERROR))


def _error_reply(call: Call, code: str, message: str, path: Sequence[str] = ()) -> Response:
    dialect, endpoint = call.dialect, call.endpoint
    failure: Failure | None = endpoint.errors.get(code) or dialect.errors.get(code)
    if failure is None and code in dialect.validation:
        name = call.name_of(path)
        words = dialect.validation[code] or message
        refuse = dialect.invalid if code == GRAPHQL_VALIDATION_FAILED else dialect.rejected
        return refuse(f"{name}: {words}" if name else words)
    if failure is None:
        if code != INTERNAL_ERROR and code != ErrorCode.FORBIDDEN:
            log.error("unmapped_error", endpoint=endpoint.path, code=code, message=message)
        failure = endpoint.failure
    return dialect.refusal(failure, render(failure.data, {}))


def _file(reply: FileReply, data: dict[str, Any], *, is_secure: bool) -> Response:
    file = at(data, reply.path)
    disposition = "inline" if reply.inline else "attachment"
    response = Response(
        base64.b64decode(file["contentBase64"]),
        media_type=file["mediaType"],
        headers={
            "cache-control": "no-store",
            "content-disposition": f"{disposition}; filename*=UTF-8''{quote(file['name'])}",
        },
    )
    if (cookie := reply.cookie) is not None:
        value = at(data, cookie.path)
        response.set_cookie(cookie.name, value, max_age=cookie.max_age, httponly=True, samesite="lax", secure=is_secure)
    return response
