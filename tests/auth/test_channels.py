"""The outbox of development."""

import asyncio
import json
from pathlib import Path

import pytest

from auth.channels import Channels, Outbox
from models.errors import ChannelUnavailable
from models.identity import CredentialKind


async def test_each_message_is_one_complete_file(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "not there yet")
    messages = [
        {"to": f"{number}@example.com", "subject": "验证码", "text": f"“{number}”\n\x01"} for number in range(20)
    ]

    await asyncio.gather(*(outbox.send(key="1", **message) for message in messages))

    files = list((tmp_path / "not there yet").iterdir())
    assert {file.suffix for file in files} == {".json"}
    found = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    assert sorted(found, key=messages.index) == messages


async def test_without_a_channel_sending_is_refused(tmp_path: Path) -> None:
    channels = Channels({CredentialKind.EMAIL: Outbox(tmp_path)})

    await channels.of(CredentialKind.EMAIL).send(key="1", to="a@example.com", subject="s", text="t")
    with pytest.raises(ChannelUnavailable):
        channels.of(CredentialKind.MOBILE)
