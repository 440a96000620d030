"""Leaving projects and retiring them: who pays, who earns, and what is listed afterwards."""

import asyncio
from typing import Any

from sqlalchemy import select

from models.db import Database
from models.platform.projects import Instance, Participation
from models.statements import table_of
from tests.support.clients import Person, Product
from tests.support.developers import developer
from tests.support.platform import (
    CREATE_INSTANCE,
    JOIN_PROJECT,
    MOVE_PROJECT,
    audited,
    counted_statements,
    credits_of,
    done,
    granted,
    moved_project,
    new_project,
    payload,
    refused,
)

LEAVE = """mutation($input: LeaveProjectInput!) { leaveProject(input: $input) {
  participation { id leftAt } errors { code message path }
} }"""
RETIRE = """mutation($input: RetireProjectInput!) { retireProject(input: $input) {
  project { id status retiredAt } errors { code path }
} }"""
RESTORE = RETIRE.replace("retireProject", "restoreProject")
SEEN = """query($project: ID!, $participation: ID!) {
  project(id: $project) { participants { totalCount } viewerParticipation { id } }
  node(id: $participation) { ... on Participation { leftAt instances { nodes { status minutes consumed } } } }
  viewer { developer { projects { totalCount } standing { projects } } }
}"""
LISTED = """query($all: Boolean! = false, $status: ProjectStatus) { projects(includeRetired: $all, status: $status) {
  totalCount nodes { name }
} }"""
SIZES = {"gpu": 1, "cpu": 1, "ram": 1}
"""64 credits an hour."""


async def taking_part(product: Product) -> tuple[Person, Person, str, str]:
    """A developer with 1000 credits, the administrator, and a project that the developer joined; the participation."""
    person, administrator = await developer(product), await product.administrator()
    await granted(product, administrator, person, 1000 - 100)
    project = await new_project(product, administrator)
    joined = await done(product, JOIN_PROJECT, person, projectId=project)
    return person, administrator, project, joined["participation"]["id"]


async def old_list(product: Product, person: Person, path: str) -> tuple[int, Any]:
    """What the old API answers."""
    response = await product.rest("GET", path, person=person)
    return response.status_code, response.json()["data"]


async def test_who_leaves_pays_what_ran_and_earns_nothing(product: Product, database: Database) -> None:
    person, administrator, project, participation = await taking_part(product)
    await done(product, CREATE_INSTANCE, person, projectId=project, name="识别", **SIZES)
    product.clock.advance(minutes=30)

    left = await done(product, LEAVE, person, projectId=project)

    assert left["participation"] == {"id": participation, "leftAt": "2026-03-02T02:30:00+00:00"}
    seen = await product.data(SEEN, {"project": project, "participation": participation}, person=person)
    assert seen == {
        "project": {"participants": {"totalCount": 0}, "viewerParticipation": None},
        "node": {
            "leftAt": "2026-03-02T02:30:00+00:00",
            "instances": {"nodes": [{"status": "STOP", "minutes": 30, "consumed": 32}]},
        },
        "viewer": {"developer": {"projects": {"totalCount": 0}, "standing": {"projects": 0}}},
    }
    assert (await credits_of(product, person))["balance"] == 968
    assert await old_list(product, person, "/api/user/participate-project") == (200, [])
    for mutation, more in ((LEAVE, {}), (CREATE_INSTANCE, {"name": "识别", **SIZES})):
        assert await refused(product, mutation, person, projectId=project, **more) == ["NOT_FOUND"]
    # The way back, while others may join; the participation is the one of before.
    again = await done(product, JOIN_PROJECT, person, projectId=project)
    assert again["participation"]["id"] == participation
    assert await refused(product, JOIN_PROJECT, person, projectId=project) == ["ALREADY_JOINED"]
    await done(product, LEAVE, person, projectId=project)
    await moved_project(product, administrator, project, "ING", "END")
    assert (await credits_of(product, person))["balance"] == 968
    assert (await product.data(SEEN, {"project": project, "participation": participation}, person=person))[
        "viewer"
    ] == {"developer": {"projects": {"totalCount": 0}, "standing": {"projects": 0}}}
    reply = await payload(product, LEAVE, person, projectId=project)
    assert [(error["code"], error["message"]) for error in reply["errors"]] == [
        ("MOVE_NOT_ALLOWED", "The project has ended.")
    ]
    assert [(action, actor) for action, actor, _ in await audited(database, "Project")] == [
        ("create_project", administrator.id),
        ("leave_project", person.id),
        ("leave_project", person.id),
        ("move_project", administrator.id),
        ("move_project", administrator.id),
    ]


async def test_nobody_works_in_a_project_that_they_leave_at_this_moment(product: Product, database: Database) -> None:
    person, _, project, _ = await taking_part(product)
    instances, participations = table_of(Instance), table_of(Participation)
    stray = (
        select(instances.c.id)
        .join(participations, participations.c.id == instances.c.participation_id)
        .where(instances.c.running, participations.c.left_at.is_not(None))
    )
    values = {"name": "识别", **SIZES}

    for _ in range(4):
        await asyncio.gather(
            *(payload(product, CREATE_INSTANCE, person, projectId=project, **values) for _ in range(3)),
            *(payload(product, LEAVE, person, projectId=project) for _ in range(3)),
        )

        assert await database.fetch(stray) == []
        await payload(product, JOIN_PROJECT, person, projectId=project)


async def test_a_retired_project_is_read_and_not_used(product: Product, database: Database) -> None:
    person, administrator, project, _ = await taking_part(product)
    await new_project(product, administrator, name="另一个")
    await done(product, CREATE_INSTANCE, person, projectId=project, name="识别", **SIZES)
    number = (await old_list(product, person, "/api/project/paginate?per_page=10"))[1][1]["id"]
    product.clock.advance(minutes=30)

    retired = await done(product, RETIRE, administrator, projectId=project)
    again = await done(product, RETIRE, administrator, projectId=project)

    state = {"id": project, "status": "REGISTRATION", "retiredAt": "2026-03-02T02:30:00+00:00"}
    assert retired["project"] == again["project"] == state
    only = {"totalCount": 1, "nodes": [{"name": "另一个"}]}
    assert await product.data(LISTED, person=person) == {"projects": only}
    assert await product.data(LISTED, {"status": "REGISTRATION"}, person=person) == {"projects": only}
    with counted_statements() as statements:
        everything = await product.data(LISTED, {"all": True}, person=administrator)
    assert everything["projects"]["totalCount"] == len(everything["projects"]["nodes"]) == 2
    assert len(statements) <= 3
    status, rows = await old_list(product, person, "/api/project/paginate?per_page=10")
    assert (status, [row["name"] for row in rows]) == (200, ["另一个"])
    assert (await old_list(product, person, f"/api/project/base/{number}"))[1]["status"] == "registration"
    mine = (await old_list(product, person, "/api/user/participate-project"))[1]
    assert [(row["id"], row["instance"]["status"]) for row in mine] == [(number, "project_deadline")]
    assert (await credits_of(product, person))["balance"] == 968
    values = {"projectId": project}
    assert await refused(product, JOIN_PROJECT, administrator, **values) == ["REGISTRATION_CLOSED"]
    assert await refused(product, MOVE_PROJECT, administrator, **values, status="ING") == ["MOVE_NOT_ALLOWED"]
    assert await refused(product, CREATE_INSTANCE, person, **values, name="识别", **SIZES) == ["MOVE_NOT_ALLOWED"]

    restored = await done(product, RESTORE, administrator, projectId=project)

    assert restored["project"] == {**state, "retiredAt": None}
    assert (await product.data(LISTED, person=person))["projects"]["totalCount"] == 2
    await done(product, CREATE_INSTANCE, person, **values, name="识别", **SIZES)
    await done(product, LEAVE, person, projectId=project)
    actions = [action for action, _, _ in await audited(database, "Project")]
    assert actions == ["create_project", "create_project", *["retire_project"] * 2, "restore_project", "leave_project"]
