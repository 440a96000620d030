"""`/export`: a connection of the graph as a .csv file, streamed page by page with the caller's own rights."""

import csv
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from resolvers import audit
from resolvers.spreadsheets import harmless
from schema.engine.context import Context
from schema.engine.errors import RequestRefused, Unavailable, present_all
from schema.engine.graph import Graph
from schema.engine.http.endpoint import check_method, language_of, refused_reply, reply, wording_for
from schema.engine.http.media_types import JSON
from schema.engine.http.refusals import HttpRefusal, bad_request
from schema.engine.http.requests import Asked, asked
from schema.engine.operations import Operation

MAX_ROWS = 1_000_000
_MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for something else."""
_ENDS = frozenset({"hasNextPage", "endCursor"})


class BrokenOff(Exception):
    """A page after the first was refused: the reply ends without its end, so that nobody takes it for whole."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The one connection of an operation: where it stands, the variable of its cursor, and its columns."""

    path: tuple[str, ...]
    after: str
    columns: tuple[tuple[str, ...], ...]


class ListingView:
    """Sends the nodes of a connection as rows; a refusal before the first row is answered as the graph does."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.route = Route("/export", self.send, methods=["GET", "POST"])

    async def send(self, request: Request) -> Response:
        """The file. GET and POST take what `/graphql` takes."""
        try:
            return await self._sent(request, await asked(request))
        except HttpRefusal as refused:
            return refused_reply(refused, JSON, wording_for(request))
        except RequestRefused as refused:
            errors = present_all(refused.errors, wording_for(request))
        except Unavailable as outage:
            errors = present_all([GraphQLError(str(outage), original_error=outage)], wording_for(request))
        return reply(PreExecutionError(data=None, errors=errors), JSON, wording_for(request))

    async def _sent(self, request: Request, sent: Asked) -> Response:
        if sent.query is None:
            raise bad_request("The request has no query.")
        context = await self._graph.context(
            request,
            authorization=request.headers.get("authorization"),
            language=language_of(request),
        )
        operation = await self._graph.schema.ready(sent.query, sent.operation_name, sent.variables, context)
        check_method(operation, "GET")
        listed = listed_by(operation.prepared.document, operation.prepared.operation)
        variables = {**(sent.variables or {}), listed.after: None}
        first = await self._graph.schema.run(operation, variables, context)
        if first.errors or _connection(first, listed) is None:
            return reply(first, JSON, context.wording)
        if context.scope.principal.is_administrator:
            details = {"list": ".".join(listed.path)}
            await audit.record_alone(
                context.scope, action="export_list", subject_type="Export", subject_id=0, details=details
            )
        headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{listed.path[-1]}.csv"'}
        rows = self._rows(operation, listed, variables, context, first)
        return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers=headers)

    async def _rows(
        self, operation: Operation, listed: Listed, variables: dict[str, Any], context: Context, result: ExecutionResult
    ) -> AsyncIterator[str]:
        yield _MARK + _lines([[".".join(path) for path in listed.columns]])
        number = 0
        while (connection := _connection(result, listed)) is not None and not result.errors:
            nodes = connection["nodes"]
            yield _lines([_cell(node, path) for path in listed.columns] for node in nodes)
            number += len(nodes)
            info = connection["pageInfo"]
            if not nodes or not info["hasNextPage"] or number >= MAX_ROWS:
                return
            await context.renew()  # a session that ended meanwhile reads no more
            result = await self._graph.schema.run(operation, {**variables, listed.after: info["endCursor"]}, context)
        raise BrokenOff


def listed_by(document: DocumentNode, operation: OperationDefinitionNode) -> Listed:
    """The one connection of an operation. Raises HttpRefusal where it selects anything else."""
    fragments = {part.name.value: part for part in document.definitions if isinstance(part, FragmentDefinitionNode)}
    path: list[str] = []
    selected: SelectionSetNode | None = operation.selection_set
    while selected is not None:
        fields = list(_fields(selected, fragments))
        if len(fields) != 1:
            raise bad_request("An export selects one connection and nothing beside it.")
        (field,) = fields
        path.append(_key(field))
        selected = field.selection_set
        inner = {_key(each): each for each in _fields(selected, fragments)} if selected else {}
        if "nodes" in inner:
            return Listed(tuple(path), _cursor(field, inner, fragments), tuple(_leaves(inner["nodes"], fragments)))
    raise bad_request("An export selects the nodes of one connection.")


def _cursor(field: FieldNode, inner: Mapping[str, FieldNode], fragments: Mapping[str, Any]) -> str:
    """The variable that the connection's `after` is."""
    info = inner.get("pageInfo")
    ends = _fields(info.selection_set, fragments) if info and info.selection_set else ()
    told = {each.name.value for each in ends if each.alias is None}
    for argument in field.arguments or ():
        if argument.name.value == "after" and isinstance(argument.value, VariableNode) and told >= _ENDS:
            return argument.value.name.value
    raise bad_request(
        "An export's connection takes `after` from a variable and selects pageInfo with hasNextPage and endCursor."
    )


def _leaves(field: FieldNode, fragments: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    seen = set()
    for each in _fields(field.selection_set, fragments) if field.selection_set else ():
        path = (*above, _key(each))
        for leaf in _leaves(each, fragments, path) if each.selection_set else (path,):
            if leaf not in seen:
                seen.add(leaf)
                yield leaf


def _fields(selected: SelectionSetNode, fragments: Mapping[str, Any]) -> Iterator[FieldNode]:
    for selection in selected.selections:
        if isinstance(selection, FieldNode):
            yield selection
        else:
            inner: Any = fragments[selection.name.value] if isinstance(selection, FragmentSpreadNode) else selection
            yield from _fields(inner.selection_set, fragments)


def _key(field: FieldNode) -> str:
    return (field.alias or field.name).value


def _connection(result: ExecutionResult, listed: Listed) -> Any:
    """The connection of a result; None where a refusal or a directive left it out, or what the next page needs."""
    found: Any = result.data
    for step in listed.path:
        found = None if found is None else found.get(step)
    is_whole = (
        found is not None and isinstance(found.get("nodes"), list) and (found.get("pageInfo") or {}).keys() >= _ENDS
    )
    return found if is_whole else None


def _cell(node: Any, path: Sequence[str]) -> str:
    """The value at a path; those of a list with semicolons between them."""
    for number, step in enumerate(path):
        if isinstance(node, list):
            return "; ".join(_cell(each, path[number:]) for each in node)
        node = None if node is None else node.get(step)
    if node is None:
        return ""
    if isinstance(node, list):
        return "; ".join(_cell(each, ()) for each in node)
    if isinstance(node, str):
        return harmless(node)
    return orjson.dumps(node).decode()


class _Text:
    """Keeps the lines that are written."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, line: str) -> int:
        self.lines.append(line)
        return len(line)


def _lines(rows: Any) -> str:
    text = _Text()
    csv.writer(text).writerows(rows)
    return "".join(text.lines)
