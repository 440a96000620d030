"""E-mail by SMTP."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formataddr, formatdate, parseaddr

import aiosmtplib

from auth.channels.channel import Undelivered
from models import texts
from models.language import Language
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
        name, address = parseaddr(settings.mail_from)
        self._sender = formataddr((name, texts.email(address)))

    async def send(
        self, *, key: str, to: str, subject: str, text: str, code: str = "", language: str = Language.CHINESE
    ) -> None:
        """Raises Undelivered; a mailbox or message that the server refuses for good is a permanent refusal."""
        message, sender = self._message(key, to, subject, text, language), parseaddr(self._sender)[1]
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            use_tls=self._tls == "tls",
            start_tls=self._tls == "starttls",
            timeout=TIMEOUT,
        )
        is_connected = False
        try:
            async with client:
                is_connected = True
                await client.send_message(message, sender=sender, recipients=[to])
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusal = error.recipients[0]
            raise Undelivered(f"{refusal.code} {refusal.message}", permanent=_for_good(refusal.code)) from error
        except aiosmtplib.SMTPDataError as error:
            raise Undelivered(f"{error.code} {error.message}", permanent=_for_good(error.code)) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            is_answer = isinstance(error, aiosmtplib.SMTPResponseException)
            raise Undelivered(f"{type(error).__name__}: {error}", is_certain=is_answer or not is_connected) from error

    def _message(self, key: str, to: str, subject: str, text: str, language: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = Address(addr_spec=to)
        message["Subject"] = subject
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = f"<{key}@{parseaddr(self._sender)[1].partition('@')[2]}>"
        message.set_content(text)
        message["Content-Language"] = language  # which the call before removes
        return message


def _for_good(code: int) -> bool:
    return 500 <= code < 600
