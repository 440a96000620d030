"""Messages to people: written in the transaction of what they tell of, sent after it is committed.

So no request waits for a mail server, nothing is lost when a process dies, and a message whose operation
failed is never sent. A process leases a message before it sends it, so that of several processes one does.
If that one dies, another sends the message when the lease has ended, under the same key: at least once. A code
is sent at most once: its text is removed before it is handed over, so that a death loses it, and the person
asks for another.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from prometheus_client import Counter
from sqlalchemy import Row, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from auth.channels import Channels, Undelivered
from models.db import Database, Transaction
from models.errors import Unavailable
from models.identity import CredentialKind
from models.language import Language
from models.messages import MessageStatus, OutgoingMessage
from models.statements import table_of
from watching.work import run_as

MAX_ATTEMPTS = 10
FIRST_DELAY = timedelta(seconds=2)
"""After the first failure; twice as long after each further one."""
ATTEMPT_SECONDS = 30
LEASE = timedelta(seconds=60)
"""How long a message belongs to the process that took it up: longer than an attempt may take."""
BATCH = 10
"""The messages that one process sends at a time."""
POLL_SECONDS = 2.0
SHUTDOWN_SECONDS = 5.0
MAX_BACKLOG = 10_000
"""The messages that are counted; more than that is trouble enough."""
LOST = "the process ended while it was sending this"

SENT = Counter("careergraph_messages_total", "Attempts to send a message by their outcome.", ["outcome"])
for _outcome in ("sent", "retried", "failed"):
    SENT.labels(_outcome)  # there from the start, so that the first failure is an increase

log = structlog.get_logger()

_messages = table_of(OutgoingMessage)
_waiting = _messages.c.status == MessageStatus.WAITING
_is_sending = _messages.c.status == MessageStatus.SENDING

_POST = insert(_messages)
_DUE = (
    select(_messages.c.id, _messages.c.attempts, _messages.c.content)
    .where(_waiting, _messages.c.next_attempt_at <= bindparam("now"))
    .order_by(_messages.c.next_attempt_at, _messages.c.id)  # the order of the index: however many wait, none is sorted
    .limit(BATCH)
)
_seen = (_messages.c.id == bindparam("message_id"), _messages.c.attempts == bindparam("seen"))
_mine = (*_seen, or_(_waiting, _is_sending))
_LEASE = (
    update(_messages)
    .where(*_seen, _waiting)
    .values(attempts=_messages.c.attempts + 1, next_attempt_at=bindparam("until"), updated_at=bindparam("now"))
    .returning(_messages)
)
_LEASE_ONCE = _LEASE.values(status=MessageStatus.SENDING, content=None)
_LOST = (
    update(_messages)
    .where(_is_sending, _messages.c.next_attempt_at <= bindparam("now"))
    .values(status=MessageStatus.FAILED, error=LOST, updated_at=bindparam("now"))
)
_ANY_LOST = select(_messages.c.id).where(_is_sending, _messages.c.next_attempt_at <= bindparam("now")).limit(1)
_SENT = (
    update(_messages)
    .where(*_mine)
    .values(status=MessageStatus.SENT, content=None, sent_at=bindparam("now"), error="", updated_at=bindparam("now"))
)
_RETRY = (
    update(_messages)
    .where(*_mine)
    .values(
        status=MessageStatus.WAITING,
        content=bindparam("kept"),
        next_attempt_at=bindparam("until"),
        error=bindparam("reason"),
        updated_at=bindparam("now"),
    )
)
_FAILED = (
    update(_messages)
    .where(*_mine)
    .values(status=MessageStatus.FAILED, content=None, error=bindparam("reason"), updated_at=bindparam("now"))
)


_oldest = select(_messages.c.created_at).where(_waiting).order_by(_messages.c.next_attempt_at).limit(MAX_BACKLOG)
_BACKLOG = select(func.count().label("length"), func.min(_oldest.subquery().c.created_at).label("oldest_at"))


class Backlog(NamedTuple):
    """What waits to be worked on."""

    length: int
    oldest_at: datetime | None


class Messages:
    """The messages that wait in the database, and the task that sends them."""

    def __init__(self, database: Database, channels: Channels, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._channels = channels
        self._clock = clock
        self._sending = asyncio.Lock()
        self._wake = asyncio.Event()
        self._stopping = False

    def check_channel(self, kind: CredentialKind) -> None:
        """Raise ChannelUnavailable unless messages can go to addresses of this kind."""
        self._channels.of(kind)

    async def post(
        self,
        transaction: Transaction,
        *,
        kind: CredentialKind,
        address: str,
        subject: str,
        text: str,
        language: Language,
        code: str = "",
        lifetime: timedelta,
        now: datetime,
    ) -> None:
        """Add a message; it is sent once the transaction is committed, and of no use after its lifetime."""
        self.check_channel(kind)
        await transaction.execute(
            _POST,
            {
                "kind": kind,
                "address": address,
                "content": {"subject": subject, "text": text, "code": code, "language": language.value},
                "status": MessageStatus.WAITING,
                "attempts": 0,
                "next_attempt_at": now,
                "expires_at": now + lifetime,
                "sent_at": None,
                "error": "",
                "created_at": now,
                "updated_at": now,
            },
        )

    async def committed(self) -> None:
        """Have new messages sent: at once where nothing leaves this machine, else soon."""
        if self._channels.are_local:
            await self.send_due()
        else:
            self._wake.set()

    async def send_due(self) -> None:
        """Try each message that is due once. Without the database they stay due."""
        async with self._sending:
            try:
                while due := await self._database.fetch(_DUE, {"now": self._clock()}):
                    await asyncio.gather(*(self._attempt(row) for row in due))
            except Unavailable:
                log.warning("messages_wait")
            except (SQLAlchemyError, OSError):
                log.exception("messages_not_read")

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """While the block runs, messages are sent as they become due; what is under way then is finished."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._stopping = True
            self._wake.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(task, SHUTDOWN_SECONDS)

    async def _run(self) -> None:
        run_as("mail")
        while not self._stopping:
            self._wake.clear()
            await self.send_due()
            await self._give_up_lost()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    async def _give_up_lost(self) -> None:
        """Record the codes that a process was sending when it ended."""
        with suppress(SQLAlchemyError, Unavailable, OSError):  # the next turn tries again
            now = self._clock()
            if await self._database.fetch(_ANY_LOST, {"now": now}):
                async with self._database.transaction() as transaction:
                    lost = await transaction.execute(_LOST, {"now": now})
                log.error("codes_lost", count=lost)

    async def backlog(self) -> Backlog:
        """How many messages wait, up to `MAX_BACKLOG`, and since when the oldest of them does."""
        (found,) = await self._database.fetch(_BACKLOG)
        return Backlog(found.length, found.oldest_at)

    async def _attempt(self, due: Row[Any]) -> None:
        now = self._clock()
        content = due.content
        is_once = bool(content["code"])
        lease = {"message_id": due.id, "seen": due.attempts, "now": now, "until": now + LEASE}
        async with self._database.transaction() as transaction:
            message = await transaction.fetch_one(_LEASE_ONCE if is_once else _LEASE, lease)
        if message is None:
            return
        if message.expires_at <= now:
            await self._failed(message, f"not sent in time; {message.error}")
            return
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                channel = self._channels.of(CredentialKind(message.kind))
                await channel.send(key=_key(message), to=message.address, **content)
        except Undelivered as error:
            is_final = error.permanent or (is_once and not error.is_certain)
            await self._not_sent(message, str(error), content, is_final=is_final)
        except TimeoutError:
            await self._not_sent(message, f"not taken within {ATTEMPT_SECONDS} seconds", content, is_final=is_once)
        except Exception as error:
            log.exception("message_channel_failed", message=message.id)
            await self._not_sent(message, type(error).__name__, content, is_final=is_once)
        else:
            SENT.labels("sent").inc()
            await self._finish(_SENT, message)

    async def _not_sent(self, message: Row[Any], reason: str, content: dict[str, str], *, is_final: bool) -> None:
        if is_final or message.attempts >= MAX_ATTEMPTS:
            await self._failed(message, reason)
            return
        SENT.labels("retried").inc()
        log.warning("message_not_sent", message=message.id, attempt=message.attempts, reason=reason)
        delay = FIRST_DELAY * 2 ** (message.attempts - 1)
        await self._finish(_RETRY, message, until=self._clock() + delay, reason=_stored(reason), kept=content)

    async def _failed(self, message: Row[Any], reason: str) -> None:
        SENT.labels("failed").inc()
        log.error("message_failed", message=message.id, attempts=message.attempts, reason=reason)
        await self._finish(_FAILED, message, reason=_stored(reason))

    async def _finish(self, statement: Any, message: Row[Any], **values: Any) -> None:
        own = {"message_id": message.id, "seen": message.attempts, "now": self._clock()}
        async with self._database.transaction() as transaction:
            await transaction.execute(statement, {**own, **values})


def _key(message: Row[Any]) -> str:
    """The same at each attempt, and of no other message, whichever database it stands in."""
    return f"{message.id}.{message.created_at:%Y%m%d%H%M%S%f}"


def _stored(reason: str) -> str:
    return reason.replace("\0", "").encode(errors="replace").decode()[:255]
