"""The recorder's cases."""

from datetime import timedelta
from typing import Any

from tests.contract.cases import Case, Contract, Step, World
from tests.contract.rows import all_rows
from tests.contract.steps import the_caller_is_deleted_meanwhile, without
from tests.support.clients import Person

LJ = "2021214285"
"""A student of the document's import, as whom its other requests are sent."""
PEM = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n"

LOGIN = "POST /api/v1/user/login"
IMPORT = "POST /api/v1/user/import"
PASSWORD = "PUT /api/v1/user/update/psw"
PROFILE = "PUT /api/v1/user/update/info"
TARGET = "GET /api/v1/user/target"
INFO = "GET /api/v1/user/info"
USERS = "GET /api/v1/user/search"
DIRECTION = "DELETE /api/v1/user/dire/del"
EMPLOYMENT = "POST /api/v1/emgl/add"
POSTGRADUATE = "POST /api/v1/pggl/add"
CLOCK_IN = "POST /api/v1/clock_in/add"
IS_CLOCKED_IN = "GET /api/v1/clock_in/is_clock_in"
CLOCK_INS = "GET /api/v1/clock_in/search"
COUNTDOWN = "GET /api/v1/pgee/cd"
WORK_LOG = "POST /api/v1/wl/add"
STATUS = "PUT /api/v1/wl/status/add"
WORK_LOGS = "GET /api/v1/wl/list"
POST = "POST /api/v1/post/add"
COMMENT = "POST /api/v1/post/comment/add"
POSTS = "GET /api/v1/post/search"
DELETE_POST = "DELETE /api/v1/post/del"
VERSION = "GET /api/v1/ver"


def documented(row: str, *, body: dict[str, Any] | None = None) -> Step:
    """Another row's documented request was sent before."""

    async def step(world: World) -> None:
        sent = all_rows()[row]
        await world.rest(sent.method, sent.path, {**sent.request, **(body or {})})

    return step


async def no_key(world: World) -> None:
    """The server has a key that it cannot sign with."""
    await world.restart(secret_key=f"{PEM},{world.settings.signing_keys[0]}")


async def another_password(world: World) -> None:
    """The administrator's password is not `admin` any more."""
    body = {"old_password": "admin", "new_password": "another password"}
    await world.rest("PUT", "/api/v1/user/update/psw", body, person=await world.administrator())


async def documented_users(world: World) -> None:
    """The document's two students are imported."""
    row = all_rows()[IMPORT]
    await world.rest(row.method, row.path, row.request, person=await world.administrator())


async def hml_wants_a_job(world: World) -> None:
    """One of the two students has the employment goal of the search's example."""
    await documented_users(world)
    goal = {"status": 1, "target_company": "华为", "target_job": "保安", "target_salary": "2k", "target_area": "重庆"}
    person = await world.product.login("2021214286", "214286")
    await world.rest("POST", "/api/v1/emgl/add", goal, person=person)


async def six_clock_ins(world: World) -> None:
    """Two students clocked in three times each."""
    students = await world.product.students(2)
    for location, hours in (("ea", 0), ("教室", 5), ("老图书馆", 5)):
        world.clock.now += timedelta(hours=hours)
        for student in students:
            await world.rest("POST", "/api/v1/clock_in/add", {"location": location}, person=student)


async def exam_in_91_days(world: World) -> None:
    """The examination is 91 days away."""
    await _exam_date(world, (world.clock.now + timedelta(days=91)).date().isoformat())


async def exam_on_no_date(world: World) -> None:
    """The examination's date is no date."""
    await _exam_date(world, "no date")


async def _exam_date(world: World, value: str) -> None:
    await world.sql(
        "INSERT INTO settings (name, value, created_at, updated_at)"
        " SELECT 'postgraduate_exam_date', :value, created_at, updated_at FROM users LIMIT 1",
        value=value,
    )


async def three_status_lines(world: World) -> None:
    """The document's work log has the three lines of its example."""
    log = await a_work_log(world)
    for status in ("失败", "成功", "拿到offer"):
        body = {"id": log, "create_time": 228304523029, "status": status}
        await world.rest("PUT", "/api/v1/wl/status/add", body)


async def a_commented_post(world: World) -> None:
    """The document's post has the comment of its example."""
    world.caller = await lj(world)
    post = await a_post(world)
    await world.rest("POST", "/api/v1/post/comment/add", {"id": post, "content": "Ut esse in aliquip"})


async def lj(world: World) -> Person:
    """A student of the document's import, signed in."""
    await documented_users(world)
    return await world.product.login(LJ, LJ[-6:])


async def administrator(world: World) -> Person:
    """The administrator, signed in."""
    return await world.administrator()


async def own_id(world: World) -> int:
    """The caller's id."""
    return world.person.id


async def a_work_log(world: World) -> Any:
    """The id of the document's work log, which belongs to the caller."""
    await documented(WORK_LOG)(world)
    return (await world.rest("GET", "/api/v1/wl/list")).json()["data"]["work_logs"][0]["id"]


async def a_post(world: World) -> Any:
    """The id of the document's post, which belongs to the caller."""
    await documented(POST)(world)
    return (await world.rest("GET", "/api/v1/post/search")).json()["data"]["rows"][0]["id"]


CASES = {
    LOGIN: (
        Case(0),
        Case(0, media_type="application/x-yaml"),
        Case(1, (another_password,)),
        Case(2, (no_key,)),
        Case(3, (without("sessions"),)),
    ),
    IMPORT: (Case(None), Case(0, (documented_users,))),
    PASSWORD: (
        Case(0),
        Case(1, (another_password,)),
        Case(2, unknown_ids=True),
        Case(3, (without("credentials"),)),
    ),
    PROFILE: (Case(0), Case(1, (the_caller_is_deleted_meanwhile,)), Case(2, (without("credentials"),))),
    TARGET: (
        Case(0, (documented(EMPLOYMENT), documented(POSTGRADUATE))),
        Case(1, (the_caller_is_deleted_meanwhile,)),
        Case(2, (without("employment_goals"),)),
    ),
    INFO: (Case(0, (documented(POSTGRADUATE),)), Case(1, (the_caller_is_deleted_meanwhile,))),
    USERS: (Case(0, (hml_wants_a_job,), query={"page": "1", "page_size": "10", "direction": "2"}),),
    DIRECTION: (
        Case(None, (documented(POSTGRADUATE),), body={"direction": 1}),
        Case(0, body={"direction": 1}),
        Case(1),
    ),
    EMPLOYMENT: (Case(0), Case(1, (without("employment_goals"),))),
    POSTGRADUATE: (Case(0), Case(1, (without("postgraduate_goals"),))),
    CLOCK_IN: (Case(0), Case(1, (documented(CLOCK_IN),)), Case(2, (the_caller_is_deleted_meanwhile,))),
    IS_CLOCKED_IN: (Case(0, (documented(CLOCK_IN),)), Case(1)),
    CLOCK_INS: (Case(0, (six_clock_ins,)),),
    COUNTDOWN: (Case(0, (exam_in_91_days,)), Case(1, (exam_on_no_date,))),
    WORK_LOG: (Case(0),),
    STATUS: (Case(0), Case(1, unknown_ids=True)),
    WORK_LOGS: (Case(0, (three_status_lines,)), Case(1, (without("work_logs"),))),
    POST: (Case(0), Case(1, (without("posts"),))),
    COMMENT: (Case(0), Case(1, unknown_ids=True)),
    POSTS: (Case(0, (a_commented_post,)), Case(1, (without("posts"),))),
    DELETE_POST: (Case(0),),
    VERSION: (Case(0),),
}

PUBLIC = {LOGIN, COUNTDOWN, POSTS, VERSION}
ADMINISTRATORS = {IMPORT, USERS, PASSWORD}

CONTRACT = Contract(
    cases=CASES,
    callers={row: administrator if row in ADMINISTRATORS else lj for row in CASES if row not in PUBLIC},
    requested={
        PASSWORD: {"id": own_id},
        STATUS: {"id": a_work_log},
        COMMENT: {"id": a_post},
        DELETE_POST: {"id": a_post},
    },
    substituted={
        "*": {
            "*.id": "ids are the database's",
            "*.uid": "ids are the database's",
            "*.created_at": "the time of the test",
            "*.updated_at": "the time of the test",
        },
        LOGIN: {
            "data.token": "a real token",
            "data.user.account": "the example is filler; the documented request signs in 8888888888",
            "data.user.name": "the example is filler",
            "data.user.permission": "the example shows 1; 8888888888 is the administrator, 2",
        },
        INFO: {"data.user.direction": "1 beside the postgraduate goal that the table demands, 0 in the example"},
        CLOCK_INS: {
            "data.rows.*.clock_in_time": "the time of the test",
            "data.rows.*.clock_in_location": "newest first; the example is oldest first, with two in one slot",
        },
        WORK_LOG: {"msg": "`string` is filler for `success`"},
        VERSION: {"msg": "`string` is filler for `success`", "data.version": "`string` is filler"},
    },
    added={
        IMPORT: {"data.rows": "each row that was not imported, where `errs` has one entry for an account"},
        INFO: {
            "data.direction": "in the table; the example leaves it out",
            "data.goal": "in the table; the example leaves it out",
        },
    },
    artefacts={
        TARGET: dict.fromkeys(
            (
                "data.goal.id",
                "data.goal.created_at",
                "data.goal.updated_at",
                "data.goal.uid",
                "data.goal.target_university",
                "data.goal.target_major",
                "data.goal.target_score",
            ),
            "goals nested as in the example (the table's flat goal fields are an artefact)",
        ),
    },
    beyond={
        "GET /api/v1/user/export": "later versions of that system added it",
        "GET /api/v1/ping": "later versions of that system added it",
        "POST /api/v1/user/import/file": "for the spreadsheets that its front end read itself",
    },
)
