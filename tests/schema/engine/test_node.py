"""`node`: any object by its opaque id."""

import base64

from schema.engine.node_id import encode
from tests.schema.replies import done, top_level, user_id
from tests.support.clients import Product

NODE = "query ($id: ID!) { node(id: $id) { __typename id databaseId } }"


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


async def test_an_id_leads_back_to_its_object(product: Product) -> None:
    student = await product.student()
    mutation = 'mutation { clockIn(input: {location: "教室"}) { clockIn { id databaseId } errors { code } } }'
    clock_in = (await done(product, mutation, person=student))["clockIn"]

    found = await product.data(NODE, {"id": clock_in["id"]}, person=student)
    assert found["node"] == {"__typename": "ClockIn", **clock_in}
    viewer = (await product.data("{ viewer { id databaseId } }", person=student))["viewer"]
    assert viewer == {"id": user_id(student), "databaseId": student.id}
    assert (await product.data(NODE, {"id": viewer["id"]}))["node"] == {"__typename": "User", **viewer}


async def test_an_object_that_is_not_there_is_null(product: Product) -> None:
    for type_name in ("User", "Post", "Comment", "ClockIn", "WorkLog", "EmploymentGoal", "PostgraduateGoal"):
        for number in (0, -1, 999_999, 2**53, 2**63 - 1, 2**63, 2**96 - 1, -(2**63) + 1):
            assert await product.data(NODE, {"id": encode(type_name, number)}) == {"node": None}


async def test_what_is_no_node_is_null(product: Product) -> None:
    for type_name in ("Session", "Credential", "users", "user", "Query", "Node", "id", ""):
        assert await product.data(NODE, {"id": packed(f"{type_name}:1")}) == {"node": None}


async def test_what_is_no_id_is_invalid(product: Product) -> None:
    texts = (
        *("User", "User:", "User:a", "User:1.0", "User:1e3", "User: 1", "User:1 ", "User:+1", "User:1:1", "用户:1"),
        *("User:１", "User:1\n", "User:0x1", "User:--1", f"User:{2**96}", f"User:{-(2**63)}", f"User:{'9' * 5000}"),
    )
    for wrong in ("", "1", "User:1", "====", "VXNlcg", "💥", "a" * 100_000, "\0", *map(packed, texts)):
        reply = await product.graphql(NODE, {"id": wrong})
        assert reply["data"] == {"node": None}, wrong
        assert top_level(reply) == [("INVALID_INPUT", ["node"])]
        assert reply["errors"][0]["message"] == "This is not a valid id."


async def test_what_is_written_into_the_operation_is_no_id_either(product: Product) -> None:
    for literal in ("1", "-1", "9" * 5000, '"1"'):
        reply = await product.graphql(f"{{ node(id: {literal}) {{ id }} }}")
        assert top_level(reply) == [("INVALID_INPUT", ["node"])]
    for literal in ("null", "1.5", "true", "[]", "{}", "RED"):
        reply = await product.graphql(f"{{ node(id: {literal}) {{ id }} }}")
        assert reply.get("data") is None
        assert [code for code, _ in top_level(reply)] == ["GRAPHQL_VALIDATION_FAILED"]


async def test_several_nodes_in_one_operation(product: Product) -> None:
    one, other = await product.students(2)
    query = """
    query ($one: ID!, $other: ID!, $nobody: ID!) {
      a: node(id: $one) { ...Name } b: node(id: $other) { ...Name } c: node(id: $nobody) { ...Name }
    }
    fragment Name on User { databaseId name }
    """
    ids = {"one": user_id(one), "other": user_id(other), "nobody": encode("User", 999_999)}

    found = await product.data(query, ids, person=one)

    names = [f"学生{person.account[-2:]}" for person in (one, other)]
    assert found == {
        "a": {"databaseId": one.id, "name": names[0]},
        "b": {"databaseId": other.id, "name": names[1]},
        "c": None,
    }
