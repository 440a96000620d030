"""People of the developer platform, as its old clients know them."""

from typing import Any

import httpx2

from tests.support.clients import Person, Product
from tests.support.images import encoded

PASSWORD = "a123456."
SEND_CODE = "mutation($mobile: String!) { sendRegistrationCode(input: {mobile: $mobile}) { verificationCode } }"


async def developer(product: Product, number: int = 1) -> Person:
    """A new developer, registered with a mobile number and signed in at the platform."""
    mobile, username = f"138002{number:05}", f"developer{number}"
    sent = await product.data(SEND_CODE, {"mobile": mobile})
    registration = {
        "username": username,
        "mobile": mobile,
        "password": PASSWORD,
        "verification_code": sent["sendRegistrationCode"]["verificationCode"],
    }
    registered = await product.rest("POST", "/api/register", registration)
    assert registered.status_code == 200, registered.text
    login = await product.rest("POST", "/api/login", {"username": username, "password": PASSWORD})
    data = login.json()["data"]
    return Person(data["user_info"]["id"], username, data["token_info"]["access_token"])


async def send_file(
    product: Product, path: str, person: Person | None, content: bytes | None = None, name: str = "test.jpg"
) -> httpx2.Response:
    """Upload a file as an old client does."""
    file = (name, encoded() if content is None else content, "image/jpeg")
    return await product.http.post(path, files={"file": file}, headers=person.bearer if person else {})


async def sent_path(product: Product, path: str, person: Person) -> str:
    """Upload an image; the path that the reply shows."""
    response = await send_file(product, path, person)
    assert response.status_code == 200, response.text
    shown: str = response.json()["data"]["path"]
    return shown


def failure(status: int, message: str) -> tuple[int, dict[str, Any]]:
    """The status and body of a documented failure."""
    return status, {"status_code": status, "message": message}


def answer(response: httpx2.Response) -> tuple[int, Any]:
    """The status and body of a reply."""
    return response.status_code, response.json()


UNAUTHENTICATED = failure(401, "令牌认证失败")
NOT_FOUND = failure(404, "查询数据不存在")
FIELD_REQUIRED = failure(422, "字段必须")
