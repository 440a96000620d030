"""Runs operations with graphql-core and with the compiled executor, and compares what they answer."""

import dataclasses
from collections import Counter
from collections.abc import Hashable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import graphql
import orjson
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLObjectType,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from strawberry import Schema
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from auth.principal import ANONYMOUS, Principal
from models.db import Database
from models.identity import Role
from resolvers.loaders import RowByKey
from resolvers.paging import Page
from resolvers.scope import Scope, Services
from schema.engine.context import Context, LoadAll
from schema.engine.executor import CompiledExecutor, Plans, Prepared, execute
from schema.engine.fields import Linked
from schema.engine.loader import Loader
from schema.schema import build_schema
from tests.schema.engine.executor.operations import Operation

SCHEMA = build_schema()
GRAPHQL = SCHEMA._schema


class EagerPlans(Plans):
    """Compiles each operation when it comes for the first time, and counts those that get no plan."""

    def __init__(self) -> None:
        super().__init__()
        self.unplanned = 0

    def _is_known(self, key: Hashable, *, is_signed_in: bool) -> bool:
        return True

    def find(self, *operation: Any, **options: Any) -> Any:
        plan = super().find(*operation, **options)
        self.unplanned += plan is None
        return plan


class EagerExecutor(CompiledExecutor):
    """The compiled executor, for operations that come once."""

    plans = EagerPlans()


def compiling(schema: Schema, executor: type[CompiledExecutor]) -> Schema:
    """The same schema with another executor."""
    compiled = copy(schema)
    compiled.execution_context_class = executor
    return compiled


COMPILED = compiling(SCHEMA, EagerExecutor)


def prepared(schema: Schema, text: str) -> Prepared:
    """The only operation of a document."""
    document = parse(text)
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    return Prepared(schema._schema, document, operation)


async def settled(result: Any) -> ExecutionResult:
    """What an executor answers, at once or later."""
    return cast("ExecutionResult", result if isinstance(result, ExecutionResult) else await result)


class BatchFailed(Exception):
    """What a fault makes a batch function raise."""


@dataclass(frozen=True)
class Faults:
    """Which batch functions fail, and for which keys: the same for both executors, by name and key."""

    seed: int = 0
    by_key: float = 0
    whole: float = 0
    missing: float = 0
    null_columns: float = 0
    rendering: bool = False
    """Whether each statement fails that makes replies. Those that do not make them see the other faults alone."""

    def wrap(self, batch: LoadAll, name: str) -> LoadAll:
        """The batch function with its faults."""

        async def faulty(scope: Scope, keys: Sequence[Any]) -> Sequence[Any]:
            if self._hits(self.whole, "whole", name):
                raise BatchFailed(f"{name} failed.")
            found = await batch(scope, keys)
            return [self._changed(name, key, value) for key, value in zip(keys, found, strict=True)]

        return faulty

    def _changed(self, name: str, key: Any, value: Any) -> Any:
        if self._hits(self.by_key, "by_key", name, key):
            return BatchFailed(f"{name} failed for {key}.")
        if isinstance(value, Page):
            return dataclasses.replace(value, rows=[self._nulled(name, row) for row in value.rows])
        if isinstance(value, list):
            return [self._nulled(name, row) for row in value]
        if hasattr(value, "_mapping"):
            return None if self._hits(self.missing, "missing", name, key) else self._nulled(name, value)
        return value

    def _nulled(self, name: str, row: Any) -> Any:
        columns = dict(row._mapping)
        hit = [column for column in columns if self._hits(self.null_columns, name, columns.get("id"), column)]
        if not hit:
            return row
        changed = {**columns, **{column: None for column in hit if column != "id"}}
        return SimpleNamespace(_mapping=changed, **changed)

    def _hits(self, probability: float, *what: Any) -> bool:
        return probability > 0 and Random(f"{self.seed} {what}").random() < probability  # noqa: S311

    @property
    def leave_rows(self) -> bool:
        """Whether batch functions find what they find without faults."""
        return not (self.by_key or self.whole or self.missing or self.null_columns)


NO_FAULTS = Faults()
FAILED_RENDERING = Faults(rendering=True)


class Unrendering:
    """A database that makes no replies: statements that would, fail."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def fetch(self, statement: Any, parameters: Any = None) -> Any:
        if "reply_0" in statement.selected_columns:
            raise DBAPIError("", None, Exception("Failed."))
        return await self._database.fetch(statement, parameters)


def _batch_names() -> dict[Any, str]:
    names: dict[Any, str] = {}
    for type_ in GRAPHQL.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for name, each in type_.fields.items():
                declared = each.extensions.get("strawberry-definition")
                if isinstance(declared, Linked):
                    names.setdefault(declared.batch, f"{type_.name}.{name}")
    return names


BATCH_NAMES = _batch_names()


class FaultyContext(Context):
    """A context whose batch functions have faults."""

    faults = NO_FAULTS

    def knows(self, batch: RowByKey) -> bool:
        return super().knows(batch) and self.faults == NO_FAULTS

    def loader(self, batch: LoadAll, *, variant: Hashable = None) -> Loader:
        if self.faults == NO_FAULTS:
            return super().loader(batch, variant=variant)
        used = variant[0] if isinstance(variant, tuple) else batch
        original = getattr(used, "unprojected", used)
        name = BATCH_NAMES.get(original, "A hand-written resolver's")
        return super().loader(self.faults.wrap(batch, name), variant=variant or batch)


@dataclass
class Comparison:
    """Compares; `counts` says how it went.

    The compiled executor runs as the product runs it, or is plugged into graphql-core's `execute`.
    """

    plain: Services
    compiled: Services
    now: datetime
    principals: Sequence[Principal]
    is_plugged_in: bool = False
    counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    async def of(cls, plain: Services, compiled: Services, *, now: datetime) -> "Comparison":
        """A comparison for callers of each kind: nobody, some students, and everybody with a role."""
        users = [row.id for row in await plain.database.fetch(text("SELECT id FROM users ORDER BY id"))]
        roles: dict[int, set[Role]] = {}
        for row in await plain.database.fetch(text("SELECT user_id, role FROM user_roles ORDER BY id")):
            roles.setdefault(row.user_id, set()).add(Role(row.role))
        students = [Principal(user_id=user) for user in users[:4]]
        others = [Principal(user_id=user, roles=frozenset(held)) for user, held in roles.items()]
        return cls(plain, compiled, now, [ANONYMOUS, *students, *others])

    @property
    def administrator(self) -> Principal:
        """Who may read almost everything."""
        return next(each for each in self.principals if each.is_administrator)

    async def compare(self, operation: Operation, principal: Principal, faults: Faults = NO_FAULTS) -> None:
        """Fail unless both executors answer alike."""
        known = prepared(SCHEMA, operation.text)
        story = f"{operation}\n{principal}\n{faults}"
        plain = await self._plain(known, operation, self._context(self.plain, principal, faults))
        unplanned = EagerExecutor.plans.unplanned
        compiled = await self._compiled(known, operation, self._context(self.compiled, principal, faults))
        wanted, found = [_shown(error) for error in plain.errors or ()], [_shown(e) for e in compiled.errors or ()]
        if repr(compiled.data) != repr(plain.data) or EagerExecutor.plans.unplanned != unplanned:
            assert validate(GRAPHQL, known.document), f"{story}\n{plain}\n{compiled}"
            self.counts["invalid"] += 1
            return
        # Where nulls meet, time says which error is told: it is another for tasks than for levels.
        self.counts["the same errors" if found == wanted else "other errors"] += 1
        assert _unexplained(wanted, found, plain.data) == [], f"{story}\n{wanted}\n{found}"
        self.counts["with errors"] += bool(wanted)
        self.counts["with data"] += bool(plain.data and any(plain.data.values()))
        if known.operation.operation is OperationType.QUERY and faults.leave_rows:
            await self._compare_rendered(operation, principal, faults, plain)

    async def _compare_rendered(
        self, operation: Operation, principal: Principal, faults: Faults, plain: ExecutionResult
    ) -> None:
        """Fail unless the reply is the same to the byte where the database makes parts of it."""
        rendered = await self.rendered(operation, principal, faults)
        story = f"{operation}\n{principal}\n{faults}"
        assert orjson.dumps(rendered.data) == orjson.dumps(plain.data), f"{story}\n{plain}"
        wanted, found = [_shown(error) for error in plain.errors or ()], [_shown(e) for e in rendered.errors or ()]
        assert _unexplained(wanted, found, plain.data) == [], f"{story}\n{wanted}\n{found}"
        self.counts["rendered"] += is_rendered(rendered.data)

    async def rendered(self, operation: Operation, principal: Principal, faults: Faults = NO_FAULTS) -> ExecutionResult:
        """The result of which the database makes parts."""
        context = self._context(self.compiled, principal, faults)
        context.renders = True
        if faults.rendering:
            services = dataclasses.replace(self.compiled, database=cast("Any", Unrendering(self.compiled.database)))
            context.scope = Scope(services, principal, now=self.now)
        return await self._compiled(prepared(SCHEMA, operation.text), operation, context)

    async def _plain(self, known: Prepared, operation: Operation, context: Context) -> ExecutionResult:
        return await self._plugged_in(StrawberryGraphQLCoreExecutionContext, known, operation, context)

    async def _compiled(self, known: Prepared, operation: Operation, context: Context) -> ExecutionResult:
        if self.is_plugged_in:
            return await self._plugged_in(EagerExecutor, known, operation, context)
        return await settled(
            execute(COMPILED, known, operation.variables, context, hide_suggestions=operation.hides_suggestions)
        )

    async def _plugged_in(
        self, executor: Any, known: Prepared, operation: Operation, context: Context
    ) -> ExecutionResult:
        return await settled(
            graphql.execute(
                GRAPHQL,
                known.document,
                context_value=context,
                variable_values=operation.variables,
                executor_class=executor,
                hide_suggestions=operation.hides_suggestions,
            )
        )

    def _context(self, services: Services, principal: Principal, faults: Faults) -> Context:
        context = FaultyContext(Scope(services, principal, now=self.now))
        context.faults = dataclasses.replace(faults, rendering=False)
        return context


def is_rendered(data: Any) -> bool:
    """Whether the database made a part of a result."""
    below = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return isinstance(data, orjson.Fragment) or any(map(is_rendered, below))


def _shown(error: GraphQLError) -> Any:
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    return error.message, error.path, error.locations, type(original).__name__


def _unexplained(wanted: list[Any], found: list[Any], data: Any) -> list[Any]:
    """The errors that only one of them tells, but for those that the specification lets out.

    Of several errors that put null at the same place, or around another's, one is told at least.
    """
    different = [error for error in wanted if error not in found] + [error for error in found if error not in wanted]
    told = [_null_on_path(error[1], data) for error in wanted if error in found or error not in different]
    told += [_null_on_path(error[1], data) for error in different]
    return [error for error in different if not _is_let_out(error, told, data)]


def _is_let_out(error: Any, told: list[list[Any]], data: Any) -> bool:
    null = _null_on_path(error[1], data)
    return null != error[1] and told.count(null) > 1


def _null_on_path(path: list[Any] | None, data: Any) -> list[Any]:
    keys = path or []
    for length in range(len(keys) + 1):
        if data is None:
            return keys[:length]
        if length < len(keys):
            data = data[keys[length]]
    return keys
