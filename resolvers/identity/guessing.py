"""Every check of a password or a code goes through here: it is counted first, and uncounted if it was correct."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from auth.guessing import Attempt, Subject
from auth.password_queue import Caller
from models.errors import ServiceBusy, WechatBlocked, WechatUnavailable
from resolvers.identity import networks
from resolvers.scope import Scope


class Guess:
    """A guess that was counted and may be checked, on behalf of `caller`."""

    def __init__(self, scope: Scope, attempt: Attempt, caller: Caller) -> None:
        self._scope = scope
        self._attempt = attempt
        self.caller = caller

    async def take_back(self, *, keeps_shared: bool = False) -> None:
        """It was right, so that it counts no more; with `keeps_shared`, only for the account."""
        await self._scope.services.guesses.take_back(self._attempt, keeps_shared=keeps_shared)


@asynccontextmanager
async def of_password(scope: Scope, *identifier: str, owner: int | None) -> AsyncIterator[Guess]:
    """A guess of the password of `owner`, whatever they sign in with, or of nobody's. Raises TooManyRequests."""
    account = identifier if owner is None else ("user", str(owner))
    async with _counted(scope, await _subject(scope, account, owner)) as guess:
        yield guess


@asynccontextmanager
async def of_code(scope: Scope, *address: str, owner: int | None) -> AsyncIterator[Guess]:
    """A guess of a code that was sent to an address, and belongs to `owner` or to nobody. Raises TooManyRequests."""
    async with _counted(scope, await _subject(scope, ("code", *address), owner)) as guess:
        yield guess


@asynccontextmanager
async def of_secret(scope: Scope) -> AsyncIterator[Guess]:
    """A guess of a secret that names its owner itself: a link, a captcha, a code of WeChat. Raises TooManyRequests."""
    async with _counted(scope, Subject(account=(), network=scope.network)) as guess:
        yield guess


def holder(scope: Scope) -> int | None:
    """Whose session the caller has, confined or not."""
    return scope.principal.user_id or scope.principal.confined_user_id


def caller(scope: Scope) -> Caller:
    """On whose behalf a password is hashed where none is guessed."""
    return Caller(scope.network, is_known=holder(scope) is not None)


async def _subject(scope: Scope, account: tuple[str, ...], owner: int | None) -> Subject:
    return Subject(
        account=account,
        network=scope.network,
        session=owner if owner is not None and owner == holder(scope) else None,
        is_known=await networks.is_known(scope, owner),
    )


@asynccontextmanager
async def _counted(scope: Scope, subject: Subject) -> AsyncIterator[Guess]:
    async with scope.services.guesses.counted(subject, now=scope.now) as attempt:
        guess = Guess(scope, attempt, Caller(subject.network, is_known=subject.is_trusted))
        try:
            yield guess
        except (ServiceBusy, WechatBlocked, WechatUnavailable):  # nothing was guessed wrong
            await guess.take_back()
            raise
