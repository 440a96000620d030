"""The developer platform's cases."""

from collections.abc import Awaitable, Callable
from typing import Any

from schema.engine.node_id import encode
from tests.contract.cases import Case, Contract, Made, World
from tests.contract.rows import all_rows
from tests.contract.steps import nobody_is_signed_in, the_caller_is_deleted_meanwhile, without
from tests.support.clients import Person
from tests.support.developers import PASSWORD, SEND_CODE, sent_path
from tests.support.images import encoded
from tests.support.platform import (
    CREATE_INSTANCE,
    GRANT_CREDITS,
    JOIN_PROJECT,
    SET_PRICES,
    done,
    new_project,
)

REGISTER_SMS = "GET /api/register-sms"
REGISTER = "POST /api/register"
LOGIN = "POST /api/login"
ME = "GET /api/me"
LOGOUT = "DELETE /api/logout"
REFRESH = "PUT /api/refresh"
PAGINATE = "GET /api/project/paginate"
PROJECT = "GET /api/project/base/{project_id}"
AUTHENTICATE = "GET /api/user/authenticate"
DICTIONARIES = (
    "GET /api/user/authenticate/certificate-type",
    "GET /api/user/authenticate/domain",
    "GET /api/user/authenticate/education",
    "GET /api/user/authenticate/position",
    "GET /api/user/authenticate/award-level",
    "GET /api/user/base/research-direction",
)
UPLOAD_PHOTO = "POST /api/user/authenticate/upload/licensed-photo"
UPLOAD_AWARD = "POST /api/user/authenticate/upload/award-prove"
UPLOAD_AVATAR = "POST /api/user/base/upload/avatar"
REAL_NAME = "PUT /api/user/authenticate/real-name"
EDUCATION = "PUT /api/user/authenticate/educational-info"
JOB = "PUT /api/user/authenticate/job-info"
AWARD = "POST /api/user/authenticate/award-info"
PROFILE = "GET /api/user/base"
UPDATE_PROFILE = "PUT /api/user/base"
OLD_MOBILE_CODE = "GET /api/user/base/update-mobile/old-mobile-verification-code"
OLD_EMAIL_CODE = "GET /api/user/base/update-mobile/old-email-verification-code"
NEW_MOBILE_CODE = "GET /api/user/base/update-mobile/new-mobile-verification-code"
BIND_EMAIL_CODE = "GET /api/user/base/bind-email/verification-code"
CHANGE_EMAIL_CODE = "GET /api/user/base/update-email/old-email-verification-code"
BIND_EMAIL = "POST /api/user/base/bind-email"
UPDATE_MOBILE = "PATCH /api/user/base/update-mobile"
UPDATE_EMAIL = "PATCH /api/user/base/update-email"
UPDATE_PASSWORD = "PATCH /api/user/base/update-password"
LEVEL_CREDIT = "GET /api/user/level-credit"
MIRROR = "GET /api/user/mirror"
PARTICIPATE = "GET /api/user/participate-project"

EMAIL = {"email": "123456@qq.com"}
SET_RULE = """mutation($input: SetCreditRuleInput!) { setCreditRule(input: $input) { errors { code } } }"""
CREATE_MIRROR = """mutation($input: CreateMirrorInput!) { createMirror(input: $input) { errors { code } } }"""
DOCUMENTED_PROJECT = {
    "name": "安全工地：安全帽识别",
    "introduction": "工地安全帽佩戴识别",
    "deliveryAt": "2019-08-27T14:00:00+08:00",
}

Caller = Callable[[World], Awaitable[Person]]


def registered(username: str, mobile: str, password: str = PASSWORD) -> Caller:
    """A developer with these, and with the 2000 credits of the examples, signed in."""

    async def caller(world: World) -> Person:
        terms = {"rule": "REGISTRATION", "amount": 2000, "message": "完成注册获取积分"}
        await done(world.product, SET_RULE, await world.administrator(), **terms)
        code = (await world.product.data(SEND_CODE, {"mobile": mobile}))["sendRegistrationCode"]["verificationCode"]
        body = {"username": username, "mobile": mobile, "password": password, "verification_code": code}
        await world.rest("POST", "/api/register", body)
        return await signed_in(world, username, password)

    return caller


async def signed_in(world: World, username: str, password: str = PASSWORD) -> Person:
    """A developer, signed in."""
    reply = await world.rest("POST", "/api/login", {"username": username, "password": password})
    data = reply.json()["data"]
    return Person(data["user_info"]["id"], username, data["token_info"]["access_token"])


admin = registered("admin", "13114854125")
"""The developer of the documented registration."""
test = registered("test", "13545621354")
"""The developer of the documented profile."""


async def nothing(world: World) -> None:
    """Somebody registered as the document says, and is not signed in."""
    await admin(world)


async def registration_earns_2000(world: World) -> None:
    """Registering earns what the examples show."""
    terms = {"rule": "REGISTRATION", "amount": 2000, "message": "完成注册获取积分"}
    await done(world.product, SET_RULE, await world.administrator(), **terms)


async def no_entries(world: World) -> None:
    """The dictionaries are empty."""
    await world.sql("DELETE FROM dictionary_entries")


async def documented_project(world: World) -> int:
    """The document's project; its id."""
    await new_project(world.product, await world.administrator(), **DOCUMENTED_PROJECT)
    return 1


async def a_project(world: World) -> None:
    """The document's project is there."""
    await documented_project(world)


async def all_sections(world: World) -> None:
    """The caller submitted the documented requests of certification."""
    for row in (REAL_NAME, EDUCATION, JOB, AWARD):
        await documented(world, row)


async def an_email(world: World) -> None:
    """The caller has the documented e-mail address."""
    await documented(world, BIND_EMAIL)


async def documented_profile(world: World) -> None:
    """The caller has the documented e-mail address and sent the documented details."""
    await an_email(world)
    await documented(world, UPDATE_PROFILE)


async def balance_of_200(world: World) -> None:
    """The caller has the 200 credits of the example, from two gains like the one that it shows."""
    terms = {"rule": "REGISTRATION", "amount": 100, "message": "完成注册获取积分"}
    await done(world.product, SET_RULE, await world.administrator(), **terms)
    world.caller = await registered_as_set(world)
    gain = {"amount": 100, "message": terms["message"], "key": "second", "userId": encode("User", world.person.id)}
    await done(world.product, GRANT_CREDITS, await world.administrator(), **gain)


async def registered_as_set(world: World) -> Person:
    """A developer who registered while the rule says something else than the examples."""
    code = (await world.product.data(SEND_CODE, {"mobile": "13545621355"}))["sendRegistrationCode"]["verificationCode"]
    body = {"username": "test2", "mobile": "13545621355", "password": PASSWORD, "verification_code": code}
    await world.rest("POST", "/api/register", body)
    return await signed_in(world, "test2")


async def a_mirror(world: World) -> None:
    """The caller keeps the documented mirror."""
    mirror = {
        "name": "tensorflow基础镜像",
        "tag": "1.0.0",
        "size": "20.5",
        "remark": "tensorflow基础镜像安装基础扩展",
    }
    await done(world.product, CREATE_MIRROR, world.person, **mirror)


async def an_instance_for_150_minutes(world: World) -> None:
    """The caller joined the document's project and has had its instance for 2h30min, at 8 credits a minute."""
    project = await new_project(world.product, await world.administrator(), **DOCUMENTED_PROJECT)
    prices = {"gpuCreditsPerHour": 180, "cpuCreditsPerHour": 45, "ramCreditsPerHour": 15}
    await done(world.product, SET_PRICES, await world.administrator(), **prices)
    await done(world.product, JOIN_PROJECT, world.person, projectId=project)
    instance = {"name": "安全帽识别", "gpu": 2, "cpu": 2, "ram": 2}
    await done(world.product, CREATE_INSTANCE, world.person, projectId=project, **instance)
    world.clock.advance(minutes=150)
    world.caller = await signed_in(world, world.person.account)


async def documented(world: World, row: str) -> None:
    """Send another row's documented request, with what it needs made first."""
    sent = all_rows()[row]
    made = {name: await make(world) for name, make in REQUESTED.get(row, {}).items()}
    await world.rest(sent.method, sent.path, {**sent.request, **made})


def uploaded(row: str, *, count: int | None = None) -> Made:
    """The path of an image that the caller uploaded, or a list of some."""

    async def make(world: World) -> Any:
        paths = [await sent_path(world.product, all_rows()[row].path, world.person) for _ in range(count or 1)]
        return paths[0] if count is None else paths

    return make


async def image(_world: World) -> bytes:
    """The content of an image."""
    return encoded()


async def registration_code(world: World) -> str:
    """The code sent to the documented mobile number."""
    reply = await world.product.data(SEND_CODE, {"mobile": "13114854125"})
    return str(reply["sendRegistrationCode"]["verificationCode"])


def own_code(row: str, **query: str) -> Made:
    """The code that another row sends."""

    async def make(world: World) -> str:
        path = all_rows()[row].path
        reply = await world.product.rest("GET", path, person=world.person, query=query)
        return str(reply.json()["data"]["verification_code"])

    return make


async def changing_email_code(world: World) -> str:
    """The code sent to the documented address, which the caller bound before."""
    await an_email(world)
    return str(await own_code(CHANGE_EMAIL_CODE, **EMAIL)(world))


REQUESTED: dict[str, dict[str, Made]] = {
    REGISTER: {"verification_code": registration_code},
    PROJECT: {"project_id": documented_project},
    UPLOAD_PHOTO: {"file": image},
    UPLOAD_AWARD: {"file": image},
    UPLOAD_AVATAR: {"file": image},
    REAL_NAME: {"authenticate_picture": uploaded(UPLOAD_PHOTO)},
    AWARD: {"award_picture": uploaded(UPLOAD_AWARD, count=2)},
    UPDATE_PROFILE: {"avatar": uploaded(UPLOAD_AVATAR)},
    BIND_EMAIL: {"verification_code": own_code(BIND_EMAIL_CODE, **EMAIL)},
    UPDATE_MOBILE: {
        "old_mobile_verification_code": own_code(OLD_MOBILE_CODE),
        "new_mobile_verification_code": own_code(NEW_MOBILE_CODE, mobile="13545874587"),
    },
    UPDATE_EMAIL: {"old_email_verification_code": changing_email_code},
}

SIGNED_OUT = Case(1, (nobody_is_signed_in,))
DELETED = Case(2, (the_caller_is_deleted_meanwhile,))
PER_PAGE = {"page": "1", "per_page": "10"}

CASES: dict[str, tuple[Case, ...]] = {
    REGISTER_SMS: (
        Case(0, query={"mobile": "13548554126"}),
        Case(1),
        Case(2, (without("verification_codes"),), query={"mobile": "13548554126"}),
    ),
    REGISTER: (
        Case(0, (registration_earns_2000,)),
        Case(1, body={"verification_code": None}),
        Case(2, unknown_ids=True),
    ),
    LOGIN: (
        Case(0, (nothing,)),
        Case(1, body={"password": None}),
        Case(2),
        Case(2, (nothing,), body={"password": "a123456,"}),
    ),
    ME: (Case(0), SIGNED_OUT),
    LOGOUT: (Case(0), SIGNED_OUT),
    REFRESH: (Case(0), SIGNED_OUT),
    PAGINATE: (
        Case(0, (a_project,), query=PER_PAGE),
        SIGNED_OUT,
        Case(2, (a_project,), query={"page": "2", "per_page": "10"}),
    ),
    PROJECT: (Case(0), SIGNED_OUT, Case(2, unknown_ids=True)),
    AUTHENTICATE: (Case(0, (all_sections,)), SIGNED_OUT, DELETED),
    **dict.fromkeys(DICTIONARIES, (Case(0), SIGNED_OUT, Case(2, (no_entries,)))),
    UPLOAD_PHOTO: (Case(0), Case(1, body={"file": None}), Case(2, (without("uploads"),))),
    UPLOAD_AWARD: (Case(0), Case(1, body={"file": None}), Case(2, (without("uploads"),))),
    UPLOAD_AVATAR: (Case(0), Case(1, body={"file": None}), Case(2, (without("uploads"),))),
    REAL_NAME: (Case(0), SIGNED_OUT, Case(2, unknown_ids=True)),
    EDUCATION: (Case(0), SIGNED_OUT, DELETED),
    JOB: (Case(0), Case(0, body={"domain_id": ["1", "2"]}), SIGNED_OUT, DELETED),
    AWARD: (Case(0), SIGNED_OUT, Case(2, unknown_ids=True)),
    PROFILE: (Case(0, (documented_profile,)), SIGNED_OUT, DELETED),
    UPDATE_PROFILE: (Case(0, (an_email,)), SIGNED_OUT, Case(2, unknown_ids=True)),
    OLD_MOBILE_CODE: (Case(0), SIGNED_OUT, DELETED),
    OLD_EMAIL_CODE: (
        Case(0, (an_email,), query=EMAIL),
        SIGNED_OUT,
        Case(2, query=EMAIL),
    ),
    NEW_MOBILE_CODE: (
        Case(0, query={"mobile": "13548554126"}),
        SIGNED_OUT,
        Case(2, (the_caller_is_deleted_meanwhile,), query={"mobile": "13548554126"}),
    ),
    BIND_EMAIL_CODE: (
        Case(0, query=EMAIL),
        SIGNED_OUT,
        Case(2, (the_caller_is_deleted_meanwhile,), query=EMAIL),
    ),
    CHANGE_EMAIL_CODE: (
        Case(0, (an_email,), query=EMAIL),
        SIGNED_OUT,
        Case(2, query=EMAIL),
    ),
    BIND_EMAIL: (Case(0), SIGNED_OUT, DELETED),
    UPDATE_MOBILE: (Case(0), SIGNED_OUT, DELETED),
    UPDATE_EMAIL: (Case(0), SIGNED_OUT, Case(2, unknown_ids=True)),
    UPDATE_PASSWORD: (Case(0), SIGNED_OUT, DELETED),
    LEVEL_CREDIT: (Case(0, (balance_of_200,)), SIGNED_OUT, DELETED),
    MIRROR: (Case(0, (a_mirror,)), SIGNED_OUT, DELETED),
    PARTICIPATE: (Case(0, (an_instance_for_150_minutes,)), SIGNED_OUT, DELETED),
}

PUBLIC = {REGISTER_SMS, REGISTER, LOGIN}
CALLERS: dict[str, Caller] = {
    PROFILE: test,
    UPDATE_PROFILE: test,
    UPDATE_PASSWORD: registered("test", "13545621354", "123456Qq"),
}
NO_AVATAR = {"data.avatar": "nobody has an avatar before they upload one"}
TOKEN = {
    "data.token_info.access_token": "a real token",
    "data.user_info.avatar": "nobody has an avatar before they upload one",
}
ENTRIES = {"data.*.name": "`test` is filler for the names of our dictionaries"}
FILE = {
    "data.type": "the folder of the upload; the example shows that of avatars everywhere",
    "data.path": "uploads have random names",
    "data.size": "the size of the test's image",
}
CODE = {"data.verification_code": "a random code of six digits"}
PICTURES = "uploads have random names, and private ones signed paths"

CONTRACT = Contract(
    cases=CASES,
    callers={row: CALLERS.get(row, admin) for row in CASES if row not in PUBLIC},
    requested=REQUESTED,
    substituted={
        "*": {
            "*.id": "ids are the database's",
            "*.created_at": "the time of the test",
            "*.updated_at": "the time of the test",
        },
        REGISTER: NO_AVATAR,
        LOGIN: TOKEN,
        ME: NO_AVATAR,
        REFRESH: TOKEN,
        AUTHENTICATE: {
            "data.real_name.authenticate_picture": PICTURES,
            "data.award_info.*.award_picture.*": PICTURES,
        },
        **dict.fromkeys(DICTIONARIES, ENTRIES),
        UPLOAD_PHOTO: FILE,
        UPLOAD_AWARD: FILE,
        UPLOAD_AVATAR: FILE,
        REAL_NAME: {"data.authenticate_picture": PICTURES},
        AWARD: {"data.award_picture.*": PICTURES},
        PROFILE: {"data.avatar": PICTURES},
        UPDATE_PROFILE: {"data.avatar": PICTURES},
        **dict.fromkeys((OLD_MOBILE_CODE, OLD_EMAIL_CODE, NEW_MOBILE_CODE, BIND_EMAIL_CODE, CHANGE_EMAIL_CODE), CODE),
        LEVEL_CREDIT: {
            "data.integral_record.*.is_positive_growth": "1 for a gain, as the table says; the example shows 0",
        },
        MIRROR: {"meta.surplus_mirror_space": "79.5 are left of 100 beside the one mirror of the example"},
    },
    added={},
    artefacts={},
    beyond={},
)
