"""People in the graph: passwords, profiles, import, search and export."""

import asyncio
import base64
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import insert

from models.db import Database
from models.identity import User
from models.journal import WorkLog, WorkLogStatusLine
from models.statements import table_of
from resolvers.identity.export import BATCH
from tests.schema.replies import done, refused, top_level, user_id
from tests.support.clients import MORNING, Person, Product
from tests.support.statements import counted

SIGN_IN = """
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    token expiresAt
    user { databaseId name account className major isAdministrator mustChangePassword directions
           credentials { kind identifier } createdAt updatedAt }
    errors { code message path }
  }
}
"""
CHANGE_PASSWORD = """
mutation ($input: ChangePasswordInput!) {
  changePassword(input: $input) { user { databaseId } errors { code message path } }
}
"""
UPDATE_PROFILE = """
mutation ($input: UpdateProfileInput!) {
  updateProfile(input: $input) { user { className major updatedAt } errors { code message path } }
}
"""
IMPORT = """
mutation ($users: [NewUserInput!]!) {
  importUsers(input: {users: $users}) {
    importedCount rejected { index account code message } errors { code message path }
  }
}
"""
USERS = """
query ($filter: UserFilter) { users(filter: $filter, first: 100) { totalCount nodes { account } } }
"""
VIEWER = "{ viewer { databaseId mustChangePassword } }"


async def can_sign_in(product: Product, account: str, password: str) -> bool:
    reply = (await product.data(SIGN_IN, {"input": {"identifier": account, "password": password}}))["signIn"]
    if reply["token"] is None:
        assert [error["code"] for error in reply["errors"]] == ["WRONG_CREDENTIALS"]
    return reply["token"] is not None


async def is_signed_in(product: Product, person: Person) -> bool:
    return "errors" not in await product.graphql("{ viewer { databaseId } }", person=person)


async def signed_in_at_the_graph(product: Product, person: Person, password: str | None = None) -> Person:
    credentials = {"identifier": person.account, "password": password or person.account[-6:]}
    payload = await done(product, SIGN_IN, {"input": credentials})
    return Person(person.id, person.account, payload["token"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_signing_in_tells_who_it_is(product: Product) -> None:
    administrator = await product.administrator()
    await done(
        product,
        IMPORT,
        {"users": [{"account": "2021215154", "name": "张三", "className": "04032101", "major": "软件工程"}]},
        person=administrator,
    )

    payload = await done(product, SIGN_IN, {"input": {"identifier": " 2021215154 ", "password": "215154"}})

    assert payload["token"].count(".") == 2
    assert payload["expiresAt"] == "2026-03-03T02:00:00+00:00"
    assert isinstance(payload["user"].pop("databaseId"), int)
    assert payload["user"] == {
        "name": "张三",
        "account": "2021215154",
        "className": "04032101",
        "major": "软件工程",
        "isAdministrator": False,
        "mustChangePassword": True,
        "directions": [],
        "credentials": [{"kind": "STUDENT_ACCOUNT", "identifier": "2021215154"}],
        "createdAt": "2026-03-02T02:00:00+00:00",
        "updatedAt": "2026-03-02T02:00:00+00:00",
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_whatever_is_wrong_about_a_sign_in_is_not_told(product: Product) -> None:
    for credentials in (
        {"identifier": "8888888888", "password": "wrong"},
        {"identifier": "nobody", "password": "admin"},
        {"identifier": "8888888888", "password": "admin", "kind": "USERNAME"},
        {"identifier": "8888888888", "password": "admin", "kind": "EMAIL"},
        {"identifier": "8888888888", "password": ""},
        {"identifier": "", "password": ""},
        {"identifier": "8888888888", "password": "admin\0"},
    ):
        reply = (await product.data(SIGN_IN, {"input": credentials}))["signIn"]
        error = {"code": "WRONG_CREDENTIALS", "message": "The account or the password is wrong.", "path": []}
        assert reply == {"token": None, "expiresAt": None, "user": None, "errors": [error]}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_an_identifier_that_cannot_be_stored_is_invalid(product: Product) -> None:
    found = await refused(product, SIGN_IN, {"input": {"identifier": "\0", "password": "admin"}})

    assert found == [("INVALID_INPUT", [])]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_changing_ones_password_ends_the_other_sessions(product: Product) -> None:
    recorder = await product.student()
    here, there = [await signed_in_at_the_graph(product, recorder) for _ in range(2)]
    change = {"oldPassword": recorder.account[-6:], "newPassword": "new password"}

    payload = await done(product, CHANGE_PASSWORD, {"input": change}, person=here)

    assert payload == {"user": {"databaseId": recorder.id}}
    assert [await is_signed_in(product, person) for person in (here, there, recorder)] == [True, False, False]
    assert not await can_sign_in(product, recorder.account, recorder.account[-6:])
    assert await can_sign_in(product, recorder.account, "new password")
    viewer = await product.data(VIEWER, person=here)
    assert viewer == {"viewer": {"databaseId": recorder.id, "mustChangePassword": False}}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_the_old_password_is_needed(product: Product) -> None:
    student = await product.student()

    for old in ("wrong password", "", None, "a" * 100):
        change = {"oldPassword": old, "newPassword": "new password"}
        found = await refused(product, CHANGE_PASSWORD, {"input": change}, person=student)
        assert found == [("WRONG_PASSWORD", ["input", "oldPassword"])]

    assert await is_signed_in(product, student)
    assert await can_sign_in(product, student.account, student.account[-6:])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_administrators_need_their_own_old_password_too(product: Product) -> None:
    administrator = await product.administrator()
    for change in (
        {"newPassword": "new password"},
        {"newPassword": "new password", "userId": user_id(administrator)},
    ):
        found = await refused(product, CHANGE_PASSWORD, {"input": change}, person=administrator)
        assert found == [("WRONG_PASSWORD", ["input", "oldPassword"])]

    assert await can_sign_in(product, "8888888888", "admin")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_administrators_set_the_passwords_of_others(product: Product) -> None:
    administrator, student = await product.administrator(), await product.student()
    administrator = await product.administrator()
    change = {"userId": user_id(student), "newPassword": "given to you"}

    payload = await done(product, CHANGE_PASSWORD, {"input": change}, person=administrator)

    assert payload == {"user": {"databaseId": student.id}}
    assert not await is_signed_in(product, student)
    assert await is_signed_in(product, administrator)
    again = await signed_in_at_the_graph(product, student, "given to you")
    assert (await product.data(VIEWER, person=again))["viewer"]["mustChangePassword"] is True


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_nobody_else_sets_anothers_password(product: Product) -> None:
    one, other = await product.students(2)
    change = {"userId": user_id(other), "newPassword": "new password", "oldPassword": other.account[-6:]}

    reply = await product.graphql(CHANGE_PASSWORD, {"input": change}, person=one)

    assert reply["data"] is None
    assert top_level(reply) == [("FORBIDDEN", ["changePassword"])]
    assert await can_sign_in(product, other.account, other.account[-6:])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_an_unknown_user_has_no_password(product: Product) -> None:
    administrator = await product.administrator()
    unknown = base64.urlsafe_b64encode(b"User:999999").decode()

    found = await refused(
        product, CHANGE_PASSWORD, {"input": {"userId": unknown, "newPassword": "secret"}}, person=administrator
    )

    assert found == [("USER_NOT_FOUND", ["input", "userId"])]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_an_id_of_something_else_is_no_users(product: Product) -> None:
    administrator = await product.administrator()

    for foreign in ("", "7", "nonsense", base64.b64encode(b"Post:1").decode()):
        change = {"userId": foreign, "newPassword": "secret"}
        found = await refused(product, CHANGE_PASSWORD, {"input": change}, person=administrator)
        assert found == [("INVALID_INPUT", ["input", "userId"])]


async def test_two_changes_at_once_do_not_both_count(product: Product) -> None:
    student = await signed_in_at_the_graph(product, await product.student())
    changes = [{"oldPassword": student.account[-6:], "newPassword": f"password {number}"} for number in range(2)]

    replies = await asyncio.gather(
        *(product.data(CHANGE_PASSWORD, {"input": change}, person=student) for change in changes)
    )

    codes = [[error["code"] for error in reply["changePassword"]["errors"]] for reply in replies]
    assert sorted(codes) == [[], ["WRONG_PASSWORD"]]
    valid = [await can_sign_in(product, student.account, f"password {number}") for number in range(2)]
    assert valid == [code == [] for code in codes]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_profile_is_ones_own(product: Product) -> None:
    one, other = await product.students(2)
    product.clock.advance(hours=1)

    payload = await done(product, UPDATE_PROFILE, {"input": {"className": " 04032102 ", "major": "法学"}}, person=one)

    assert payload["user"] == {"className": "04032102", "major": "法学", "updatedAt": "2026-03-02T03:00:00+00:00"}
    viewer = await product.data("{ viewer { className major } }", person=other)
    assert viewer["viewer"] == {"className": "1班", "major": "软工"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_profile_holds_what_fits(product: Product) -> None:
    student = await product.student()

    for field in ("className", "major"):
        for value in ("a" * 65, "a\0b"):
            profile = {"className": "新", "major": "新", field: value}
            found = await refused(product, UPDATE_PROFILE, {"input": profile}, person=student)
            assert found == [("INVALID_INPUT", ["input", field])]

    viewer = await product.data("{ viewer { className major } }", person=student)
    assert viewer["viewer"] == {"className": "1班", "major": "软工"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_good_rows_of_an_import_stay(product: Product) -> None:
    administrator = await product.administrator()
    rows = [
        {"account": "2021000001", "name": "一"},
        {"account": "8888888888", "name": "二"},
        {"account": "123", "name": "三"},
        {"account": "2021000001", "name": "四"},
        {"account": "2021000002", "name": ""},
        {"account": "2021000003", "name": "a" * 65},
        {"account": "2021000004", "name": "五", "className": "a\0b"},
        {"account": "二〇二一〇〇〇〇〇五", "name": "六", "className": "1班", "major": "软工"},
        {"account": "abc1000005", "name": "七", "className": "1班", "major": "软工"},
    ]

    payload = await done(product, IMPORT, {"users": rows}, person=administrator)

    assert payload["importedCount"] == 2
    assert [(row["index"], row["account"], row["code"]) for row in payload["rejected"]] == [
        (1, "8888888888", "CREDENTIAL_TAKEN"),
        (2, "123", "INVALID_INPUT"),
        (3, "2021000001", "CREDENTIAL_TAKEN"),
        (4, "2021000002", "INVALID_INPUT"),
        (5, "2021000003", "INVALID_INPUT"),
        (6, "2021000004", "INVALID_INPUT"),
        (7, "二〇二一〇〇〇〇〇五", "INVALID_INPUT"),
    ]
    assert all(row["message"] for row in payload["rejected"])
    found = await product.data(USERS, person=administrator)
    accounts = [node["account"] for node in found["users"]["nodes"]]
    assert accounts == ["8888888888", "2021000001", "abc1000005"]
    assert await can_sign_in(product, "abc1000005", "000005")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_an_import_has_one_to_two_thousand_rows(product: Product) -> None:
    administrator = await product.administrator()

    for count in (0, 2001):
        rows = [{"account": f"{2021000000 + number}", "name": "学生"} for number in range(count)]
        found = await refused(product, IMPORT, {"users": rows}, person=administrator)
        assert found == [("INVALID_INPUT", ["input", "users"])]

    assert (await product.data(USERS, person=administrator))["users"]["totalCount"] == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_two_thousand_students_arrive(product: Product) -> None:
    administrator = await product.administrator()
    rows = [{"account": f"{2021000000 + number}", "name": "学生"} for number in range(2000)]

    payload = await done(product, IMPORT, {"users": rows}, person=administrator)

    assert payload == {"importedCount": 2000, "rejected": []}
    assert (await product.data(USERS, person=administrator))["users"]["totalCount"] == 2001
    assert await can_sign_in(product, "2021001999", "001999")


async def test_two_imports_at_once_add_an_account_once(product: Product) -> None:
    administrator = await product.administrator()
    rows = [{"account": f"{2021000000 + number}", "name": "学生"} for number in range(20)]

    replies = await asyncio.gather(
        product.data(IMPORT, {"users": rows}, person=administrator),
        product.data(IMPORT, {"users": rows[::-1]}, person=administrator),
    )

    imported = sum(reply["importUsers"]["importedCount"] for reply in replies)
    rejected = [row["code"] for reply in replies for row in reply["importUsers"]["rejected"]]
    assert (imported, rejected) == (20, ["CREDENTIAL_TAKEN"] * 20)
    assert (await product.data(USERS, person=administrator))["users"]["totalCount"] == 21


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_only_administrators_import_search_and_export(product: Product) -> None:
    student = await product.student()
    operations: list[tuple[str, dict[str, Any], str]] = [
        (IMPORT, {"users": [{"account": "2021999999", "name": "新"}]}, "importUsers"),
        (USERS, {}, "users"),
        ("{ userExport { name } }", {}, "userExport"),
    ]
    for query, variables, field in operations:
        for person, code in ((student, "FORBIDDEN"), (None, "UNAUTHENTICATED")):
            reply = await product.graphql(query, variables, person=person)
            assert reply["data"] == (None if field == "importUsers" else {field: None})
            assert top_level(reply) == [(code, [field])]

    assert (await product.data(USERS, person=await product.administrator()))["users"]["totalCount"] == 2


EVERYBODY = ["8888888888", "2021000001", "2021000002", "2021000003", "Az00000004"]
SEARCHES: tuple[tuple[dict[str, Any] | None, list[str]], ...] = (
    (None, EVERYBODY),
    ({}, EVERYBODY),
    ({"accountContains": "2021"}, ["2021000001", "2021000002", "2021000003"]),
    ({"accountContains": ""}, EVERYBODY),
    ({"nameContains": "%"}, ["2021000002"]),
    ({"nameContains": "_"}, ["2021000003"]),
    ({"nameContains": "\\"}, ["Az00000004"]),
    ({"keyword": "三"}, ["2021000001"]),
    ({"keyword": "0002"}, ["2021000002"]),
    ({"keyword": "aZ0"}, ["Az00000004"]),
    ({"keyword": "0000", "nameContains": "张三"}, ["2021000001"]),
    ({"pursuesEmployment": True}, ["2021000001", "2021000002"]),
    ({"pursuesPostgraduate": True}, ["2021000002"]),
    ({"pursuesPostgraduate": False, "pursuesEmployment": True}, ["2021000001"]),
    ({"pursuesPostgraduate": False, "pursuesEmployment": False}, ["8888888888", "2021000003", "Az00000004"]),
    ({"accountContains": "nobody"}, []),
)


async def test_users_are_found(product: Product) -> None:
    administrator = await product.administrator()
    names = {"2021000001": "张三", "2021000002": "100%", "2021000003": "a_b", "Az00000004": "back\\slash"}
    rows = [{"account": account, "name": name} for account, name in names.items()]
    await done(product, IMPORT, {"users": rows}, person=administrator)
    one = await product.login("2021000001", "000001")
    two = await product.login("2021000002", "000002")
    job = {"targetCompany": "", "targetJob": "", "targetSalary": "", "targetArea": "", "status": "SEEKING"}
    for person in (one, two):
        await product.data(
            "mutation ($input: SetEmploymentGoalInput!) { setEmploymentGoal(input: $input) { errors { code } } }",
            {"input": job},
            person=person,
        )
    await product.data(
        """
        mutation {
          setPostgraduateGoal(input: {targetUniversity: "", targetMajor: "", targetScore: 1}) { errors { code } }
        }
        """,
        person=two,
    )

    for wanted, accounts in SEARCHES:
        found = (await product.data(USERS, {"filter": wanted}, person=administrator))["users"]
        assert [node["account"] for node in found["nodes"]] == accounts, wanted
        assert found["totalCount"] == len(accounts)

    # Each row is looked at twice only where the page does not show the end of what was found.
    for page, first, looks in ((1, 20, 1), (2, 2, 1), (1, 3, 2), (3, 2, 2)):
        search = f'users(filter: {{keyword: "202100000"}}, page: {page}, first: {first}) {{ totalCount }}'
        with counted() as statements:
            assert (await product.data(f"{{ {search} }}", person=administrator))["users"]["totalCount"] == 3
        assert sum("instr(" in statement or "strpos(" in statement for statement in statements) == looks, (page, first)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_filter_that_cannot_be_stored_is_invalid(product: Product) -> None:
    reply = await product.graphql(USERS, {"filter": {"keyword": "\0"}}, person=await product.administrator())

    assert top_level(reply) == [("INVALID_INPUT", ["users"])]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_the_export_holds_everybody(product: Product) -> None:
    administrator = await product.administrator()
    rows = [{"account": "2021000001", "name": "=1+1", "className": "1班", "major": "软工"}]
    await done(product, IMPORT, {"users": rows}, person=administrator)
    student = await product.login("2021000001", "000001")
    await product.data(
        """
        mutation {
          setPostgraduateGoal(input: {targetUniversity: "北大", targetMajor: "法学", targetScore: 400})
            { errors { code } }
          setEmploymentGoal(input: {
            status: OFFER_RECEIVED, targetCompany: "字节", targetJob: "后端", targetSalary: "30", targetArea: "北京"
          }) { errors { code } }
          createWorkLog(input: {companyName: "腾讯", job: "前端", salary: "20", location: "深圳"})
            { workLog { id } errors { code } }
        }
        """,
        person=student,
    )
    logs = await product.data("{ viewer { workLogs { nodes { id } } } }", person=student)
    add = "mutation ($input: AddWorkLogStatusInput!) { addWorkLogStatus(input: $input) { errors { code } } }"
    for status, hour, stage in (("投递", "01", None), ("一面", "02", "IN_PROGRESS")):
        line = {
            "workLogId": logs["viewer"]["workLogs"]["nodes"][0]["id"],
            "status": status,
            "recordedAt": f"2026-03-01T{hour}:00:00Z",
            "stage": stage,
        }
        await product.data(add, {"input": line}, person=student)

    file = (await product.data("{ userExport { name mediaType contentBase64 } }", person=administrator))["userExport"]

    assert file["name"] == "users.xlsx"
    assert file["mediaType"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(base64.b64decode(file["contentBase64"])))
    assert workbook.sheet_names == ["学生", "工作日志"]
    heads, *students = workbook.get_sheet_by_name("学生").to_python()
    assert heads == [
        *("学号", "班级", "姓名", "专业", "方向", "目标院校", "目标专业", "目标分数"),
        *("找工作状态", "目标公司", "目标职位", "理想薪资(k)", "目标地区"),
    ]
    assert students == [
        ["8888888888", "", "管理员", *[""] * 10],
        [
            *("2021000001", "1班", "=1+1", "软工", "考研、就业", "北大", "法学", "400"),
            *("已拿到offer", "字节", "后端", "30", "北京"),
        ],
    ]
    assert workbook.get_sheet_by_name("工作日志").to_python() == [
        ["姓名", "学号", "公司名称", "工作岗位", "薪资(k)", "工作地区", "最新状态", "最新时间", "进度详情"],
        [
            *("=1+1", "2021000001", "腾讯", "前端", "20", "深圳", "进行中", "2026-03-01 10:00:00"),
            "2026-03-01 09:00:00 投递\n2026-03-01 10:00:00 一面",
        ],
    ]


async def test_the_export_has_each_row_once_however_many_are_read_at_once(product: Product, database: Database) -> None:
    administrator, count = await product.administrator(), 2 * BATCH + 3
    times = {"created_at": MORNING, "updated_at": MORNING}
    log = {"user_id": administrator.id, "company_name": "腾讯", "job": "前端", "salary": "", "location": "", **times}
    async with database.transaction() as transaction:
        names = [{"name": f"用户{number}", **times} for number in range(count)]
        await transaction.execute_many(insert(table_of(User)), names)
        logs = await transaction.fetch_many(insert(table_of(WorkLog)).returning(table_of(WorkLog).c.id), [log] * count)
        lines = [{"work_log_id": row.id, "recorded_at": MORNING, "status": str(row.id), **times} for row in logs]
        await transaction.execute_many(insert(table_of(WorkLogStatusLine)), lines)

    content = (await product.data("{ userExport { contentBase64 } }", person=administrator))["userExport"]

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(base64.b64decode(content["contentBase64"])))
    students = workbook.get_sheet_by_name("学生").to_python()[1:]
    assert [row[2] for row in students] == ["管理员", *(f"用户{number}" for number in range(count))]
    assert [row[6] for row in workbook.get_sheet_by_name("工作日志").to_python()[1:]] == [str(row.id) for row in logs]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_text_that_is_longer_than_any_name_finds_nobody(product: Product) -> None:
    administrator = await product.administrator()

    for part in ("%" * 2000, "a" * 2001, "%" * 60_000):
        for name in ("nameContains", "accountContains", "keyword"):
            found = await product.data(USERS, {"filter": {name: part}}, person=administrator)
            assert found["users"]["nodes"] == []
