"""`/export`: a connection of the graph as a file for spreadsheets, read page by page with the caller's own rights.

A .csv file is sent while it is read. An .xlsx file is packed when all rows are there: until then it is on the disk.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import anyio
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from models.errors import BrokenOff, DomainError
from resolvers import audit, workbooks
from resolvers.workbooks import Sheets, content_of, on_disk
from schema.engine.context import Context
from schema.engine.errors import RequestRefused, Unavailable, present_all
from schema.engine.graph import Graph
from schema.engine.http.endpoint import check_method, language_of, refused_reply, reply, wording_for
from schema.engine.http.media_types import JSON
from schema.engine.http.refusals import HttpRefusal, bad_request
from schema.engine.http.requests import Asked, asked
from schema.engine.http.streaming import Streamed
from schema.engine.operations import Operation
from schema.engine.wording import Wording
from schema.listed import Listed, cells_of, connection_of, lines_of, listed_by, plain

CSV, XLSX = "csv", "xlsx"
MAKING = 2
"""The .xlsx files that a process writes at a time: each takes some hundred megabytes of the disk."""
_MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for something else."""
Pages = AsyncIterator[Sequence[Any]]


class PageRefused(BrokenOff):
    """A page after the first was refused."""

    def __init__(self, result: ExecutionResult) -> None:
        super().__init__()
        self.result = result


class ListingView:
    """Sends the nodes of a connection as rows; a refusal before the first row is answered as the graph does."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._making = anyio.Semaphore(MAKING)
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
            return reply(_refused(outage, wording_for(request)), JSON, wording_for(request))
        return reply(PreExecutionError(data=None, errors=errors), JSON, wording_for(request))

    async def _sent(self, request: Request, sent: Asked) -> Response:
        if sent.query is None:
            raise bad_request("The request has no query.")
        if (kind := request.query_params.get("format") or CSV) not in (CSV, XLSX):
            raise bad_request("The format is {csv} or {xlsx}.", csv=CSV, xlsx=XLSX)
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
        if first.errors or connection_of(first, listed) is None:
            return reply(first, JSON, context.wording)
        if context.scope.principal.is_administrator:
            details = {"list": ".".join(listed.path)}
            await audit.record_alone(
                context.scope, action="export_list", subject_type="Export", subject_id=0, details=details
            )
        pages = self._pages(operation, listed, variables, context, first)
        disposition = f'attachment; filename="{listed.path[-1]}.{kind}"'
        headers = {"cache-control": "no-store", "content-disposition": disposition}
        if kind == CSV:
            return Streamed(_csv(pages, listed), media_type="text/csv; charset=utf-8", headers=headers)
        try:
            return await self._workbook(request, pages, listed, context, headers)
        except PageRefused as refused:
            return reply(refused.result, JSON, context.wording)

    async def _pages(
        self, operation: Operation, listed: Listed, variables: dict[str, Any], context: Context, result: ExecutionResult
    ) -> Pages:
        """The nodes of each page. Raises PageRefused, and what refuses a session that has ended."""
        while (connection := connection_of(result, listed)) is not None and not result.errors:
            nodes = connection["nodes"]
            yield nodes
            info = connection["pageInfo"]
            if not nodes or not info["hasNextPage"]:
                return
            try:
                await context.renew()  # a session that ended meanwhile reads no more
            except DomainError as refusal:
                raise PageRefused(_refused(refusal, context.wording)) from refusal
            result = await self._graph.schema.run(operation, {**variables, listed.after: info["endCursor"]}, context)
        raise PageRefused(result)

    async def _workbook(
        self, request: Request, pages: Pages, listed: Listed, context: Context, headers: dict[str, str]
    ) -> Response:
        """The .xlsx file, once it is whole. Raises PageRefused, and HttpRefusal for a list that no sheet holds."""
        scratch = context.scope.services.scratch
        with on_disk(scratch) as file:
            async with self._making:
                sheets = Sheets(file, scratch)
                sheets.begin(listed.path[-1], _headings(listed))
                async for nodes in pages:
                    if await request.is_disconnected():
                        raise ClientDisconnect
                    if sheets.rows + len(nodes) > workbooks.MAX_ROWS:
                        raise bad_request(
                            "The list has more than {maximum} rows, which is all that a sheet holds: filter it, or"
                            " take a .csv file.",
                            maximum=workbooks.MAX_ROWS,
                        )
                    for node in nodes:
                        sheets.add(map(plain, cells_of(node, listed)))
                headers["content-length"] = str(await sheets.done())
        return Streamed(content_of(file), media_type=workbooks.MEDIA_TYPE, headers=headers)


def _refused(refusal: DomainError, wording: Wording) -> ExecutionResult:
    errors = present_all([GraphQLError(str(refusal), original_error=refusal)], wording)
    return PreExecutionError(data=None, errors=errors)


def _headings(listed: Listed) -> list[str]:
    return [".".join(path) for path in listed.columns]


async def _csv(pages: Pages, listed: Listed) -> AsyncIterator[str]:
    yield _MARK + lines_of([_headings(listed)])
    async for nodes in pages:
        yield lines_of(cells_of(node, listed) for node in nodes)
