"""Plans: which operations get one, for how long, what they hold, and how many callers run one at once."""

import asyncio
import enum
import gc
import sys
import tracemalloc
import types
import weakref
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import graphql
import pytest
from graphql import ExecutionResult, GraphQLObjectType, OperationDefinitionNode, parse
from graphql.execution.values import VariableValues

from auth.principal import ANONYMOUS, Principal
from models.settings import Settings
from resolvers import community
from resolvers.identity import users
from resolvers.scope import Scope, Services
from schema.engine import fields
from schema.engine.context import Context
from schema.engine.executor import (
    MAX_UNPLANNED_COST,
    CompiledExecutor,
    Plans,
    Prepared,
    UnplannedError,
    execute,
    executor,
    executor_class,
)
from schema.engine.executor.plan import Plan
from schema.engine.executor.plans import PLANS_BYTES
from schema.engine.executor.run import Run
from schema.engine.graph import Graph, prepare
from schema.engine.node_id import encode
from schema.engine.reading import BYTES_OF_DOCUMENT, BYTES_OF_TOKEN, parsed
from schema.schema import build_schema
from tests.schema.engine.executor.comparison import GRAPHQL, SCHEMA, Comparison, compiling, prepared, settled
from tests.schema.engine.executor.operations import Operation
from tests.support.statements import counted

POSTS = """
query Posts($first: Int!, $withAuthor: Boolean!) {
  posts(first: $first) {
    nodes {
      title
      author @include(if: $withAuthor) { name }
      comments(first: 3) { totalCount nodes { content author { name } } }
    }
  }
}
"""
SECRET = "a title that nobody else asks for"


class Probe:
    """An executor with plans of its own, on the demonstration data."""

    def __init__(self, comparison: Comparison, size: int = PLANS_BYTES) -> None:
        self.comparison = comparison
        self.executor = executor_class(size)
        self.schema = compiling(SCHEMA, self.executor)
        self.plans = self.executor.plans

    async def run(
        self, text: str, variables: dict[str, Any] | None = None, *, user_id: int | None = 1
    ) -> ExecutionResult:
        return await settled(execute(self.schema, prepared(SCHEMA, text), variables, self.context(user_id)))

    async def run_twice(self, text: str, *, user_id: int | None = 1) -> None:
        for _ in range(2):
            assert (await self.run(text, user_id=user_id)).errors is None

    def context(self, user_id: int | None = 1, made: type[Context] = Context) -> Context:
        principal = ANONYMOUS if user_id is None else Principal(user_id=user_id, jti="jti-of-somebody")
        return made(Scope(self.comparison.compiled, principal, now=self.comparison.now))


@pytest.fixture
def probe(comparison: Comparison) -> Probe:
    return Probe(comparison)


async def test_an_operation_gets_a_plan_when_it_comes_again(probe: Probe) -> None:
    """By its text: the parser may have forgotten it meanwhile."""
    once = await probe.run("{ version }")
    assert len(probe.plans) == 0

    again = await probe.run("{ version }")
    assert len(probe.plans) == 1
    assert again.data == once.data


async def test_plugged_into_graphql_core_it_has_the_same_plans(probe: Probe) -> None:
    for _ in range(3):
        plugged: Any = graphql.execute(
            GRAPHQL, parse("{ version }"), context_value=probe.context(), executor_class=probe.executor
        )
    direct = await probe.run("{ version }")

    assert len(probe.plans) == 1
    assert plugged.data == direct.data


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("query ($n: Int!) { posts(first: $n) { nodes { id author { name } } } viewer { name roles } }", 0),
        (
            'query ($n: Int!) { posts(first: $n) { nodes { id } } node(id: "x") { id } }',
            1,
        ),
        ("query ($n: Int = 1) { posts(first: $n) { nodes { id } } }", 1),
    ],
    ids=["neither", "errors", "defaults"],
)
async def test_what_is_known_needs_no_executor_of_graphql_core(probe: Probe, text: str, made: int) -> None:
    count = 0

    class Counting(probe.executor):  # type: ignore[name-defined,misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            nonlocal count
            count += 1
            super().__init__(*args, **options)

    for _ in range(2):
        await probe.run(text, {"n": 2})
    probe.schema = compiling(SCHEMA, Counting)
    result = await probe.run(text, {"n": 2})

    assert result.data is not None
    assert count == made, result.errors


async def test_each_combination_of_conditions_has_a_plan(probe: Probe) -> None:
    for with_author in (True, True, False, False, True, False):
        result = await probe.run(POSTS, {"first": 2, "withAuthor": with_author})
        assert result.errors is None
        assert result.data is not None
        assert [("author" in node) for node in result.data["posts"]["nodes"]] == [with_author] * 2

    assert len(probe.plans) == 2


async def test_plans_take_the_memory_that_they_may_and_no_more(comparison: Comparison) -> None:
    probe = Probe(comparison, 400_000)
    for number in range(60):
        await probe.run_twice(f"{{ v{number}: version }}")

    assert 20 < len(probe.plans) < 30
    assert 200_000 < probe.plans.size < 400_000


async def test_who_is_not_signed_in_pushes_out_no_plan_of_who_is(comparison: Comparison) -> None:
    probe = Probe(comparison, 400_000)
    await probe.run_twice("{ version }")
    size = probe.plans.size
    for number in range(60):
        await probe.run_twice(f"{{ v{number}: version }}", user_id=None)

    assert size < probe.plans.size < size + 100_000
    assert "{ version }" in [source for source, *_ in probe.plans._conditions.signed_in._entries]
    await probe.run_twice("{ v59: version }")  # what a signed-in client uses, too, is theirs from then on
    for number in range(100, 160):
        await probe.run_twice(f"{{ v{number}: version }}", user_id=None)
    assert "{ v59: version }" in [source for source, *_ in probe.plans._conditions.signed_in._entries]


async def test_a_plan_that_is_too_large_is_not_kept(comparison: Comparison) -> None:
    probe = Probe(comparison, 400_000)
    for number in range(3):
        await probe.run_twice(f"{{ {' '.join(f'v{number}_{field}: version' for field in range(20))} }}")

    assert len(probe.plans) == 0


@pytest.mark.parametrize(
    "text",
    [
        "{ version }",
        f"{{ {' '.join(f'v{field}: version' for field in range(99))} }}",
        POSTS.replace("query Posts($first: Int!, $withAuthor: Boolean!)", "").replace("$first", "3").replace(
            "@include(if: $withAuthor)", ""
        ),
        'query { node(id: "x") { __typename ... on User { name posts { nodes { title comments { totalCount } } } } } }',
    ],
    ids=["smallest", "wide", "links", "abstract"],
)  # fmt: skip
async def test_what_is_counted_is_what_a_plan_and_its_document_take(probe: Probe, text: str) -> None:
    """tracemalloc counts every byte: the estimate is an upper bound, and not ten times too high."""
    for _made in range(2):  # what is made once for all plans is there the second time
        probe = Probe(probe.comparison)
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        document, tokens = parsed(text, 4000)
        size = BYTES_OF_DOCUMENT + BYTES_OF_TOKEN * tokens + sys.getsizeof(text)
        operation = cast("OperationDefinitionNode", document.definitions[0])
        for _ in range(2):
            await settled(
                execute(probe.schema, Prepared(GRAPHQL, document, operation, size=size), None, probe.context())
            )
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()

    assert taken < probe.plans.size
    if "v98" in text:
        assert probe.plans.size < 10 * taken


async def test_a_type_that_no_fragment_is_about_is_compiled_when_one_is_found(comparison: Comparison) -> None:
    shown = "{ __typename also: __typename ... on User { name } }"
    text = f'{{ post: node(id: "{encode("Post", 1)}") {shown} user: node(id: "{encode("User", 1)}") {shown} }}'

    await comparison.compare(Operation(text, {}), comparison.administrator)

    assert comparison.counts == {"the same errors": 1, "with errors": 0, "with data": 1, "rendered": 0}


async def test_one_off_operations_push_no_plan_out(probe: Probe) -> None:
    for _ in range(2):
        await probe.run("{ version }")
    for number in range(200):
        await probe.run(f"{{ v{number}: version }}")

    assert len(probe.plans) == 1


async def test_a_large_operation_has_a_plan_at_once_which_is_not_kept(probe: Probe) -> None:
    operation = prepared(SCHEMA, "{ posts(first: 9) { nodes { title author { name } } } }")
    operation.cost = MAX_UNPLANNED_COST + 1
    count = 0

    class Counting(Run):
        def __init__(self, *args: Any, **options: Any) -> None:
            nonlocal count
            count += 1
            super().__init__(*args, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(executor, "Run", Counting)
        result = await settled(execute(probe.schema, operation, None, probe.context()))

    assert result.errors is None
    assert (count, len(probe.plans)) == (1, 0)


async def test_a_large_operation_that_can_have_no_plan_is_not_run(probe: Probe) -> None:
    """graphql-core has to tell that a condition is null, and cannot pause before it comes to it."""
    text = "query ($on: Boolean = true) { posts { nodes { author { name @include(if: $on) } } } }"
    operation = prepared(SCHEMA, text)
    operation.cost = MAX_UNPLANNED_COST
    assert (await settled(execute(probe.schema, operation, {"on": None}, probe.context()))).errors
    operation.cost = MAX_UNPLANNED_COST + 1

    for _ in range(2):
        with pytest.raises(UnplannedError):
            execute(probe.schema, operation, {"on": None}, probe.context())
    assert (await settled(execute(probe.schema, operation, {"on": True}, probe.context()))).errors is None


async def test_an_operation_with_too_many_fields_gets_no_plan(probe: Probe) -> None:
    """Of fragments in fragments: each doubles what is selected."""
    fragments = [f"fragment F{n} on Post {{ a: author {{ posts {{ nodes {{ ...F{n + 1} }} }} }} "
                 f"b: author {{ posts {{ nodes {{ ...F{n + 1} }} }} }} }}" for n in range(14)]  # fmt: skip
    text = "\n".join(["{ posts(first: 0) { nodes { ...F0 } } }", *fragments, "fragment F14 on Post { title }"])

    for _ in range(3):
        assert (await probe.run(text)).data == {"posts": {"nodes": []}}


@pytest.mark.parametrize(("count", "is_planned"), [(5000, True), (5001, False)])
async def test_so_many_fields_and_no_more(probe: Probe, count: int, *, is_planned: bool) -> None:
    text = f"{{ {' '.join(f'v{number}: version' for number in range(count))} }}"
    probe = Probe(probe.comparison, 1_000_000_000)
    for _ in range(2):
        result = await probe.run(text)

    assert result.data is not None
    assert len(result.data) == count
    ((known, _),) = probe.plans._plans.signed_in._entries.values()
    assert (known.plan is not None) is is_planned


def test_operations_of_our_own_have_plans_from_the_start() -> None:
    """Each its own, though nothing but their selections tells them apart."""
    plans, found = Plans(1), set()
    selected = ("title", "id")
    for name in selected:
        document = prepare(GRAPHQL, f"query ($some: Boolean!) {{ posts {{ nodes {{ {name} @include(if: $some) }} }} }}")
        (operation,) = document.definitions
        known = Prepared(GRAPHQL, document, cast("OperationDefinitionNode", operation))
        plans.trust(known)
        for is_included in (True, False):
            values = known.coerce({"some": is_included})
            assert isinstance(values, VariableValues)
            found.add(plans.find(GRAPHQL, known.operation, known.fragments, values))

    assert found == set(plans._trusted.values())
    assert len(found) == 2 * len(selected)
    assert all(isinstance(plan, Plan) for plan in found)


def test_one_setting_switches_it_off(settings: Settings) -> None:
    services = Services.from_settings(settings)
    assert settings.compiled_executor

    assert issubclass(Graph(services, build_schema()).schema.execution_context_class, CompiledExecutor)
    assert not issubclass(
        Graph(services, build_schema(is_compiled=False)).schema.execution_context_class, CompiledExecutor
    )


async def test_each_link_of_a_level_is_one_call_with_distinct_keys(
    probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: Counter[str] = Counter()
    keys_of: dict[str, Sequence[Any]] = {}

    def watched(name: str, batch: Any) -> Any:
        async def counting(scope: Scope, keys: Sequence[Any], *more: Any) -> Any:
            calls[name] += 1
            keys_of[name] = keys
            return await batch(scope, keys, *more)

        return counting

    post, comment = (GRAPHQL.type_map[name] for name in ("Post", "Comment"))
    assert isinstance(post, GraphQLObjectType)
    assert isinstance(comment, GraphQLObjectType)
    for type_, name, batch in (
        (post, "author", users.by_id),
        (comment, "author", users.by_id),
        (post, "comments", community.comments_of_posts),
    ):
        declared = type_.fields[name].extensions["strawberry-definition"]
        monkeypatch.setattr(declared, "batch", watched(f"{type_.name}.{name}", batch))

    for _ in range(2):
        calls.clear()
        await probe.run(POSTS, {"first": 9, "withAuthor": True})

    assert calls == {"Post.author": 1, "Post.comments": 1, "Comment.author": 1}
    assert all(len(set(keys)) == len(keys) for keys in keys_of.values())


async def test_no_more_statements_than_levels_and_links(probe: Probe) -> None:
    await probe.run(POSTS, {"first": 9, "withAuthor": True})
    with counted() as statements:
        await probe.run(POSTS, {"first": 9, "withAuthor": True})

    assert len(statements) == 4  # posts, comments, their count, and the authors of both


async def test_who_is_asked_for_below_is_loaded_once(probe: Probe) -> None:
    """The authors of posts wait for those of their comments, unless something waits for them."""
    for below, expected in (
        ("name", 3),
        ("name __typename databaseId", 3),
        ("name directions", 4),  # a resolver below, which might await something
        ("name posts(first: 2) { nodes { title } }", 5),  # a link below
    ):
        text = (
            f"{{ posts(first: 9) {{ nodes {{ author {{ {below} }} comments {{ nodes {{ author {{ name }} }} }} }} }} }}"
        )
        for _ in range(3):
            with counted() as statements:
                result = await probe.run(text)
        assert len(statements) == expected, (below, statements)
        assert result.data is not None
        nodes = result.data["posts"]["nodes"]
        assert any(comment["author"] for post in nodes for comment in post["comments"]["nodes"])


async def test_many_callers_run_one_plan_at_once(probe: Probe) -> None:
    """Each gets what they would get alone: `viewerIsAuthor` and private fields tell them apart."""
    text = "query ($n: Int!) { viewer { databaseId email roles } posts(first: $n) { nodes { viewerIsAuthor } } }"
    callers = [(user_id, user_id % 7 + 1) for user_id in range(1, 31)]
    alone = [await probe.run(text, {"n": first}, user_id=user_id) for user_id, first in callers]

    together = await asyncio.gather(*(probe.run(text, {"n": first}, user_id=user_id) for user_id, first in callers))

    assert len(probe.plans) == 1
    assert [result.data for result in together] == [result.data for result in alone]
    assert len({repr(result.data) for result in together}) == len(callers)


async def test_a_plan_holds_nothing_of_who_ran_it(probe: Probe) -> None:
    text = """
    query ($id: ID!, $first: Int!, $filter: PostFilter, $more: Boolean!) {
      node(id: $id) { id ... on User { name email posts(first: $first) { nodes { title } } } }
      posts(first: $first, filter: $filter) { totalCount nodes { author { name roles } comments { totalCount } } }
      viewer @include(if: $more) { account unreadNotificationCount }
    }
    """
    variables = {"id": SECRET, "first": 3, "filter": {"authorId": None}, "more": True}
    for _ in range(3):
        await probe.run(text, variables, user_id=2)

    found = list(_reachable(probe.plans))
    held = [each for each in found if isinstance(each, Context | Scope | Principal | ExecutionResult)]
    texts = [each for each in found if isinstance(each, str) and (SECRET in each or "jti-of-somebody" in each)]
    assert len(probe.plans) == 1
    assert (held, texts) == ([], [])


async def test_nothing_of_an_operation_outlives_it(probe: Probe) -> None:
    held: list[weakref.ref[Any]] = []

    class Watched(Context):
        def __init__(self, scope: Scope) -> None:
            super().__init__(scope)
            held.append(weakref.ref(self))

    for _ in range(3):
        operation, variables = prepared(SCHEMA, POSTS), {"first": 3, "withAuthor": True}
        result: Any = execute(probe.schema, operation, variables, probe.context(made=Watched))
        assert (await result).errors is None
    del result
    gc.collect()

    assert [each() for each in held] == [None] * 3


_SHARED = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, fields.GraphField)
"""What belongs to the program: a plan reaches it, but it is not the plan's."""


def _reachable(start: Any) -> Any:
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, (*_SHARED, enum.Enum)):
            continue
        if type(each).__module__.startswith("graphql.type"):
            continue
        seen.add(id(each))
        yield each
        waiting.extend(gc.get_referents(each))
