"""The data that development starts with."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import tables
from models.db import observing
from models.identity import Credential, User
from models.migrate import migrate
from models.settings import ConfigurationError, Environment, Settings
from models.statements import table_of
from resolvers.demonstration import DEMONSTRATION_ACCOUNT, DEMONSTRATION_PASSWORD, RECRUITER_EMAIL
from resolvers.demonstration.employers import COMPANIES
from resolvers.demonstration.signing import WECHAT_PEOPLE
from resolvers.demonstration.students import NAMES
from resolvers.demonstration.talent import CANDIDATES
from resolvers.scope import Services
from resolvers.startup import prepare
from tests.contract.rows import APIS, document
from tests.support.clients import Clock, Product
from tests.support.processes import running_server

ROOT = Path(__file__).parents[2]
STRUCTURES = ROOT / "tests" / "contract" / "sign_cloud_structures.json"
PHONE = re.compile(r"138\d{8}")
PEOPLE = len(NAMES) + len(WECHAT_PEOPLE) + CANDIDATES + 3
"""The students, those who sign in with WeChat, those who look for a job, recruiter, teacher and administrator."""


@pytest.fixture
def with_data(settings: Settings) -> Settings:
    return settings.model_copy(update={"demo_data": None})


async def rows_of_all_tables(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    services = Services.from_settings(settings)
    try:
        return {
            table.name: [tuple(row) for row in await services.database.fetch(select(table).order_by(table.c.id))]
            for table in tables.metadata.sorted_tables
        }
    finally:
        await services.close()


async def prepared(settings: Settings, clock: Clock) -> dict[str, list[tuple[Any, ...]]]:
    services = Services.from_settings(settings, clock)
    try:
        await prepare(services, settings)
    finally:
        await services.close()
    return await rows_of_all_tables(settings)


async def test_the_ids_in_the_examples_belong_to_the_demonstration_student(demonstrated: Product) -> None:
    student = await demonstrated.login(DEMONSTRATION_ACCOUNT, DEMONSTRATION_PASSWORD)

    data = await demonstrated.data(
        """{
          viewer { id name workLogs(first: 100) { nodes { id companyName } } clockIns { totalCount } }
          person: node(id: "VXNlcjox") { ... on User { id name } }
          post: node(id: "UG9zdDox") { ... on Post { title anonymous author { name } } }
          log: node(id: "V29ya0xvZzox") { ... on WorkLog { id companyName } }
        }""",
        person=student,
    )

    assert data["person"] == {"id": data["viewer"]["id"], "name": data["viewer"]["name"]}
    assert data["log"] in data["viewer"]["workLogs"]["nodes"]
    assert data["post"]["anonymous"] is False
    assert data["post"]["author"]["name"] in NAMES
    assert data["viewer"]["clockIns"]["totalCount"] > 50


async def test_every_kind_of_record_is_there_and_none_is_later_than_now(demonstrated: Product) -> None:
    administrator = await demonstrated.administrator()
    data = await demonstrated.data(
        """{
          clockIns(first: 1) { totalCount nodes { clockedInAt } }
          posts(first: 100) { nodes { createdAt anonymous comments(first: 100) { nodes { createdAt anonymous } } } }
        }""",
        person=administrator,
    )
    pages = [  # of fifty: each log costs the 200 lines that it may hold
        await demonstrated.data(
            """query ($page: Int) { users(first: 50, page: $page) { totalCount nodes {
              directions employmentGoal { status } postgraduateGoal { targetScore }
              workLogs(first: 5) { nodes { createdAt statusLines { stage recordedAt } } }
            } } }""",
            {"page": number},
            person=administrator,
        )
        for number in range(1, 2 + PEOPLE // 50)
    ]

    now = demonstrated.clock.now.isoformat()
    posts, users = data["posts"]["nodes"], [user for page in pages for user in page["users"]["nodes"]]
    comments = [comment for post in posts for comment in post["comments"]["nodes"]]
    lines = [line for user in users for log in user["workLogs"]["nodes"] for line in log["statusLines"]]
    assert (len(users), pages[0]["users"]["totalCount"]) == (PEOPLE, PEOPLE)
    assert data["clockIns"]["totalCount"] > 1000
    assert {post["anonymous"] for post in posts} == {comment["anonymous"] for comment in comments} == {True, False}
    assert {line["stage"] for line in lines} == {"IN_PROGRESS", "SUCCEEDED", "FAILED"}
    assert {user["employmentGoal"]["status"] for user in users if user["employmentGoal"]} == {
        "SEEKING",
        "OFFER_RECEIVED",
    }
    times = [
        data["clockIns"]["nodes"][0]["clockedInAt"],
        *(post["createdAt"] for post in posts),
        *(comment["createdAt"] for comment in comments),
        *(line["recordedAt"] for line in lines),
    ]
    assert max(times) < now
    for user in users:
        assert (user["employmentGoal"] is not None) is ("EMPLOYMENT" in user["directions"])
        assert (user["postgraduateGoal"] is not None) is ("POSTGRADUATE" in user["directions"])


async def test_a_student_may_clock_in_at_once(demonstrated: Product) -> None:
    student = await demonstrated.login(DEMONSTRATION_ACCOUNT, DEMONSTRATION_PASSWORD)

    reply = await demonstrated.rest("POST", "/api/v1/clock_in/add", {"location": "图书馆"}, person=student)

    assert reply.json() == {"code": 0, "msg": "success", "data": None}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_the_same_day_gives_the_same_data(with_data: Settings, clock: Clock, tmp_path: Path) -> None:
    elsewhere = with_data.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'elsewhere.db'}"})
    first = await prepared(with_data, clock)
    clock.advance(hours=5)
    second = await prepared(elsewhere, clock)

    # The administrator and the mark are of the moment; the administrator's salt is random.
    for name in ("clock_ins", "work_logs", "work_log_status_lines", "posts", "comments", "employment_goals"):
        assert first[name] == second[name], name
        assert first[name], name
    assert first["users"][: len(NAMES)] == second["users"][: len(NAMES)]


async def test_several_processes_that_start_at_once_load_it_once(with_data: Settings, clock: Clock) -> None:
    await asyncio.gather(*(prepared(with_data, clock) for _ in range(4)))

    rows = await rows_of_all_tables(with_data)
    assert len(rows["users"]) == PEOPLE
    assert len(rows["settings"]) == 2  # that, and the key of the audit trail


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_it_is_loaded_in_bulk(with_data: Settings, clock: Clock) -> None:
    services = Services.from_settings(with_data, clock)
    await migrate(services.database)
    statements: list[str] = []

    with observing(statements.append):
        await prepare(services, with_data)
    await services.close()

    rows = sum(map(len, (await rows_of_all_tables(with_data)).values()))
    assert len(statements) * 5 < rows  # of which sign applications, which come one by one, have half


async def test_a_database_that_started_empty_gets_it_later_and_only_once(
    settings: Settings, with_data: Settings, clock: Clock
) -> None:
    empty = await prepared(settings, clock)
    assert len(empty["users"]) == 1

    loaded = await prepared(with_data, clock)
    assert len(loaded["users"]) == PEOPLE

    clock.advance(days=3)
    assert await prepared(with_data, clock) == loaded
    assert await prepared(settings, clock) == loaded


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
@pytest.mark.parametrize("demo_data", [True, False])
async def test_production_refuses_a_seeded_database(settings: Settings, clock: Clock, demo_data: bool) -> None:
    before = await prepared(settings.model_copy(update={"demo_data": demo_data}), clock)
    production = settings.model_copy(update={"environment": Environment.PRODUCTION, "demo_data": None})

    with pytest.raises(ConfigurationError, match="seeded for development"):
        await prepared(production, clock)

    assert await rows_of_all_tables(settings) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_production_loads_nothing(settings: Settings, clock: Clock) -> None:
    production = settings.model_copy(update={"environment": Environment.PRODUCTION, "demo_data": None})

    rows = await prepared(production, clock)  # which holds what the migrations publish, in production too

    assert [name for name in ("users", "credentials", "clock_ins", "posts") if rows[name]] == []
    assert len(rows["settings"]) == 1  # the key of the audit trail


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_an_account_in_the_way_is_named_and_nothing_is_loaded(
    settings: Settings, with_data: Settings, clock: Clock
) -> None:
    await prepared(settings, clock)
    services = Services.from_settings(settings, clock)
    times = {"created_at": clock.now, "updated_at": clock.now}
    async with services.database.transaction() as transaction:
        row = await transaction.fetch_one(
            table_of(User).insert().returning(table_of(User).c.id),
            {
                "name": "某人",
                "class_name": "",
                "major": "",
                "has_initial_password": True,
                "must_change_password": False,
                "pursues_postgraduate": False,
                "pursues_employment": False,
                **times,
            },
        )
        assert row is not None
        await transaction.execute(
            table_of(Credential).insert(),
            {"user_id": row.id, "kind": "student_account", "identifier": "2099000007", **times},
        )
    await services.close()
    before = await rows_of_all_tables(settings)

    with pytest.raises(ConfigurationError, match="2099000007"):
        await prepared(with_data, clock)

    assert await rows_of_all_tables(settings) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_nothing_in_it_stands_in_a_document(with_data: Settings, clock: Clock) -> None:
    documents = [*map(document, APIS), json.loads(STRUCTURES.read_text(encoding="utf-8"))]
    documented = {leaf for each in documents for leaf in leaves(each)}
    rows = await prepared(with_data, clock)
    identifiers = {row[-1] for row in rows["credentials"]} - {"8888888888"}
    accounts = {identifier for identifier in identifiers if identifier.isdigit()}

    assert identifiers - accounts == {RECRUITER_EMAIL, *(f"dev:{openid}" for openid in WECHAT_PEOPLE)}
    assert len(accounts) == len(NAMES) + 1
    assert {account[:4] for account in accounts} == {"2099"}
    assert documented.isdisjoint({*identifiers, *WECHAT_PEOPLE, *WECHAT_PEOPLE.values()})
    # Other cells may begin alike: what is encrypted begins as chance has it.
    phones = {cell for row in rows["resumes"] for cell in row if isinstance(cell, str) and PHONE.fullmatch(cell)}
    assert len(phones) == 8
    assert documented.isdisjoint(phones)
    assert documented.isdisjoint(NAMES)
    assert documented.isdisjoint(COMPANIES)


def leaves(value: Any) -> set[str]:
    """All texts and numbers of a JSON document, as texts."""
    if isinstance(value, dict):
        return {leaf for name, child in value.items() for leaf in {name, *leaves(child)}}
    if isinstance(value, list):
        return {leaf for child in value for leaf in leaves(child)}
    return {str(value)}


def test_the_log_says_whom_to_sign_in_as(tmp_path: Path) -> None:
    with running_server(tmp_path / "with", DEMO_DATA="1") as server:
        log = (server.data_dir / "server.log").read_text()
    with running_server(tmp_path / "without", DEMO_DATA="0") as server:
        silent = (server.data_dir / "server.log").read_text()

    assert DEMONSTRATION_ACCOUNT in log
    assert DEMONSTRATION_PASSWORD in log
    assert DEMONSTRATION_ACCOUNT not in silent
