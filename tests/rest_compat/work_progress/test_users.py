"""Logging in, the caller's own details, and the administrators' search."""

from typing import Any

import pytest

from auth.policies import administrator as administrator_policy
from rest_compat.apis import DIALECTS
from rest_compat.converters import Integer
from tests.rest_compat.work_progress.replies import assert_invalid, data, refused, reply, success
from tests.support.clients import Person, Product

EMPLOYMENT = {"status": 2, "target_company": "华为", "target_job": "保安", "target_salary": "2k", "target_area": "重庆"}
POSTGRADUATE = {"target_university": "右转", "target_major": "数学", "target_score": 380}
TIME = "2026-03-02T10:00:00+08:00"


async def search(product: Product, person: Person, **query: Any) -> Any:
    return data(await product.rest("GET", "/api/v1/user/search", person=person, query=query))


async def names(product: Product, person: Person, **query: Any) -> list[str]:
    return [row["user"]["name"] for row in (await search(product, person, **query))["rows"]]


async def named(product: Product, *students: str, first: int = 2022000001) -> Person:
    """The administrator, after importing students of these names."""
    administrator = await product.administrator()
    rows = [{"account": str(first + number), "name": name} for number, name in enumerate(students)]
    await product.rest("POST", "/api/v1/user/import", {"list": rows}, person=administrator)
    return administrator


async def pursue(product: Product, account: str, *goals: str) -> None:
    person = await product.login(account, account[-6:])
    for goal in goals:
        body = EMPLOYMENT if goal == "emgl" else POSTGRADUATE
        assert reply(await product.rest("POST", f"/api/v1/{goal}/add", body, person=person)) == success()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_login_shows_the_user(product: Product) -> None:
    student = await product.student()
    for account, password, name, permission, class_name, major in (
        (student.account, student.account[-6:], "学生01", 1, "1班", "软工"),
        ("8888888888", "admin", "管理员", 2, "", ""),
    ):
        body = {"account": account, "password": password}
        found = data(await product.rest("POST", "/api/v1/user/login", body))
        assert set(found) == {"token", "user"}
        shown = found["user"]
        assert shown == {
            "id": shown["id"],
            "created_at": TIME,
            "updated_at": TIME,
            "account": account,
            "name": name,
            "permission": permission,
            "class": class_name,
            "major": major,
        }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
@pytest.mark.parametrize(
    ("account", "password"),
    [
        ("8888888888", "wrong"),
        ("8888888888", ""),
        ("8888888888", "Admin"),
        ("8888888888", "admin "),
        ("8888888888", "a" * 100),
        ("9999999999", "admin"),
        ("", ""),
        ("%", "admin"),
        ("a" * 5000, "admin"),
        ("' OR 1=1 --", "' OR 1=1 --"),
    ],
)
async def test_an_unknown_account_and_a_wrong_password_get_the_same_answer(
    product: Product, account: str, password: str
) -> None:
    body = {"account": account, "password": password}
    assert reply(await product.rest("POST", "/api/v1/user/login", body)) == refused(1, "账号或密码错误")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_info_and_target_without_goals(product: Product) -> None:
    student = await product.student()
    user = {
        "id": student.id,
        "created_at": TIME,
        "updated_at": TIME,
        "account": student.account,
        "name": "学生01",
        "permission": 1,
        "direction": 0,
        "class": "1班",
        "major": "软工",
    }
    assert reply(await product.rest("GET", "/api/v1/user/info", person=student)) == success(
        {"user": user, "direction": 0, "goal": None}
    )
    assert reply(await product.rest("GET", "/api/v1/user/target", person=student)) == success(
        {"direction": [], "goal": {"empl_goal": None, "pg_goal": None}}
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_the_direction_is_a_sum_in_info_and_a_list_in_target(product: Product) -> None:
    student = await product.student()
    expected: list[tuple[str, Any, int, list[int]]] = [
        ("emgl", EMPLOYMENT, 2, [2]),
        ("pggl", POSTGRADUATE, 3, [1, 2]),
    ]
    for goal, body, number, held in expected:
        await product.rest("POST", f"/api/v1/{goal}/add", body, person=student)
        info = data(await product.rest("GET", "/api/v1/user/info", person=student))
        target = data(await product.rest("GET", "/api/v1/user/target", person=student))
        assert (info["direction"], info["user"]["direction"], target["direction"]) == (number, number, held)
    assert {name: info["goal"][name] for name in POSTGRADUATE} == POSTGRADUATE
    assert {name: target["goal"]["pg_goal"][name] for name in POSTGRADUATE} == POSTGRADUATE
    assert {name: target["goal"]["empl_goal"][name] for name in EMPLOYMENT} == EMPLOYMENT


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_updating_class_and_major(product: Product) -> None:
    student, other = await product.students(2)
    product.clock.advance(minutes=5)
    body = {"class": " 13002107 ", "major": "微电子"}
    assert reply(await product.rest("PUT", "/api/v1/user/update/info", body, person=student)) == success()

    shown = await product.data("{viewer{className major}}", person=student)
    assert shown["viewer"] == {"className": "13002107", "major": "微电子"}
    untouched = await product.data("{viewer{className major}}", person=other)
    assert untouched["viewer"] == {"className": "1班", "major": "软工"}
    info = data(await product.rest("GET", "/api/v1/user/info", person=student))
    assert (info["user"]["created_at"], info["user"]["updated_at"]) == (TIME, "2026-03-02T10:05:00+08:00")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_class_and_major_may_be_emptied_but_not_left_out_nor_too_long(product: Product) -> None:
    student = await product.student()
    path = "/api/v1/user/update/info"
    assert_invalid(await product.rest("PUT", path, {"class": "1班"}, person=student), "major")
    assert_invalid(await product.rest("PUT", path, {"class": "班" * 65, "major": ""}, person=student), "class")
    assert reply(await product.rest("PUT", path, {"class": "", "major": "软" * 64}, person=student)) == success()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_search_pages(product: Product) -> None:
    administrator = await named(product, *(f"s{number}" for number in range(4)))

    first = await search(product, administrator, page=1, page_size=2)
    assert (first["page"], first["page_size"], first["total"]) == (1, 2, 5)
    assert [row["user"]["name"] for row in first["rows"]] == ["管理员", "s0"], "newest last"
    assert await names(product, administrator, page=3, page_size=2) == ["s3"]
    assert await names(product, administrator, page=4, page_size=2) == []
    assert (await search(product, administrator, page=10**9))["total"] == 5

    default = await search(product, administrator)
    assert (default["page"], default["page_size"], len(default["rows"])) == (1, 10, 5)
    assert (await search(product, administrator, page="", page_size=""))["page_size"] == 10


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_search_shows_at_most_10_000_a_page(product: Product) -> None:
    """The front end of the recorder exports through it."""
    administrator = await named(product, *(f"s{number}" for number in range(1200)))
    for asked, size in ((10_000, 10_000), (1001, 1001), (10_001, 10_000), (2**31, 10_000)):
        found = await search(product, administrator, page_size=asked)
        assert (found["page_size"], len(found["rows"]), found["total"]) == (size, min(size, 1201), 1201)
    assert [len((await search(product, administrator, page=page, page_size=1001))["rows"]) for page in (2, 3)] == [
        200,
        0,
    ]
    assert {(row["user"]["class"], row["user"]["major"]) for row in found["rows"]} == {("", "")}
    everybody = await search(product, administrator, page_size=10_000, keyword="2022")
    assert (len(everybody["rows"]), everybody["total"]) == (1200, 1200)

    reply = await product.graphql("{ users(first: 101) { totalCount } }", person=administrator)
    assert [error["extensions"]["code"] for error in reply["errors"]] == ["INVALID_INPUT"]


def test_nobody_else_gets_larger_pages_than_100() -> None:
    sizes = {
        (endpoint.path, parameter.converter.cap)
        for dialect in DIALECTS
        for endpoint in dialect.endpoints
        for parameter in endpoint.parameters.values()
        if parameter.variable == "first" and isinstance(parameter.converter, Integer)
        if endpoint.access is not administrator_policy
    }

    assert sizes == {
        ("/api/v1/clock_in/search", 100),
        ("/api/v1/post/search", 100),
        ("/api/project/paginate", 100),
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
@pytest.mark.parametrize(
    ("parameter", "values"),
    [
        ("page", [0, -1, "abc", "1.5", 2**31, 10**30]),
        ("page_size", [0, -1, "x"]),
        ("direction", [4, -1, "both"]),
    ],
)
async def test_search_refuses_what_it_cannot_read(product: Product, parameter: str, values: list[Any]) -> None:
    administrator = await product.administrator()
    for value in values:
        query = {parameter: value}
        response = await product.rest("GET", "/api/v1/user/search", person=administrator, query=query)
        assert_invalid(response, parameter)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_search_by_direction_and_the_goals_it_shows(product: Product) -> None:
    administrator = await named(product, "none", "postgraduate", "employment", "both")
    await pursue(product, "2022000002", "pggl")
    await pursue(product, "2022000003", "emgl")
    await pursue(product, "2022000004", "pggl", "emgl")

    assert await names(product, administrator, direction=0) == ["管理员", "none"]
    assert await names(product, administrator, direction=1) == ["postgraduate", "both"]
    assert await names(product, administrator, direction=2) == ["employment", "both"]
    assert await names(product, administrator, direction=3) == ["both"]

    rows = (await search(product, administrator))["rows"]
    goals = {row["user"]["name"]: (row["user"]["direction"], row["goal"]) for row in rows}
    assert goals["none"] == (0, None)
    common = {"id", "created_at", "updated_at", "uid"}
    assert (goals["postgraduate"][0], set(goals["postgraduate"][1])) == (1, common | set(POSTGRADUATE))
    assert (goals["employment"][0], set(goals["employment"][1])) == (2, common | set(EMPLOYMENT))
    assert (goals["both"][0], set(goals["both"][1])) == (3, {"empl_goal", "pg_goal"})
    assert goals["both"][1]["empl_goal"]["uid"] == rows[-1]["user"]["id"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_a_search_leaves_nothing_for_the_next(product: Product) -> None:
    administrator = await named(product, "Zhang San", "Li Si")

    assert await names(product, administrator, direction=0, keyword="Zhang") == ["Zhang San"]
    assert await names(product, administrator, direction=0) == ["管理员", "Zhang San", "Li Si"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_search_by_parts_of_names_and_accounts(product: Product) -> None:
    administrator = await named(product, "Zhang San", "Li Si", "2022 Wang", "张三")

    assert await names(product, administrator, name="an") == ["Zhang San", "2022 Wang"]
    assert await names(product, administrator, name="ZHANG") == ["Zhang San"]
    assert await names(product, administrator, name="三") == ["张三"]
    assert await names(product, administrator, account="0002") == ["Li Si"]
    assert await names(product, administrator, account="Wang") == []
    assert await names(product, administrator, keyword="2022") == ["Zhang San", "Li Si", "2022 Wang", "张三"]
    assert await names(product, administrator, keyword="0001") == ["Zhang San"]
    assert await names(product, administrator, keyword="wang") == ["2022 Wang"]
    assert await names(product, administrator, keyword="2022", name="an", account="3") == ["2022 Wang"]
    assert await names(product, administrator, keyword="2022", direction=1) == []
    assert len(await names(product, administrator, name="", account="", keyword="")) == 5


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_wildcards_are_literal(product: Product) -> None:
    administrator = await named(product, "100%", "a_b", "back\\slash", "plain", "%_\\")
    for part, found in {
        "%": ["100%", "%_\\"],
        "_": ["a_b", "%_\\"],
        "\\": ["back\\slash", "%_\\"],
        "%_": ["%_\\"],
        "a%n": [],
        "\\%": [],
        "'": [],
    }.items():
        assert await names(product, administrator, name=part) == found, part
        assert await names(product, administrator, keyword=part) == found, part
        assert await names(product, administrator, account=part) == [], part
