"""How large an operation may be, and what it costs to find out."""

import asyncio
import contextlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import strawberry
from graphql import (
    DocumentNode,
    GraphQLField,
    GraphQLObjectType,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    Visitor,
    get_introspection_query,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    parse,
    visit,
)
from graphql.type import GraphQLInputObjectType
from sqlalchemy import text

from auth.principal import ANONYMOUS, Principal
from models.db import Database
from models.identity import Role
from models.settings import Environment, Settings
from resolvers.paging import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from resolvers.scope import Scope, Services
from schema.engine.context import Context
from schema.engine.errors import REQUEST_ERRORS, RequestRefused
from schema.engine.executor import MAX_ERRORS, MAX_UNPLANNED_COST
from schema.engine.limits import MAX_CHARACTERS, MAX_EVENT_COST, Limits, check_cost, exclusive_mutations, measured
from schema.engine.measuring import UNBOUNDED_LIST, Measuring, Size
from schema.engine.operations import GraphSchema
from schema.schema import build_schema
from tests.support.clients import Product
from tests.support.processes import Server
from tests.support.websocket import graph_socket

GRAPH = build_schema()
SCHEMA = GRAPH._schema
LIMITS = Limits()
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def chain(length: int) -> str:
    """Fragments each of which spreads the next one twice: two to the power of `length` fields."""
    links = (f"fragment f{number} on Query{{...f{number + 1} ...f{number + 1}}}" for number in range(length))
    return "{...f0}" + "".join(links) + f"fragment f{length} on Query{{version}}"


DOUBLING = chain(15).ljust(659)
ALIASED_SIGN_INS = """mutation {
  a: signIn(input: {identifier: "2021000001", password: "one"}) { token }
  b: signIn(input: {identifier: "2021000001", password: "two"}) { token }
}"""
SPREAD_SIGN_INS = """mutation { ...Once ...Twice }
fragment Once on Mutation { a: signIn(input: {identifier: "2021000001", password: "one"}) { token } }
fragment Twice on Mutation { ... on Mutation { ...Thrice } }
fragment Thrice on Mutation { sendPasswordResetCode(input: {identifier: "2021000001"}) { sent } }
"""
TOO_LARGE = {
    "levels": "{ viewer { " + "posts { nodes { author { " * 7 + "id" + " } } }" * 7 + " } }",
    "fields": "{ viewer { " + "id " * 500 + "} }",
    "root fields": "{ " + "version " * 31 + "}",
    "aliases": "{ viewer { " + " ".join(f"a{number}: id" for number in range(101)) + " } }",
    "directives": "{ version" + " @include(if: true)" * 101 + " }",
    "comparisons of fields with one name": "{ viewer { " + "posts { totalCount } " * 33 + "} }",
    "definitions": "{ version }" + "".join(f" fragment f{number} on User {{ id }}" for number in range(80)),
    "tokens": "{ version(" + "a: 1 " * 2000 + ") }",
    "characters": "{ version } #" + "x" * MAX_CHARACTERS,
    "introspection cost": "{ __schema { types { " + "fields { type { " * 6 + "name" + " } }" * 6 + " } } }",
    "cost": "{ " + "posts(first: 99) { nodes { author { " * 3 + "id " + "} " * 10,
    "mutations that sign in, send codes, check secrets or take files": ALIASED_SIGN_INS,
}

TOO_LARGE_LATER = ("cost of what has no plan", "errors")
"""The limits that are found where an operation is run."""


def context(principal: Principal, settings: Settings) -> Context:
    return Context(Scope(Services.from_settings(settings), principal, now=NOW))


def refused(graph: GraphSchema, query: str, context: Context) -> tuple[str, dict[str, Any]]:
    with pytest.raises(RequestRefused) as caught:
        graph.operation(query, None, None, context)
    (error,) = caught.value.errors
    return error.message, dict(error.extensions or {})


def size_of(query: str) -> Size:
    ((_, size),) = measured(parse(query), SCHEMA, LIMITS)
    return size


def cost(query: str, variables: Mapping[str, object] | None = None) -> int:
    """The lowest limit under which a query may run with these variables."""
    document = parse(query)
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))

    def is_affordable(limit: int) -> bool:
        try:
            check_cost(document, operation, variables or {}, SCHEMA, LIMITS, limit)
        except RequestRefused:
            return False
        return True

    low, high = 0, 10_000_000
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_affordable(middle) else (middle + 1, high)
    return low


@pytest.fixture
def anonymous(tmp_path: Path) -> Context:
    return context(ANONYMOUS, Settings(_env_file=None, data_dir=tmp_path))  # type: ignore[call-arg]


@pytest.mark.parametrize("limit", TOO_LARGE)
def test_what_passes_a_limit_is_refused_and_told_which(limit: str, anonymous: Context) -> None:
    message, extensions = refused(GRAPH.limited(LIMITS), TOO_LARGE[limit], anonymous)

    maximum = extensions.pop("maximum")
    assert extensions == {"code": "OPERATION_TOO_LARGE", "limit": limit}
    assert message == f"The operation exceeds the limit of {maximum} {limit}."


class Counted(tuple[SelectionNode, ...]):
    """Selections that count how often somebody looks at one of them."""

    __slots__ = ()
    looked_at = 0

    def __iter__(self) -> Iterator[SelectionNode]:
        for selection in super().__iter__():
            Counted.looked_at += 1
            yield selection


class Counting(Visitor):
    """Counts the selections of a document, and lets them count."""

    selections = 0

    def enter_selection_set(self, node: SelectionSetNode, *_: object) -> None:
        self.selections += len(node.selections)


def counted(query: str) -> tuple[DocumentNode, int]:
    document = parse(query)
    counting = Counting()
    visit(document, counting)
    for definition in document.definitions:
        pending = [definition.selection_set]  # type: ignore[attr-defined]
        while pending:
            node = pending.pop()
            pending += [inner for each in node.selections if (inner := getattr(each, "selection_set", None))]
            object.__setattr__(node, "selections", Counted(node.selections))
    Counted.looked_at = 0
    return document, counting.selections


@pytest.mark.parametrize("query", [DOUBLING, chain(78), "{ viewer { id ...A } } fragment A on User { name ...A }"])
def test_each_selection_is_looked_at_once_or_twice(query: str) -> None:
    document, selections = counted(query)

    with contextlib.suppress(RequestRefused):
        measured(document, SCHEMA, Limits(depth=60))

    assert 0 < Counted.looked_at <= 2 * selections  # to measure, and to count comparisons


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { " + "posts { nodes { id } } " * 32 + "} }",
        "{ viewer { "
        + " ".join(f"...f{n}" for n in range(32))
        + " } }"
        + "".join(f" fragment f{n} on User {{ posts {{ nodes {{ id }} }} }}" for n in range(32)),
        "{ viewer { posts { " + "nodes { id } " * 16 + " } ... { posts { ... { " + "nodes { id } " * 16 + "} } } } }",
        "query A { viewer { " + "id " * 32 + "} } query B { viewer { " + "id " * 33 + "} }",
    ],
)
def test_what_validation_compares_is_counted_wherever_it_stands(query: str) -> None:
    with pytest.raises(RequestRefused) as caught:
        measured(parse(query), SCHEMA, Limits(comparisons=900))
    assert (caught.value.errors[0].extensions or {})["limit"] == "comparisons of fields with one name"


def test_fragments_for_one_type_may_ask_for_the_same_fields() -> None:
    spread = " ".join(f"...f{n}" for n in range(20))
    fragments = "".join(f" fragment f{n} on User {{ __typename id name }}" for n in range(20))

    assert size_of(f"{{ viewer {{ {spread} }} }} {fragments}").fields == 61


def test_a_doubling_query_is_refused(anonymous: Context) -> None:
    assert len(DOUBLING) == 659
    assert size_of(chain(3)).fields == 8
    assert refused(GRAPH.limited(LIMITS), DOUBLING, anonymous)[1]["limit"] == "fields"


def test_a_query_of_five_thousand_levels_is_refused_while_it_is_read(anonymous: Context) -> None:
    query = "{viewer" * 5000 + "}" * 5000

    assert refused(GRAPH.limited(LIMITS), query, anonymous)[1]["code"] == "GRAPHQL_PARSE_FAILED"


def test_fragments_do_not_hide_how_deep_an_operation_is(anonymous: Context) -> None:
    links = (
        f"fragment f{number} on User {{ posts {{ nodes {{ author {{ ...f{number + 1} }} }} }} }}" for number in range(7)
    )
    query = "{ viewer { ...f0 } }" + "".join(links) + "fragment f7 on User { id }"
    nested = "{ " + "... on Query { " * 100 + "version" + " }" * 101

    for each in (query, nested):
        assert refused(GRAPH.limited(LIMITS), each, anonymous)[1]["limit"] == "levels"


@pytest.mark.parametrize(
    "query",
    [
        get_introspection_query(),
        get_introspection_query(
            specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
        ),
    ],
)
def test_the_standard_introspection_query_passes(query: str, anonymous: Context) -> None:
    operation = GRAPH.limited(LIMITS).operation(query, None, None, anonymous)

    assert operation.introspects


COSTS = {
    "{ version }": 1,
    "{ viewer { id name } }": 3,
    # a page that is not asked for is as long as pages are
    "{ posts { nodes { id } } }": 2 + 20 * 2,
    "{ posts(first: 3) { nodes { id title } } }": 2 + 3 * 3,
    # what a page has once counts once
    "{ posts(first: 3) { totalCount pageInfo { hasNextPage } nodes { id } } }": 14 + 3 * 2,
    "{ posts(first: 3) { edges { cursor node { id } } } }": 2 + 3 * 4,
    # an object that nothing but its type is asked of is made all the same
    "{ posts(first: 3) { nodes { __typename } } }": 2 + 3 * 2,
    # beyond the largest page nothing is read
    "{ posts(first: 100000) { nodes { id } } }": 2 + 100 * 2,
    "{ posts(first: 99999999999999999999) { nodes { id } } }": 2 + 100 * 2,
    "{ posts(first: -1) { nodes { id } } }": 2,
    "{ posts(first: 10) { nodes { comments(first: 5) { nodes { id } } } } }": 2 + 10 * (3 + 5 * 2),
    "{ a: posts(first: 3) { nodes { id } } b: posts(first: 4) { nodes { id } } }": 4 + 7 * 2,
    # fragments on the connection are paged like what stands in their places
    "{ posts(first: 3) { ...Page } } fragment Page on PostConnection { totalCount ... { nodes { id } } }": 12 + 3 * 2,
    # a fragment counts wherever it is spread, once for each object that it is spread on
    "{ posts(first: 9) { nodes { ...A } } } fragment A on Post { comments(first: 9) { nodes { ...B ...B } } }"
    " fragment B on Comment { id content }": 2 + 9 * (3 + 9 * 5),
    "query ($n: Int = 7) { posts(first: $n) { nodes { id } } }": 2 + 7 * 2,
    "query ($n: Int!) { posts(first: $n) { nodes { id } } }": 2 + 20 * 2,
    # null is the default, and what is left out, too
    "{ posts(first: null) { nodes { id } } }": 2 + 20 * 2,
    "query ($n: Int = null) { posts(first: $n) { nodes { id } } }": 2 + 20 * 2,
    # the bound that a short list declares
    "{ viewer { workLogs(first: 1) { nodes { statusLines { id } } } } }": 3 + 2 + 200 * 2,
    "{ viewer { feeds(first: 1) { nodes { domains { number } } } } }": 3 + 2 + 50 * 2,
    # a list of names is as many values as it may have
    "{ viewer { roles } }": 2 + 5,
}
SHORT_LISTS = {
    "SearchMatch.fragments": 40,
    "SearchResult.matches": 5,
    "AuditEvent.after": None,
    "AuditEvent.before": None,
    "AuditEvent.details": None,
    "Award.pictureFiles": 9,
    "Award.pictures": 9,
    "CandidateResume.awards": 50,
    "CandidateResume.certifications": 51,
    "CandidateResume.jobs": 30,
    "CandidateResume.studies": 30,
    "ClockIn.corrections": 20,
    "CompanyProfile.domains": 50,
    "Developer.awards": 50,
    "Developer.mirrors": 200,
    "Developer.researchDirections": 50,
    "DisableUsersPayload.results": 500,
    "EnableUsersPayload.results": 500,
    "Feed.areas": 50,
    "Feed.companyDomains": 50,
    "Feed.companyPreferences": 50,
    "Feed.domains": 50,
    "Feed.keywords": 15,
    "Feed.levels": 4,
    "Feed.looseningHints": 8,
    "Feed.welfare": 50,
    "ImportUsersFromFilePayload.rejected": 2000,
    "ImportUsersFromFilePayload.unreadSheets": None,
    "ImportUsersPayload.rejected": 2000,
    "JobTarget.areas": 10,
    "JobTarget.domains": 50,
    "MergePayload.report": None,
    "Occupation.domains": 50,
    "Query.classNames": 2500,
    "Query.creditRules": 3,
    "Query.dictionary": None,
    "Query.levels": 100,
    "Recommendation.comments": 100,
    "Recommendation.keywords": 15,
    "Recommendation.marks": 100,
    "Recommendation.reasons": 9,
    "RecommendationReason.asked": 8,
    "RecommendationReason.evidence": 8,
    "RecommendationReason.held": 8,
    "RecommendationReason.met": 8,
    "RecommendationReason.unmet": 8,
    "ResetUserPasswordsPayload.results": 500,
    "Resume.educations": 30,
    "Resume.workExperiences": 30,
    "RolesPayload.results": 500,
    **dict.fromkeys(
        (f"Statistics.{name}" for name in ("attendance", "credits", "feeds", "goals", "offers", "streaks")), 2500
    ),
    "Statistics.goalTargets": 100,
    "User.classes": 20,
    "User.credentials": None,
    "User.directions": 2,
    "User.roles": 5,
    "UserError.path": None,
    "WatchedResume.keywords": 15,
    "WorkLog.statusLines": 200,
}
"""How many entries the lists of the graph may hold, errors aside; None where nothing bounds them."""


def short_lists() -> Iterator[tuple[GraphQLObjectType, str, GraphQLField]]:
    """The fields whose values are lists, but for the pages of connections and the errors of payloads."""
    for type_ in SCHEMA.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for name, field in type_.fields.items():
                is_page = type_.name.endswith("Connection") and name in {"nodes", "edges"}
                if is_list_type(get_nullable_type(field.type)) and not is_page and name != "errors":
                    yield type_, name, field


def test_a_short_list_costs_what_it_declares_and_its_description_tells() -> None:
    """A new list needs a row here, and so somebody who thinks about how many entries it may have."""
    found = {f"{type_.name}.{name}": field for type_, name, field in short_lists()}
    assert set(found) == set(SHORT_LISTS)
    for type_, name, field in short_lists():
        bound = SHORT_LISTS[f"{type_.name}.{name}"]
        told = re.findall(r"\bat most (\d+)\.", field.description or "", re.IGNORECASE)
        assert told == ([] if bound is None else [str(bound)]), name
        below = "" if is_leaf_type(get_named_type(field.type)) else "{ __typename }"
        document = parse(f"fragment F on {type_.name} {{ {name}{'(kind: CITY)' * ('kind' in field.args)} {below} }}")
        size = Measuring(document, SCHEMA, nesting=9, exclusive=frozenset()).fragment("F")
        entries = UNBOUNDED_LIST if bound is None else bound
        assert size.cost == 1 + entries * (2 if below else 1), name


def test_every_page_size_is_the_same_and_null_is_the_default() -> None:
    """`first: Int`: at `Int!` some clients refuse a variable that may be null. A default would come with `last`."""
    connections = {}
    for type_ in SCHEMA.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for name, field in type_.fields.items():
                if "first" in field.args or get_named_type(field.type).name.endswith("Connection"):
                    connections[f"{type_.name}.{name}"] = field

    assert len(connections) > 30
    for place, field in connections.items():
        first = field.args["first"]
        assert (str(first.type), first.default_value) == ("Int", None), place
        assert first.description == f"The page size, at most {MAX_PAGE_SIZE}; null for {DEFAULT_PAGE_SIZE}.", place
        assert (field.description or "").endswith(f", at most {MAX_PAGE_SIZE} a page."), place


@pytest.mark.parametrize("query", COSTS)
def test_the_cost_is_the_values_that_a_reply_may_have(query: str) -> None:
    assert cost(query) == COSTS[query]


@pytest.mark.parametrize(
    ("variables", "size"),
    [
        ({"n": 3}, 3),
        ({"n": 0}, 0),
        ({"n": -5}, 0),
        ({"n": 10**400}, 100),
        ({"n": 1e300}, 100),
        ({"n": None}, 20),
        ({"n": "3"}, 100),
        ({"n": {"a": 1}}, 100),
        ({}, 7),
        ({"m": 3}, 7),
    ],
)
def test_the_cost_counts_the_pages_that_variables_ask_for(variables: dict[str, object], size: int) -> None:
    query = "query ($n: Int! = 7) { posts(first: $n) { nodes { id } } }"

    assert cost(query, variables) == 2 + 2 * size


def test_one_document_is_refused_or_not_by_its_variables(anonymous: Context) -> None:
    graph = GRAPH.limited(Limits(cost=140))
    query = """query ($n: Int!, $m: Int!) {
      posts(first: $n) { nodes { comments(first: $m) { nodes { id } } } }
    }"""

    for _ in range(2):  # the second time the document is known
        assert graph.operation(query, None, {"n": 5, "m": 10}, anonymous).prepared.name is None
        with pytest.raises(RequestRefused) as caught:
            graph.operation(query, None, {"n": 10, "m": 20}, anonymous)
        assert (caught.value.errors[0].extensions or {})["limit"] == "cost"


def test_a_mutation_that_tries_a_secret_runs_alone() -> None:
    for query in (ALIASED_SIGN_INS, SPREAD_SIGN_INS):
        with pytest.raises(RequestRefused) as caught:
            measured(parse(query), SCHEMA, LIMITS)
        assert (caught.value.errors[0].extensions or {})["maximum"] == 1
    assert size_of(
        'mutation { signOut { signedOut } signIn(input: {identifier: "a", password: "b"}) { token } }'
    ).exclusive


def test_every_mutation_that_takes_or_sends_a_secret_is_named() -> None:
    """By what their inputs hold and their payloads return."""
    assert SCHEMA.mutation_type is not None
    fields = SCHEMA.mutation_type.fields
    telling = {"password", "oldPassword", "newPassword", "code", "token", "captchaAnswer", "file"}
    found = set()
    for name, field in fields.items():
        inputs = [get_named_type(argument.type) for argument in field.args.values()]
        asked = {key for type_ in inputs if isinstance(type_, GraphQLInputObjectType) for key in type_.fields}
        payload = get_named_type(field.type)
        assert isinstance(payload, GraphQLObjectType)
        if asked & telling or "token" in payload.fields or payload.name == "SendCodePayload":
            found.add(name)

    exclusive = exclusive_mutations(SCHEMA)
    assert found <= exclusive, found - exclusive


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ __schema { queryType { name } } }", "INTROSPECTION_FORBIDDEN"),
        ('{ version ...A } fragment A on Query { __type(name: "User") { name } }', "INTROSPECTION_FORBIDDEN"),
        ("{ verzion }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ posts(frist: 1) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_in_production_the_schema_is_for_administrators(
    query: str, code: str, anonymous: Context, tmp_path: Path
) -> None:
    production = Settings(_env_file=None, environment=Environment.PRODUCTION, data_dir=tmp_path)  # type: ignore[call-arg]
    closed = GRAPH.limited(Limits.from_settings(production))
    administrator = context(Principal(user_id=1, roles=frozenset({Role.ADMINISTRATOR})), production)
    student = context(Principal(user_id=2, roles=frozenset({"user"})), production)

    for each in (anonymous, student):
        message, extensions = refused(closed, query, each)
        assert extensions.get("code", "GRAPHQL_VALIDATION_FAILED") == code
        assert "Did you mean" not in message
    if code == "INTROSPECTION_FORBIDDEN":
        assert closed.operation(query, None, None, administrator).introspects
        with pytest.raises(RequestRefused):  # although the document is known by now
            closed.operation(query, None, None, student)
    else:
        assert "Did you mean" in refused(closed, query, administrator)[0]
    assert closed.operation("{ __typename viewer { __typename } }", None, None, student)


async def test_in_production_variables_are_not_guessed_either(anonymous: Context) -> None:
    query = "query ($slot: ClockInSlot) { clockIns(filter: {slot: $slot}) { totalCount } }"
    for graph, guessed in ((GRAPH.limited(LIMITS), True), (GRAPH.limited(Limits(is_schema_open=False)), False)):
        result = await graph.run(
            graph.operation(query, None, {"slot": "MORNIN"}, anonymous), {"slot": "MORNIN"}, anonymous
        )

        assert result.errors is not None
        assert ("Did you mean" in result.errors[0].message) is guessed


def test_in_development_the_schema_is_for_everybody(anonymous: Context) -> None:
    graph = GRAPH.limited(LIMITS)

    assert graph.operation("{ __schema { queryType { name } } }", None, None, anonymous).introspects
    assert "Did you mean 'version'" in refused(graph, "{ verzion }", anonymous)[0]


WIDE = "{ posts(first: 100) { nodes { comments(first: 100) { nodes { id author { __typename } content } } } } }"
"""Costs 50,302."""


def test_who_is_not_signed_in_may_ask_for_less(anonymous: Context, tmp_path: Path) -> None:
    graph = GRAPH.limited(LIMITS)
    signed_in = context(Principal(user_id=2), Settings(_env_file=None, data_dir=tmp_path))  # type: ignore[call-arg]

    for _ in range(2):
        assert graph.operation(WIDE, None, None, signed_in).worst_cost == 50_302
        assert refused(graph, WIDE, anonymous)[1] == {
            "code": "OPERATION_TOO_LARGE",
            "limit": "cost",
            "maximum": 50_000,
        }


def test_an_event_of_a_subscription_may_cost_little(anonymous: Context) -> None:
    """graphql-core executes it, which cannot pause."""
    graph = GRAPH.limited(LIMITS)
    event = "subscription { commentAdded { post { comments(first: %d) { nodes { id content a: id b: id } } } } }"

    assert graph.operation(event % 99, None, None, anonymous).worst_cost == 4 + 99 * 5
    message, _ = refused(graph, event % 100, anonymous)
    assert message == "The operation exceeds the limit of 500 cost."


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { queryType { name } } }",
        "{ __schema { types { name fields { name args { name type { name } } } enumValues { name } } } }",
        '{ __type(name: "User") { fields { type { name ofType { fields { name } } } } possibleTypes { name } } }',
        '{ __type(name: "Node") { ...T } } fragment T on __Type { possibleTypes { interfaces { name } } }',
        '{ __type(name: "Nothing") { name } }',
    ],
)
async def test_introspection_counts_what_the_schema_tells(query: str, anonymous: Context) -> None:
    """No less than what is told; no more than half as much again, for what is deprecated, internal or null."""
    graph = GRAPH.limited(LIMITS)
    operation = graph.operation(query, None, None, anonymous)
    result = await graph.run(operation, None, anonymous)

    assert result.errors is None
    told = values_of(result.data)
    assert told <= size_of(query).introspection <= told * 3 // 2 + 3


def values_of(data: Any) -> int:
    if isinstance(data, dict):
        return sum(1 + values_of(value) for value in data.values())
    return sum(1 + values_of(entry) for entry in data) if isinstance(data, list) else 0


async def test_what_is_large_pauses_when_it_comes_for_the_first_time_and_later(anonymous: Context) -> None:
    """Introspection awaits nothing: whatever runs meanwhile runs in its pauses."""
    graph = GRAPH.limited(LIMITS)
    query = get_introspection_query()
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    for _ in range(3):
        operation = await graph.ready(query, None, None, anonymous)
        turns = 0
        assert (await graph.run(operation, None, anonymous)).errors is None
        assert turns > 20
    task.cancel()


async def test_a_first_time_text_ends_at_the_time_limit(anonymous: Context) -> None:
    graph = GRAPH.limited(Limits(seconds=0.001))
    operation = graph.operation(get_introspection_query(), None, None, anonymous)

    result = await graph.run(operation, None, anonymous)

    assert [(error.extensions or {})["code"] for error in result.errors or ()] == ["OPERATION_TIMED_OUT"]


async def test_documents_take_the_memory_that_they_may_and_no_more(anonymous: Context) -> None:
    graph = GRAPH.limited(Limits(cache_bytes=1_000_000))
    for number in range(500):
        assert graph.operation(f"{{ v{number}: version }}", None, None, anonymous).prepared.size < 10_000

    assert 100_000 < graph._operations.size <= 125_000
    huge = "{ version } #" + "x" * 20_000
    assert graph.operation(huge, None, None, anonymous)
    assert huge not in graph._operations


async def test_a_large_query_that_fails_everywhere_is_broken_off(product: Product) -> None:
    """Each error takes more than a value; who may not see anybody need not be told so for each."""
    student = await product.student()
    post = 'mutation { createPost(input: {title: "t", content: "c"}) { post { id } errors { code } } }'
    for _ in range(11):
        assert (await product.data(post, person=student))["createPost"]["post"], "a post"
    names = " ".join(f"a{number}: author {{ name }}" for number in range(96))

    few = await product.graphql(f"{{ posts(first: 10) {{ nodes {{ {names} }} }} }}")
    many = await product.graphql(f"{{ posts(first: 11) {{ nodes {{ {names} }} }} }}")

    assert len(few["errors"]) == 960
    assert (few["data"]["posts"]["nodes"][0]["a0"], few["errors"][0]["extensions"]["code"]) == (None, "UNAUTHENTICATED")
    assert many["data"] is None
    assert [error["message"] for error in many["errors"]] == ["The operation exceeds the limit of 1000 errors."]


async def test_limits_hold_over_websocket_and_the_connection_survives(server: Server) -> None:
    async with graph_socket(server.url) as socket:
        for query in (DOUBLING, ALIASED_SIGN_INS, TOO_LARGE["cost"]):
            assert await socket.refusal(query) == ["OPERATION_TOO_LARGE"]
        assert (await socket.result("{ version }"))["data"]["version"]


@strawberry.type
class SlowQuery:
    @strawberry.field
    async def never(self) -> str:
        await asyncio.Event().wait()
        return "never"

    @strawberry.field
    def at_once(self) -> str:
        return "at once"


@strawberry.type
class SlowMutation:
    @strawberry.mutation
    async def later(self) -> str:
        await asyncio.sleep(0.1)
        return "later"


async def test_a_query_that_takes_too_long_is_broken_off_and_a_mutation_is_not(anonymous: Context) -> None:
    graph = GraphSchema(query=SlowQuery, mutation=SlowMutation).limited(Limits(seconds=0.01))
    queries = ("{ atOnce never }", "{ atOnce }", "mutation { later }")

    broken_off, other, mutation = [
        await graph.run(graph.operation(query, None, None, anonymous), None, anonymous) for query in queries
    ]

    assert broken_off.errors is not None
    (error,) = broken_off.errors
    assert error.message == "The query took longer than 0.01 seconds."
    assert error.extensions == {"code": "OPERATION_TIMED_OUT"}
    assert broken_off.data is None
    assert (other.data, other.errors) == ({"atOnce": "at once"}, None)
    assert (mutation.data, mutation.errors) == ({"later": "later"}, None)


class TestBlockedTable:
    """A server whose queries wait for a table that somebody else holds."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"graphql_seconds": 0.5})

    @pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
    async def test_queries_that_are_broken_off_leave_the_connections_usable(
        self, product: Product, database: Database
    ) -> None:
        query = "{ posts { totalCount } }"
        async with database.transaction() as transaction:
            await transaction.execute(text("LOCK TABLE posts IN ACCESS EXCLUSIVE MODE"))
            # more than there are connections
            replies = await asyncio.gather(*(product.graphql(query) for _ in range(40)))

        for reply in replies:
            assert reply["data"] is None
            assert [error["extensions"] for error in reply["errors"]] == [{"code": "OPERATION_TIMED_OUT"}]
        for _ in range(40):
            assert await product.data(query) == {"posts": {"totalCount": 0}}


def test_the_page_on_limits_tells_what_holds() -> None:
    page = (Path(__file__).parents[3] / "docs" / "limits.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([^`]+)` \| (.+?) \|", page, re.MULTILINE))
    numbers = {name: re.findall(r"\d+(?:,\d+)*", rows[name]) for name in (*TOO_LARGE, *TOO_LARGE_LATER)}
    example = re.search(r"```graphql\n(.*?)```\s+costs (\d+)\.", page, re.DOTALL)

    assert {code: rows[code] for code in REQUEST_ERRORS} == REQUEST_ERRORS
    assert numbers == {
        "characters": [f"{MAX_CHARACTERS:,}"],
        "tokens": [f"{LIMITS.tokens:,}"],
        "definitions": [str(LIMITS.definitions)],
        "levels": [str(LIMITS.depth)],
        "fields": [str(LIMITS.fields)],
        "root fields": [str(LIMITS.root_fields)],
        "aliases": [str(LIMITS.aliases)],
        "directives": [str(LIMITS.directives)],
        "comparisons of fields with one name": [f"{LIMITS.comparisons:,}"],
        "cost": [f"{LIMITS.cost:,}", f"{LIMITS.anonymous_cost:,}", str(MAX_EVENT_COST)],
        "cost of what has no plan": [str(MAX_UNPLANNED_COST)],
        "errors": [f"{MAX_ERRORS:,}"],
        "introspection cost": [],
        "mutations that sign in, send codes, check secrets or take files": ["1"],
    }
    assert example is not None
    assert cost(example[1]) == int(example[2])


def test_the_settings_are_the_limits(tmp_path: Path) -> None:
    defaults = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    chosen = defaults.model_copy(
        update={"graphql_depth": 1, "graphql_cost": 2, "graphql_tokens": 3, "graphql_seconds": 4}
    )

    assert Limits.from_settings(defaults) == LIMITS
    assert Limits.from_settings(chosen) == Limits(depth=1, cost=2, anonymous_cost=2, tokens=3, seconds=4)
