"""How requests may be written: bodies in three forms, slashes, and what is not served."""

from typing import Any

import pytest
from starlette.types import Message

from tests.rest_compat.work_progress.replies import assert_invalid, data, refused, reply, success
from tests.support.clients import Product

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

YAML_TYPES = ["application/x-yaml", "application/yaml", "text/yaml", "application/x-yaml; charset=utf-8"]


@pytest.mark.parametrize("media_type", YAML_TYPES)
async def test_login_with_yaml_as_documented(product: Product, media_type: str) -> None:
    content = 'account: "8888888888"\npassword: admin\n'
    response = await product.http.post("/api/v1/user/login", content=content, headers={"content-type": media_type})
    assert data(response)["user"]["account"] == "8888888888"
    bare = await product.http.post(
        "/api/v1/user/login", content="account: 8888888888\npassword: admin", headers={"content-type": media_type}
    )
    assert data(bare)["user"]["account"] == "8888888888", "YAML's scalars are texts here"


async def test_login_with_a_form_of_either_kind_and_with_json(product: Product) -> None:
    body = {"account": "8888888888", "password": "admin"}
    boundary = "----b"
    parts = [f'--{boundary}\r\ncontent-disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in body.items()]
    multipart = "".join(parts) + f"--{boundary}--\r\n"
    responses = [
        await product.http.post("/api/v1/user/login", data=body),
        await product.http.post(
            "/api/v1/user/login",
            content=multipart,
            headers={"content-type": f"multipart/form-data; boundary={boundary}"},
        ),
        await product.http.post("/api/v1/user/login", json=body),
        await product.http.post(
            "/api/v1/user/login", content='{"account":"8888888888","password":"admin"}', headers={"content-type": ""}
        ),
    ]
    for response in responses:
        assert data(response)["user"]["account"] == "8888888888"


async def test_every_kind_of_parameter_in_a_form_and_in_yaml(product: Product) -> None:
    student = await product.student()
    log = {"company_name": "菜鸟", "job": "x", "salary": "", "location": ""}
    assert reply(await product.http.post("/api/v1/wl/add", data=log, headers=student.bearer)) == success()
    (stored,) = data(await product.rest("GET", "/api/v1/wl/list", person=student))["work_logs"]
    assert (stored["company_name"], stored["salary"]) == ("菜鸟", "")

    line = {"id": str(stored["id"]), "create_time": "228304523029", "status": "拿到offer", "stage": "2"}
    assert reply(await product.http.put("/api/v1/wl/status/add", data=line, headers=student.bearer)) == success()
    yaml = {**student.bearer, "content-type": "application/x-yaml"}
    content = f"id: {stored['id']}\ncreate_time: 1\nstatus: 失败\nstage: 3\n".encode()
    assert reply(await product.http.put("/api/v1/wl/status/add", content=content, headers=yaml)) == success()
    (stored,) = data(await product.rest("GET", "/api/v1/wl/list", person=student))["work_logs"]
    assert [line["created_at"] for line in stored["status_time_line"]] == [228304523029, 1]

    for anonymous in ("true", "1", "True"):
        post = {"title": "x", "content": "x", "anonymous": anonymous}
        assert reply(await product.http.post("/api/v1/post/add", data=post, headers=student.bearer)) == success()
        assert data(await product.rest("GET", "/api/v1/post/search"))["rows"][0]["uid"] == 0


async def test_a_form_as_curl_sends_it(product: Product) -> None:
    student = await product.student()
    headers = {**student.bearer, "content-type": "application/x-www-form-urlencoded"}
    for content in ("class=13002107&major=微电子", "class=1&class=13002107&major=%E5%BE%AE%E7%94%B5%E5%AD%90"):
        response = await product.http.put("/api/v1/user/update/info", content=content.encode(), headers=headers)
        assert reply(response) == success()
        shown = await product.data("{viewer{className major}}", person=student)
        assert shown["viewer"] == {"className": "13002107", "major": "微电子"}


async def test_import_as_yaml(product: Product) -> None:
    content = (
        "list:\n- {account: 2021214286, name: hml, class: 13202107, major: 软工}\n- account: 2021214285\n  name: lj\n"
    )
    administrator = await product.administrator()
    headers = {**administrator.bearer, "content-type": "application/x-yaml"}
    assert reply(await product.http.post("/api/v1/user/import", content=content.encode(), headers=headers)) == success()
    assert (await product.login("2021214286", "214286")).id


async def test_a_form_cannot_hold_a_list(product: Product) -> None:
    administrator = await product.administrator()
    response = await product.http.post("/api/v1/user/import", data={"list": "[]"}, headers=administrator.bearer)
    assert_invalid(response, "list")


async def test_what_is_not_known_is_ignored(product: Product) -> None:
    student = await product.student()
    body = {"location": "ea", "uid": 1, "data": {"deep": [1]}, "": None}
    assert reply(await product.rest("POST", "/api/v1/clock_in/add?x=1", body, person=student)) == success()
    found = await product.rest("GET", "/api/v1/clock_in/search?nobody=1&uid=", person=student)
    assert data(found)["total"] == 1


async def test_slashes_at_the_end(product: Product) -> None:
    student = await product.student()
    for path in ("ver", "ver/", "pgee/cd/", "post/search/?page=1"):
        assert (await product.rest("GET", f"/api/v1/{path}")).json()["code"] == 0, path
    assert reply(await product.rest("POST", "/api/v1/clock_in/add/", {"location": "ea"}, person=student)) == success()


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/users", "/user/login/now", "/USER/LOGIN", "/user/log%69n2", "/../v1/x"),
        *("/ver%3F", "/ver%3Fx=1", "/ver%23", "/ver%23x", "/ver%5C", "/ver%0A", "/ver%20", "//ver"),
    ],
)
async def test_what_does_not_exist(product: Product, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        response = await product.http.request(method, f"/api/v1{path}")
        assert reply(response) == refused(404, "接口不存在", status=404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "user/login", "POST"),
        ("POST", "ver", "GET"),
        ("PATCH", "post/del", "DELETE"),
        ("OPTIONS", "clock_in/add/", "POST"),
        ("PUT", "user/export", "GET"),
    ],
)
async def test_methods_that_are_not_allowed(product: Product, method: str, path: str, allowed: str) -> None:
    response = await product.http.request(method, f"/api/v1/{path}")
    assert reply(response) == refused(405, "请求方法不允许", status=405)
    assert response.headers["allow"] == allowed


async def test_head_is_a_get(product: Product) -> None:
    assert (await product.http.head("/api/v1/ver")).status_code == 200


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        pytest.param(b"\xff\xfe", [], id="a query string that is no UTF-8"),
        pytest.param(b"page=%ff&%00", [], id="escapes that are no UTF-8"),
        pytest.param(b"&&==&page", [], id="a query string of signs"),
        pytest.param(b"", [(b"host", b"[")], id="a host that is none"),
    ],
)
async def test_a_call_without_parameters_is_answered_whatever_the_query_and_the_host(
    product: Product, query: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/api/v1/ver",
        "query_string": query,
        "headers": headers,
    }
    await product.app(scope, receive, send)

    assert sent[0]["status"] == 200


async def test_the_last_value_of_a_name_counts_and_a_blank_one_is_none(product: Product) -> None:
    for query, page in (("page=7&page=3", 3), ("page=7&page=", 1), ("page=%33", 3), ("page=+3", 3), ("page", 1)):
        found = await product.rest("GET", f"/api/v1/post/search?{query}")
        assert data(found)["page"] == page, query


async def test_a_ping_is_answered_to_anybody(product: Product) -> None:
    assert reply(await product.rest("GET", "/api/v1/ping")) == success()
    assert reply(await product.rest("GET", "/api/v1/ping/", person=await product.student())) == success()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/ver", 200),
        ("/api/v1/user/info", 401),
        ("/api/v1/nothing", 404),
        ("/api/me", 401),
        ("/companies", 401),
        ("/special_feed/page/", 200),
        ("/admin/nothing", 404),
    ],
)
async def test_replies_say_that_they_are_utf_8(product: Product, path: str, status: int) -> None:
    response = await product.http.get(path)

    assert (response.status_code, response.headers["content-type"]) == (status, "application/json; charset=utf-8")
