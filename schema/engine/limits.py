"""The limits of a client's operation."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    get_introspection_query,
    parse,
)

from models.settings import Settings
from schema.engine.errors import RequestErrorCode, RequestRefused, refusal
from schema.engine.fields import GraphField
from schema.engine.measuring import Measuring, Size, TooNested
from schema.engine.wording import Message
from watching.metrics import counted

MAX_CHARACTERS = 100_000
"""The longest document; what is longer belongs into variables."""
MAX_EVENT_COST = 500
"""What each event of a subscription may cost."""
_NESTING_PER_LEVEL = 3
"""The selection sets that a level of fields may take: its own, and those of fragments around it."""
_STANDARD_INTROSPECTIONS = 2
"""How many of the standard introspection queries an operation may cost as much as."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an operation of a client may be; a larger one is refused with OPERATION_TOO_LARGE.

    `anonymous_cost` is the cost for who is not signed in. `seconds` is how long a query may run. `is_schema_open` says
    whether everybody may introspect and is given suggestions; otherwise administrators are. `cache_bytes` is the
    memory for what is known of operations.
    """

    depth: int = 20
    cost: int = 250_000
    anonymous_cost: int = 50_000
    tokens: int = 4000
    seconds: float = 30
    fields: int = 500
    root_fields: int = 30
    aliases: int = 100
    directives: int = 100
    comparisons: int = 1000
    definitions: int = 80
    is_schema_open: bool = True
    cache_bytes: int = 64_000_000

    @classmethod
    def from_settings(cls, settings: Settings) -> "Limits":
        """The limits that the configuration asks for."""
        return cls(
            depth=settings.graphql_depth,
            cost=settings.graphql_cost,
            anonymous_cost=min(settings.graphql_cost_anonymous, settings.graphql_cost),
            tokens=settings.graphql_tokens,
            seconds=settings.graphql_seconds,
            is_schema_open=not settings.is_production,
            cache_bytes=settings.graphql_cache_bytes,
        )


def measured(
    document: DocumentNode, schema: GraphQLSchema, limits: Limits
) -> list[tuple[OperationDefinitionNode, Size]]:
    """The document's operations and their sizes, where pages that variables size are as large as pages can be.

    Raises RequestRefused when one passes a limit other than the cost's, which `check_cost` checks.
    """
    _check(Message("definitions"), len(document.definitions), limits.definitions)
    measuring = _measuring(document, schema, limits)
    try:
        # Whoever validates looks at fragments that nobody spreads, too.
        for definition in document.definitions:
            if isinstance(definition, FragmentDefinitionNode):
                _check_size(measuring.fragment(definition.name.value), schema, limits)
        sizes = [
            (operation, measuring.operation(operation))
            for operation in document.definitions
            if isinstance(operation, OperationDefinitionNode)
        ]
    except TooNested:
        raise too_large(Message("levels"), limits.depth) from None
    for _, size in sizes:
        _check_size(size, schema, limits)
    comparisons = sum(measuring.comparisons(operation) for operation, _ in sizes)
    _check(Message("comparisons of fields with one name"), comparisons, limits.comparisons)
    return sizes


def check_cost(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, object],
    schema: GraphQLSchema,
    limits: Limits,
    maximum: int,
) -> None:
    """Raise RequestRefused when the operation costs more than that with these variables."""
    _check(Message("cost"), _measuring(document, schema, limits, variables).operation(operation).cost, maximum)


def _measuring(
    document: DocumentNode, schema: GraphQLSchema, limits: Limits, variables: Mapping[str, object] | None = None
) -> Measuring:
    return Measuring(
        document,
        schema,
        nesting=_NESTING_PER_LEVEL * limits.depth,
        exclusive=exclusive_mutations(schema),
        variables=variables,
    )


def _check_size(size: Size, schema: GraphQLSchema, limits: Limits) -> None:
    _check(Message("levels"), size.depth, limits.depth)
    _check(Message("fields"), size.fields, limits.fields)
    _check(Message("root fields"), size.root_fields, limits.root_fields)
    _check(Message("aliases"), size.aliases, limits.aliases)
    _check(Message("directives"), size.directives, limits.directives)
    _check(Message("introspection cost"), size.introspection, _introspection_limit(schema))
    _check(Message("mutations that sign in, send codes, check secrets or take files"), size.exclusive, 1)


def _check(limit: Message, found: int, maximum: int) -> None:
    if found > maximum:
        raise too_large(limit, maximum)


def too_large(limit: Message, maximum: int) -> RequestRefused:
    """The refusal of an operation that passes a limit."""
    counted("operation", limit.text)
    message = Message("The operation exceeds the limit of {maximum} {limit}.", maximum=maximum, limit=limit)
    return refusal(message, RequestErrorCode.OPERATION_TOO_LARGE, limit=limit.text, maximum=maximum)


@cache
def exclusive_mutations(schema: GraphQLSchema) -> frozenset[str]:
    """The mutations of which an operation may hold one."""
    fields = schema.mutation_type.fields if schema.mutation_type is not None else {}
    declared = {name: field.extensions.get("strawberry-definition") for name, field in fields.items()}
    return frozenset(name for name, field in declared.items() if isinstance(field, GraphField) and field.exclusive)


@cache
def _introspection_limit(schema: GraphQLSchema) -> int:
    query = get_introspection_query(specified_by_url=True, schema_description=True, input_value_deprecation=True)
    document = parse(query)
    measuring = Measuring(document, schema, nesting=len(query), exclusive=frozenset())
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    return _STANDARD_INTROSPECTIONS * measuring.operation(operation).introspection
