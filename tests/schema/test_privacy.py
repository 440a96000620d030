"""Who may read what of a person, on every path that leads to one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type, is_non_null_type

from schema.schema import build_schema
from tests.schema.replies import top_level
from tests.support.clients import Person, Product

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

TYPES = build_schema()._schema.type_map
ANYBODY_READS = {"id", "databaseId"}
"""What of a person a caller who is not signed in may read."""
OTHERS_READ = ANYBODY_READS | {
    *("name", "currentClockIn", "clockIns", "posts"),
}
"""What of a person another student may read; of the clock-ins there are none for them."""
OWNER_ALONE_READS = {
    *("mustChangePassword", "language", "notifications", "unreadNotificationCount", "feeds", "watchedResumes"),
    "deletedItems",
}
"""What not even administrators may read of others."""

SEED = """
mutation ($post: CreatePostInput!) {
  clockIn(input: {location: "教室"}) { clockIn { id } errors { code } }
  setEmploymentGoal(input: {status: SEEKING, targetCompany: "", targetJob: "", targetSalary: "", targetArea: ""})
    { goal { id } errors { code } }
  setPostgraduateGoal(input: {targetUniversity: "", targetMajor: "", targetScore: 1}) { goal { id } errors { code } }
  createWorkLog(input: {companyName: "腾讯", job: "前端", salary: "", location: ""}) { workLog { id } errors { code } }
  createPost(input: $post) { post { id } errors { code } }
}
"""
COMMENT = """
mutation ($post: ID!) {
  createComment(input: {postId: $post, content: "同意"}) { comment { id } errors { code } }
}
"""


@dataclass(frozen=True)
class Path:
    """A root field that reaches the student, and where below it they are."""

    query: str
    keys: tuple[str | int, ...] = ()


PATHS = {
    "node": Path("node(id: $user) { <fields> }"),
    "posts": Path("posts { nodes { author { <fields> } } }", ("nodes", 0, "author")),
    "post": Path("node(id: $post) { ... on Post { author { <fields> } } }", ("author",)),
    "edges": Path("posts { edges { node { author { <fields> } } } }", ("edges", 0, "node", "author")),
    "comments": Path(
        "posts { nodes { comments { nodes { author { <fields> } } } } }",
        ("nodes", 0, "comments", "nodes", 0, "author"),
    ),
    "comment": Path("node(id: $comment) { ... on Comment { author { <fields> } } }", ("author",)),
    "clockIns": Path("clockIns { nodes { user { <fields> } } }", ("nodes", 0, "user")),
    "clockIn": Path("node(id: $clockIn) { ... on ClockIn { user { <fields> } } }", ("user",)),
    "there and back": Path(
        "clockIns { nodes { user { clockIns { nodes { user { <fields> } } } } } }",
        ("nodes", 0, "user", "clockIns", "nodes", 0, "user"),
    ),
}
ROOT_FIELDS = 10
"""The root fields of an operation: below the limits of clients, also of the cost for who is not signed in."""
OF_ANYBODY = [name for name in PATHS if name not in {"clockIns", "clockIn", "there and back"}]
"""The paths open to who is not signed in, and to other students: clock-ins lead nobody else to a person."""


@dataclass(frozen=True)
class House:
    """A student of whom everything exists, and the ids of it all."""

    product: Product
    owner: Person
    ids: dict[str, str]

    async def ask(self, path: Path, person: Person | None) -> dict[str, Any]:
        """Every field of the student over this path, each under an alias of its own; ten an operation."""
        replies = [
            await self.product.graphql(self._query(path, names), person=person)
            for names in batched(fields_of(TYPES["User"]), ROOT_FIELDS)
        ]
        return {
            "data": {name: value for reply in replies for name, value in reply["data"].items()},
            "errors": [error for reply in replies for error in reply.get("errors", ())],
        }

    def _query(self, path: Path, names: Sequence[str]) -> str:
        roots = [
            f"{name}: " + path.query.replace("<fields>", f"... on User {{ {name}{selection_of(TYPES['User'], name)} }}")
            for name in names
        ]
        query = f"{{ {' '.join(roots)} }}"
        for name, value in self.ids.items():
            query = query.replace(f"${name})", f'"{value}")')
        return query


def batched(names: Iterable[str], size: int) -> list[list[str]]:
    whole = list(names)
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def fields_of(type_: Any) -> dict[str, GraphQLField]:
    assert isinstance(type_, GraphQLObjectType)
    fields: dict[str, GraphQLField] = type_.fields
    return fields


def selection_of(type_: Any, field: str) -> str:
    return "" if is_leaf_type(get_named_type(fields_of(type_)[field].type)) else " { __typename }"


@pytest.fixture
async def house(product: Product) -> House:
    owner = await product.student()
    made = await product.data(SEED, {"post": {"title": "经验", "content": "早睡"}}, person=owner)
    post = made["createPost"]["post"]["id"]
    comment = (await product.data(COMMENT, {"post": post}, person=owner))["createComment"]["comment"]["id"]
    user = (await product.data("{ viewer { id } }", person=owner))["viewer"]["id"]
    ids = {
        "user": user,
        "post": post,
        "comment": comment,
        "clockIn": made["clockIn"]["clockIn"]["id"],
        "EmploymentGoal": made["setEmploymentGoal"]["goal"]["id"],
        "PostgraduateGoal": made["setPostgraduateGoal"]["goal"]["id"],
        "WorkLog": made["createWorkLog"]["workLog"]["id"],
    }
    return House(product, owner, ids)


async def readable(house: House, path: Path, person: Person | None, code: str) -> set[str]:
    """The fields of the student that the person can read; the others must be refused with the code, and be null."""
    reply = await house.ask(path, person)
    errors = {tuple(where): found for found, where in top_level(reply)}
    found = set()
    for name, field in fields_of(TYPES["User"]).items():
        value = reply["data"][name]
        for key in path.keys:
            value = value[key]
        if (refusal := errors.pop((name, *path.keys, name), None)) is None:
            assert set(value) == {name}
            found.add(name)
        else:
            assert refusal == code
            assert value == (None if is_non_null_type(field.type) else {name: None})
    assert errors == {}
    return found


async def test_what_another_student_may_read(house: House) -> None:
    other = await house.product.student()
    for name in OF_ANYBODY:
        assert await readable(house, PATHS[name], other, "FORBIDDEN") == OTHERS_READ, name


async def test_what_anybody_may_read(house: House) -> None:
    for name in OF_ANYBODY:
        assert await readable(house, PATHS[name], None, "UNAUTHENTICATED") == ANYBODY_READS, name


async def test_what_administrators_may_read(house: House) -> None:
    administrator = await house.product.administrator()
    for name, path in PATHS.items():
        found = await readable(house, path, administrator, "FORBIDDEN")
        assert found == set(fields_of(TYPES["User"])) - OWNER_ALONE_READS, name


async def test_the_owner_reads_everything(house: House) -> None:
    for name, path in PATHS.items():
        assert await readable(house, path, house.owner, "FORBIDDEN") == set(fields_of(TYPES["User"])), name


async def test_goals_and_logs_are_between_their_owner_and_administrators(house: House) -> None:
    other, administrator = await house.product.student(), await house.product.administrator()
    owned = [
        (name, field) for name in ("EmploymentGoal", "PostgraduateGoal", "WorkLog") for field in fields_of(TYPES[name])
    ]
    for type_name, field in owned:
        type_ = TYPES[type_name]
        query = (
            f'{{ node(id: "{house.ids[type_name]}") '
            f"{{ ... on {type_name} {{ {field}{selection_of(type_, field)} }} }} }}"
        )
        for person in (house.owner, administrator):
            assert set((await house.product.data(query, person=person))["node"]) == {field}
        for stranger, code in ((other, "FORBIDDEN"), (None, "UNAUTHENTICATED")):
            reply = await house.product.graphql(query, person=stranger)
            assert top_level(reply) == [(code, ["node", field])]
            nullable = not is_non_null_type(fields_of(type_)[field].type)
            assert reply["data"] == {"node": {field: None} if nullable else None}


async def test_clock_ins_are_between_their_owner_and_administrators(house: House) -> None:
    other, administrator = await house.product.student(), await house.product.administrator()
    for field in fields_of(TYPES["ClockIn"]):
        selection = selection_of(TYPES["ClockIn"], field)
        query = f'{{ node(id: "{house.ids["clockIn"]}") {{ ... on ClockIn {{ {field}{selection} }} }} }}'

        for person in (house.owner, administrator):
            assert set((await house.product.data(query, person=person))["node"]) == {field}
        for stranger in (other, None):
            assert (await house.product.data(query, person=stranger))["node"] is None


async def test_nobody_else_finds_a_clock_in_on_any_path(house: House) -> None:
    other, administrator = await house.product.student(), await house.product.administrator()
    of_user = f"""{{
      node(id: "{house.ids["user"]}") {{ ... on User {{
        currentClockIn {{ location }} clockIns {{ totalCount nodes {{ location }} }}
      }} }}
      clockIns(filter: {{userId: "{house.ids["user"]}"}}) {{ totalCount nodes {{ location }} }}
      everybody: clockIns {{ totalCount nodes {{ location }} }}
    }}"""

    for person, location in ((house.owner, "教室"), (administrator, "教室"), (other, None)):
        listed = {"totalCount": 1, "nodes": [{"location": location}]} if location else {"totalCount": 0, "nodes": []}
        assert await house.product.data(of_user, person=person) == {
            "node": {"currentClockIn": {"location": location} if location else None, "clockIns": listed},
            "clockIns": listed,
            "everybody": listed,
        }


async def test_the_recorder_shows_everybodys_clock_ins_as_documented(house: House) -> None:
    other = await house.product.student()

    found = await house.product.rest("GET", "/api/v1/clock_in/search", person=other)

    rows = found.json()["data"]["rows"]
    assert [(row["uid"], row["clock_in_location"]) for row in rows] == [(house.owner.id, "教室")]
    through_the_graph = await house.product.data("{ clockIns { totalCount } }", person=other)
    assert through_the_graph == {"clockIns": {"totalCount": 0}}


async def test_a_refused_field_does_not_take_the_others_with_it(house: House) -> None:
    other = await house.product.student()
    query = "{ posts { nodes { title author { databaseId name account } comments { nodes { content } } } } }"

    reply = await house.product.graphql(query, person=other)

    assert top_level(reply) == [("FORBIDDEN", ["posts", "nodes", 0, "author", "account"])]
    assert reply["data"]["posts"]["nodes"] == [
        {
            "title": "经验",
            "author": {"databaseId": house.owner.id, "name": f"学生{house.owner.account[-2:]}", "account": None},
            "comments": {"nodes": [{"content": "同意"}]},
        }
    ]


async def test_other_names_do_not_get_around_a_policy(house: House) -> None:
    other = await house.product.student()
    query = """
    { posts { nodes { author { name: account ...Secret ... on Node { ... on User { again: account } } } } } }
    fragment Secret on User { id: account }
    """

    reply = await house.product.graphql(query, person=other)

    path = ["posts", "nodes", 0, "author"]
    assert sorted(top_level(reply), key=str) == [("FORBIDDEN", [*path, name]) for name in ("again", "id", "name")]
    assert reply["data"]["posts"]["nodes"] == [{"author": {"name": None, "id": None, "again": None}}]
