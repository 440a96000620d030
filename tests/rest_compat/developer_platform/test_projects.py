"""The platform's projects, level and credits, mirrors and participations."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from models.db import Database
from schema.engine.node_id import encode
from tests.support.clients import Person, Product
from tests.support.developers import FIELD_REQUIRED, NOT_FOUND, UNAUTHENTICATED, answer, developer, failure
from tests.support.platform import (
    CREATE_INSTANCE,
    GRANT_EXPERIENCE,
    JOIN_PROJECT,
    SET_PRICES,
    STOP_INSTANCE,
    done,
    granted,
    moved_project,
    new_project,
    signed_in_again,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

PAGINATE, BASE = "/api/project/paginate", "/api/project/base"
LEVEL_CREDIT, MIRROR, PARTICIPATE = "/api/user/level-credit", "/api/user/mirror", "/api/user/participate-project"
PATHS = (f"{PAGINATE}?per_page=1", f"{BASE}/1", LEVEL_CREDIT, MIRROR, PARTICIPATE)
NOW = "2026-03-02 10:00:00"
PROJECT = {
    "id": 1,
    "name": "工地安全：反光衣识别",
    "status": "registration",
    "purchase_budget": 2000,
    "introduction": "工地反光衣穿戴识别",
    "domain": "工地",
    "research_direction": "人脸",
    "level": 1,
    "created_at": NOW,
    "updated_at": NOW,
}
CREATE_MIRROR = """mutation($input: CreateMirrorInput!) { createMirror(input: $input) {
  mirror { databaseId } errors { code }
} }"""
SET_LEVEL = """mutation($input: SetLevelInput!) { setLevel(input: $input) { level { number } errors { code } } }"""
WITHDRAW = """mutation($input: AdjustCreditsInput!) { withdrawCredits(input: $input) { errors { code } } }"""


async def success(product: Product, path: str, person: Person, query: dict[str, Any] | None = None) -> dict[str, Any]:
    status, body = answer(await product.rest("GET", path, person=person, query=query))
    assert (status, body["status_code"], body["message"]) == (200, 200, "操作成功")
    return {name: value for name, value in body.items() if name not in ("status_code", "message")}


def pagination(total: int, count: int, per_page: int, current_page: int, total_pages: int) -> dict[str, Any]:
    names = ("total", "count", "per_page", "current_page", "total_pages")
    return {"pagination": dict(zip(names, (total, count, per_page, current_page, total_pages), strict=True))}


async def test_without_a_token_of_the_platform_everything_is_401(product: Product) -> None:
    recorders = await product.administrator()
    for path in PATHS:
        for person in (None, recorders, Person(1, "", "no.token.at.all")):
            assert answer(await product.rest("GET", path, person=person)) == UNAUTHENTICATED


async def test_somebody_who_is_gone_gets_401(product: Product, database: Database) -> None:
    person = await developer(product)
    async with database.transaction() as transaction:
        await transaction.execute(text("DELETE FROM users WHERE id = :id"), {"id": person.id})

    for path in PATHS:
        assert answer(await product.rest("GET", path, person=person)) == UNAUTHENTICATED


async def test_a_page_of_projects(product: Product) -> None:
    person, administrator = await developer(product), await product.administrator()
    names = [f"项目{number}" for number in range(1, 6)]
    for name in names:
        await new_project(product, administrator, name=name)

    first = await success(product, PAGINATE, person, {"per_page": 2})
    last = await success(product, PAGINATE, person, {"per_page": "2", "page": "3", "q": ""})

    assert first["data"] == [PROJECT | {"id": 5, "name": "项目5"}, PROJECT | {"id": 4, "name": "项目4"}]
    assert first["meta"] == pagination(5, 2, 2, 1, 3)
    assert [row["name"] for row in last["data"]] == ["项目1"]
    assert last["meta"] == pagination(5, 1, 2, 3, 3)


async def test_search_in_pages(product: Product) -> None:
    person, administrator = await developer(product), await product.administrator()
    for name in ("100%识别", "识别一", "识别_二"):
        await new_project(product, administrator, name=name, introduction="")

    async def found(q: str) -> list[str]:
        reply = await success(product, PAGINATE, person, {"per_page": 10, "q": q})
        names = [row["name"] for row in reply["data"]]
        assert reply["meta"] == pagination(len(names), len(names), 10, 1, 1)
        return names

    assert await found("识别") == ["识别_二", "识别一", "100%识别"]
    assert await found("%") == ["100%识别"]
    assert await found("_") == ["识别_二"]
    assert await found("--") == []
    assert await found("' OR 1=1 --") == []


async def test_an_empty_list_is_a_page_and_pages_beyond_the_last_are_404(product: Product) -> None:
    person, administrator = await developer(product), await product.administrator()
    assert await success(product, PAGINATE, person, {"per_page": 10}) == {
        "data": [],
        "meta": pagination(0, 0, 10, 1, 1),
    }
    await new_project(product, administrator)

    for page in (2, 3, 2**31 - 1):
        query = {"per_page": 1, "page": page}
        assert answer(await product.rest("GET", PAGINATE, person=person, query=query)) == NOT_FOUND
    assert (await success(product, PAGINATE, person, {"per_page": 1, "page": 1}))["data"] == [PROJECT]


async def test_a_page_holds_at_most_100(product: Product) -> None:
    person, administrator = await developer(product), await product.administrator()
    await new_project(product, administrator)

    for per_page in (101, 10**6, 2**63 - 1):
        assert await success(product, PAGINATE, person, {"per_page": per_page}) == {
            "data": [PROJECT],
            "meta": pagination(1, 1, 100, 1, 1),
        }


BAD_PAGES: tuple[tuple[dict[str, str], tuple[int, dict[str, Any]]], ...] = (
    ({}, FIELD_REQUIRED),
    ({"per_page": ""}, FIELD_REQUIRED),
    ({"page": "1"}, FIELD_REQUIRED),
    ({"per_page": "0"}, failure(422, f"per_page 必须在 1 与 {2**63 - 1} 之间")),
    ({"per_page": "-1"}, failure(422, f"per_page 必须在 1 与 {2**63 - 1} 之间")),
    ({"per_page": "ten"}, failure(422, "per_page 必须是整数")),
    ({"per_page": "1.5"}, failure(422, "per_page 必须是整数")),
    ({"per_page": "9" * 30}, failure(422, "per_page 必须是整数")),
    ({"per_page": "1", "page": "0"}, failure(422, f"page 必须在 1 与 {2**31 - 1} 之间")),
    ({"per_page": "1", "page": "x"}, failure(422, "page 必须是整数")),
    ({"per_page": "1", "page": str(2**31)}, failure(422, f"page 必须在 1 与 {2**31 - 1} 之间")),
)


async def test_a_page_that_cannot_be(product: Product) -> None:
    person = await developer(product)

    for query, expected in BAD_PAGES:
        assert answer(await product.rest("GET", PAGINATE, person=person, query=query)) == expected


async def test_a_project(product: Product) -> None:
    person, administrator = await developer(product), await product.administrator()
    project = await new_project(product, administrator)
    await new_project(product, administrator, deliveryAt=None, name="未定")
    product.clock.advance(hours=1)
    await moved_project(product, administrator, project, "ING", "ITERATION")

    assert await success(product, f"{BASE}/1", person) == {
        "data": {
            **PROJECT,
            "status": "iteration",
            "delivery_at": "2026-09-01 10:00:00",
            "updated_at": "2026-03-02 11:00:00",
        }
    }
    assert (await success(product, f"{BASE}/2/", person))["data"]["delivery_at"] == ""


async def test_a_project_that_is_not_there(product: Product) -> None:
    person = await developer(product)

    for unknown in ("1", "0", "-1", "9999", "007", str(2**63 - 1)):
        assert answer(await product.rest("GET", f"{BASE}/{unknown}", person=person)) == NOT_FOUND
    for malformed in ("x", "1x", "1.5", "%C2%B2", "%27", "9" * 30, str(2**63)):
        status, body = answer(await product.rest("GET", f"{BASE}/{malformed}", person=person))
        assert (status, body["status_code"]) == (422, 422), malformed
        assert body["message"].startswith("project_id "), body
    assert answer(await product.rest("GET", f"{BASE}/%20", person=person)) == FIELD_REQUIRED
    assert answer(await product.rest("GET", f"{BASE}/", person=person)) == NOT_FOUND


async def test_level_and_credits_after_registering(product: Product) -> None:
    product.clock.advance(minutes=5)
    person = await developer(product)

    assert await success(product, LEVEL_CREDIT, person) == {
        "data": {
            "id": person.id,
            "level": 1,
            "integral": 100,
            "general_integral": 100,
            "dedicated_integral": 0,
            "gpu_available_time": "100min",
            "created_at": "2026-03-02 10:05:00",
            "updated_at": "2026-03-02 10:05:00",
            "upgrade_condition": {
                "experience": 1200,
                "business_algorithm": 0,
                "algorithm_type": 0,
                "project": 1,
                "current_experience": 0,
                "current_business_algorithm": 0,
                "current_algorithm_type": 0,
                "current_project": 0,
            },
            "integral_record": [
                {
                    "change": 100,
                    "is_positive_growth": 1,
                    "message": "完成注册获取积分",
                    "created_at": "2026-03-02 10:05:00",
                }
            ],
        }
    }


async def test_gains_and_losses(product: Product) -> None:
    person, administrator = await developer(product), await product.administrator()
    await granted(product, administrator, person, 30, account="DEDICATED")
    values = {"userId": encode("User", person.id), "amount": 45, "message": "更正", "key": "k"}
    await done(product, WITHDRAW, administrator, **values)
    await done(product, SET_PRICES, administrator, gpuCreditsPerHour=90)

    found = (await success(product, LEVEL_CREDIT, person))["data"]

    assert (found["integral"], found["general_integral"], found["dedicated_integral"]) == (85, 55, 30)
    # 85 credits at 1.5 a minute.
    assert found["gpu_available_time"] == "56min"
    assert [(row["change"], row["is_positive_growth"]) for row in found["integral_record"]] == [
        (45, 0),
        (30, 1),
        (100, 1),
    ]


async def test_the_conditions_of_the_next_level_and_at_the_highest_of_that_one(product: Product) -> None:
    person, administrator = await developer(product), await product.administrator()
    grant = {"userId": encode("User", person.id), "message": "竞赛"}
    await done(product, GRANT_EXPERIENCE, administrator, **grant, kind="EXPERIENCE", amount=7)
    await done(product, GRANT_EXPERIENCE, administrator, **grant, kind="BUSINESS_ALGORITHM", amount=2)
    await done(product, GRANT_EXPERIENCE, administrator, **grant, kind="ALGORITHM_TYPE", amount=1)

    async def found() -> tuple[int, list[int], list[int]]:
        data = (await success(product, LEVEL_CREDIT, person))["data"]
        conditions = list(data["upgrade_condition"].values())
        return data["level"], conditions[:4], conditions[4:]

    assert await found() == (1, [1200, 0, 0, 1], [7, 2, 1, 0])
    for number in range(2, 6):
        easy = {"number": number, "experience": number, "businessAlgorithms": 1, "algorithmTypes": 1, "projects": 0}
        await done(product, SET_LEVEL, administrator, **easy)
    assert await found() == (5, [5, 1, 1, 0], [7, 2, 1, 0])


async def test_mirrors_and_their_space(product: Product) -> None:
    person = await developer(product)
    assert await success(product, MIRROR, person) == {
        "data": [],
        "meta": {"free_mirror_space": 100, "surplus_mirror_space": "100"},
    }
    for tag, size in (("1.0.0", "20.5"), ("1.1.0", "29")):
        mirror = {"name": "pytorch基础镜像", "tag": tag, "size": size, "remark": "自用"}
        await done(product, CREATE_MIRROR, person, **mirror)

    found = await success(product, MIRROR, person)

    row = {"name": "pytorch基础镜像", "remark": "自用", "created_at": NOW, "updated_at": NOW}
    assert found == {
        "data": [{"id": 2, "tag": "1.1.0", "size": "29", **row}, {"id": 1, "tag": "1.0.0", "size": "20.5", **row}],
        "meta": {"free_mirror_space": 100, "surplus_mirror_space": "50.5"},
    }
    other = await developer(product, 2)
    assert (await success(product, MIRROR, other))["data"] == []


async def test_projects_one_takes_part_in(product: Product) -> None:
    person, administrator = await developer(product), await product.administrator()
    assert await success(product, PARTICIPATE, person) == {"data": []}
    project = await new_project(product, administrator)
    await new_project(product, administrator, name="别人的")
    await done(product, JOIN_PROJECT, person, projectId=project)
    nothing = {
        "id": 0,
        "name": "",
        "gpu": 0,
        "cpu": 0,
        "ram": 0,
        "time_consuming": "",
        "consumption_points": 0,
        "status": "",
        "created_at": "",
    }
    assert await success(product, PARTICIPATE, person) == {"data": [{**PROJECT, "instance": nothing}]}
    prices = {"gpuCreditsPerHour": 12, "cpuCreditsPerHour": 6, "ramCreditsPerHour": 2}
    await done(product, SET_PRICES, administrator, **prices)
    made = {"projectId": project, "name": "反光衣", "gpu": 1, "cpu": 2, "ram": 4}
    await done(product, CREATE_INSTANCE, person, **made)

    product.clock.advance(minutes=149, seconds=30)
    person = await signed_in_again(product, person)
    running = (await success(product, PARTICIPATE, person))["data"][0]["instance"]

    shown = {"id": 1, "name": "反光衣", "gpu": 1, "cpu": 2, "ram": 4, "created_at": NOW}
    assert running == {**shown, "time_consuming": "2h30min", "consumption_points": 80, "status": "creating"}
    await done(product, STOP_INSTANCE, person, instanceId=encode("Instance", 1))
    product.clock.advance(hours=1)
    stopped = (await success(product, PARTICIPATE, person))["data"][0]["instance"]
    assert stopped == {**running, "status": "stop"}


async def test_durations(product: Product) -> None:
    person, administrator = await developer(product), await product.administrator()
    project = await new_project(product, administrator)
    await done(product, JOIN_PROJECT, person, projectId=project)
    await done(product, CREATE_INSTANCE, person, projectId=project, name="甲", gpu=0, cpu=1, ram=1)
    begin = product.clock.now

    for seconds, shown in ((0, "0min"), (1, "1min"), (59 * 60, "59min"), (3600, "1h0min"), (7141, "2h0min")):
        product.clock.now = begin + timedelta(seconds=seconds)
        instance = (await success(product, PARTICIPATE, person))["data"][0]["instance"]
        assert instance["time_consuming"] == shown
