"""Delivery by a real server process, to a mail server."""

import asyncio
import contextlib
import os
import signal
import sqlite3
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.mail import mail_server
from tests.support.postgresql import free_port
from tests.support.processes import Server, running_server
from tests.support.waiting import until

ADDRESS = "zhang.san@example.com"


def asked_for_a_code(server: Server) -> dict[str, Any]:
    """The payload of a request for a code to ADDRESS."""
    with httpx2.Client(base_url=server.url) as http:

        def graphql(query: str, **headers: str) -> dict[str, Any]:
            data: dict[str, Any] = http.post("/graphql", json={"query": query}, headers=headers).json()["data"]
            return data

        account, password = server.administrator
        sign_in = f'mutation {{ signIn(input: {{identifier: "{account}", password: "{password}"}}) {{ token }} }}'
        token = graphql(sign_in)["signIn"]["token"]
        query = f"""mutation {{ sendCredentialCode(input: {{kind: EMAIL, address: "{ADDRESS}"}}) {{
          accepted verificationCode errors {{ code }} }} }}"""
        payload: dict[str, Any] = graphql(query, authorization=f"Bearer {token}")["sendCredentialCode"]
        return payload


async def test_what_a_killed_server_had_not_sent_is_sent_after_the_next_start(tmp_path: Path) -> None:
    port = free_port()
    configured = {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_TLS": "none",
        "MAIL_FROM": "no-reply@careergraph.test",
    }

    def killed() -> dict[str, Any]:
        """Nothing listens at the mail server's port yet."""
        with running_server(tmp_path, **configured) as server:
            payload = asked_for_a_code(server)
            os.kill(server.pid, signal.SIGKILL)
            return payload

    payload = await asyncio.to_thread(killed)
    assert (payload["accepted"], payload["errors"]) == (True, [])

    async with mail_server(port=port) as mailbox:
        server = running_server(tmp_path, **configured)
        await asyncio.to_thread(server.__enter__)
        try:
            await asyncio.wait_for(mailbox.arrived.wait(), 60)
        finally:
            await asyncio.to_thread(server.__exit__, None, None, None)

    ((recipients, message),) = mailbox.taken
    assert recipients == [ADDRESS]
    assert payload["verificationCode"] in message.get_content()
    assert not (tmp_path / "outbox").exists()


_LINK = """
INSERT INTO outgoing_messages
  (kind, address, content, status, attempts, next_attempt_at, expires_at, error, created_at, updated_at)
SELECT 'email', ?, ?, 'waiting', 0, now, '2999-01-01 00:00:00.000000', '', now, now
FROM (SELECT strftime('%Y-%m-%d %H:%M:%f000', 'now') AS now)
"""
CONFIGURED = {"SMTP_HOST": "127.0.0.1", "SMTP_TLS": "none", "MAIL_FROM": "no-reply@careergraph.test"}


@pytest.mark.parametrize("kind", ["code", "link"])
async def test_a_server_killed_between_sending_and_noting_it_sends_no_code_twice(tmp_path: Path, kind: str) -> None:
    """The mail server kills it before it says that it took the message. A link may come again, under the same key."""
    database = tmp_path / "careergraph.db"

    def stored(statement: str, values: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(database, timeout=30)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    async with mail_server() as mailbox:
        configured = {**CONFIGURED, "SMTP_PORT": str(mailbox.port)}
        killed = running_server(tmp_path, **configured)
        server = await asyncio.to_thread(killed.__enter__)
        mailbox.before_reply = lambda: os.kill(server.pid, signal.SIGKILL)
        try:
            if kind == "link":  # as a message without a code is stored
                stored(_LINK, (ADDRESS, '{"subject": "s", "text": "Open this link.", "code": ""}'))
            else:
                with contextlib.suppress(httpx2.TransportError):
                    await asyncio.to_thread(asked_for_a_code, server)
            await asyncio.wait_for(mailbox.arrived.wait(), 60)
        finally:
            await asyncio.to_thread(killed.__exit__, None, None, None)
        mailbox.before_reply = None
        ((_, first),) = mailbox.taken
        stored("UPDATE outgoing_messages SET next_attempt_at = '2026-01-01 00:00:00.000000'")  # the lease has ended

        async def is_settled() -> bool:
            return stored("SELECT status FROM outgoing_messages") in ([("sent",)], [("failed",)])

        restarted = running_server(tmp_path, **configured)
        await asyncio.to_thread(restarted.__enter__)
        try:
            await until(is_settled, seconds=60)
        finally:
            await asyncio.to_thread(restarted.__exit__, None, None, None)

    ((status, content, error),) = stored("SELECT status, content, error FROM outgoing_messages")
    assert content in (None, "null")
    if kind == "code":
        assert (len(mailbox.taken), status, error) == (1, "failed", "the process ended while it was sending this")
    else:
        assert (status, [message["Message-ID"] for _, message in mailbox.taken]) == ("sent", [first["Message-ID"]] * 2)
