"""Captchas: pictures of a few digits, which slow programs down.

A captcha is stored as two keyed hashes, of its token and of its answer, so that every worker knows it. It
lives five minutes and is taken away by the first try, whatever its outcome.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import anyio
from sqlalchemy import bindparam, delete, insert

from auth.encryption import KeyedHashes
from models.db import Database, Transaction
from models.errors import WrongCaptcha
from models.identity import Captcha
from models.statements import table_of

if TYPE_CHECKING:
    from captcha.image import ImageCaptcha

LIFETIME = timedelta(minutes=5)
DIGITS = 4
MEDIA_TYPE = "image/png"
_MAX_ANSWER = 64

_captchas = table_of(Captcha)
_ADD = insert(_captchas)
_TAKE = (
    delete(_captchas)
    .where(_captchas.c.token_hash.in_(bindparam("hashes", expanding=True)))
    .returning(_captchas.c.answer_hash, _captchas.c.expires_at)
)
_FORGET = delete(_captchas).where(_captchas.c.expires_at < bindparam("now"))


@dataclass(frozen=True, slots=True)
class NewCaptcha:
    """A picture, and the token that names it when its answer is sent."""

    token: str
    image: bytes
    expires_at: datetime


class Captchas:
    """Makes and redeems captchas. `test_answer` is the answer to all of them, for tests."""

    def __init__(self, database: Database, *secrets: str, test_answer: str = "") -> None:
        self._database = database
        self._hashes = KeyedHashes.derived(secrets, "captchas")
        self._test_answer = test_answer

    async def create(self, transaction: Transaction, *, now: datetime) -> NewCaptcha:
        """A new captcha."""
        answer = self._test_answer or "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        image = await anyio.to_thread.run_sync(_paint, answer)
        token = secrets.token_urlsafe(32)
        values = {
            "token_hash": self._hashes.make(_joined("token", token)),
            "answer_hash": self._hashes.make(_joined(token, _comparable(answer))),
            "expires_at": now + LIFETIME,
            "created_at": now,
            "updated_at": now,
        }
        await transaction.execute(_ADD, values)
        return NewCaptcha(token, image, now + LIFETIME)

    async def redeem(self, *, token: str, answer: str, now: datetime) -> None:
        """Use a captcha up. Raises WrongCaptcha unless it was there and this is its answer.

        Runs in a transaction of its own, so it must come before the operation's first write.
        """
        async with self._database.transaction() as transaction:
            found = await transaction.fetch_one(_TAKE, {"hashes": self._hashes.candidates(_joined("token", token))})
        asked = _joined(token, _comparable(answer))
        if found is None or found.expires_at <= now or not self._hashes.recognise(found.answer_hash, asked):
            raise WrongCaptcha(field="captcha_answer")

    async def forget_expired(self, transaction: Transaction, *, now: datetime) -> None:
        """Remove what nobody answered in time."""
        await transaction.execute(_FORGET, {"now": now})


@cache
def _painter() -> "ImageCaptcha":
    """Imported and made by the thread that paints the first picture."""
    from captcha.image import ImageCaptcha

    return ImageCaptcha()


def _paint(answer: str) -> bytes:
    return _painter().generate(answer, format="png").getvalue()


def _joined(*parts: str) -> str:
    return "\x1f".join(parts)


def _comparable(answer: str) -> str:
    return answer.strip().casefold()[:_MAX_ANSWER]
