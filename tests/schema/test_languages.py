"""The language of messages: of replies, of e-mails and short messages, and of the pages behind links."""

from itertools import count
from typing import Any

from models.settings import Settings
from tests.schema.replies import done
from tests.support.clients import Person, Product
from tests.support.outbox import Outbox
from tests.support.processes import Server
from tests.support.websocket import graph_socket

CHINESE = "zh-CN,zh;q=0.9,en;q=0.8"
POST = 'mutation { createPost(input: {title: "", content: "文"}) { post { title } errors { code message path } } }'
CHOOSE = """
mutation ($language: Language) {
  setLanguage(input: {language: $language}) { user { language } errors { code } }
}
"""
ASK = """
mutation ($address: String!) {
  sendPasswordResetCode(input: {kind: EMAIL, address: $address}) { accepted errors { code } }
}
"""
ASK_LINK = """
mutation ($address: String!) {
  sendCredentialCode(input: {kind: EMAIL, address: $address}) { accepted errors { code } }
}
"""
LINK = """
mutation ($address: String!, $code: String!) {
  linkCredential(input: {kind: EMAIL, address: $address, code: $code}) { user { databaseId } errors { code } }
}
"""


async def told(
    product: Product, query: Any, wanted: str | None = None, *, person: Person | None = None
) -> tuple[str, str, str | None]:
    """The code and the message of the only error, and the language that the reply says it has."""
    headers = {**(person.bearer if person else {}), **({"accept-language": wanted} if wanted else {})}
    response = await product.http.post("/graphql", json={"query": query}, headers=headers)
    assert "Accept-Language" in response.headers["vary"]
    reply = response.json()
    if "errors" in reply:
        (error,) = reply["errors"]
        code = error["extensions"]["code"]
    else:
        (payload,) = reply["data"].values()
        (error,) = payload["errors"]
        code = error["code"]
    return code, error["message"], response.headers.get("content-language")


async def test_replies_are_in_the_language_that_the_client_asks_for(product: Product) -> None:
    student = await product.student()

    empty = ("INVALID_INPUT", "title must not be empty.", "en"), ("INVALID_INPUT", "title 不能为空", "zh-Hans")
    for wanted, expected in ((None, empty[0]), ("en", empty[0]), ("fr", empty[0]), (CHINESE, empty[1])):
        assert await told(product, POST, wanted, person=student) == expected, wanted
    in_chinese = {
        POST: ("UNAUTHENTICATED", "请先登录：需要带有 Bearer 令牌的 Authorization 请求头"),
        "mutation { deletePost(input: {postId: 7}) { errors { code message } } }": ("INVALID_INPUT", "不是有效的编号"),
        "query A { version } query B { version }": (
            "OPERATION_RESOLUTION_FAILURE",
            "文档中有多个操作，必须用 operationName 指定一个",
        ),
        "{ a " * 21 + "}" * 21: ("OPERATION_TOO_LARGE", "操作超出限制：层数最多为 20"),
        "subscription { notificationReceived { id } }": (
            "OPERATION_NOT_SUPPORTED",
            "订阅须通过 WebSocket 以 graphql-transport-ws 协议进行",
        ),
        7: ("BAD_REQUEST", "`query` 必须是字符串"),
    }
    for query, expected_code in in_chinese.items():
        person = student if "deletePost" in str(query) else None
        assert await told(product, query, CHINESE, person=person) == (*expected_code, "zh-Hans"), query
    # What is for whoever writes the client is graphql-core's own, and names no language.
    code, message, _ = await told(product, "{ zzzzzz }", CHINESE)
    assert (code, message) == ("GRAPHQL_VALIDATION_FAILED", "Cannot query field 'zzzzzz' on type 'Query'.")
    plain = await product.http.post("/graphql", json={"query": "{ version }"}, headers={"accept-language": CHINESE})
    assert "content-language" not in plain.headers


async def test_messages_to_people_are_in_the_language_that_they_chose(product: Product, settings: Settings) -> None:
    outbox, numbers = Outbox(settings.data_dir), count(1)
    student = await product.student()

    async def mailed(wanted: str | None, query: str = ASK_LINK, person: Person | None = student) -> tuple[str, str]:
        """The address that a code was sent to, and the subject and the beginning of the message."""
        address = f"address{next(numbers) if query == ASK_LINK else 1}@example.com"
        headers = {**(person.bearer if person else {}), **({"accept-language": wanted} if wanted else {})}
        asked = {"query": query, "variables": {"address": address}}
        await product.http.post("/graphql", json=asked, headers=headers)
        code = outbox.code(address) if wanted == "link" else ""
        if code:
            await done(product, LINK, {"address": address, "code": code}, person=person)
            return "", ""
        (message,) = outbox.take()
        return message["subject"], message["text"].partition(" is ")[0].partition("是 ")[0]

    english = ("Confirm your address for Careergraph", "Your code")
    chinese = ("验证您的职业图谱联系方式", "您的验证码")
    assert await mailed("link") == ("", "")
    assert await product.data("{ viewer { language } }", person=student) == {"viewer": {"language": None}}
    assert (await mailed(None), await mailed("en"), await mailed("zh")) == (english, english, chinese)
    for language, expected in (("ENGLISH", english), ("CHINESE", chinese)):
        changed = await done(product, CHOOSE, {"language": language}, person=student)
        assert changed == {"user": {"language": language}}
        assert (await mailed("en"), await mailed("zh")) == (expected, expected)
    # Who is not signed in, but known by the address, chose too.
    assert await mailed("en", ASK, None) == ("重置您的职业图谱密码", "您的验证码")
    await done(product, CHOOSE, {"language": None}, person=student)
    assert await mailed("en") == english
    # The old APIs write Chinese to whoever chose nothing.
    await product.rest("GET", "/api/register-sms", query={"mobile": "13800200001"})
    (message,) = outbox.take()
    assert (message["subject"], message["text"][:5]) == ("注册职业图谱", "您的验证码")


async def test_the_pages_behind_links_follow_the_browser_and_are_chinese_without_one(product: Product) -> None:
    said = {
        None: ("zh-Hans", "链接无效、已使用或已过期。"),
        "en-GB": ("en", "The link is wrong, was already used, or has expired."),
    }
    for wanted, (language, text) in said.items():
        page = await product.http.get("/confirm-email?token=x", headers={"accept-language": wanted} if wanted else {})
        assert (page.status_code, page.headers["content-language"]) == (400, language)
        assert "Accept-Language" in page.headers["vary"]
        assert f'lang="{language}"' in page.text
        assert f"<p>{text}</p>" in page.text


async def test_a_websocket_speaks_as_its_opening_request_or_its_payload_asks(server: Server) -> None:
    spoken = {}
    for name, payload, headers in (
        ("nothing", {}, {}),
        ("header", {}, {"Accept-Language": CHINESE}),
        ("payload", {"Accept-Language": "zh"}, {"Accept-Language": "en"}),
    ):
        async with graph_socket(server.url, payload, additional_headers=headers) as socket:
            reply = await socket.result("{ node(id: 7) { id } }")
            spoken[name] = [error["message"] for error in reply["errors"]]
    assert spoken == {
        "nothing": ["This is not a valid id."],
        "header": ["不是有效的编号"],
        "payload": ["不是有效的编号"],
    }
