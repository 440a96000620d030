"""Who stands behind a code: the exchange with WeChat, and development's form of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from auth.wechat import Wechat, WechatIdentity
from auth.wechat_http import TIMEOUT
from models.errors import (
    DomainError,
    InvalidInput,
    ServiceBusy,
    TooManyRequests,
    WechatBlocked,
    WechatUnavailable,
    WrongCode,
)
from models.identity import WechatProgram
from models.settings import Environment, Settings
from tests.support.postgresql import free_port
from tests.support.wechat import SECRETS, FakeWechat, running_wechat

SIGN_CLOUD, ATTENDANCE = WechatProgram.SIGN_CLOUD, WechatProgram.ATTENDANCE
DEVELOPMENT: dict[str, Any] = {}
PRODUCTION = {"environment": Environment.PRODUCTION}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeWechat]:
    with running_wechat() as started:
        yield started


@pytest.fixture
def wechat(server: FakeWechat) -> Iterator[FakeWechat]:
    server.asked.clear()
    yield server
    server.raw = None


def door(url: str = "", **changes: Any) -> Wechat:
    """The exchange of a configuration; with a URL, both programs have their app ids."""
    programs = {
        "wechat_base_url": url,
        "sign_cloud_wechat_app_id": "wx-sign",
        "sign_cloud_wechat_app_secret": SecretStr(SECRETS["wx-sign"]),
        "attendance_wechat_app_id": "wx-attendance",
        "attendance_wechat_app_secret": SecretStr(SECRETS["wx-attendance"]),
    }
    return Wechat(Settings(_env_file=None, **{**(programs if url else {}), **changes}))  # type: ignore[call-arg]


async def fault(wechat: Wechat, code: str, program: WechatProgram = SIGN_CLOUD) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        await wechat.identify(program, code)
    return refusal.value


async def test_wechat_is_asked_as_its_documentation_says(wechat: FakeWechat) -> None:
    code = wechat.give("wx-sign", "051a", openid="o-1", unionid="u-1")

    identity = await door(wechat.url).identify(SIGN_CLOUD, code)

    assert identity == WechatIdentity("wx-sign", "o-1", "u-1")
    assert wechat.asked == [
        {
            "path": "/sns/jscode2session",
            "appid": "wx-sign",
            "secret": "sign-secret",
            "js_code": "051a",
            "grant_type": "authorization_code",
        }
    ]


async def test_each_program_has_an_app_id_of_its_own(wechat: FakeWechat) -> None:
    code = wechat.give("wx-attendance", "051b", openid="o-2")

    assert await door(wechat.url).identify(ATTENDANCE, code) == WechatIdentity("wx-attendance", "o-2", None)


async def test_errcode_0_is_a_success(wechat: FakeWechat) -> None:
    code = wechat.give("wx-sign", "051c", errcode=0, errmsg="ok", openid="o-3")

    assert (await door(wechat.url).identify(SIGN_CLOUD, code)).openid == "o-3"


async def test_a_code_is_good_once(wechat: FakeWechat) -> None:
    exchange, code = door(wechat.url), wechat.give("wx-sign", "051d", openid="o-4")
    await exchange.identify(SIGN_CLOUD, code)

    refusal = await fault(exchange, code)

    assert isinstance(refusal, WrongCode)
    assert refusal.field == "code"


async def test_an_unknown_code_is_wrong(wechat: FakeWechat) -> None:
    assert isinstance(await fault(door(wechat.url), "nothing"), WrongCode)


async def test_a_blocked_user_is_told_so(wechat: FakeWechat) -> None:
    wechat.raw = 200, json.dumps({"errcode": 40226, "errmsg": "code blocked"}).encode()

    refusal = await fault(door(wechat.url), "051e")

    assert isinstance(refusal, WechatBlocked)
    assert refusal.field == "code"


async def test_wechat_is_busy_for_a_moment(wechat: FakeWechat) -> None:
    wechat.raw = 200, json.dumps({"errcode": -1, "errmsg": "system error"}).encode()

    refusal = await fault(door(wechat.url), "051e")

    assert isinstance(refusal, ServiceBusy)
    assert refusal.retry_after == 5


async def test_wechat_has_had_enough(wechat: FakeWechat) -> None:
    wechat.raw = 200, json.dumps({"errcode": 45011, "errmsg": "api minute-quota reach limit"}).encode()

    refusal = await fault(door(wechat.url), "051e")

    assert isinstance(refusal, TooManyRequests)
    assert refusal.retry_after == 60


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param((200, b'{"errcode": 40013, "errmsg": "invalid appid"}'), id="our fault"),
        pytest.param((200, b'{"errcode": 99999, "errmsg": "new"}'), id="unknown error"),
        pytest.param((200, b"{}"), id="no openid"),
        pytest.param((200, b'{"openid": ""}'), id="empty openid"),
        pytest.param((200, b'{"openid": 7}'), id="openid of another type"),
        pytest.param((200, json.dumps({"openid": "o" * 129}).encode()), id="openid too long"),
        pytest.param((200, b'{"openid": "o", "unionid": ["u"]}'), id="unionid of another type"),
        pytest.param((200, b'["o-1"]'), id="no object"),
        pytest.param((200, b"<html>"), id="no JSON"),
        pytest.param((200, b"\xff\xfe"), id="no text"),
        pytest.param((502, b'{"openid": "o-1"}'), id="bad gateway"),
        pytest.param((302, b'{"openid": "o-1"}'), id="redirect"),
    ],
)
async def test_what_makes_no_sense_is_no_answer(wechat: FakeWechat, raw: tuple[int, bytes]) -> None:
    wechat.raw = raw

    assert isinstance(await fault(door(wechat.url), "051f"), WechatUnavailable)


async def test_nobody_listens() -> None:
    assert isinstance(await fault(door(f"http://127.0.0.1:{free_port()}"), "051g"), WechatUnavailable)


async def test_a_wrong_secret_is_our_fault_and_is_told_to_nobody(
    wechat: FakeWechat, capsys: pytest.CaptureFixture[str]
) -> None:
    exchange = door(wechat.url, sign_cloud_wechat_app_secret=SecretStr("wrong-secret"))

    refusal = await fault(exchange, wechat.give("wx-sign", "051h", openid="o-5"))

    assert isinstance(refusal, WechatUnavailable)
    logged = "".join(capsys.readouterr())
    assert "40125" in logged
    assert "wrong-secret" not in logged + str(refusal)


async def test_a_failed_connection_does_not_log_the_secret(capsys: pytest.CaptureFixture[str]) -> None:
    await fault(door(f"http://127.0.0.1:{free_port()}"), "051i")

    logged = "".join(capsys.readouterr())
    assert "wechat_failed" in logged
    assert "sign-secret" not in logged


async def test_the_wait_is_bounded() -> None:
    assert TIMEOUT <= 30


@pytest.mark.parametrize("code", ["", "x" * 257])
async def test_a_code_of_no_sensible_length_is_not_sent(wechat: FakeWechat, code: str) -> None:
    refusal = await fault(door(wechat.url), code)

    assert isinstance(refusal, InvalidInput)
    assert refusal.field == "code"
    assert wechat.asked == []


@pytest.mark.parametrize("program", WechatProgram)
async def test_in_development_a_name_is_a_person_in_every_program(program: WechatProgram) -> None:
    exchange = door()

    first = await exchange.identify(program, "dev-小明")
    again = await exchange.identify(program, "dev-小明")

    assert first == again == WechatIdentity("dev", "dev-小明")


@pytest.mark.parametrize(
    "code", ["123456", "dev-", "DEV-a", " dev-a", "dev-\n", "dev-\0", "dev-\ud800", "dev-" + "a" * 125]
)
async def test_in_development_other_codes_are_wrong(code: str) -> None:
    assert isinstance(await fault(door(), code), WrongCode)


async def test_development_with_an_app_id_asks_wechat(wechat: FakeWechat) -> None:
    assert isinstance(await fault(door(wechat.url), "dev-a"), WrongCode)
    assert len(wechat.asked) == 1


@pytest.mark.parametrize("code", ["dev-a", "051j"])
async def test_production_without_an_app_id_says_so(code: str) -> None:
    refusal = await fault(door(**PRODUCTION), code)

    assert isinstance(refusal, WechatUnavailable)
    assert "not configured" in str(refusal)


async def test_production_asks_wechat(wechat: FakeWechat) -> None:
    code = wechat.give("wx-sign", "dev-b", openid="o-6")

    assert (await door(wechat.url, **PRODUCTION).identify(SIGN_CLOUD, code)).openid == "o-6"
