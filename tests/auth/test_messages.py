"""Messages: written with an operation, sent once, tried again, and given up in the end."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from auth.channels import Channels, Outbox, Undelivered
from auth.messages import LEASE, MAX_ATTEMPTS, Messages
from models.db import Database
from models.errors import ChannelUnavailable
from models.identity import CredentialKind
from models.language import Language
from models.messages import OutgoingMessage
from models.statements import table_of
from resolvers.scope import Services
from tests.support.clients import Clock

EMAIL = CredentialKind.EMAIL
MESSAGES = table_of(OutgoingMessage)
LIFETIME = timedelta(hours=24)


@dataclass
class Line:
    """A provider: what it was given. `respond` is asked first, and may raise."""

    sent: list[dict[str, str]] = field(default_factory=list)
    respond: Callable[[], Any] = lambda: None
    slow: bool = False

    async def send(self, **message: str) -> None:
        if self.slow:
            await asyncio.sleep(0)
        self.respond()
        self.sent.append(message)


@pytest.fixture
def database(services: Services) -> Database:
    return services.database


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def messages(database: Database, line: Line, clock: Clock) -> Messages:
    return Messages(database, Channels({EMAIL: line}), clock)


async def post(messages: Messages, database: Database, clock: Clock, *, number: int = 1, **values: Any) -> None:
    usual = {
        "kind": EMAIL,
        "address": f"{number}@example.com",
        "subject": "验证码",
        "text": f"Your code is 00000{number}.",
        "code": f"00000{number}",
        "language": Language.ENGLISH,
        "lifetime": LIFETIME,
        "now": clock.now,
    }
    async with database.transaction() as transaction:
        await messages.post(transaction, **{**usual, **values})


async def stored(database: Database) -> list[Row[Any]]:
    return list(await database.fetch(select(MESSAGES).order_by(MESSAGES.c.id)))


def files(folder: Path) -> list[dict[str, str]]:
    return [json.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir()]


def refusing(*, permanent: bool = False, reason: str = "busy") -> Callable[[], None]:
    def refuse() -> None:
        raise Undelivered(reason, permanent=permanent)

    return refuse


async def test_a_message_is_sent_and_its_text_forgotten(
    messages: Messages, database: Database, clock: Clock, line: Line
) -> None:
    await post(messages, database, clock)
    assert line.sent == []

    await messages.send_due()
    await messages.send_due()

    (sent,) = line.sent
    assert sent.pop("key")
    assert sent == {
        "to": "1@example.com",
        "subject": "验证码",
        "text": "Your code is 000001.",
        "language": "en",
        "code": "000001",
    }
    (row,) = await stored(database)
    assert (row.status, row.content, row.sent_at, row.attempts, row.error) == ("sent", None, clock.now, 1, "")


async def test_what_is_rolled_back_is_not_sent(
    messages: Messages, database: Database, clock: Clock, line: Line
) -> None:
    async def fail() -> None:
        async with database.transaction() as transaction:
            await messages.post(
                transaction,
                kind=EMAIL,
                address="a@example.com",
                subject="s",
                text="t",
                language=Language.ENGLISH,
                lifetime=LIFETIME,
                now=clock.now,
            )
            raise RuntimeError("The operation fails.")

    with pytest.raises(RuntimeError):
        await fail()
    await messages.send_due()

    assert line.sent == []
    assert await stored(database) == []


async def test_without_a_channel_nothing_is_written(messages: Messages, database: Database, clock: Clock) -> None:
    with pytest.raises(ChannelUnavailable):
        await post(messages, database, clock, kind=CredentialKind.MOBILE, address="13800138000")

    assert await stored(database) == []


async def test_a_failure_is_tried_again_after_growing_pauses(
    messages: Messages, database: Database, clock: Clock, line: Line
) -> None:
    line.respond = refusing(reason="450 greylisted\0")
    await post(messages, database, clock)

    for attempt, pause in enumerate((2, 4, 8, 16), start=1):
        await messages.send_due()
        (row,) = await stored(database)
        assert (row.attempts, row.status, row.error) == (attempt, "waiting", "450 greylisted")
        assert row.next_attempt_at == clock.now + timedelta(seconds=pause)
        clock.advance(seconds=pause - 1)
        await messages.send_due()
        assert (await stored(database))[0].attempts == attempt
        clock.advance(seconds=1)
    line.respond = Line.respond
    await messages.send_due()

    assert len(line.sent) == 1
    assert [(row.status, row.attempts, row.error) for row in await stored(database)] == [("sent", 5, "")]


async def test_after_ten_attempts_it_is_recorded_as_failed(
    messages: Messages, database: Database, clock: Clock, line: Line, capsys: pytest.CaptureFixture[str]
) -> None:
    line.respond = refusing(reason="down")
    await post(messages, database, clock)

    for _ in range(MAX_ATTEMPTS + 2):
        await messages.send_due()
        clock.advance(minutes=20)

    (row,) = await stored(database)
    assert (row.status, row.content, row.attempts, row.error) == ("failed", None, MAX_ATTEMPTS, "down")
    output = capsys.readouterr()
    logged = output.out + output.err
    assert logged.count("message_failed") == 1
    assert "000001" not in logged


async def test_a_refusal_for_good_is_not_tried_again(
    messages: Messages, database: Database, clock: Clock, line: Line
) -> None:
    line.respond = refusing(permanent=True, reason="550 no such mailbox")
    await post(messages, database, clock)

    await messages.send_due()

    (row,) = await stored(database)
    assert (row.status, row.content, row.attempts, row.error) == ("failed", None, 1, "550 no such mailbox")


async def test_what_is_of_no_use_any_more_is_not_sent(
    messages: Messages, database: Database, clock: Clock, line: Line
) -> None:
    await post(messages, database, clock, lifetime=timedelta(minutes=5))
    clock.advance(minutes=5)

    await messages.send_due()

    assert line.sent == []
    (row,) = await stored(database)
    assert (row.status, row.content) == ("failed", None)


async def test_a_fault_of_the_channel_loses_nothing(
    messages: Messages, database: Database, clock: Clock, line: Line
) -> None:
    def break_down() -> None:
        raise ZeroDivisionError

    line.respond = break_down
    await post(messages, database, clock, code="")
    await messages.send_due()
    line.respond = Line.respond
    clock.advance(seconds=2)

    await messages.send_due()

    assert len(line.sent) == 1


async def test_several_processes_send_each_message_once(database: Database, clock: Clock) -> None:
    lines = [Line(slow=True) for _ in range(4)]
    processes = [Messages(database, Channels({EMAIL: line}), clock) for line in lines]
    for number in range(30):
        await post(processes[0], database, clock, number=number)

    await asyncio.gather(*(process.send_due() for process in processes))

    sent = sorted(message["to"] for line in lines for message in line.sent)
    assert sent == sorted(f"{number}@example.com" for number in range(30))
    assert {(row.status, row.attempts) for row in await stored(database)} == {("sent", 1)}


async def test_what_a_dead_process_had_taken_up_is_sent_by_another(
    messages: Messages, database: Database, clock: Clock, line: Line
) -> None:
    hanging = asyncio.Event()

    class Dying:
        async def send(self, **_message: str) -> None:
            hanging.set()
            await asyncio.Event().wait()

    await post(messages, database, clock, code="")
    task = asyncio.create_task(Messages(database, Channels({EMAIL: Dying()}), clock).send_due())
    await asyncio.wait_for(hanging.wait(), 10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    await messages.send_due()
    assert line.sent == []
    clock.advance(seconds=LEASE.total_seconds())
    await messages.send_due()

    assert len(line.sent) == 1
    assert [(row.status, row.attempts) for row in await stored(database)] == [("sent", 2)]


async def test_the_task_sends_what_it_is_woken_for_and_stops(database: Database, clock: Clock) -> None:
    arrived = asyncio.Event()

    class Announcing:
        async def send(self, **_message: str) -> None:
            arrived.set()

    messages = Messages(database, Channels({EMAIL: Announcing()}), clock)
    async with messages.sending():
        await post(messages, database, clock)
        await messages.committed()
        await asyncio.wait_for(arrived.wait(), 10)

    assert [row.status for row in await stored(database)] == ["sent"]


async def test_in_development_the_file_is_there_before_the_reply(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    messages = Messages(database, Channels({EMAIL: Outbox(tmp_path / "outbox")}), clock)
    await post(messages, database, clock)

    await messages.committed()

    assert files(tmp_path / "outbox") == [{"to": "1@example.com", "subject": "验证码", "text": "Your code is 000001."}]


async def test_without_the_database_messages_wait(clock: Clock, tmp_path: Path) -> None:
    """An operation that was committed does not fail because its message cannot be read now."""
    empty = Database(f"sqlite+aiosqlite:///{tmp_path / 'without tables.db'}")

    await Messages(empty, Channels({}), clock).committed()

    await empty.close()
