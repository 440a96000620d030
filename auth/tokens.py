"""Access tokens: JSON Web Tokens signed with HS256."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from cachetools import LRUCache

from auth.principal import TokenFault
from models.base import MAX_ID
from models.errors import TokenNotCreated
from models.identity import Role

ALGORITHM = "HS256"
MAX_TOKEN_LENGTH = 4096
KEPT_TOKENS = 10_000
"""The verified tokens that a process remembers, by their hash. Sessions are looked up each time all the same."""

PERMISSION_USER = 1
PERMISSION_ADMINISTRATOR = 2


class TokenRefused(Exception):
    """A token is not accepted; `fault` says why."""

    def __init__(self, fault: TokenFault) -> None:
        self.fault = fault
        super().__init__(fault)


@dataclass(frozen=True, slots=True)
class Token:
    """A signed token, when it dies, and in how many seconds."""

    text: str
    expires_at: datetime
    expires_in: int


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. Name and permission are for the client; nothing here trusts them."""

    user_id: int
    jti: str


class TokenSigner:
    """Signs tokens with the first key, and verifies those of all."""

    def __init__(self, *keys: str) -> None:
        self._keys = keys
        self._verified: LRUCache[bytes, tuple[Claims, int]] = LRUCache(KEPT_TOKENS)

    def sign(
        self, *, user_id: int, name: str, roles: frozenset[str], jti: str, now: datetime, expires_at: datetime
    ) -> Token:
        """A token with the claims exp, iat, sub, jti, id, name, permission and session_id (= jti)."""
        claims = {
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
            "sub": str(user_id),
            "jti": jti,
            "id": user_id,
            "name": name,
            "permission": PERMISSION_ADMINISTRATOR if Role.ADMINISTRATOR in roles else PERMISSION_USER,
            "session_id": jti,
        }
        try:
            text = jwt.encode(claims, self._keys[0], algorithm=ALGORITHM)
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise TokenNotCreated from error
        return Token(text, expires_at, int((expires_at - now).total_seconds()))

    def verify(self, token: str, *, now: datetime) -> Claims:
        """The claims of a token that one of the keys signed and that has not expired at `now`."""
        if len(token) > MAX_TOKEN_LENGTH:
            raise TokenRefused(TokenFault.INVALID)
        digest = hashlib.sha256(token.encode(errors="replace")).digest()
        known = self._verified.get(digest)
        if known is None:
            known = self._verified[digest] = self._decode(token)
        claims, expires = known
        if expires <= now.timestamp():
            raise TokenRefused(TokenFault.EXPIRED)
        return claims

    def _decode(self, token: str) -> tuple[Claims, int]:
        """The claims of a token that one of the keys signed, and when it expires."""
        try:
            claims = self._claims(token)
            user_id, expires = int(claims["sub"]), int(claims["exp"])
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise TokenRefused(TokenFault.INVALID) from None
        jti = claims["jti"]
        if not (0 < user_id <= MAX_ID and isinstance(jti, str)):
            raise TokenRefused(TokenFault.INVALID)
        return Claims(user_id, jti), expires

    def _claims(self, token: str) -> dict[str, Any]:
        for key in self._keys[:-1]:
            with suppress(jwt.InvalidSignatureError):
                return _decoded(token, key)
        return _decoded(token, self._keys[-1])


def _decoded(token: str, key: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        # `exp` is compared by who asks, with the clock of the operation.
        options={"require": ["exp", "iat", "sub", "jti"], "verify_exp": False, "verify_iat": False},
    )
    return claims
