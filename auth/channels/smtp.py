"""E-mail by SMTP."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr

import aiosmtplib

from auth.channels.channel import Undelivered
from models.settings import Settings

TIMEOUT = 20


class Smtp:
    """Hands messages to the mail server of the configuration, one connection a message."""

    def __init__(self, settings: Settings) -> None:
        self._host = settings.smtp_host
        self._port = settings.smtp_port
        self._username = settings.smtp_username or None
        self._password = settings.smtp_password.get_secret_value() or None
        self._tls = settings.smtp_tls
        self._sender = settings.mail_from

    async def send(self, *, to: str, subject: str, text: str, code: str = "") -> None:
        """Raises Undelivered; a mailbox or message that the server refuses for good is a permanent refusal."""
        try:
            await aiosmtplib.send(
                self._message(to, subject, text),
                sender=parseaddr(self._sender)[1],
                recipients=[to],
                hostname=self._host,
                port=self._port,
                username=self._username,
                password=self._password,
                use_tls=self._tls == "tls",
                start_tls=self._tls == "starttls",
                timeout=TIMEOUT,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusal = error.recipients[0]
            raise Undelivered(f"{refusal.code} {refusal.message}", permanent=_for_good(refusal.code)) from error
        except aiosmtplib.SMTPDataError as error:
            raise Undelivered(f"{error.code} {error.message}", permanent=_for_good(error.code)) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Undelivered(f"{type(error).__name__}: {error}") from error

    def _message(self, to: str, subject: str, text: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = Address(addr_spec=to)
        message["Subject"] = subject
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = make_msgid(domain=parseaddr(self._sender)[1].partition("@")[2])
        message.set_content(text)
        return message


def _for_good(code: int) -> bool:
    return 500 <= code < 600
