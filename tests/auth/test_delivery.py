"""Delivery by a real server process, to a mail server."""

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from models.settings import Settings
from server import create_app
from tests.support.clients import Clock, running
from tests.support.mail import mail_server
from tests.support.postgresql import free_port
from tests.support.processes import Server, running_server
from tests.support.waiting import until

ADDRESS = "zhang.san@example.com"
ASK = f"""mutation {{
  sendCredentialCode(input: {{kind: EMAIL, address: "{ADDRESS}"}}) {{ accepted verificationCode errors {{ code }} }}
}}"""
CONFIGURED = {"SMTP_HOST": "127.0.0.1", "SMTP_TLS": "none", "MAIL_FROM": "no-reply@careergraph.test"}


def asked_for_a_code(server: Server) -> dict[str, Any]:
    """The payload of a request for a code to ADDRESS."""
    with httpx2.Client(base_url=server.url) as http:

        def graphql(query: str, **headers: str) -> dict[str, Any]:
            data: dict[str, Any] = http.post("/graphql", json={"query": query}, headers=headers).json()["data"]
            return data

        account, password = server.administrator
        sign_in = f'mutation {{ signIn(input: {{identifier: "{account}", password: "{password}"}}) {{ token }} }}'
        token = graphql(sign_in)["signIn"]["token"]
        payload: dict[str, Any] = graphql(ASK, authorization=f"Bearer {token}")["sendCredentialCode"]
        return payload


@contextlib.asynccontextmanager
async def serving(data_dir: Path, **configured: str) -> AsyncIterator[Server]:
    """A server process, as `running_server` starts it, without holding up the mail server of this process."""
    process = running_server(data_dir, **configured)
    server = await asyncio.to_thread(process.__enter__)
    try:
        yield server
    finally:
        await asyncio.to_thread(process.__exit__, None, None, None)


def stored(data_dir: Path, statement: str, values: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    """What this statement returns from the server's database, which it may change."""
    with contextlib.closing(sqlite3.connect(data_dir / "careergraph.db", timeout=30)) as connection, connection:
        return connection.execute(statement, values).fetchall()


async def test_what_a_killed_server_had_not_sent_is_sent_after_the_next_start(tmp_path: Path) -> None:
    port = free_port()
    configured = {**CONFIGURED, "SMTP_PORT": str(port), "MAIL_FROM": "no-reply@careergraph.test"}

    async def is_refused() -> bool:
        return stored(tmp_path, "SELECT status, attempts > 0 FROM outgoing_messages") == [("waiting", 1)]

    async with serving(tmp_path, **configured) as server:  # and nothing listens at the mail server's port
        payload = await asyncio.to_thread(asked_for_a_code, server)
        await until(is_refused)
        os.kill(server.pid, signal.SIGKILL)
    assert (payload["accepted"], payload["errors"]) == (True, [])

    async with mail_server(port=port) as mailbox, serving(tmp_path, **configured):
        await asyncio.wait_for(mailbox.arrived.wait(), 60)

    ((recipients, message),) = mailbox.taken
    assert recipients == [ADDRESS]
    assert payload["verificationCode"] in message.get_content()
    assert not (tmp_path / "outbox").exists()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_mail_server_that_was_gone_gets_the_message_from_the_same_process(
    settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    port = free_port()
    smtp = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "mail_from": "no-reply@careergraph.test"}
    settings = settings.model_copy(update=smtp)

    async def is_refused() -> bool:
        with contextlib.closing(sqlite3.connect(tmp_path / "test.db", timeout=30)) as connection:
            found = connection.execute("SELECT status, attempts > 0 FROM outgoing_messages").fetchall()
        return found == [("waiting", 1)]

    async with running(create_app(settings, clock), clock, settings.database_url) as product:
        asked = await product.data(ASK, person=await product.administrator())
        await until(is_refused)
        async with mail_server(port=port) as mailbox:
            clock.now += timedelta(minutes=1)
            await asyncio.wait_for(mailbox.arrived.wait(), 60)

    payload = asked["sendCredentialCode"]
    assert (payload["accepted"], payload["errors"]) == (True, [])
    ((recipients, message),) = mailbox.taken
    assert recipients == [ADDRESS]
    assert payload["verificationCode"] in message.get_content()


_LINK = """
INSERT INTO outgoing_messages
  (kind, address, content, status, attempts, next_attempt_at, expires_at, error, created_at, updated_at)
SELECT 'email', ?, ?, 'waiting', 0, now, '2999-01-01 00:00:00.000000', '', now, now
FROM (SELECT strftime('%Y-%m-%d %H:%M:%f000', 'now') AS now)
"""


@pytest.mark.parametrize("kind", ["code", "link"])
async def test_a_server_killed_between_sending_and_noting_it_sends_no_code_twice(tmp_path: Path, kind: str) -> None:
    """The mail server kills it before it says that it took the message. A link may come again, under the same key."""

    async def is_settled() -> bool:
        return stored(tmp_path, "SELECT status FROM outgoing_messages") in ([("sent",)], [("failed",)])

    async with mail_server() as mailbox:
        configured = {**CONFIGURED, "SMTP_PORT": str(mailbox.port)}
        async with serving(tmp_path, **configured) as server:
            mailbox.before_reply = lambda: os.kill(server.pid, signal.SIGKILL)
            if kind == "link":  # as a message without a code is stored
                stored(tmp_path, _LINK, (ADDRESS, '{"subject": "s", "text": "Open this link.", "code": ""}'))
            else:
                with contextlib.suppress(httpx2.TransportError):
                    await asyncio.to_thread(asked_for_a_code, server)
            await asyncio.wait_for(mailbox.arrived.wait(), 60)
        mailbox.before_reply = None
        ((_, first),) = mailbox.taken
        # The lease has ended.
        stored(tmp_path, "UPDATE outgoing_messages SET next_attempt_at = '2026-01-01 00:00:00.000000'")

        async with serving(tmp_path, **configured):
            await until(is_settled, seconds=60)

    ((status, content, error),) = stored(tmp_path, "SELECT status, content, error FROM outgoing_messages")
    assert content in (None, "null")
    if kind == "code":
        assert (len(mailbox.taken), status, error) == (1, "failed", "the process ended while it was sending this")
    else:
        assert (status, [message["Message-ID"] for _, message in mailbox.taken]) == ("sent", [first["Message-ID"]] * 2)
