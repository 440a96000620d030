"""How the talent feeds speak, whichever endpoint is called: credentials, envelopes, ids, and what the log shows."""

import base64
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.requests import Request
from starlette.types import Message
from structlog.testing import capture_logs

from auth.principal import Principal
from models.base import MAX_ID
from models.settings import Settings
from rest_compat.converters import NotACode
from rest_compat.dialect import Credential
from rest_compat.hr_feeds.dialect import HrFeeds
from rest_compat.hr_feeds.shapes import Joined, ObjectId, object_id, seconds
from rest_compat.reply import compiled
from schema.engine.node_id import MAX_OLD_ID, decode, encode
from tests.support.clients import Person, Product
from tests.support.outbox import Outbox
from tests.support.platform import done
from tests.support.recruiters import EMAIL, PASSWORD, activated, basic, post, signed_in

FORM = "application/x-www-form-urlencoded"
PAGE, SUBMIT = "/special_feed/page/", "/special_feed/submit_feed/"
NO_AUTH = {"status": "no_auth", "msg": "请先登录"}
TOKEN_ERROR = {"status": "token_error", "msg": "无效 token"}
OK = {"status": "ok", "msg": "ok"}
REVOKE_ROLE = """mutation($input: RoleInput!) { revokeRole(input: $input) { user { id } errors { code } } }"""
RESET = """mutation($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } errors { code } } }"""


@pytest.fixture
async def person(product: Product, settings: Settings) -> Person:
    """A recruiter, signed in."""
    return await activated(product, Outbox(settings.data_dir))


def request(*, authorization: str | None = None, query: str = "", body: bytes = b"", media_type: str = FORM) -> Request:
    headers = [(b"content-type", media_type.encode())]
    if authorization is not None:
        headers.append((b"authorization", authorization.encode("latin-1")))

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/special_feed/page/",
        "query_string": query.encode(),
        "headers": headers,
    }
    return Request(scope, receive)


def encoded(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


async def said(**parts: Any) -> Credential | None:
    return await HrFeeds().credential(request(**parts), {})


PAIR = Credential("Bearer 45d-f5", "907")
MERGE = """mutation($input: MergeAccountsInput!) { mergeAccounts(input: $input) { user { id } errors { code } } }"""


@pytest.mark.parametrize(
    "parts",
    [
        {"authorization": encoded("907:45d-f5")},
        {"authorization": encoded("907:45d-f5").replace("Basic", "bASIC")},
        {"query": "user=907&token=45d-f5"},
        {"body": b"user=907&token=45d-f5&title=x"},
        {"body": b'{"user": "907", "token": "45d-f5"}', "media_type": "application/json"},
        {"authorization": encoded("907:45d-f5"), "query": "user=1&token=2", "body": b"user=3&token=4"},
    ],
)
async def test_a_pair_may_stand_in_three_places(parts: dict[str, Any]) -> None:
    assert await said(**parts) == PAIR


async def test_the_document_s_example_is_a_pair() -> None:
    found = await said(authorization="Basic OTA3OjQ1ZC1mNWIxNTUzMDA1ZDFhNjcyYWM4Yw==")

    assert found == Credential("Bearer 45d-f5b1553005d1a672ac8c", "907")


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"authorization": ""},
        {"authorization": "Basic"},
        {"authorization": "Basic "},
        {"authorization": "Basic !!!"},
        {"authorization": "Basic \u00ff"},
        {"authorization": encoded("907")},
        {"authorization": encoded("密码:45d")},
        {"authorization": encoded(f"{'9' * 21}:45d")},
        {"authorization": encoded("907:" + "a" * 10_000)},
        {"authorization": "Bearer 45d-f5"},
        {"authorization": "Bearer 45d-f5", "query": "user=907&token=45d-f5"},
        {"query": "user=907"},
        {"query": "token=45d-f5"},
        {"body": b"user[a]=907&token=45d-f5"},
        {"body": b"\xff"},
        {"body": b'{"user": 907, "token": ["45d-f5"]}', "media_type": "application/json"},
        {"body": b"[", "media_type": "application/json"},
    ],
)
async def test_anything_else_is_nobody(parts: dict[str, Any]) -> None:
    assert await said(**parts) is None


@pytest.mark.parametrize("user", ["8", "07", "7 ", "７", "", "\udcff", "None"])
def test_a_pair_must_belong_together(user: str) -> None:
    assert not Credential("Bearer x", user).belongs_to(Principal(7))
    assert Credential("Bearer x", "7").belongs_to(Principal(7))


async def test_a_good_token(product: Product, person: Person) -> None:
    for path in (f"/hr/valid_token/{person.id}/{person.token}/", f"/hr/valid_token/{person.id}/{person.token}"):
        response = await product.http.get(path)
        assert (response.status_code, response.json()) == (200, OK)
    assert await product.data("{ viewer { databaseId } }", person=person) == {"viewer": {"databaseId": person.id}}


async def test_tokens_that_are_not_good(product: Product, settings: Settings, person: Person) -> None:
    other = await activated(product, Outbox(settings.data_dir), user_email="second@qinghe.example")
    student = await product.student()
    pairs = [
        (other.id, person.token),
        (person.id, other.token),
        (0, person.token),
        (f"0{person.id}", person.token),
        ("x", person.token),
        (person.id, "x"),
        (person.id, person.token[:-2]),
        (person.id, person.token + "x"),
        (student.id, student.token),
        ("9" * 400, "9" * 5000),
        ("%00", "%00"),
        ("%ED%A0%80", "%FF"),
    ]
    for user, token in pairs:
        response = await product.http.get(f"/hr/valid_token/{user}/{token}/", headers=basic(person.id, person.token))
        assert (response.status_code, response.json()) == (200, TOKEN_ERROR), (user, token)
        assert "www-authenticate" not in response.headers


async def test_a_token_lives_sixty_days_unless_it_is_revoked(product: Product, person: Person) -> None:
    elsewhere = await signed_in(product)
    product.clock.advance(days=59, hours=23)
    assert (await product.http.get(f"/hr/valid_token/{person.id}/{person.token}/")).json() == OK

    await done(product, RESET, elsewhere, oldPassword=PASSWORD, newPassword="other123")

    assert (await product.http.get(f"/hr/valid_token/{person.id}/{person.token}/")).json() == TOKEN_ERROR
    assert (await product.http.get(f"/hr/valid_token/{person.id}/{elsewhere.token}/")).json() == OK
    product.clock.advance(hours=2)
    assert (await product.http.get(f"/hr/valid_token/{person.id}/{elsewhere.token}/")).json() == TOKEN_ERROR


async def test_the_token_opens_no_other_old_api(product: Product, person: Person) -> None:
    recorder = await product.rest("GET", "/api/v1/user/info", person=person)

    assert (recorder.status_code, recorder.json()["code"]) == (401, 13)


async def test_who_calls_a_recruiter_s_endpoint(product: Product, settings: Settings, person: Person) -> None:
    other = await activated(product, Outbox(settings.data_dir), user_email="second@qinghe.example")
    pair, student = {"user": str(person.id), "token": person.token}, await product.student()
    good = basic(person.id, person.token)
    signed_in_calls: list[dict[str, Any]] = [
        {"headers": good},
        {"params": pair},
        {"headers": good, "params": {"user": "1", "token": "x"}},
    ]
    others: list[dict[str, Any]] = [
        {},
        {"headers": {"Authorization": "Basic !"}},
        {"headers": {"Authorization": "Basic " + "A" * 20_000}},
        {"headers": person.bearer},
        {"headers": basic(other.id, person.token)},
        {"headers": basic(student.id, student.token)},
        {"headers": basic("", person.token)},
        {"headers": basic(person.id, "")},
        {"headers": basic(person.id, f"{person.token}:x")},
        {"params": {**pair, "user": str(other.id)}},
        {"params": {"token": person.token}},
    ]

    for call in signed_in_calls:
        response = await product.http.get(PAGE, **call)
        assert (response.status_code, response.json()["status"]) == (200, "no_feed"), call
    for call in others:
        response = await product.http.get(PAGE, **call)
        assert response.status_code == 200
        assert {**response.json(), **NO_AUTH} == response.json(), call
        assert "www-authenticate" not in response.headers


async def test_who_has_lost_the_role(product: Product, person: Person) -> None:
    administrator = await product.administrator()
    await done(product, REVOKE_ROLE, administrator, userId=encode("User", person.id), role="RECRUITER")

    response = await product.http.get(PAGE, headers=basic(person.id, person.token))

    assert (response.status_code, response.json()["status"]) == (200, "not_hr")


@pytest.mark.parametrize("media_type", ["form", "json"])
async def test_the_pair_may_stand_in_the_body(product: Product, person: Person, media_type: str) -> None:
    pair = {"user": str(person.id), "token": person.token}
    form = {"title": "Python开发", "keywords": "python", "job_desc": "Python", "salary_min": 3000, "salary_max": 5000}

    def sent(**fields: Any) -> dict[str, Any]:
        return {"data" if media_type == "form" else "json": {**form, **fields}}

    nobody = await product.http.post(SUBMIT, **sent(**{**pair, "user": "0"}))
    somebody = await product.http.post(SUBMIT, **sent(**pair))

    assert {**nobody.json(), **NO_AUTH} == nobody.json()
    assert somebody.json()["status"] == "ok", somebody.text


async def test_what_does_not_bind_is_told_beside_what_is_not_accepted(product: Product, person: Person) -> None:
    form: dict[str, Any] = {
        "title": "Python开发",
        "keywords": ",".join(f"词{number}" for number in range(16)),
        "salary_min": "many",
        "salary_max": 5000,
        "skill_required": {"a": 1},
        "company_prefer": "2",
    }
    optional = {**form, "keywords": "python", "salary_min": 3000, "job_desc": "Python"}
    headers = basic(person.id, person.token)

    all_of_it = (await product.http.post(SUBMIT, json=form, headers=headers)).json()
    optional_only = (await product.http.post(SUBMIT, json=optional, headers=headers)).json()

    assert all_of_it["status"] == "form_error"
    assert set(all_of_it["errors"]) == {"keywords", "job_desc", "salary_min", "skill_required", "company_prefer"}
    assert all_of_it["errors"]["salary_min"] == ["必须是整数"]
    assert optional_only["errors"] == {"company_prefer": ["必须是列表"], "skill_required": ["必须是字符串"]}
    page = await product.http.get(PAGE, headers=headers)
    assert page.json()["status"] == "no_feed"


@pytest.mark.parametrize("path", ["/hr/", "/hr/nothing", "/special_feed", "/feed/x/y/z", "/resumes/x", "/resume"])
async def test_paths_that_there_are_not(product: Product, path: str) -> None:
    response = await product.http.get(path)

    assert (response.status_code, response.json()) == (404, {"status": "not_found", "msg": "接口不存在"})


async def test_methods_that_there_are_not(product: Product) -> None:
    response = await product.http.get("/hr/login/")

    reply = {"status": "method_not_allowed", "msg": "请求方法不允许"}
    assert (response.status_code, response.json(), response.headers["allow"]) == (405, reply, "POST")


async def test_a_body_that_is_too_large(product: Product) -> None:
    response = await product.http.post("/hr/login/", data={"username": "a" * (2 * 1024 * 1024), "password": "x"})

    refusal = {"status": "too_large", "msg": "请求体过大", "errors": {}}
    own = {"username": "", "user_industry": "", "auth_info": {}}
    assert (response.status_code, response.json()) == (413, {**refusal, **own})


async def test_the_log_shows_no_token(product: Product, person: Person) -> None:
    pair = {"user": person.id, "token": person.token}
    with capture_logs() as logs:
        await product.http.get(f"/hr/valid_token/{person.id}/{person.token}/")
        await product.http.get(f"/hr/valid_token/{person.id}/{person.token}/more")
        await product.http.get(f"/special_feed/page/?{urlencode(pair)}")
        await product.http.post("/hr/login/", data={"username": EMAIL, "password": PASSWORD, **pair})

    shown = [entry["path"] for entry in logs if entry["event"] == "request"]
    valid = f"/hr/valid_token/{person.id}/[token]"
    assert shown == [f"{valid}/", f"{valid}/more", "/special_feed/page/", "/hr/login/"]
    assert person.token not in str(logs)
    assert PASSWORD not in str(logs)


@pytest.mark.parametrize("number", [1, 907, MAX_ID, 2**63 - 1])
def test_object_ids_are_reversible(number: int) -> None:
    text = compiled(object_id("id"))({"id": number})

    assert len(text) == 24
    assert decode(ObjectId("Feed").convert(text)) == ("Feed", number)
    assert decode(ObjectId("Feed").convert(text.upper())) == ("Feed", number)


def test_an_object_id_beyond_every_number_is_the_one_of_the_predecessor() -> None:
    for text in ("55cbfe688230db3518998292", "f" * 24, format(2**63, "024x")):
        assert decode(ObjectId("Feed").convert(text), maximum=MAX_OLD_ID) == ("Feed", int(text, 16))


@pytest.mark.parametrize(
    "value", ["", "1", "g" * 24, "0" * 23, "0" * 25, "１" * 24, " " + "0" * 23, 1, None, ["0" * 24]]
)
def test_what_is_no_object_id(value: Any) -> None:
    with pytest.raises(NotACode):
        ObjectId("Feed").convert(value)


def test_times_and_lists() -> None:
    data = {"at": "2026-03-02T02:00:00.900000+00:00", "never": None, "names": ["a", "b"], "of": [{"name": "c"}]}

    assert compiled(seconds("at"))(data) == 1772416800
    assert compiled(seconds("never"))(data) == 0
    assert compiled(Joined("names"))(data) == "a,b"
    assert compiled(Joined("of", "name"))(data) == "c"
    assert compiled(Joined("never.more"))(data) == ""


async def test_signing_in_again_leaves_the_first_token_alive(product: Product, person: Person) -> None:
    reply = await post(product, "/hr/login/", username=EMAIL, password=PASSWORD)

    assert reply["auth_info"]["token"] != person.token
    assert (await product.http.get(f"/hr/valid_token/{person.id}/{person.token}/")).json() == OK


async def test_a_client_of_a_merged_user_goes_on_to_name_that_user(product: Product, person: Person) -> None:
    student = await product.student()
    proof = {"kind": "EMAIL", "identifier": EMAIL, "password": PASSWORD}
    await done(product, MERGE, student, **proof)

    for user, status in ((person.id, "no_feed"), (student.id, "no_feed"), (None, "no_auth"), (1, "no_auth")):
        response = await product.http.get("/special_feed/page/", headers=basic(user, person.token))
        assert response.json()["status"] == status, user
