"""Delivery by a real server process, to a mail server."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import httpx2

from tests.support.mail import mail_server
from tests.support.postgresql import free_port
from tests.support.processes import Server, running_server

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
