"""The mechanism that counts and limits every check of a password or a code."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from prometheus_client import Counter

from auth.encryption import KeyedHashes
from auth.guessing.checks import Checks
from auth.guessing.memory import MemoryLog
from auth.guessing.shared import SharedLog
from auth.guessing.windows import ACCOUNT, Bucket, Refused, of_network, of_service
from models.errors import TooManyRequests

REFUSED = Counter("guesses_refused_total", "Guesses that were not checked, by the limit that they passed.", ["limit"])


@dataclass(frozen=True, slots=True)
class Subject:
    """What a guess is about, and where it comes from.

    `account` names whose secret is guessed, whether or not there is such an account; () for a secret that names its
    owner itself, such as a link. `session` is the user whose live session makes the guess. `is_known` says that the
    account's owner signed in from this network before.
    """

    account: tuple[str, ...]
    network: str
    session: int | None = None
    is_known: bool = False

    @property
    def is_trusted(self) -> bool:
        """Whether the guess has an allowance that strangers cannot use up."""
        return bool(self.account) and (self.session is not None or self.is_known)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A guess that was counted and may be checked."""

    account_keys: tuple[str, ...]
    shared_keys: tuple[str, ...]
    member: str
    instant: float


class Guesses:
    """Counts each guess before it is checked.

    A guess from a session or network of the account's owner counts for that session or network alone. All others
    count together for the account, for their network and for the service.
    """

    def __init__(self, *secrets: str, redis_url: str = "", per_network: int, per_service: int) -> None:
        self._hashes = KeyedHashes.derived(secrets, "guesses")
        self._log: MemoryLog | SharedLog = SharedLog(redis_url) if redis_url else MemoryLog()
        self._checks = Checks()
        self._network = of_network(per_network)
        self._service = of_service(per_service)

    @asynccontextmanager
    async def counted(self, subject: Subject, *, now: datetime) -> AsyncIterator[Attempt]:
        """Count a guess, which the block checks. Raises TooManyRequests, with the seconds to wait, for one too many.

        A guess that is one too many beside others of its account that are being checked waits for them: they may be
        right, as where one person signs in many times at once. They count all the while.
        """
        account, shared = self._buckets(subject)
        attempt = Attempt(
            tuple(bucket.key for bucket in account),
            tuple(bucket.key for bucket in shared),
            secrets.token_hex(8),
            now.timestamp(),
        )
        while True:
            refused, is_old = await self._begin(attempt, [*account, *shared])
            if refused is None:
                break
            waits = refused.windows == ACCOUNT.name and (
                is_old or await self._checks.another_ended(*attempt.account_keys)
            )
            if not waits:
                REFUSED.labels(refused.windows).inc()
                raise TooManyRequests(max(1, ceil(refused.wait)))
        try:
            yield attempt
        finally:
            self._end(attempt, was_checked=True)

    async def _begin(self, attempt: Attempt, buckets: Sequence[Bucket]) -> tuple[Refused | None, bool]:
        """The refusal, if it is one too many, and whether others of the account were checked while that was asked."""
        # Before it is counted: whoever is refused because of it has to know that it is under way.
        for key in attempt.account_keys:
            self._checks.begin(key)
        is_counted = False
        before = self._checked(attempt)
        try:
            refused = await self._log.add(buckets, attempt.member, attempt.instant)
            is_counted = refused is None
            return refused, self._checked(attempt) != before
        finally:
            if not is_counted:
                self._end(attempt, was_checked=False)

    def _checked(self, attempt: Attempt) -> list[int]:
        return [self._checks.checked(key) for key in attempt.account_keys]

    def _end(self, attempt: Attempt, *, was_checked: bool) -> None:
        for key in attempt.account_keys:
            self._checks.end(key, was_checked=was_checked)

    async def take_back(self, attempt: Attempt, *, keeps_shared: bool = False) -> None:
        """Count a guess no more that was right, or was not checked at all.

        With `keeps_shared` it goes on counting for the network and the service.
        """
        keys = attempt.account_keys if keeps_shared else (*attempt.account_keys, *attempt.shared_keys)
        if keys:
            await self._log.remove(keys, attempt.member, attempt.instant)

    def network_hashes(self, user_id: int, network: str) -> list[str]:
        """What may be stored of a network that a user signed in from: one hash for each key, the first of new ones."""
        return self._hashes.candidates(_joined("network of", str(user_id), network))

    async def close(self) -> None:
        """Let go of the connections to Redis."""
        await self._log.close()

    def _buckets(self, subject: Subject) -> tuple[list[Bucket], list[Bucket]]:
        network = Bucket(self._hash("network", subject.network), self._network)
        if not subject.account:
            return [], [network, Bucket("service", self._service)]
        if subject.session is not None:
            return [Bucket(self._hash("session", str(subject.session), *subject.account), ACCOUNT)], []
        if subject.is_known:
            return [Bucket(self._hash("known", subject.network, *subject.account), ACCOUNT)], []
        account = Bucket(self._hash("account", *subject.account), ACCOUNT)
        return [account], [network, Bucket("service", self._service)]

    def _hash(self, *parts: str) -> str:
        """A key that tells nothing of whom it is about, and is short whatever was typed."""
        return self._hashes.make(_joined(*parts))


def _joined(*parts: str) -> str:
    return "\x1f".join(parts)
