"""Short messages by Alibaba Cloud, against a server that verifies the signature as its documentation describes."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest

from auth.channels import Undelivered
from auth.channels.aliyun import AliyunSms, canonical_query, signature
from models.language import Language
from models.settings import Settings
from tests.support.postgresql import free_port

KEY_ID, SECRET = "LTAI-test", "key secret"
MESSAGE = {
    "key": "7.20260302020000000000",
    "to": "13114854125",
    "subject": "s",
    "text": "Your code is 012345.",
    "code": "012345",
}
OK = {
    "Code": "OK",
    "Message": "OK",
    "BizId": "900619746936498440^0",
    "RequestId": "F655A8D5-B967-440B-8683-DAD6FF8DE990",
}


@dataclass
class Provider:
    """What the provider was asked, and what it answers to a request that is signed rightly."""

    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    nonces: list[str] = field(default_factory=list)
    status: int = 200
    reply: object = field(default_factory=lambda: OK)

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, object]:
        path, _, query = target.partition("?")
        fault = self._fault(method, path, query, headers, body)
        if fault:
            return 400, {"Code": fault, "Message": "…", "RequestId": "1", "HostId": headers["host"]}
        self.asked.append(dict(parse_qsl(query, strict_parsing=True)))
        self.nonces.append(headers["x-acs-signature-nonce"])
        return self.status, self.reply

    def _fault(self, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> str | None:
        """The documented code of what is wrong with the signature."""
        algorithm, _, rest = headers["authorization"].partition(" ")
        parts = dict(part.split("=", 1) for part in rest.split(","))
        signed = parts["SignedHeaders"].split(";")
        wanted = {"host", *(name for name in headers if name.startswith("x-acs-"))}
        digest = hashlib.sha256(body).hexdigest()
        if algorithm != "ACS3-HMAC-SHA256" or not wanted <= set(signed) or signed != sorted(signed):
            return "IncompleteSignature"
        if parts["Credential"] != KEY_ID:
            return "InvalidAccessKeyId.NotFound"
        if headers["x-acs-content-sha256"] != digest or query != "&".join(sorted(query.split("&"))):
            return "SignatureDoesNotMatch"
        lines = "".join(f"{name}:{headers[name]}\n" for name in signed)
        request = f"{method}\n{path}\n{query}\n{lines}\n{';'.join(signed)}\n{digest}".encode()
        to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request).hexdigest()}".encode()
        right = hmac.new(SECRET.encode(), to_sign, hashlib.sha256).hexdigest()
        return None if parts["Signature"] == right else "SignatureDoesNotMatch"


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The provider, listening."""
    found = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", "0")))
            status, reply = found.answer("POST", self.path, headers, body)
            content = reply.encode() if isinstance(reply, str) else json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


def channel(url: str, **values: str) -> AliyunSms:
    usual = {
        "sms_url": url,
        "sms_key_id": KEY_ID,
        "sms_key_secret": SECRET,
        "sms_sign_name": "职业图 & 谱*~",
        "sms_template": "SMS_153055065",
    }
    return AliyunSms(Settings(_env_file=None, **{**usual, **values}))  # type: ignore[arg-type,call-arg]


def test_the_signature_is_the_documented_one() -> None:
    """The example of "V3 request structure and signature"."""
    query = canonical_query(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }

    found = signature("YourAccessKeySecret", path="/", query=query, headers=headers)

    assert found == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"


def test_the_query_is_encoded_as_documented() -> None:
    assert canonical_query({"b": "a b*~", "a": '{"code":"１"}'}) == "a=%7B%22code%22%3A%22%EF%BC%91%22%7D&b=a%20b%2A~"


async def test_the_provider_is_asked_to_send_the_code(provider: Provider) -> None:
    sms = channel(provider.url)

    await sms.send(**MESSAGE)
    await sms.send(**MESSAGE)

    assert (
        provider.asked
        == [
            {
                "PhoneNumbers": "13114854125",
                "SignName": "职业图 & 谱*~",
                "TemplateCode": "SMS_153055065",
                "TemplateParam": '{"code": "012345"}',
                "OutId": "7.20260302020000000000",
            }
        ]
        * 2
    )
    assert len(set(provider.nonces)) == 2


async def test_a_reader_of_english_gets_the_template_in_it_where_there_is_one(provider: Provider) -> None:
    for templates in ({}, {"sms_template_english": "SMS_153055066"}):
        for language in Language:
            await channel(provider.url, **templates).send(**MESSAGE, language=language)

    assert [sent["TemplateCode"][-1] for sent in provider.asked] == ["5", "5", "6", "5"]


@pytest.mark.parametrize(
    ("values", "code"),
    [({"sms_key_secret": "wrong"}, "SignatureDoesNotMatch"), ({"sms_key_id": "other"}, "InvalidAccessKeyId.NotFound")],
)
async def test_a_wrong_key_is_worth_another_attempt(provider: Provider, values: dict[str, str], code: str) -> None:
    with pytest.raises(Undelivered, match=code) as refusal:
        await channel(provider.url, **values).send(**MESSAGE)

    assert not refusal.value.permanent
    assert provider.asked == []


@pytest.mark.parametrize(
    ("code", "permanent"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", True),
        ("isv.BLACK_KEY_CONTROL_LIMIT", True),
        ("isv.BUSINESS_LIMIT_CONTROL", False),
        ("isv.AMOUNT_NOT_ENOUGH", False),
        ("isp.SYSTEM_ERROR", False),
    ],
)
async def test_a_refusal_says_whether_it_is_for_good(provider: Provider, code: str, permanent: bool) -> None:
    provider.reply = {"Code": code, "Message": "触发流控", "RequestId": "1"}

    with pytest.raises(Undelivered, match=f"{code}: 触发流控") as refusal:
        await channel(provider.url).send(**MESSAGE)

    assert refusal.value.permanent is permanent


@pytest.mark.parametrize("reply", ["", "<html>Bad Gateway</html>", [], {}, "null"])
async def test_a_reply_that_makes_no_sense_is_worth_another_attempt(provider: Provider, reply: object) -> None:
    provider.status, provider.reply = 502, reply

    with pytest.raises(Undelivered) as refusal:
        await channel(provider.url).send(**MESSAGE)

    assert not refusal.value.permanent


async def test_without_the_provider_the_message_is_undelivered() -> None:
    with pytest.raises(Undelivered, match="ConnectError") as refusal:
        await channel(f"http://127.0.0.1:{free_port()}").send(**MESSAGE)

    assert not refusal.value.permanent


async def test_only_codes_are_sent(provider: Provider) -> None:
    with pytest.raises(Undelivered) as refusal:
        await channel(provider.url).send(key="1", to="13114854125", subject="s", text="Open this link")

    assert refusal.value.permanent
    assert provider.asked == []
