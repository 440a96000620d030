"""The commands about users, beside a running product: who is kept out, and what is said of them."""

import asyncio
import json
import stat
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.db import Database
from models.errors import LastAdministrator
from models.settings import Settings
from resolvers.identity import access, users
from resolvers.identity.imports import add_administrator
from resolvers.identity.outcomes import only
from resolvers.scope import Scope, Services
from tests.cli.conftest import Cli, Done
from tests.support.clients import Person, Product
from tests.support.developers import PASSWORD, developer
from tests.support.signing import wechat_person

VIEWER = "{ viewer { databaseId } }"
SIGN_IN = """mutation($identifier: String!, $password: String!) {
  signIn(input: {kind: STUDENT_ACCOUNT, identifier: $identifier, password: $password}) {
    token errors { code }
  }
}"""
ADMIN = "8888888888"


def table(output: str) -> list[list[str]]:
    """The cells of a printed table, without its heading."""
    return [line.split() for line in output.splitlines()[1:]]


async def viewer_code(product: Product, person: Person) -> str | None:
    """The code with which the graph refuses somebody, or None."""
    reply = await product.graphql(VIEWER, person=person)
    return reply["errors"][0]["extensions"]["code"] if "errors" in reply else None


async def test_a_disabled_user_gets_in_nowhere_until_they_are_enabled(product: Product, cli: Cli) -> None:
    student, platform = await product.student(), await developer(product)
    cloud = await wechat_person(product, "someone")
    people = (student, platform, cloud)
    signed_in = await product.data(SIGN_IN, {"identifier": student.account, "password": student.account[-6:]})
    graph = Person(student.id, student.account, signed_in["signIn"]["token"])
    assert [await viewer_code(product, person) for person in (*people, graph)] == [None] * 4

    for name in (student.account, platform.account, f"id:{cloud.id}"):
        done = await asyncio.to_thread(cli, "disable-user", name)
        assert (done.returncode, done.stdout) == (0, "Disabled. All sessions ended.\n"), done.stderr
    again = await asyncio.to_thread(cli, "disable-user", student.account, "--json")
    assert json.loads(again.stdout) == {"id": student.id, "changed": False}

    assert [await viewer_code(product, person) for person in (*people, graph)] == ["UNAUTHENTICATED"] * 4
    recorder = {"account": student.account, "password": student.account[-6:]}
    login = partial(product.rest, "POST", "/api/v1/user/login", recorder)
    refused = await product.data(SIGN_IN, {"identifier": student.account, "password": student.account[-6:]})
    assert refused["signIn"] == {"token": None, "errors": [{"code": "WRONG_CREDENTIALS"}]}
    assert (await login()).json() == {"code": 1, "msg": "账号或密码错误", "data": None}
    credentials = {"username": platform.account, "password": PASSWORD}
    refusal = await product.rest("POST", "/api/login", credentials)
    assert (refusal.status_code, refusal.json()["message"]) == (500, "数据有误")
    weixin = (await product.http.post("/weixin/login", data={"code": "dev-someone"})).json()
    assert (weixin["status"], weixin["data"]) == (403, None)

    enabled = await asyncio.to_thread(cli, "enable-user", student.account)
    assert (enabled.returncode, enabled.stdout) == (0, "Enabled.\n")
    assert await viewer_code(product, graph) == "UNAUTHENTICATED"
    assert (await login()).json()["code"] == 0


async def test_what_commands_do_to_users_is_audited_and_shown(
    product: Product, cli: Cli, database: Database, tmp_path: Path
) -> None:
    product.clock.now = datetime.now(UTC)  # the commands', for which sessions of the past are over
    first, second = await product.students(2)

    async def run(*arguments: str | Path, **environment: str) -> Done:
        return await asyncio.to_thread(cli, *arguments, **environment)

    alone = await run("disable-user", ADMIN)
    assert (alone.returncode, alone.stderr) == (1, "Error: This is the last administrator.\n")
    await run("create-admin", "--account", "9000000001", "--name", "王老师", ADMIN_PASSWORD="long enough")
    assert (await run("disable-user", ADMIN)).returncode == 0
    assert (await run("disable-user", "9000000001")).returncode == 1
    admins = (await run("list-admins")).stdout
    assert [row[1:3] for row in table(admins)] == [["管理员", ADMIN], ["王老师", "9000000001"]]

    listed = json.loads((await run("list-users", first.account, "--json")).stdout)
    assert [(user["id"], user["credentials"], user["roles"], user["disabled_at"]) for user in listed] == [
        (first.id, {"student_account": first.account}, [], None)
    ]
    page = json.loads((await run("list-users", "--limit", "1", "--after", str(first.id), "--json")).stdout)
    assert [user["id"] for user in page] == [second.id]
    assert (await run("list-users", "nobody of this name")).stdout == "Nobody.\n"

    sessions: list[dict[str, Any]] = json.loads((await run("list-sessions", first.account, "--json")).stdout)
    assert [session["api"] for session in sessions] == ["work_progress"]
    foreign = await run("end-sessions", second.account, "--session", str(sessions[0]["id"]))
    assert (foreign.returncode, foreign.stderr) == (1, "Error: The user has no such session.\n")
    assert (await run("end-sessions", first.account)).stdout == "Ended 1 sessions.\n"
    assert await viewer_code(product, first) == "UNAUTHENTICATED"
    assert (await run("list-sessions", first.account)).stdout == "No open session.\n"

    issued = json.loads((await run("reset-password", second.account, "--json")).stdout)
    assert (issued["id"], issued["must_change_password"]) == (second.id, False)
    assert await viewer_code(product, second) == "UNAUTHENTICATED"
    await product.login(second.account, issued["password"])

    for unknown, message in (("2000000000", "Nobody signs in with 2000000000."), ("id:x", "A user id is a number.")):
        refused = await run("enable-user", unknown)
        assert (refused.returncode, refused.stderr) == (1, f"Error: {message}\n")

    exported = await run("export-users", tmp_path / "all.xlsx")
    assert exported.returncode == 0, exported.stderr
    assert stat.S_IMODE((tmp_path / "all.xlsx").stat().st_mode) == 0o600
    assert (tmp_path / "all.xlsx").read_bytes().startswith(b"PK")
    migrated = json.loads((await run("migrate", "--json")).stdout)
    assert migrated["revision"].isdigit()

    events = await database.fetch(
        text("SELECT action, actor_id, request_id FROM audit_events WHERE request_id = 'command line' ORDER BY id")
    )
    assert [(event.action, event.actor_id) for event in events] == [
        ("create_administrator", None),
        ("disable_user", None),
        ("end_sessions", None),
        ("set_password", None),
        ("export_users", None),
    ]


async def test_of_two_administrators_who_are_disabled_at_once_one_remains(
    product: Product, settings: Settings, database: Database
) -> None:
    services = Services.from_settings(settings, product.clock)

    async def in_transaction(work: Callable[[Scope], Awaitable[object]]) -> object:
        scope = Scope(services, now=services.clock())
        async with scope.begin():
            return await work(scope)

    async def disabled(scope: Scope, user_id: int) -> bool:
        return only(await access.disable(scope, user_ids=[user_id]))[1]

    await in_transaction(partial(add_administrator, account="9000000001", name="王", password="long enough"))
    administrators = [row.id for row in await users.administrators(Scope(services, now=services.clock()))]
    assert len(administrators) == 2
    tried = await asyncio.gather(
        *(in_transaction(partial(disabled, user_id=user_id)) for user_id in administrators),
        return_exceptions=True,
    )
    await services.close()

    assert sorted(map(type, tried), key=str) == [bool, LastAdministrator]
    assert await database.fetch_value(text("SELECT count(*) FROM users WHERE disabled_at IS NOT NULL")) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_json_is_all_that_standard_output_holds(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "students.csv").write_text("学号,姓名\n2021000001,甲\n1,乙\n", encoding="utf-8")

    done = {
        "create-admin": cli(
            "create-admin", "--account", "9000000001", "--name", "王", "--json", ADMIN_PASSWORD="secret1"
        ),
        "import-users": cli("import-users", tmp_path / "students.csv", "--json"),
        "verify-audit": cli("verify-audit", "--json"),
        "doctor": cli("doctor", "--json", PORT="x"),
    }

    shown = {command: json.loads(result.stdout) for command, result in done.items()}
    assert {command: result.returncode for command, result in done.items()} == {
        "create-admin": 0,
        "import-users": 1,
        "verify-audit": 0,
        "doctor": 1,
    }
    assert shown["create-admin"] == {"account": "9000000001"}
    assert shown["import-users"] == {
        "imported": 1,
        "rejected": 1,
        "first_rejected": [{"line": 3, "account": "1", "reason": "account must be 10 letters or digits."}],
    }
    assert (shown["verify-audit"]["events"], shown["verify-audit"]["faults"]) == (2, [])
    assert shown["doctor"]["faults"] == 1
    assert shown["doctor"]["findings"][0]["subject"] == "configuration"
