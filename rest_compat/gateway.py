"""The gateway: finds the row of a call, binds its parameters, executes its operation and formats the reply."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import structlog
from graphql import ExecutionResult, GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from auth.principal import ANONYMOUS, Principal, TokenFault
from rest_compat.binding import BindingError, Bound, UnknownCode, put
from rest_compat.body import read_body
from rest_compat.call import Call
from rest_compat.dialect import Credential, Dialect, json_response
from rest_compat.error_mapping import check_error_mapping
from rest_compat.file_response import file_response
from rest_compat.middleware import BodyTooLarge
from rest_compat.shapes import shapes_of
from rest_compat.wording import Documented, item_of
from schema.engine import node_id
from schema.engine.context import Context
from schema.engine.errors import (
    GRAPHQL_VALIDATION_FAILED,
    INTERNAL_ERROR,
    ErrorCode,
    RequestErrorCode,
    Unavailable,
    field_of,
    outage_of,
)
from schema.engine.graph import Graph
from schema.engine.wording import chinese_texts
from watching.work import current

_REFUSALS = {
    "not_found": ErrorCode.NOT_FOUND,
    "method_not_allowed": RequestErrorCode.METHOD_NOT_ALLOWED,
    "too_large": RequestErrorCode.PAYLOAD_TOO_LARGE,
}
"""The codes by which the log knows what is refused before a row is found."""
_PARAMETER = re.compile(r"\{(\w+)\}")

log = structlog.get_logger()


class RestGateway:
    """The ASGI application of all old APIs. Every operation is parsed and validated when it is built."""

    def __init__(self, graph: Graph, dialects: Sequence[Dialect]) -> None:
        chinese_texts()  # read now, not by the first refusal
        self._graph = graph
        self._dialects = dialects
        self._calls: dict[str, dict[str, Call]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}
        for dialect in dialects:
            for endpoint in dialect.endpoints:
                operation = graph.prepare(endpoint.source(dialect.folder), shapes_of(endpoint))
                check_error_mapping(dialect, endpoint, graph.errors_of(operation))
                call = Call(dialect.at(endpoint), endpoint, operation)
                path = endpoint.path.rstrip("/")
                self._calls.setdefault(path, {})[endpoint.method] = call
                if endpoint.route:
                    self._patterns[path] = re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", path))

    @property
    def paths(self) -> Collection[str]:
        """The paths that it answers, with and without a slash at their end; those with parameters are templates."""
        return [form for path in self._calls for form in (path, f"{path}/")]

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
        calls = list(self._match(path)[0].values())
        for call in calls:
            current().endpoint = call.endpoint.path
        # The endpoint's own: some have members of their own in every reply.
        dialect = calls[0].dialect if calls else self.dialect_of(path)
        return self._refused(dialect, "too_large", 413, "The body is too large.")

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
        path = request.scope["path"]
        calls, route = self._match(path)
        work = current()
        if not calls:
            return self._refused(self.dialect_of(path), "not_found", 404, "Not Found")
        call = calls.get(request.method)
        work.endpoint = next(iter(calls.values())).endpoint.path
        if request.method == "HEAD" and (read := calls.get("GET")) is not None and read.is_query:
            call = read
        if call is None:
            response = self._refused(self.dialect_of(path), "method_not_allowed", 405, "Method Not Allowed")
            response.headers["allow"] = ", ".join(sorted(calls))
            return response
        try:
            return await self._run(call, request, route)
        except (BodyTooLarge, ClientDisconnect):
            raise
        except Unavailable as outage:
            work.refused(outage.code)
            return call.dialect.unavailable(retry_after=outage.retry_after)
        except Exception:
            log.exception("call_failed", endpoint=call.endpoint.path)
            work.refused(INTERNAL_ERROR)
            return call.dialect.refusal(call.dialect.internal)

    @staticmethod
    def _refused(dialect: Dialect | None, failure: str, status: int, message: str) -> Response:
        current().refused(_REFUSALS[failure])
        if dialect is None:
            return json_response({"message": message}, status)
        return dialect.refusal(getattr(dialect, failure))

    async def _run(self, call: Call, request: Request, route: dict[str, str]) -> Response:
        dialect, endpoint = call.dialect, call.endpoint
        if (failure := dialect.reject_request(request)) is not None:
            current().refused(RequestErrorCode.BAD_REQUEST)
            return dialect.refusal(failure)
        principal = ANONYMOUS
        credential = await dialect.credential(request, route) if endpoint.reads_token else None
        if not call.is_public or credential is not None:
            principal = await self._principal(dialect, credential)
            may_call = endpoint.access.allows(principal, principal.user_id)
            if not principal.is_signed_in and (endpoint.knows_caller or not may_call):
                if principal.fault is TokenFault.PASSWORD_CHANGE_REQUIRED:
                    current().refused(ErrorCode.PASSWORD_CHANGE_REQUIRED)
                    return dialect.refusal(dialect.password_change_required)
                current().refused(ErrorCode.UNAUTHENTICATED)
                failure = endpoint.errors.get(ErrorCode.UNAUTHENTICATED)
                return dialect.refusal(failure) if failure else dialect.unauthenticated(principal.fault)
            if not may_call:
                current().refused(ErrorCode.FORBIDDEN)
                return dialect.refusal(endpoint.errors.get(ErrorCode.FORBIDDEN, dialect.forbidden))
        bound = await _bound(call, request, route)
        if bound.faults and not (endpoint.is_form and all(fault.parameter for fault in bound.faults)):
            return _unbound(call, bound.faults)
        variables = _completed(call, bound.variables, principal)
        context = self._graph.trusted_context(
            principal,
            request,
            api=dialect.api,
            client_details=dialect.client_details(request),
            wording=Documented(call.names),
            disclosures=endpoint.discloses,
            faults=[(call.path_of(fault.parameter), fault.fault) for fault in bound.faults],
        )
        result = await self._graph.execute(call.operation, variables, context)
        return _reply(call, context, variables, result)

    async def _principal(self, dialect: Dialect, credential: Credential | None) -> Principal:
        authorization = None if credential is None else credential.authorization
        principal = await self._graph.principal(authorization, apis={dialect.api})
        if credential is None or not principal.is_signed_in or credential.belongs_to(principal):
            return principal
        return Principal(fault=TokenFault.INVALID)


async def _bound(call: Call, request: Request, route: dict[str, str]) -> Bound:
    bound, endpoint = Bound(blank_is_missing=call.dialect.blank_is_missing), call.endpoint
    if endpoint.route:
        bound.bind(endpoint.route, route)
    if endpoint.query:
        bound.bind(endpoint.query, _sent(request))
    if endpoint.cookies:
        bound.bind(endpoint.cookies, request.cookies)
    if endpoint.body:
        try:
            body = await read_body(request, max_files=call.max_files)
        except BindingError as error:
            bound.faults.append(error)
        else:
            bound.bind(endpoint.body, body)
    return bound


def _sent(request: Request) -> dict[str, str]:
    """What the query string holds; of the values of one name the last counts, and a blank one is none."""
    query = request.scope["query_string"].decode("latin-1")
    if "%" in query or "+" in query:
        fields = dict(parse_qsl(query, keep_blank_values=True))
    else:  # the same, where nothing is escaped
        fields = {name: value for name, _, value in [part.partition("=") for part in query.split("&")]}
    return {name: value for name, value in fields.items() if value}


def _completed(call: Call, variables: dict[str, Any], principal: Principal) -> dict[str, Any]:
    for path, value in call.fixed:
        put(variables, path, value)
    if call.endpoint.signed_in_variable is not None:
        variables[call.endpoint.signed_in_variable] = principal.is_signed_in
    own = call.endpoint.viewer_variable
    if own is not None and own not in variables and principal.user_id is not None:
        variables[own] = node_id.encode("User", principal.user_id)
    return variables


def _unbound(call: Call, faults: Sequence[BindingError]) -> Response:
    current().refused(ErrorCode.INVALID_INPUT)
    first = faults[0]
    failure = call.endpoint.unknown.get(first.parameter) if isinstance(first, UnknownCode) else None
    return call.dialect.refusal(failure) if failure else call.dialect.binding_errors(faults)


def _reply(call: Call, context: Context, variables: dict[str, Any], result: ExecutionResult) -> Response:
    dialect = call.dialect
    if (outage := outage_of(result.errors)) is not None:
        return dialect.unavailable(retry_after=(outage.extensions or {}).get("retryAfter"))
    if result.errors:
        first = result.errors[0]
        return error_reply(call, variables, [{"code": _code(first), "message": first.message, "path": field_of(first)}])
    data = {**(result.data or {}), "$": variables}
    for payload in data.values():
        if isinstance(payload, dict) and payload.get("errors"):
            response = error_reply(call, variables, payload["errors"])
            if retry_after := payload["errors"][0].get("retryAfter"):
                response.headers["retry-after"] = str(retry_after)
            return response
    for outcome, value, shown in call.outcomes:
        if bool(value(data)) is not outcome.missing:
            current().refused(str(outcome.failure.code))
            return dialect.refusal(outcome.failure, shown(data))
    if call.file is not None:
        return file_response(call.file, call.reply(data), call.cookie(data), is_https=context.is_https)
    return dialect.success(call.reply(data), message=call.endpoint.message, meta=call.meta(data))


def _fault(call: Call, error: Mapping[str, Any]) -> tuple[str, str]:
    """The parameter that an error is about, and what it says of it, or of an entry of it."""
    name = call.names.parameter(error["path"])
    words = call.dialect.validation[error["code"]] or str(error["message"])
    item = item_of(error["path"])
    if item is not None:
        about_it = words.removeprefix(f"{name} ")
        words = f"{name} 第 {item} 项{about_it}" if about_it != words else f"{name} 第 {item} 项的 {words}"
    return name, words


def _code(error: GraphQLError) -> str:
    return str((error.extensions or {}).get("code", INTERNAL_ERROR))


def error_reply(call: Call, variables: dict[str, Any], errors: Sequence[Mapping[str, Any]]) -> Response:
    """The reply to errors of a mutation's payload, or of a query's argument."""
    dialect = call.dialect
    code = errors[0]["code"]
    if code not in call.failures and code in dialect.validation:
        faults = [_fault(call, error) for error in errors if error["code"] in dialect.validation]
        return dialect.input_errors(faults, is_malformed=code == GRAPHQL_VALIDATION_FAILED)
    if code not in {*call.failures, INTERNAL_ERROR, ErrorCode.FORBIDDEN}:
        log.error("unmapped_error", endpoint=call.endpoint.path, code=code, message=errors[0]["message"])
    failure, shown = call.failure_of(code)
    return dialect.refusal(failure, shown({"$": variables}))
