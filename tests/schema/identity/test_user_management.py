"""Administrators manage users: they find, change, disable and enable them, issue passwords, one or many at once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import text, update

from models.db import Database
from models.identity import User
from models.settings import Settings
from models.statements import table_of
from schema.engine.node_id import encode
from tests.schema.replies import done, numbers, refused, top_level, user_id
from tests.support.clients import MORNING, Person, Product
from tests.support.developers import PASSWORD, developer
from tests.support.outbox import Outbox
from tests.support.plans import faults_of
from tests.support.recruiters import activated, basic
from tests.support.signing import wechat_person
from tests.support.statements import counted

USERS = "query($filter: UserFilter) { users(filter: $filter) { totalCount nodes { databaseId disabledAt } } }"
ERRORS = "errors { code message path }"
UPDATE = f"""mutation($input: UpdateUserInput!) {{ updateUser(input: $input) {{
  user {{ name className major account mobile email }} {ERRORS} }} }}"""
DISABLE = f"""mutation($input: DisableUserInput!) {{ disableUser(input: $input) {{
  user {{ databaseId disabledAt }} {ERRORS} }} }}"""
ENABLE = f"""mutation($input: EnableUserInput!) {{ enableUser(input: $input) {{
  user {{ databaseId disabledAt }} {ERRORS} }} }}"""
RESET = f"""mutation($input: ResetUserPasswordInput!) {{ resetUserPassword(input: $input) {{
  user {{ databaseId }} oneTimePassword expiresAt {ERRORS} }} }}"""
UNLINK = f"""mutation($input: UnlinkUserCredentialInput!) {{ unlinkUserCredential(input: $input) {{
  user {{ credentials {{ kind identifier }} }} {ERRORS} }} }}"""
GRANT = f"mutation($input: RoleInput!) {{ grantRole(input: $input) {{ user {{ roles }} {ERRORS} }} }}"
REVOKE = f"mutation($input: RoleInput!) {{ revokeRole(input: $input) {{ user {{ roles }} {ERRORS} }} }}"
SIGN_IN = f"mutation($input: SignInInput!) {{ signIn(input: $input) {{ token passwordChangeRequired {ERRORS} }} }}"
CHANGE = f"mutation($input: ChangePasswordInput!) {{ changePassword(input: $input) {{ user {{ id }} {ERRORS} }} }}"
EMPLOYMENT = f"""mutation {{ setEmploymentGoal(input: {{targetCompany: "青禾", targetJob: "开发", targetSalary: "1",
  targetArea: "杭州", status: SEEKING}}) {{ {ERRORS} }} }}"""
VIEWER = "{ viewer { databaseId } }"
ADMIN = "8888888888"


def bulk(name: str, type_name: str, selected: str = "") -> str:
    return f"""mutation($input: {type_name}Input!) {{ {name}(input: $input) {{
      results {{ user {{ databaseId disabledAt roles }} {selected} {ERRORS} }} {ERRORS} }} }}"""


async def audited(database: Database) -> list[tuple[str, int]]:
    """The acts of administrators on users, with the number of the user."""
    rows = await database.fetch(
        text("SELECT action, subject_id FROM audit_events WHERE subject_type = 'User' ORDER BY id")
    )
    return [(row.action, row.subject_id) for row in rows]


async def test_users_are_found_by_what_they_are(product: Product, database: Database) -> None:
    one, two, three = await product.students(3)
    platform = await developer(product)
    administrator = await product.administrator()
    students = [one.id, two.id, three.id]
    await done(
        product, UPDATE, {"input": {"userId": user_id(two), "className": "2班", "major": "计科"}}, person=administrator
    )
    await done(product, GRANT, {"input": {"userId": user_id(three), "role": "HANDLER"}}, person=administrator)
    await done(product, EMPLOYMENT, person=one)
    await done(product, DISABLE, {"input": {"userId": user_id(three)}}, person=administrator)
    async with database.transaction() as transaction:
        users = table_of(User)
        for person, hours in ((one, 1), (two, 3)):
            at = MORNING - timedelta(hours=hours)
            await transaction.execute(update(users).where(users.c.id == person.id).values(last_active_at=at))
    ago = (MORNING - timedelta(hours=2)).isoformat()
    everybody = {administrator.id, *students, platform.id}
    table: list[tuple[dict[str, Any], set[int]]] = [
        ({}, everybody),
        ({"className": " 1班 "}, {one.id, three.id}),
        ({"className": "1班", "isDisabled": False}, {one.id}),
        ({"major": "计科"}, {two.id}),
        ({"className": ""}, {administrator.id, platform.id}),
        ({"role": "HANDLER"}, {three.id}),
        ({"role": "RECRUITER"}, set()),
        ({"credentialKind": "STUDENT_ACCOUNT"}, {administrator.id, *students}),
        ({"credentialKind": "MOBILE"}, {platform.id}),
        ({"isDisabled": True}, {three.id}),
        ({"isDisabled": False}, everybody - {three.id}),
        ({"activeSince": ago}, {one.id}),
        ({"inactiveSince": ago}, everybody - {one.id}),
        ({"hasEmploymentGoal": True}, {one.id}),
        ({"hasEmploymentGoal": False, "className": "1班"}, {three.id}),
        ({"hasEmploymentGoal": False, "hasPostgraduateGoal": False}, everybody - {one.id}),
        ({"hasPostgraduateGoal": True}, set()),
        ({"role": "HANDLER", "isDisabled": True, "credentialKind": "STUDENT_ACCOUNT", "major": "软工"}, {three.id}),
    ]

    seen: set[str] = set()
    for wanted, expected in table:
        with counted() as statements:
            found = (await product.data(USERS, {"filter": wanted}, person=administrator))["users"]
        assert (set(numbers(found["nodes"])), found["totalCount"]) == (expected, len(expected)), wanted
        assert len(statements) <= 3, (wanted, statements)  # the caller, the page, and the total if it is not seen
        seen.update(statements)

    # Nearly everybody is enabled: whoever counts them reads nearly all, by an index or without one.
    faults = [fault for fault in await faults_of(database, seen) if "users.disabled_at IS NULL" not in fault.sql]
    assert faults == []
    assert top_level(await product.graphql(USERS, person=one)) == [("FORBIDDEN", ["users"])]


async def test_an_administrator_changes_what_is_known_of_a_user(product: Product, database: Database) -> None:
    student, other = await product.students(2)
    platform = await developer(product)
    administrator = await product.administrator()
    change = partial(done, product, UPDATE, person=administrator)

    changed = await change(
        {
            "input": {
                "userId": user_id(student),
                "name": " 张 三 ",
                "className": " 3班 ",
                "account": "２０２１０００００９",
                "mobile": "+86 138-0020-0002",
                "email": "San@Example.COM",
            }
        }
    )
    assert changed["user"] == {
        "name": "张三",
        "className": "3班",
        "major": "软工",
        "account": "2021000009",
        "mobile": "13800200002",
        "email": "san@example.com",
    }
    for field, value, code in (
        ("mobile", "13800200001", "CREDENTIAL_TAKEN"),
        ("account", other.account, "CREDENTIAL_TAKEN"),
        ("account", "123", "INVALID_INPUT"),
        ("mobile", "12", "INVALID_INPUT"),
        ("email", "nobody", "INVALID_INPUT"),
        ("name", " ", "INVALID_INPUT"),
        ("major", "专" * 65, "INVALID_INPUT"),
    ):
        variables = {"input": {"userId": user_id(student), "className": "别班", field: value}}
        assert await refused(product, UPDATE, variables, person=administrator) == [(code, ["input", field])], field
    nobody = {"input": {"userId": encode("User", 999), "name": "x"}}
    assert await refused(product, UPDATE, nobody, person=administrator) == [("USER_NOT_FOUND", ["input", "userId"])]
    again = await change({"input": {"userId": user_id(student), "className": "", "mobile": "13800200002"}})
    assert (again["user"]["className"], again["user"]["mobile"]) == ("", "13800200002")
    assert await product.login("2021000009", student.account[-6:])  # the password stays

    rows = [{"account": "2021777771", "name": "未来"}]
    await product.rest("POST", "/api/v1/user/import", {"list": rows}, person=administrator)
    fresh = await product.data(USERS, {"filter": {"accountContains": "2021777771"}}, person=administrator)
    (number,) = numbers(fresh["users"]["nodes"])
    await change({"input": {"userId": encode("User", number), "account": "2021777772"}})
    assert await product.login("2021777772", "777772")  # an initial one is the end of the account

    unlink = {"userId": user_id(platform), "kind": "MOBILE", "address": "138 0020 0001"}
    left = await done(product, UNLINK, {"input": unlink}, person=administrator)
    assert left["user"]["credentials"] == [{"kind": "USERNAME", "identifier": platform.account}]
    assert await refused(product, UNLINK, {"input": unlink}, person=administrator) == [
        ("NOT_FOUND", ["input", "address"])
    ]
    last = {"userId": user_id(platform), "kind": "USERNAME", "address": platform.account}
    assert await refused(product, UNLINK, {"input": last}, person=administrator) == [
        ("LAST_CREDENTIAL", ["input", "address"])
    ]
    gone = {"input": {**last, "userId": encode("User", 999)}}
    assert await refused(product, UNLINK, gone, person=administrator) == [("USER_NOT_FOUND", ["input", "userId"])]

    assert [event for event in await audited(database) if event[0] != "import_users"][-9:] == [
        ("update_user", student.id),
        ("unlink_credential", student.id),
        ("link_credential", student.id),
        ("link_credential", student.id),
        ("link_credential", student.id),
        ("update_user", student.id),
        ("unlink_credential", number),
        ("link_credential", number),
        ("unlink_credential", platform.id),
    ]


async def test_a_disabled_user_is_refused_by_every_api_in_its_own_words(
    product: Product, settings: Settings, database: Database
) -> None:
    outbox = Outbox(settings.data_dir)
    student, platform = await product.student(), await developer(product)
    cloud = await wechat_person(product, "someone")
    outbox.take()
    recruiter = await activated(product, outbox)
    administrator = await product.administrator()
    staff = {"username": "kaoqin", "password": "123456"}
    await product.rest("POST", "/admin/user/register/", {**staff, "confirm_password": "123456"})
    token = (await product.rest("POST", "/admin/user/login/", staff)).json()["data"]["token"]
    clerk = Person((await product.data(VIEWER, person=Person(0, "", token)))["viewer"]["databaseId"], "", token)
    people = (student, platform, cloud, recruiter, clerk)
    graph = await product.data(SIGN_IN, {"input": {"identifier": student.account, "password": student.account[-6:]}})
    of_graph = Person(student.id, student.account, graph["signIn"]["token"])

    async def tried() -> dict[str, tuple[int, Any]]:
        """What each API answers to a sign-in, and to the token from before."""
        http = product.http
        calls: Sequence[tuple[str, Any]] = (
            ("recorder token", product.rest("GET", "/api/v1/user/info", person=student)),
            ("recorder", product.rest("POST", "/api/v1/user/login", _of(student.account, student.account[-6:]))),
            ("platform", product.rest("POST", "/api/login", {"username": platform.account, "password": PASSWORD})),
            ("platform token", product.rest("GET", "/api/user/base", person=platform)),
            ("cloud", http.post("/weixin/login", data={"code": "dev-someone"})),
            ("cloud token", http.get("/employee", headers={"X-auth-token": cloud.token})),
            ("attendance", product.rest("POST", "/admin/user/login/", staff)),
            ("attendance by WeChat", product.rest("POST", "/user/user/login/", {"code": "dev-someone"})),
            ("feeds", http.post("/hr/login/", data={"username": recruiter.account, "password": "abc123"})),
            ("feeds token", http.get("/special_feed/page/", headers=basic(recruiter.id, recruiter.token))),
        )
        replies = {}
        for name, call in calls:
            response = await call
            replies[name] = (response.status_code, response.json())
        return replies

    before = await tried()
    for person in people:
        changed = await done(product, DISABLE, {"input": {"userId": user_id(person)}}, person=administrator)
        assert changed["user"] == {"databaseId": person.id, "disabledAt": MORNING.isoformat()}
    after = await tried()

    assert all(status < 400 for status, _ in before.values()), before
    not_let_in = "该账号不是考勤管理人员，注册未通过审核，或账号已停用"
    nothing: dict[str, Any] = {"errors": {}, "username": "", "user_industry": "", "auth_info": {}}
    assert after == {
        "recorder": (200, {"code": 1, "msg": "账号或密码错误", "data": None}),
        "recorder token": (401, {"code": 17, "msg": "token已失效", "data": None}),
        "platform": (500, {"status_code": 500, "message": "数据有误"}),
        "platform token": (401, {"status_code": 401, "message": "令牌认证失败"}),
        "cloud": (200, {"status": 403, "msg": "该账号的注册未通过审核，或账号已停用", "data": None}),
        "cloud token": (401, {"status": 401, "msg": "请先登录", "data": None}),
        "attendance": (200, {"code": 0, "msg": "用户名或密码错误", "data": None}),
        "attendance by WeChat": (200, {"code": 0, "msg": not_let_in, "data": None}),
        "feeds": (200, {"status": "form_error", "msg": "用户名或密码错误", **nothing}),
        "feeds token": (200, {"status": "no_auth", "msg": "请先登录"}),
    }
    for person in (*people, of_graph):
        assert top_level(await product.graphql(VIEWER, person=person)) == [("UNAUTHENTICATED", ["viewer"])]
    signed = {"input": {"identifier": student.account, "password": student.account[-6:]}}
    assert await refused(product, SIGN_IN, signed) == [("WRONG_CREDENTIALS", [])]
    enabled = await done(product, ENABLE, {"input": {"userId": user_id(student)}}, person=administrator)
    assert enabled["user"] == {"databaseId": student.id, "disabledAt": None}
    assert top_level(await product.graphql(VIEWER, person=student)) == [("UNAUTHENTICATED", ["viewer"])]
    assert await product.login(student.account, student.account[-6:])
    assert (await audited(database))[-6:] == [
        *(("disable_user", person.id) for person in people),
        ("enable_user", student.id),
    ]


def _of(account: str, password: str) -> dict[str, str]:
    return {"account": account, "password": password}


async def test_an_issued_password_serves_until_it_expires(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()
    reset = {"input": {"userId": user_id(student)}}

    first = await done(product, RESET, reset, person=administrator)
    second = await done(product, RESET, reset, person=administrator)
    own = {"input": {"userId": user_id(administrator)}}
    assert await refused(product, RESET, own, person=administrator) == [("INVALID_INPUT", ["input", "userId"])]

    assert second["user"] == {"databaseId": student.id}
    assert datetime.fromisoformat(second["expiresAt"]) == MORNING + timedelta(hours=72)
    assert len({first["oneTimePassword"], second["oneTimePassword"]}) == 2
    assert top_level(await product.graphql(VIEWER, person=student)) == [("UNAUTHENTICATED", ["viewer"])]
    for password in (first["oneTimePassword"], student.account[-6:]):
        signed = {"input": {"identifier": student.account, "password": password}}
        assert await refused(product, SIGN_IN, signed) == [("WRONG_CREDENTIALS", [])]
    person = await product.login(student.account, second["oneTimePassword"])
    kept = await database.fetch(text("SELECT * FROM audit_events"))
    for secret in (first["oneTimePassword"], second["oneTimePassword"]):
        assert secret not in str(kept)

    product.clock.advance(hours=71, minutes=59)
    assert await product.login(student.account, second["oneTimePassword"])
    product.clock.advance(minutes=1)
    signed = {"input": {"identifier": student.account, "password": second["oneTimePassword"]}}
    assert await refused(product, SIGN_IN, signed) == [("WRONG_CREDENTIALS", [])]
    late = {"input": {"oldPassword": second["oneTimePassword"], "newPassword": "my own"}}
    assert top_level(await product.graphql(CHANGE, late, person=person)) == [("UNAUTHENTICATED", ["changePassword"])]

    administrator = await product.administrator()
    third = await done(product, RESET, reset, person=administrator)
    person = await product.login(student.account, third["oneTimePassword"])
    change = {"input": {"oldPassword": third["oneTimePassword"], "newPassword": "my own"}}
    await done(product, CHANGE, change, person=person)
    product.clock.advance(hours=100)
    assert await product.login(student.account, "my own")  # it is theirs, and expires no more


async def test_many_are_managed_at_once_with_a_result_for_each(product: Product, database: Database) -> None:
    people = await product.students(3)
    administrator = await product.administrator()
    ids = [user_id(person) for person in people]
    unknown = encode("User", 999)

    async def results(name: str, type_name: str, named: Sequence[str], selected: str = "", **more: Any) -> list[Any]:
        variables = {"input": {"userIds": list(named), **more}}
        payload = await done(product, bulk(name, type_name, selected), variables, person=administrator)
        return [
            ([error["code"] for error in each["errors"]] or each["user"]["databaseId"]) if not selected else each
            for each in payload["results"]
        ]

    own = user_id(administrator)
    disabled = await results("disableUsers", "DisableUsers", [ids[0], unknown, own, ids[1], ids[0]])
    assert disabled == [people[0].id, ["USER_NOT_FOUND"], ["INVALID_INPUT"], people[1].id, people[0].id]
    mixed = {"input": {"userIds": [ids[0], unknown]}}
    payload = await done(product, bulk("enableUsers", "EnableUsers"), mixed, person=administrator)
    assert payload["results"] == [
        {"user": {"databaseId": people[0].id, "disabledAt": None, "roles": []}, "errors": []},
        {
            "user": None,
            "errors": [
                {"code": "USER_NOT_FOUND", "message": "The user does not exist.", "path": ["input", "userIds", "1"]}
            ],
        },
    ]
    granted = await results("grantRoles", "Roles", [*ids, own, unknown], role="HANDLER")
    assert granted == [*(person.id for person in people), administrator.id, ["USER_NOT_FOUND"]]
    revoked = await results("revokeRoles", "Roles", [own, ids[0]], role="ADMINISTRATOR")
    assert revoked == [["LAST_ADMINISTRATOR"], people[0].id]
    issued = await results(
        "resetUserPasswords", "ResetUserPasswords", [ids[0], own, ids[2], ids[0]], "oneTimePassword expiresAt"
    )
    assert [(each["user"] or {}).get("databaseId") for each in issued] == [
        people[0].id,
        None,
        people[2].id,
        people[0].id,
    ]
    assert issued[0]["oneTimePassword"] == issued[3]["oneTimePassword"] != issued[2]["oneTimePassword"]
    assert (issued[1]["oneTimePassword"], issued[1]["expiresAt"]) == (None, None)
    assert await product.login(people[0].account, issued[0]["oneTimePassword"])
    events = [event for event in await audited(database) if event[0] != "import_users"]
    assert events[-9:] == [
        ("disable_user", people[0].id),
        ("disable_user", people[1].id),
        ("enable_user", people[0].id),
        *(("grant_role", person.id) for person in (administrator, *people)),
        ("set_password", people[0].id),
        ("set_password", people[2].id),
    ]

    for none_or_many in ([], [ids[0]] * 501):
        variables = {"input": {"userIds": none_or_many}}
        assert await refused(product, bulk("enableUsers", "EnableUsers"), variables, person=administrator) == [
            ("INVALID_INPUT", ["input", "userIds"])
        ]

    costs = []
    for some in (await product.students(2), await product.students(40)):
        named = [user_id(person) for person in some]
        administrator = await product.administrator()
        counts = []
        for name, type_name, more in (
            ("disableUsers", "DisableUsers", {}),
            ("enableUsers", "EnableUsers", {}),
            ("resetUserPasswords", "ResetUserPasswords", {}),
            ("grantRoles", "Roles", {"role": "HANDLER"}),
            ("revokeRoles", "Roles", {"role": "HANDLER"}),
        ):
            with counted() as statements:
                found = await results(name, type_name, named, **more)
            assert found == [person.id for person in some]
            counts.append(len(statements))
        costs.append(counts)
    assert costs[0] == costs[1]


async def test_somebody_is_left_who_administrates(product: Product, database: Database) -> None:
    """Of administrators who disable or demote one another at once, one remains; nobody disables themselves."""
    second = await product.student()
    first = await product.administrator()
    alone = {"input": {"userId": user_id(first)}}
    assert await refused(product, DISABLE, alone, person=first) == [("INVALID_INPUT", ["input", "userId"])]
    role = {"input": {**alone["input"], "role": "ADMINISTRATOR"}}
    assert await refused(product, REVOKE, role, person=first) == [("LAST_ADMINISTRATOR", ["input", "userId"])]
    await done(product, GRANT, {"input": {"userId": user_id(second), "role": "ADMINISTRATOR"}}, person=first)
    pairs = (
        (DISABLE, {"userId": user_id(second)}, DISABLE, {"userId": user_id(first)}),
        (DISABLE, {"userId": user_id(second)}, REVOKE, {"userId": user_id(first), "role": "ADMINISTRATOR"}),
        (
            bulk("revokeRoles", "Roles"),
            {"userIds": [user_id(second)], "role": "ADMINISTRATOR"},
            bulk("disableUsers", "DisableUsers"),
            {"userIds": [user_id(first)]},
        ),
    )
    remaining = text(
        "SELECT r.user_id FROM user_roles r JOIN users u ON u.id = r.user_id"
        " WHERE r.role = 'administrator' AND u.disabled_at IS NULL"
    )
    for one, about_second, other, about_first in pairs:
        await asyncio.gather(
            product.graphql(one, {"input": about_second}, person=first),
            product.graphql(other, {"input": about_first}, person=second),
        )
        left = [row.user_id for row in await database.fetch(remaining)]
        assert len(left) == 1, (one, left)

        async with database.transaction() as transaction:  # as it was
            await transaction.execute(text("UPDATE users SET disabled_at = NULL"))
            await transaction.execute(text("DELETE FROM user_roles WHERE role = 'administrator'"))
            for number in (first.id, second.id):
                await transaction.execute(
                    text(
                        "INSERT INTO user_roles (user_id, role, created_at, updated_at)"
                        " VALUES (:of_user, 'administrator', :now, :now)"
                    ).bindparams(of_user=number, now=datetime(2026, 3, 2, tzinfo=UTC))
                )
        first = await product.administrator()
        second = await product.login(second.account, second.account[-6:])
