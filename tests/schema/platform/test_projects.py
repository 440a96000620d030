"""Projects: what administrators make of them, and who takes part."""

import asyncio
from itertools import product as product_of
from typing import Any

import pytest

from models.db import Database
from schema.engine.node_id import encode
from tests.support.clients import Product
from tests.support.platform import (
    CREATE_PROJECT,
    DETAILS,
    GRANT_EXPERIENCE,
    JOIN_PROJECT,
    MOVE_PROJECT,
    audited,
    counted_statements,
    credits_of,
    done,
    moved_project,
    new_project,
    refused,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

PROJECT = """query($id: ID!) { project(id: $id) {
  id name status purchaseBudget introduction level deliveryAt createdAt updatedAt
  domain { number name } researchDirection { number name }
  participants { totalCount nodes { user { name } } } viewerParticipation { id }
} }"""
PROJECTS = """query($search: String, $status: ProjectStatus, $first: Int! = 20, $page: Int) {
  projects(search: $search, status: $status, first: $first, page: $page) { totalCount nodes { name } }
}"""
UPDATE_PROJECT = """mutation($input: UpdateProjectInput!) { updateProject(input: $input) {
  project { name level deliveryAt status domain { number } } errors { code message path }
} }"""
STATUSES = ("REGISTRATION", "ING", "ITERATION", "END")
MOVES = {("REGISTRATION", "ING"), ("ING", "ITERATION"), ("ING", "END"), ("ITERATION", "ING"), ("ITERATION", "END")}
WAY_TO = {"REGISTRATION": (), "ING": ("ING",), "ITERATION": ("ING", "ITERATION"), "END": ("ING", "END")}
UNKNOWN = encode("Project", 9999)


async def test_a_new_project_is_open_for_registration(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()

    project = await new_project(product, administrator)

    assert (await product.data(PROJECT, {"id": project}, person=student))["project"] == {
        "id": project,
        "name": "工地安全：反光衣识别",
        "status": "REGISTRATION",
        "purchaseBudget": 2000,
        "introduction": "工地反光衣穿戴识别",
        "level": 1,
        "deliveryAt": "2026-09-01T02:00:00+00:00",
        "createdAt": "2026-03-02T02:00:00+00:00",
        "updatedAt": "2026-03-02T02:00:00+00:00",
        "domain": {"number": 2, "name": "工地"},
        "researchDirection": {"number": 1, "name": "人脸"},
        "participants": {"totalCount": 0, "nodes": []},
        "viewerParticipation": None,
    }
    details = {"name": "工地安全：反光衣识别", "status": "registration"}
    assert await audited(database, "Project") == [("create_project", administrator.id, details)]


BAD_DETAILS: tuple[dict[str, Any], ...] = (
    {"name": "  "},
    {"name": "长" * 256},
    {"purchaseBudget": -1},
    {"purchaseBudget": 2_000_000_001},
    {"introduction": "长" * 20_001},
    {"domain": 0},
    {"domain": 9999},
    {"researchDirection": -1},
    {"level": 0},
    {"level": 101},
    {"deliveryAt": "2026-09-01T10:00:00"},
)


async def test_details_that_cannot_be(product: Product) -> None:
    administrator = await product.administrator()
    project = await new_project(product, administrator)
    for values in BAD_DETAILS:
        bad = {**DETAILS, **values}

        created = await product.data(CREATE_PROJECT, {"input": {"project": bad}}, person=administrator)
        updated = await product.data(
            UPDATE_PROJECT, {"input": {"projectId": project, "project": bad}}, person=administrator
        )

        for reply in (created["createProject"], updated["updateProject"]):
            (error,) = reply["errors"]
            assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", *values])
    found = await product.data(PROJECTS, person=administrator)
    assert found["projects"] == {"totalCount": 1, "nodes": [{"name": DETAILS["name"]}]}


async def test_details_are_replaced_and_the_state_is_not(product: Product, database: Database) -> None:
    administrator = await product.administrator()
    project = await new_project(product, administrator)
    await moved_project(product, administrator, project, "ING")
    new = {**DETAILS, "name": "新名", "level": 3, "domain": 1, "deliveryAt": None}

    changed = await done(product, UPDATE_PROJECT, administrator, projectId=project, project=new)

    assert changed["project"] == {
        "name": "新名",
        "level": 3,
        "deliveryAt": None,
        "status": "ING",
        "domain": {"number": 1},
    }
    assert [action for action, _, _ in await audited(database, "Project")] == [
        "create_project",
        "move_project",
        "update_project",
    ]
    assert await refused(product, UPDATE_PROJECT, administrator, projectId=UNKNOWN, project=new) == ["NOT_FOUND"]


async def test_a_disabled_entry_stays_where_it_was_chosen(product: Product) -> None:
    administrator = await product.administrator()
    project = await new_project(product, administrator)
    disable = (
        """mutation { saveDictionaryEntry(input: {kind: DOMAIN, number: 2, enabled: false}) { errors { code } } }"""
    )
    await product.data(disable, person=administrator)

    kept = await done(product, UPDATE_PROJECT, administrator, projectId=project, project=DETAILS)

    assert kept["project"]["domain"] == {"number": 2}
    assert await refused(product, CREATE_PROJECT, administrator, project=DETAILS) == ["INVALID_INPUT"]


async def test_moves(product: Product, database: Database) -> None:
    administrator = await product.administrator()
    for source, target in product_of(STATUSES, STATUSES):
        project = await new_project(product, administrator)
        await moved_project(product, administrator, project, *WAY_TO[source])
        before = len(await audited(database, "Project"))

        reply = await product.data(
            MOVE_PROJECT, {"input": {"projectId": project, "status": target}}, person=administrator
        )

        status = (await product.data(PROJECT, {"id": project}, person=administrator))["project"]["status"]
        events = (await audited(database, "Project"))[before:]
        if (source, target) in MOVES:
            assert reply["moveProject"] == {"project": {"id": project, "status": target}, "errors": []}
            assert status == target
            assert [(action, details["status"]) for action, _, details in events] == [("move_project", target.lower())]
        else:
            (error,) = reply["moveProject"]["errors"]
            assert (error["code"], error["path"]) == ("MOVE_NOT_ALLOWED", ["input", "status"])
            assert error["message"] == f"A project cannot move from {source} to {target}."
            assert (status, events) == (source, [])


async def test_of_forty_moves_at_once_one_happens(product: Product, database: Database) -> None:
    administrator = await product.administrator()
    project = await new_project(product, administrator)
    await moved_project(product, administrator, project, "ING")
    variables = {"input": {"projectId": project, "status": "END"}}

    replies = await asyncio.gather(*(product.data(MOVE_PROJECT, variables, person=administrator) for _ in range(40)))

    refusals = [error["code"] for reply in replies for error in reply["moveProject"]["errors"]]
    assert refusals == ["MOVE_NOT_ALLOWED"] * 39
    assert len(await audited(database, "Project")) == 3


async def test_an_unknown_project(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()

    assert await refused(product, MOVE_PROJECT, administrator, projectId=UNKNOWN, status="ING") == ["NOT_FOUND"]
    assert await refused(product, JOIN_PROJECT, student, projectId=UNKNOWN) == ["NOT_FOUND"]
    assert (await product.data(PROJECT, {"id": UNKNOWN}, person=student)) == {"project": None}
    assert await refused(product, JOIN_PROJECT, student, projectId=encode("User", 1)) == ["INVALID_INPUT"]


async def test_only_administrators_make_and_move_projects(product: Product) -> None:
    student = await product.student()
    for mutation, values in (
        (CREATE_PROJECT, {"project": DETAILS}),
        (UPDATE_PROJECT, {"projectId": UNKNOWN, "project": DETAILS}),
        (MOVE_PROJECT, {"projectId": UNKNOWN, "status": "ING"}),
    ):
        reply = await product.graphql(mutation, {"input": values}, person=student)

        assert reply["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await product.data(PROJECTS, person=student))["projects"]["totalCount"] == 0


async def test_projects_are_for_people_who_are_signed_in(product: Product) -> None:
    for query, variables in ((PROJECTS, {}), (PROJECT, {"id": UNKNOWN})):
        reply = await product.graphql(query, variables)
        assert reply["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_search(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()
    for name, introduction in (("百分之100%识别", "甲"), ("安全_帽", "乙"), ("Helmet", "识别")):
        await new_project(product, administrator, name=name, introduction=introduction)

    async def found(**variables: Any) -> list[str]:
        connection = (await product.data(PROJECTS, variables, person=student))["projects"]
        names = [node["name"] for node in connection["nodes"]]
        assert connection["totalCount"] == len(names)
        return names

    assert await found() == ["Helmet", "安全_帽", "百分之100%识别"]
    assert await found(search="识别") == ["Helmet", "百分之100%识别"]
    assert await found(search="%") == ["百分之100%识别"]
    assert await found(search="_") == ["安全_帽"]
    assert await found(search="helm") == ["Helmet"]
    assert await found(search="\\") == []
    assert await found(status="ING") == []
    assert await found(status="REGISTRATION", search="乙") == ["安全_帽"]


async def test_joining_once(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()
    project = await new_project(product, administrator)

    joined = await done(product, JOIN_PROJECT, student, projectId=project)

    assert joined["participation"]["project"] == {"id": project}
    assert joined["participation"]["user"] == {"id": encode("User", student.id)}
    assert await refused(product, JOIN_PROJECT, student, projectId=project) == ["ALREADY_JOINED"]
    found = (await product.data(PROJECT, {"id": project}, person=student))["project"]
    assert found["participants"]["totalCount"] == 1
    assert found["viewerParticipation"] == {"id": joined["participation"]["id"]}
    others_view = await product.data(PROJECT, {"id": project}, person=administrator)
    assert others_view["project"]["viewerParticipation"] is None


async def test_of_forty_joins_at_once_one_happens(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()
    project = await new_project(product, administrator)

    replies = await asyncio.gather(
        *(product.data(JOIN_PROJECT, {"input": {"projectId": project}}, person=student) for _ in range(40))
    )

    refusals = [error["code"] for reply in replies for error in reply["joinProject"]["errors"]]
    assert refusals == ["ALREADY_JOINED"] * 39
    found = await product.data(PROJECT, {"id": project}, person=student)
    assert found["project"]["participants"]["totalCount"] == 1


async def test_nobody_joins_once_it_runs(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()
    for status in ("ING", "ITERATION", "END"):
        project = await new_project(product, administrator)
        await moved_project(product, administrator, project, *WAY_TO[status])

        assert await refused(product, JOIN_PROJECT, student, projectId=project) == ["REGISTRATION_CLOSED"]

        found = await product.data(PROJECT, {"id": project}, person=student)
        assert found["project"]["participants"]["totalCount"] == 0


async def test_the_level_must_be_reached(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()
    project = await new_project(product, administrator, level=2)
    assert await refused(product, JOIN_PROJECT, student, projectId=project) == ["LEVEL_TOO_LOW"]
    completed = await new_project(product, administrator)
    await done(product, JOIN_PROJECT, student, projectId=completed)
    await moved_project(product, administrator, completed, "ING", "END")
    experience = {"userId": encode("User", student.id), "kind": "EXPERIENCE", "amount": 1200, "message": "竞赛"}
    await done(product, GRANT_EXPERIENCE, administrator, **experience)

    await done(product, JOIN_PROJECT, student, projectId=project)


async def test_participants_earn_credits_when_it_ends(product: Product) -> None:
    first, second, other = await product.students(3)
    administrator = await product.administrator()
    project = await new_project(product, administrator)
    for person in (first, second):
        await done(product, JOIN_PROJECT, person, projectId=project)

    await moved_project(product, administrator, project, "ING", "END")

    for person in (first, second):
        found = await credits_of(product, person)
        assert (found["balance"], found["dedicatedBalance"]) == (200, 200)
        assert found["entries"][0]["rule"] == "PROJECT_COMPLETED"
    assert (await credits_of(product, other))["balance"] == 0


async def test_statements_do_not_grow_with_rows(product: Product) -> None:
    """The nested query of the whole domain costs the same for one row as for many.

    It leads to no batch function on two ways, whose keys may or may not be asked for at the same time.
    """
    people = await product.students(4)
    administrator = await product.administrator()
    query = """{
      viewer { developer {
        level standing { nextLevel { number } } mirrors { name } mirrorSpace { used }
        credits { balance gpuMinutes entries { totalCount nodes { message } } }
        projects { nodes { project { name domain { name } researchDirection { name } } instance { minutes } } }
      } }
      projects { nodes {
        name domain { name } viewerParticipation { id }
        participants { totalCount nodes { user { name } } }
      } }
    }"""

    async def joined(count: int) -> int:
        for _ in range(count):
            project = await new_project(product, administrator)
            for person in people:
                await done(product, JOIN_PROJECT, person, projectId=project)
        with counted_statements() as statements:
            data = await product.data(query, person=people[0])
        assert data["viewer"]["developer"]["projects"]["nodes"]
        return len(statements)

    assert await joined(1) > 5
    assert await joined(1) == await joined(3)


async def test_ending_costs_the_same_statements_for_many_participants(product: Product) -> None:
    people = await product.students(5)
    administrator = await product.administrator()

    async def ended(count: int) -> int:
        project = await new_project(product, administrator)
        for person in people[:count]:
            await done(product, JOIN_PROJECT, person, projectId=project)
        await moved_project(product, administrator, project, "ING")
        with counted_statements() as statements:
            await moved_project(product, administrator, project, "END")
        return len(statements)

    assert await ended(2) == await ended(5)
