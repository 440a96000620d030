"""Tokens: what they hold, and which are refused."""

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest

from auth.principal import TokenFault
from auth.tokens import Claims, TokenRefused, TokenSigner
from models.identity import Role
from tests.support.clients import MORNING

KEY = "0123456789abcdef" * 4
JTI = "5a0e2bd7-8b9d-4b0e-9d9e-0b5c3f9d8e11"
LATER = MORNING + timedelta(hours=1)
SIGNER = TokenSigner(KEY)


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a token that is accepted, with changes; None leaves a claim out."""
    accepted = {"iat": int(MORNING.timestamp()), "exp": int(LATER.timestamp()), "sub": "7", "jti": JTI}
    return {name: value for name, value in {**accepted, **changes}.items() if value is not None}


def signed(content: dict[str, Any], key: str = KEY, algorithm: str = "HS256", **headers: Any) -> str:
    return jwt.encode(content, key, algorithm=algorithm, headers=headers or None)


def segment(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("roles", "permission"),
    [(frozenset[str](), 1), (frozenset({Role.ADMINISTRATOR.value}), 2), (frozenset({"something else"}), 1)],
)
def test_a_token_holds_exactly_the_decided_claims(roles: frozenset[str], permission: int) -> None:
    token = SIGNER.sign(user_id=7, name="张三", roles=roles, jti=JTI, now=MORNING, expires_at=LATER)

    assert token.expires_at == LATER
    assert jwt.get_unverified_header(token.text) == {"alg": "HS256", "typ": "JWT"}
    options: Any = {"verify_exp": False, "verify_iat": False}
    assert jwt.decode(token.text, KEY, algorithms=["HS256"], options=options) == {
        "exp": int(LATER.timestamp()),
        "iat": int(MORNING.timestamp()),
        "sub": "7",
        "jti": JTI,
        "id": 7,
        "name": "张三",
        "permission": permission,
        "session_id": JTI,
    }
    assert SIGNER.verify(token.text, now=MORNING) == Claims(user_id=7, jti=JTI)


def test_a_token_lives_until_its_last_second() -> None:
    token = signed(claims())

    assert SIGNER.verify(token, now=LATER - timedelta(seconds=1)) == Claims(7, JTI)
    with pytest.raises(TokenRefused) as refused:
        SIGNER.verify(token, now=LATER)
    assert refused.value.fault is TokenFault.EXPIRED


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(jwt.encode(claims(), "", algorithm="none"), id="alg none"),
        pytest.param(segment('{"alg":"None"}') + "." + segment('{"sub":"7"}') + ".", id="alg None"),
        pytest.param(signed(claims(), algorithm="HS512"), id="HS512"),
        pytest.param(signed(claims(), algorithm="HS384"), id="HS384"),
        pytest.param(signed(claims(), key=KEY[::-1]), id="another key"),
        pytest.param(signed(claims(), key=KEY[::-1], jku="http://127.0.0.1/key"), id="a key of its own"),
        pytest.param(signed(claims())[:-2], id="cut signature"),
        pytest.param(signed(claims()).rpartition(".")[0] + ".", id="no signature"),
        *[pytest.param(signed(claims(**{name: None})), id=f"no {name}") for name in ("exp", "iat", "sub", "jti")],
        *[
            pytest.param(signed(claims(sub=sub)), id=f"sub {sub!r}")
            for sub in ("", "abc", "0", "-7", "7.0", "0x7", str(2**53), "9" * 400)
        ],
        pytest.param(
            f"{segment('[' * 2500)}.{segment('{}')}.{segment('x')}",
            id="deep header",
        ),
        pytest.param(signed(claims(exp="soon")), id="exp is a text"),
        pytest.param(signed(claims(name="a" * 4096)), id="huge"),
        pytest.param("a" * 1_000_000, id="huge garbage"),
        *[
            pytest.param(garbage, id=f"garbage {garbage!r}")
            for garbage in ("", ".", "..", "a.b", "a.b.c", "é.é.é", "\ud800", "{}", "null", "a.b.c.d.e")
        ],
    ],
)
def test_any_other_token_is_not_valid(token: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        SIGNER.verify(token, now=MORNING)

    assert refused.value.fault is TokenFault.INVALID


@pytest.mark.parametrize(
    "changes",
    [{"jti": 7}, {"jti": True}, {"jti": [JTI]}, {"jti": {"a": JTI}}, {"sub": 7}, {"sub": ["7"]}, {"exp": []}],
    ids=str,
)
def test_a_claim_of_the_wrong_type_is_not_valid(changes: dict[str, Any]) -> None:
    token = jwt.api_jws.encode(json.dumps(claims(**changes)).encode(), KEY)  # `jwt.encode` would refuse some

    with pytest.raises(TokenRefused) as refused:
        SIGNER.verify(token, now=MORNING)

    assert refused.value.fault is TokenFault.INVALID
