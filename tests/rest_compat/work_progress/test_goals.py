"""Goals and directions."""

from typing import Any

import pytest

from tests.rest_compat.work_progress.replies import assert_invalid, data, refused, reply, success
from tests.support.clients import Person, Product

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

EMPLOYMENT = {"status": 1, "target_company": "华为", "target_job": "保安", "target_salary": "2k", "target_area": "重庆"}
POSTGRADUATE = {"target_university": "右转", "target_major": "数学", "target_score": 380}


async def add(product: Product, person: Person, path: str, body: dict[str, Any]) -> Any:
    return reply(await product.rest("POST", f"/api/v1/{path}/add", body, person=person))


async def target(product: Product, person: Person) -> Any:
    return data(await product.rest("GET", "/api/v1/user/target", person=person))


async def give_up(product: Product, person: Person, direction: Any) -> Any:
    return reply(await product.rest("DELETE", "/api/v1/user/dire/del", {"direction": direction}, person=person))


async def test_a_second_goal_replaces_the_first(product: Product) -> None:
    student, other = await product.students(2)
    assert await add(product, student, "emgl", EMPLOYMENT) == success()
    first = (await target(product, student))["goal"]["empl_goal"]
    product.clock.advance(hours=1)
    changed = {**EMPLOYMENT, "status": 2, "target_salary": "", "target_area": " 成都 "}
    assert await add(product, student, "emgl", changed) == success()

    found = await target(product, student)
    assert found == {
        "direction": [2],
        "goal": {
            "empl_goal": {
                **EMPLOYMENT,
                "id": first["id"],
                "uid": student.id,
                "created_at": "2026-03-02T10:00:00+08:00",
                "updated_at": "2026-03-02T11:00:00+08:00",
                "status": 2,
                "target_salary": "",
                "target_area": "成都",
            },
            "pg_goal": None,
        },
    }
    assert (await target(product, other))["direction"] == []


async def test_the_postgraduate_goal_too(product: Product) -> None:
    student = await product.student()
    scores = [
        (380, 380),
        (0, 0),
        (1000, 1000),
        ("400", 400),
        (401.0, 401),
        (87.5, 87.5),
        ("379.25", 379.25),
        (" ８７．５\u200b", 87.5),
        (0.1, 0.1),
    ]
    for score, expected in scores:
        assert await add(product, student, "pggl", {**POSTGRADUATE, "target_score": score}) == success()
        goal = (await target(product, student))["goal"]["pg_goal"]
        info = data(await product.rest("GET", "/api/v1/user/info", person=student))["goal"]
        for shown in (goal["target_score"], info["target_score"]):
            assert (type(shown), shown) == (type(expected), expected)
    goals = await product.data("{ viewer { postgraduateGoal { targetScore } } }", person=student)
    assert goals["viewer"]["postgraduateGoal"] == {"targetScore": 0.1}


@pytest.mark.parametrize(
    ("path", "body", "parameter", "values"),
    [
        ("emgl", EMPLOYMENT, "status", [0, 3, -1, "x", None, True, 1.5]),
        ("emgl", EMPLOYMENT, "target_company", ["x" * 256, None]),
        ("emgl", EMPLOYMENT, "target_salary", ["x" * 65, 2000]),
        (
            "pggl",
            POSTGRADUATE,
            "target_score",
            [-1, 1001, 1000.5, -0.5, 2**31, 2**63, "", None, "NaN", "1e2", "8²", True],
        ),
        ("pggl", POSTGRADUATE, "target_university", ["x" * 256, 1]),
    ],
)
async def test_a_goal_that_cannot_be(
    product: Product, path: str, body: dict[str, Any], parameter: str, values: list[Any]
) -> None:
    student = await product.student()
    for value in values:
        sent = {**body, parameter: value}
        assert_invalid(await product.rest("POST", f"/api/v1/{path}/add", sent, person=student), parameter)
    assert await target(product, student) == {"direction": [], "goal": {"empl_goal": None, "pg_goal": None}}


async def test_giving_up_a_direction_keeps_its_goal(product: Product) -> None:
    student = await product.student()
    await add(product, student, "emgl", EMPLOYMENT)
    await add(product, student, "pggl", POSTGRADUATE)
    before = await target(product, student)

    assert await give_up(product, student, 2) == success()
    assert await target(product, student) == {"direction": [1], "goal": before["goal"]}
    assert await give_up(product, student, 2) == refused(1, "删除失败", "不能删除用户没有的方向")
    assert await give_up(product, student, "1") == success()
    assert await target(product, student) == {"direction": [], "goal": before["goal"]}

    await add(product, student, "emgl", EMPLOYMENT)
    assert (await target(product, student))["direction"] == [2]


@pytest.mark.parametrize("direction", [0, 3, 4, -1, "4", 2**62])
async def test_an_unknown_direction(product: Product, direction: Any) -> None:
    student = await product.student()
    await add(product, student, "emgl", EMPLOYMENT)
    assert await give_up(product, student, direction) == refused(2, "未知的方向")
    assert (await target(product, student))["direction"] == [2]


async def test_a_direction_that_is_no_number(product: Product) -> None:
    student = await product.student()
    for direction in ("考研", None, True, [1], {"a": 1}, 1.5):
        body = {"direction": direction}
        assert_invalid(await product.rest("DELETE", "/api/v1/user/dire/del", body, person=student), "direction")
