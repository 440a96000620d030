"""The executable graph: the schema with its services. The GraphQL view and the REST layer run it."""

from collections.abc import Collection, Iterable, Mapping
from functools import cache, partial
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode, parse, validate
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from auth import clients
from auth.principal import ClientDetails, Disclosure, Principal
from auth.sessions import authenticate
from models.errors import InvalidInput
from models.generated import generated as generated
from models.identity import Api as Api
from models.settings import Settings as Settings
from resolvers.paging import MAX_PAGE_SIZE
from resolvers.scope import Scope, Services
from schema.engine.context import BeforeCommit, Context
from schema.engine.errors import ErrorCode, present_all
from schema.engine.executor import Prepared as Prepared
from schema.engine.executor import execute, trust
from schema.engine.limits import Limits
from schema.engine.mutations import errors_of
from schema.engine.operations import GraphSchema
from schema.engine.shapes import Shapes
from schema.engine.wording import Language, Message, Wording
from watching.headers import header
from watching.work import current

TRUSTED_PAGE_LIMIT = 1000
"""The largest page of an operation of the REST layer."""
_EVERY_API = frozenset(Api)
ADMINISTRATORS_PAGE_LIMIT = 10_000
"""The same for administrators: the recorder's front end exports through its search of users."""


class InvalidOperation(Exception):
    """An operation of the REST layer does not fit the schema."""


@cache
def prepare(schema: GraphQLSchema, source: str) -> DocumentNode:
    """The document of an operation, parsed and validated against the schema. Raises InvalidOperation."""
    document = parse(source, no_location=True)
    if errors := validate(schema, document):
        raise InvalidOperation("; ".join(error.message for error in errors))
    return document


class Graph:
    """Executes operations for callers. `before_commit` ends the work of each mutation, in its transaction."""

    def __init__(
        self,
        services: Services,
        schema: GraphSchema,
        limits: Limits | None = None,
        *,
        before_commit: BeforeCommit | None = None,
    ) -> None:
        self.services = services
        self.schema = schema.limited(limits or Limits())
        self._before_commit = before_commit

    async def principal(self, authorization: str | None, *, apis: Collection[Api]) -> Principal:
        """Who an Authorization header stands for; only sessions of `apis` are accepted."""
        services, now = self.services, self.services.clock()
        principal = await authenticate(
            services.database,
            services.signer,
            authorization,
            apis=apis,
            now=now,
            confines=services.confines(Api.GRAPH) if Api.GRAPH in apis else services.confines_old_apis,
        )
        services.activity.note(principal, now)
        current().user_id = principal.user_id
        return principal

    def scope(
        self, principal: Principal, connection: HTTPConnection, *, language: Language = Language.ENGLISH
    ) -> Scope:
        """The scope of an operation that begins now."""
        request, services = connection.scope, self.services
        client = request.get("client")
        return Scope(
            services,
            principal,
            now=services.clock(),
            client=clients.address(client[0]) if client else "",
            user_agent=header(request, b"user-agent") or "",
            request_id=request.get("request_id", ""),
            language=language,
        )

    async def context(
        self,
        connection: Request | WebSocket,
        response: Response | WebSocket | None = None,
        *,
        authorization: str | None,
        language: Language,
    ) -> Context:
        """The context of an operation of a client of the graph."""
        principal = await self.principal(authorization, apis=_EVERY_API)
        return Context(
            self.scope(principal, connection, language=language),
            request=connection,
            response=response,
            page_limit=MAX_PAGE_SIZE,
            api=Api.GRAPH,
            authenticate=partial(self.principal, authorization, apis=_EVERY_API),
            before_commit=self._before_commit,
            renders=self.services.compiles_statements,
        )

    def trusted_context(
        self,
        principal: Principal,
        connection: Request,
        *,
        api: Api,
        client_details: ClientDetails | None,
        wording: Wording,
        disclosures: frozenset[Disclosure] = frozenset(),
        faults: Iterable[tuple[tuple[str, ...], str]] = (),
    ) -> Context:
        """The context of an operation of the REST layer; new sessions belong to `api`, and messages are as `wording`
        has them.

        `disclosures` are what it shows that a client of the graph would not see. `faults` are paths of the
        variables whose values do not bind, and why: no mutation takes effect then, and a form tells of them beside
        its own.
        """
        principal = principal.showing(disclosures) if disclosures else principal
        scope = self.scope(principal, connection, language=wording.language)
        scope.client_details = client_details
        scope.faults = tuple(InvalidInput(Message.verbatim(fault), field=_field_at(path)) for path, fault in faults)
        return Context(
            scope,
            request=connection,
            page_limit=ADMINISTRATORS_PAGE_LIMIT if principal.is_administrator else TRUSTED_PAGE_LIMIT,
            api=api,
            before_commit=self._before_commit,
            wording=wording,
        )

    def prepare(self, source: str, shapes: Shapes | None = None) -> Prepared:
        """The operation of a document of our own, ready to be executed. Raises InvalidOperation.

        With `shapes` the lists of its results may hold JSON in these, as `orjson.Fragment`.
        """
        document = prepare(self.schema._schema, source)
        (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
        prepared = Prepared(self.schema._schema, document, operation, shapes=shapes or {})
        trust(self.schema, prepared)
        return prepared

    def errors_of(self, prepared: Prepared) -> Mapping[str, tuple[ErrorCode, ...]]:
        """The mutations of an operation, each with the codes that its payload can hold."""
        return errors_of(self.schema._schema, prepared.document)

    async def execute(self, prepared: Prepared, variables: dict[str, Any], context: Context) -> ExecutionResult:
        """The result of a prepared operation, its errors as the graph's clients would see them."""
        work = current()
        work.begins(prepared.label, prepared.name)
        context.takes_shapes = bool(prepared.shapes) and self.services.compiles_statements
        result = execute(self.schema, prepared, variables, context)
        if not isinstance(result, ExecutionResult):
            result = await result
        work.ends()
        if result.errors:
            result.errors = present_all(result.errors, context.wording)
        return result


def _field_at(path: tuple[str, ...]) -> str | None:
    """The field of a mutation's input that a path of its variables leads to; None for a path to nothing."""
    return ".".join(path[1:]) if path else None
