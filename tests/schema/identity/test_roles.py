"""Granting and revoking roles, and the audit trail that says who did."""

import asyncio
from typing import Any

import pytest

from models.db import Database
from schema.engine.node_id import encode
from tests.support.clients import Person, Product
from tests.support.platform import audited

CHANGE = """mutation ($input: RoleInput!) { %s(input: $input) {
  user { databaseId isAdministrator roles } errors { code path }
} }"""
EVENTS = """query ($filter: AuditEventFilter, $first: Int! = 20, $after: String) {
  auditEvents(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      action subjectType createdAt actor { databaseId } details { name value }
      subject { databaseId ... on User { name } }
    }
  }
}"""


async def change(product: Product, mutation: str, person: Person, user: Person, **values: Any) -> dict[str, Any]:
    """The payload of grantRole or revokeRole."""
    asked = {"userId": encode("User", user.id), "role": "ADMINISTRATOR", **values}
    data = await product.data(CHANGE % mutation, {"input": asked}, person=person)
    payload: dict[str, Any] = data[mutation]
    return payload


async def codes(product: Product, query: str, person: Person | None, **variables: Any) -> list[str]:
    """The codes of the errors that stop an operation."""
    reply = await product.graphql(query, variables, person=person)
    assert reply["data"] is None or set(reply["data"].values()) == {None}
    return [error["extensions"]["code"] for error in reply["errors"]]


async def may_administer(product: Product, person: Person) -> bool:
    reply = await product.graphql("{ users { totalCount } }", person=person)
    return "errors" not in reply


async def test_a_role_is_in_force_with_the_tokens_there_are(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()
    assert not await may_administer(product, student)

    granted = await change(product, "grantRole", administrator, student)

    user = {"databaseId": student.id, "isAdministrator": True, "roles": ["ADMINISTRATOR"]}
    assert granted == {"user": user, "errors": []}
    assert await may_administer(product, student)
    assert (await product.rest("GET", "/api/v1/user/search", person=student)).status_code == 200

    revoked = await change(product, "revokeRole", administrator, student)

    assert revoked == {"user": {**user, "isAdministrator": False, "roles": []}, "errors": []}
    assert not await may_administer(product, student)
    assert (await product.rest("GET", "/api/v1/user/search", person=student)).status_code == 403
    role = {"role": "administrator"}
    assert await audited(database, "User") == [
        ("grant_role", administrator.id, role),
        ("revoke_role", administrator.id, role),
    ]


async def test_what_changes_nothing_is_not_recorded(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()

    assert (await change(product, "revokeRole", administrator, student))["errors"] == []
    assert (await change(product, "grantRole", administrator, administrator))["errors"] == []

    assert await audited(database, "User") == []


@pytest.mark.parametrize("mutation", ["grantRole", "revokeRole"])
async def test_only_administrators_change_roles(product: Product, database: Database, mutation: str) -> None:
    student = await product.student()
    asked = {"userId": encode("User", student.id), "role": "ADMINISTRATOR"}

    assert await codes(product, CHANGE % mutation, None, input=asked) == ["UNAUTHENTICATED"]
    assert await codes(product, CHANGE % mutation, student, input=asked) == ["FORBIDDEN"]
    assert not await may_administer(product, student)
    assert await audited(database, "User") == []


@pytest.mark.parametrize("mutation", ["grantRole", "revokeRole"])
async def test_roles_are_of_users(product: Product, mutation: str) -> None:
    administrator = await product.administrator()

    for user_id, code in (
        (encode("User", 999_999), "USER_NOT_FOUND"),
        (encode("Post", administrator.id), "INVALID_INPUT"),
        ("no id", "INVALID_INPUT"),
    ):
        payload = await change(product, mutation, administrator, administrator, userId=user_id)
        assert (payload["user"], [error["code"] for error in payload["errors"]]) == (None, [code])
    asked = {"userId": encode("User", administrator.id), "role": "EMPEROR"}
    reply = await product.graphql(CHANGE % mutation, {"input": asked}, person=administrator)
    assert [error["extensions"]["code"] for error in reply["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]


async def test_the_last_administrator_stays(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()

    refused = await change(product, "revokeRole", administrator, administrator)

    assert refused == {"user": None, "errors": [{"code": "LAST_ADMINISTRATOR", "path": ["input", "userId"]}]}
    assert await may_administer(product, administrator)
    assert await audited(database, "User") == []

    await change(product, "grantRole", administrator, student)
    assert (await change(product, "revokeRole", administrator, administrator))["errors"] == []
    assert not await may_administer(product, administrator)
    assert (await change(product, "revokeRole", student, student))["errors"][0]["code"] == "LAST_ADMINISTRATOR"


async def test_administrators_who_revoke_each_other_at_once_leave_one(product: Product) -> None:
    students = await product.students(4)
    people = [await product.administrator(), *students]
    for person in people[1:]:
        await change(product, "grantRole", people[0], person)

    await asyncio.gather(
        *(
            product.graphql(
                CHANGE % "revokeRole",
                {"input": {"userId": encode("User", person.id), "role": "ADMINISTRATOR"}},
                person=person,
            )
            for person in people
        )
    )

    assert sum([await may_administer(product, person) for person in people]) == 1


async def test_the_audit_trail_is_filtered_by_subject_and_actor(product: Product) -> None:
    first, second = await product.students(2)
    administrator = await product.administrator()
    for student in (first, second):
        await change(product, "grantRole", administrator, student)
    product.clock.advance(minutes=1)
    await change(product, "revokeRole", first, second)

    async def events(**variables: Any) -> list[tuple[str, int, int]]:
        data = await product.data(EVENTS, variables, person=administrator)
        assert data["auditEvents"]["totalCount"] == len(data["auditEvents"]["nodes"])
        nodes = [node for node in data["auditEvents"]["nodes"] if node["action"].endswith("_role")]
        return [(node["action"], node["actor"]["databaseId"], node["subject"]["databaseId"]) for node in nodes]

    revoked = ("revoke_role", first.id, second.id)
    granted = [("grant_role", administrator.id, student.id) for student in (second, first)]
    assert await events() == [revoked, *granted]
    assert await events(filter={"subject": encode("User", second.id)}) == [revoked, granted[0]]
    assert await events(filter={"actor": encode("User", administrator.id)}) == granted
    both = {"subject": encode("User", second.id), "actor": encode("User", first.id)}
    assert await events(filter=both) == [revoked]
    assert await events(filter={"subject": encode("Post", second.id)}) == []
    data = await product.data(EVENTS, {"first": 1}, person=administrator)
    assert (data["auditEvents"]["totalCount"], data["auditEvents"]["pageInfo"]["hasNextPage"]) == (5, True)
    assert data["auditEvents"]["nodes"][0] == {
        "action": "revoke_role",
        "subjectType": "User",
        "createdAt": "2026-03-02T02:01:00+00:00",
        "actor": {"databaseId": first.id},
        "details": [{"name": "role", "value": "administrator"}],
        "subject": {"databaseId": second.id, "name": "学生02"},
    }
    after = {"first": 5, "after": data["auditEvents"]["pageInfo"]["endCursor"]}
    rest = await product.data(EVENTS, after, person=administrator)
    earlier = ["grant_role", "grant_role", "import_users", "create_administrator"]
    assert [node["action"] for node in rest["auditEvents"]["nodes"]] == earlier


async def test_only_administrators_read_the_audit_trail(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()
    await change(product, "grantRole", administrator, student)
    await change(product, "revokeRole", administrator, student)

    assert await codes(product, EVENTS, None) == ["UNAUTHENTICATED"]
    assert await codes(product, EVENTS, student) == ["FORBIDDEN"]
    found = await product.data("{ auditEvents { nodes { id } } }", person=administrator)
    event = found["auditEvents"]["nodes"][0]["id"]
    query = "query ($id: ID!) { node(id: $id) { ... on AuditEvent { action } } }"
    assert await codes(product, query, student, id=event) == ["FORBIDDEN"]


async def test_what_is_no_filter(product: Product) -> None:
    administrator = await product.administrator()

    for filter_ in ({"subject": "no id"}, {"actor": "no id"}, {"actor": encode("Post", 1)}):
        assert await codes(product, EVENTS, administrator, filter=filter_) == ["INVALID_INPUT"]
