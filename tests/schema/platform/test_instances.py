"""Instances: their states, and what their time costs."""

import asyncio
from itertools import pairwise
from itertools import product as product_of
from typing import Any

import pytest

from models.db import Database
from schema.engine.node_id import encode
from tests.support.clients import Person, Product
from tests.support.platform import (
    CREATE_INSTANCE,
    JOIN_PROJECT,
    MOVE_INSTANCE,
    SET_PRICES,
    STOP_INSTANCE,
    audited,
    credits_of,
    done,
    granted,
    moved_project,
    new_project,
    refused,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

INSTANCE = """query($id: ID!) { node(id: $id) { ... on Instance { status minutes consumed unpaid stoppedAt } } }"""
NEWEST = """{ viewer { developer { projects { nodes {
  instance { name status } instances { totalCount nodes { name } }
} } } } }"""
SIZES = {"gpu": 2, "cpu": 2, "ram": 2}
"""128 credits an hour at the prices of a new platform: 2 × 60 + 2 × 3 + 2 × 1."""
ROUND = ("CREATING", "CODING", "TRAINING", "TRAINING_COMPLETED", "TESTING", "FINISHED_TEST")
NEXT = {*pairwise(ROUND), ("FINISHED_TEST", "CODING")}
FINAL = ("STOP", "PROJECT_DEADLINE")


async def participant(product: Product, *, credits: int = 1000) -> tuple[Person, Person, str]:
    """Somebody with credits, the administrator, and a project that they take part in."""
    student, administrator = await product.student(), await product.administrator()
    project = await new_project(product, administrator)
    await done(product, JOIN_PROJECT, student, projectId=project)
    if credits:
        await granted(product, administrator, student, credits)
    return student, administrator, project


async def created(product: Product, person: Person, project: str, **values: Any) -> str:
    values = {"name": "反光衣", **SIZES, **values}
    instance = (await done(product, CREATE_INSTANCE, person, projectId=project, **values))["instance"]
    return str(instance["id"])


async def shown(product: Product, person: Person, instance: str) -> dict[str, Any]:
    found: dict[str, Any] = (await product.data(INSTANCE, {"id": instance}, person=person))["node"]
    return found


async def test_a_new_instance_costs_nothing_yet(product: Product) -> None:
    student, _, project = await participant(product)

    found = await done(product, CREATE_INSTANCE, student, projectId=project, name=" 反光衣 ", **SIZES)

    assert found["instance"] | {"id": None, "databaseId": None} == {
        "id": None,
        "databaseId": None,
        "name": "反光衣",
        "gpu": 2,
        "cpu": 2,
        "ram": 2,
        "status": "CREATING",
        "creditsPerHour": 128,
        "minutes": 0,
        "consumed": 0,
        "unpaid": 0,
        "stoppedAt": None,
    }
    assert (await credits_of(product, student))["balance"] == 1000


async def test_every_begun_minute_costs(product: Product) -> None:
    student, _, project = await participant(product)
    instance = await created(product, student, project)

    product.clock.advance(seconds=61)
    found = await shown(product, student, instance)

    # Two minutes of 128 credits an hour are 4.27 credits.
    assert (found["minutes"], found["consumed"]) == (2, 5)
    assert (await credits_of(product, student))["balance"] == 1000


async def test_every_move_is_audited(product: Product, database: Database) -> None:
    student, administrator, project = await participant(product, credits=100)
    first = await created(product, student, project)
    await done(product, MOVE_INSTANCE, student, instanceId=first, status="CODING")
    await refused(product, MOVE_INSTANCE, student, instanceId=first, status="TESTING")
    product.clock.advance(hours=1)
    await done(product, STOP_INSTANCE, administrator, instanceId=first)
    await granted(product, administrator, student, 10)
    await created(product, student, project)
    await moved_project(product, administrator, project, "ING", "END")

    assert await audited(database, "Instance") == [
        ("move_instance", student.id, {"status": "coding"}),
        ("settle_instance", administrator.id, {"status": "stop", "consumed": "100", "unpaid": "28"}),
        ("settle_instance", administrator.id, {"status": "project_deadline", "consumed": "0", "unpaid": "0"}),
    ]


async def test_stopping_pays_from_dedicated_credits_first(product: Product) -> None:
    student, administrator, project = await participant(product, credits=300)
    await granted(product, administrator, student, 50, account="DEDICATED")
    instance = await created(product, student, project)
    product.clock.advance(hours=1)

    stopped = await done(product, STOP_INSTANCE, student, instanceId=instance)

    assert stopped["instance"] == {
        "id": instance,
        "status": "STOP",
        "minutes": 60,
        "consumed": 128,
        "unpaid": 0,
        "stoppedAt": "2026-03-02T03:00:00+00:00",
    }
    found = await credits_of(product, student)
    assert (found["generalBalance"], found["dedicatedBalance"]) == (222, 0)
    message = "实例「反光衣」消耗积分"
    assert found["entries"][:2] == [
        {"account": "GENERAL", "change": -78, "balanceAfter": 222, "message": message, "rule": None},
        {"account": "DEDICATED", "change": -50, "balanceAfter": 0, "message": message, "rule": None},
    ]
    product.clock.advance(hours=5)
    assert (await shown(product, student, instance))["consumed"] == 128


async def test_what_the_balance_cannot_pay_is_unpaid(product: Product) -> None:
    student, administrator, project = await participant(product, credits=100)
    instance = await created(product, student, project)
    product.clock.advance(hours=1)

    stopped = await done(product, STOP_INSTANCE, administrator, instanceId=instance)

    assert (stopped["instance"]["consumed"], stopped["instance"]["unpaid"]) == (100, 28)
    assert (await credits_of(product, student))["balance"] == 0


async def test_out_of_credits_a_step_stops_it(product: Product) -> None:
    student, _, project = await participant(product, credits=100)
    instance = await created(product, student, project)
    product.clock.advance(minutes=46)
    await done(product, MOVE_INSTANCE, student, instanceId=instance, status="CODING")
    product.clock.advance(minutes=1)

    moved = await done(product, MOVE_INSTANCE, student, instanceId=instance, status="TRAINING")

    # 47 minutes cost 101 credits.
    assert moved["instance"] | {"id": None, "stoppedAt": None} == {
        "id": None,
        "status": "STOP",
        "minutes": 47,
        "consumed": 100,
        "unpaid": 1,
        "stoppedAt": None,
    }
    assert (await credits_of(product, student))["balance"] == 0


async def test_steps(product: Product) -> None:
    student, _, project = await participant(product)
    for source, target in product_of(ROUND, (*ROUND, *FINAL)):
        instance = await created(product, student, project)
        for step in ROUND[1 : ROUND.index(source) + 1]:
            await done(product, MOVE_INSTANCE, student, instanceId=instance, status=step)

        reply = await product.data(MOVE_INSTANCE, {"input": {"instanceId": instance, "status": target}}, person=student)

        if (source, target) in NEXT:
            assert reply["moveInstance"]["errors"] == []
            assert reply["moveInstance"]["instance"]["status"] == target
        else:
            (error,) = reply["moveInstance"]["errors"]
            assert (error["code"], error["path"]) == ("MOVE_NOT_ALLOWED", ["input", "status"])
            assert error["message"] == f"An instance cannot move from {source} to {target}."
            assert (await shown(product, student, instance))["status"] == source
        await done(product, STOP_INSTANCE, student, instanceId=instance)


async def test_one_that_stopped_stays_so(product: Product) -> None:
    student, administrator, project = await participant(product)
    stopped = await created(product, student, project)
    await done(product, STOP_INSTANCE, student, instanceId=stopped)
    ended = await created(product, student, project)
    await moved_project(product, administrator, project, "ING", "END")

    for instance in (stopped, ended):
        for status in (*ROUND, *FINAL):
            codes = await refused(product, MOVE_INSTANCE, student, instanceId=instance, status=status)
            assert codes == ["MOVE_NOT_ALLOWED"]
        assert await refused(product, STOP_INSTANCE, student, instanceId=instance) == ["MOVE_NOT_ALLOWED"]
    assert (await shown(product, student, stopped))["status"] == "STOP"
    assert (await shown(product, student, ended))["status"] == "PROJECT_DEADLINE"


async def test_the_end_of_the_project_settles_every_instance(product: Product) -> None:
    first, second, third = await product.students(3)
    administrator = await product.administrator()
    project, other = [await new_project(product, administrator) for _ in range(2)]
    for person, amount in ((first, 500), (second, 100), (third, 500)):
        await done(product, JOIN_PROJECT, person, projectId=project)
        await granted(product, administrator, person, amount)
    await done(product, JOIN_PROJECT, third, projectId=other)
    paid = await created(product, first, project)
    unpaid = await created(product, second, project)
    elsewhere = await created(product, third, other)
    product.clock.advance(hours=1)

    await moved_project(product, administrator, project, "ING", "END")

    found = await shown(product, first, paid)
    assert (found["status"], found["consumed"], found["unpaid"]) == ("PROJECT_DEADLINE", 128, 0)
    found = await shown(product, second, unpaid)
    assert (found["status"], found["consumed"], found["unpaid"]) == ("PROJECT_DEADLINE", 100, 28)
    found = await shown(product, third, elsewhere)
    assert (found["status"], found["stoppedAt"]) == ("CREATING", None)
    balances = [(await credits_of(product, person))["balance"] for person in (first, second, third)]
    # What the project's end earns comes after its instances were paid.
    assert balances == [500 - 128 + 200, 200, 500 + 200]


async def test_one_runs_at_a_time_and_the_newest_is_shown(product: Product) -> None:
    student, _, project = await participant(product)
    assert (await product.data(NEWEST, person=student))["viewer"]["developer"]["projects"]["nodes"] == [
        {"instance": None, "instances": {"totalCount": 0, "nodes": []}}
    ]
    first = await created(product, student, project, name="一")

    again = await refused(product, CREATE_INSTANCE, student, projectId=project, name="二", **SIZES)
    await done(product, STOP_INSTANCE, student, instanceId=first)
    await created(product, student, project, name="三")

    assert again == ["INSTANCE_RUNNING"]
    assert (await product.data(NEWEST, person=student))["viewer"]["developer"]["projects"]["nodes"] == [
        {
            "instance": {"name": "三", "status": "CREATING"},
            "instances": {"totalCount": 2, "nodes": [{"name": "三"}, {"name": "一"}]},
        }
    ]


async def test_of_forty_instances_at_once_one_is_made_and_of_forty_stops_one_pays(product: Product) -> None:
    student, _, project = await participant(product)
    values = {"input": {"projectId": project, "name": "反光衣", **SIZES}}

    replies = await asyncio.gather(*(product.data(CREATE_INSTANCE, values, person=student) for _ in range(40)))

    made = [reply["createInstance"]["instance"]["id"] for reply in replies if reply["createInstance"]["instance"]]
    refusals = [error["code"] for reply in replies for error in reply["createInstance"]["errors"]]
    assert (len(made), refusals) == (1, ["INSTANCE_RUNNING"] * 39)
    product.clock.advance(hours=1)
    stop = {"input": {"instanceId": made[0]}}
    stops = await asyncio.gather(*(product.data(STOP_INSTANCE, stop, person=student) for _ in range(40)))
    refusals = [error["code"] for reply in stops for error in reply["stopInstance"]["errors"]]
    assert refusals == ["MOVE_NOT_ALLOWED"] * 39
    assert (await credits_of(product, student))["balance"] == 1000 - 128


async def test_the_project_ends_while_its_instances_stop(product: Product) -> None:
    """Whoever comes first settles; nobody pays twice."""
    people = await product.students(10)
    administrator = await product.administrator()
    project = await new_project(product, administrator)
    instances = []
    for person in people:
        await done(product, JOIN_PROJECT, person, projectId=project)
        await granted(product, administrator, person, 128)
        instances.append(await created(product, person, project))
    await moved_project(product, administrator, project, "ING")
    product.clock.advance(hours=1)

    await asyncio.gather(
        moved_project(product, administrator, project, "END"),
        *(
            product.data(STOP_INSTANCE, {"input": {"instanceId": instance}}, person=person)
            for person, instance in zip(people, instances, strict=True)
        ),
    )

    for person, instance in zip(people, instances, strict=True):
        found = await shown(product, person, instance)
        assert found["status"] in FINAL
        assert (found["consumed"], found["unpaid"]) == (128, 0)
        assert (await credits_of(product, person))["generalBalance"] == 0


async def test_it_keeps_the_price_of_when_it_was_made(product: Product) -> None:
    student, administrator, project = await participant(product)
    instance = await created(product, student, project)
    prices = {"gpuCreditsPerHour": 600, "cpuCreditsPerHour": 0, "ramCreditsPerHour": 0}
    await done(product, SET_PRICES, administrator, **prices)
    product.clock.advance(hours=1)

    stopped = await done(product, STOP_INSTANCE, student, instanceId=instance)
    later = await done(product, CREATE_INSTANCE, student, projectId=project, name="新", **SIZES)

    assert stopped["instance"]["consumed"] == 128
    assert later["instance"]["creditsPerHour"] == 1200


async def test_an_instance_that_cannot_be(product: Product) -> None:
    student, administrator, project = await participant(product, credits=2)
    good = {"projectId": project, "name": "反光衣", **SIZES}
    outsider_only = await new_project(product, administrator)
    bad: tuple[tuple[dict[str, Any], str], ...] = (
        ({"name": ""}, "INVALID_INPUT"),
        ({"name": "长" * 129}, "INVALID_INPUT"),
        ({"gpu": -1}, "INVALID_INPUT"),
        ({"gpu": 65}, "INVALID_INPUT"),
        ({"cpu": 0}, "INVALID_INPUT"),
        ({"ram": 16385}, "INVALID_INPUT"),
        ({"projectId": encode("Project", 9999)}, "NOT_FOUND"),
        ({"projectId": outsider_only}, "NOT_FOUND"),
        ({}, "INSUFFICIENT_CREDITS"),
    )
    for values, code in bad:
        assert await refused(product, CREATE_INSTANCE, student, **{**good, **values}) == [code]
    await granted(product, administrator, student, 1)
    await moved_project(product, administrator, project, "ING", "END")
    assert await refused(product, CREATE_INSTANCE, student, **good) == ["MOVE_NOT_ALLOWED"]

    projects = (await product.data(NEWEST, person=student))["viewer"]["developer"]["projects"]["nodes"]
    assert [row["instances"]["totalCount"] for row in projects] == [0]


async def test_others_neither_see_nor_move_it(product: Product) -> None:
    student, administrator, project = await participant(product)
    instance = await created(product, student, project)
    other = await product.student()
    await done(product, JOIN_PROJECT, other, projectId=project)

    assert await refused(product, MOVE_INSTANCE, other, instanceId=instance, status="CODING") == ["NOT_FOUND"]
    assert await refused(product, STOP_INSTANCE, other, instanceId=instance) == ["NOT_FOUND"]
    assert await refused(product, STOP_INSTANCE, other, instanceId=encode("Instance", 9999)) == ["NOT_FOUND"]
    reply = await product.graphql(INSTANCE, {"id": instance}, person=other)
    assert {error["extensions"]["code"] for error in reply["errors"]} == {"FORBIDDEN"}
    query = """query($id: ID!) { project(id: $id) { participants { nodes { user { id } instance { name } } } } }"""
    reply = await product.graphql(query, {"id": project}, person=other)
    assert [error["extensions"]["code"] for error in reply["errors"]] == ["FORBIDDEN"]
    administrator = await product.administrator()
    moved = await done(product, MOVE_INSTANCE, administrator, instanceId=instance, status="CODING")
    assert moved["instance"]["status"] == "CODING"


async def test_the_project_ends_while_instances_are_made(product: Product) -> None:
    """Nobody is left with an instance that runs in a project that has ended."""
    people = await product.students(10)
    administrator = await product.administrator()
    project = await new_project(product, administrator)
    for person in people:
        await done(product, JOIN_PROJECT, person, projectId=project)
        await granted(product, administrator, person, 100)
    await moved_project(product, administrator, project, "ING")
    values = {"input": {"projectId": project, "name": "反光衣", **SIZES}}

    making = asyncio.gather(*(product.data(CREATE_INSTANCE, values, person=person) for person in people))
    await moved_project(product, administrator, project, "END")
    replies = await making

    for person, reply in zip(people, replies, strict=True):
        made = reply["createInstance"]["instance"]
        assert made or [error["code"] for error in reply["createInstance"]["errors"]] == ["MOVE_NOT_ALLOWED"]
        (row,) = (await product.data(NEWEST, person=person))["viewer"]["developer"]["projects"]["nodes"]
        assert row["instance"] == ({"name": "反光衣", "status": "PROJECT_DEADLINE"} if made else None)
