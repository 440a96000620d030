"""E-mail by SMTP, against a mail server."""

from pathlib import Path
from typing import Any

import pytest

from auth.channels import Undelivered
from auth.channels.smtp import Smtp
from models.settings import Settings
from tests.support.mail import PASSWORD, USERNAME, Mailbox, certificate, mail_server
from tests.support.postgresql import free_port

MESSAGE = {
    "key": "7.20260302020000000000",
    "to": "zhang.san@example.com",
    "subject": "验证码 Code",
    "text": "您的验证码是 123456。\n.\nOver two lines.",
}


def channel(port: int, **values: Any) -> Smtp:
    usual = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_tls": "none",
        "mail_from": "Careergraph 团队 <no-reply@careergraph.test>",
    }
    return Smtp(Settings(_env_file=None, **{**usual, **values}))  # type: ignore[call-arg]


def check_taken(mailbox: Mailbox) -> None:
    ((recipients, message),) = mailbox.taken
    assert recipients == [MESSAGE["to"]]
    assert message["To"] == MESSAGE["to"]
    assert message["From"] == "Careergraph 团队 <no-reply@careergraph.test>"
    assert message["Subject"] == MESSAGE["subject"]
    assert message["Content-Language"] == "zh-Hans"
    assert message["Message-ID"] == "<7.20260302020000000000@careergraph.test>"
    assert message["Date"].datetime.tzinfo is not None
    assert message.get_content().strip().splitlines() == MESSAGE["text"].splitlines()


async def test_a_message_arrives_as_it_was_written() -> None:
    async with mail_server() as mailbox:
        await channel(mailbox.port).send(**MESSAGE)

    check_taken(mailbox)
    assert mailbox.secured == [False]


async def test_an_international_domain_travels_in_its_ascii_form() -> None:
    """The sender's too: a mail server takes others only with an extension that many lack."""
    async with mail_server() as mailbox:
        await channel(mailbox.port, mail_from="团队 <no-reply@例子.中国>").send(
            **{**MESSAGE, "to": "zhang.san@xn--fsqu00a.xn--fiqs8s"}
        )

    ((recipients, message),) = mailbox.taken
    assert recipients == ["zhang.san@xn--fsqu00a.xn--fiqs8s"]
    assert message["To"] == "zhang.san@xn--fsqu00a.xn--fiqs8s"
    assert message["From"] == "团队 <no-reply@xn--fsqu00a.xn--fiqs8s>"
    assert message["Message-ID"] == "<7.20260302020000000000@xn--fsqu00a.xn--fiqs8s>"


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
async def test_it_signs_in_encrypted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, implicit: bool) -> None:
    context, trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    how = "tls" if implicit else "starttls"

    async with mail_server(tls=context, implicit=implicit, authenticates=True) as mailbox:
        await channel(mailbox.port, smtp_tls=how, smtp_username=USERNAME, smtp_password=PASSWORD).send(**MESSAGE)

    check_taken(mailbox)
    assert mailbox.secured == [True]


async def test_a_wrong_password_is_worth_another_attempt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is the operator's to correct, not the recipient's fault."""
    context, trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))

    async with mail_server(tls=context, authenticates=True) as mailbox:
        wrong = channel(mailbox.port, smtp_tls="starttls", smtp_username=USERNAME, smtp_password="wrong")
        with pytest.raises(Undelivered, match="SMTPAuthenticationError") as refusal:
            await wrong.send(**MESSAGE)

    assert not refusal.value.permanent
    assert mailbox.taken == []


@pytest.mark.parametrize("offered", [True, False], ids=["untrusted", "not offered"])
async def test_nothing_is_sent_unless_the_server_is_trusted(tmp_path: Path, offered: bool) -> None:
    context = certificate(tmp_path)[0] if offered else None

    async with mail_server(tls=context) as mailbox:
        with pytest.raises(Undelivered) as refusal:
            await channel(mailbox.port, smtp_tls="starttls").send(**MESSAGE)

    assert not refusal.value.permanent
    assert mailbox.taken == []


@pytest.mark.parametrize(
    ("stage", "reply", "permanent"),
    [
        ("rcpt_replies", "550 No such mailbox", True),
        ("rcpt_replies", "450 Greylisted", False),
        ("data_replies", "554 Refused", True),
        ("data_replies", "451 Try later", False),
    ],
)
async def test_a_refusal_says_whether_it_is_for_good(stage: str, reply: str, permanent: bool) -> None:
    async with mail_server() as mailbox:
        getattr(mailbox, stage).append(reply)
        with pytest.raises(Undelivered, match=reply) as refusal:
            await channel(mailbox.port).send(**MESSAGE)

    assert refusal.value.permanent is permanent
    assert mailbox.taken == []


async def test_without_a_server_the_message_is_undelivered() -> None:
    with pytest.raises(Undelivered) as refusal:
        await channel(free_port()).send(**MESSAGE)

    assert not refusal.value.permanent


@pytest.mark.parametrize("field", ["to", "subject"])
async def test_no_header_can_be_smuggled_in(field: str) -> None:
    async with mail_server() as mailbox:
        with pytest.raises(ValueError, match=r"CR or LF|linefeed|newline"):
            await channel(mailbox.port).send(**{**MESSAGE, field: "a@example.com\r\nBcc: b@example.com"})

    assert mailbox.taken == []
