"""A mail server in this process, and certificates for it."""

import asyncio
import datetime
import ipaddress
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USERNAME, PASSWORD = "careergraph", "mail secret"


@dataclass
class Mailbox:
    """What a mail server took: the recipients and the message. It answers with `replies` first, one a message."""

    port: int = 0
    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    """Whether each of them came encrypted."""
    rcpt_replies: list[str] = field(default_factory=list)
    data_replies: list[str] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    before_reply: Callable[[], None] | None = None
    """What is done when a message was taken and its sender does not know yet."""

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self.rcpt_replies:
            return self.rcpt_replies.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data_replies:
            return self.data_replies.pop(0)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append((envelope.rcpt_tos, message))
        self.secured.append(server.transport.get_extra_info("cipher") is not None)
        if self.before_reply is not None:
            self.before_reply()
        self.arrived.set()
        return "250 OK"


def _authenticate(_server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USERNAME.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


@asynccontextmanager
async def mail_server(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, authenticates: bool = False, port: int = 0
) -> AsyncIterator[Mailbox]:
    """A mail server, on a free port unless one is given. With `tls` it offers STARTTLS, or speaks TLS at once."""
    mailbox = Mailbox()
    options: dict[str, Any] = {"require_starttls": True, "tls_context": tls} if tls and not implicit else {}
    if authenticates:
        options |= {"auth_required": True, "authenticator": _authenticate, "auth_require_tls": bool(options)}
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        with warnings.catch_warnings():  # about passwords without STARTTLS
            warnings.simplefilter("ignore", UserWarning)
            return SMTP(mailbox, hostname="mail.test", enable_SMTPUTF8=True, loop=loop, **options)

    server = await loop.create_server(protocol, "127.0.0.1", port, ssl=tls if implicit else None)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()
        await server.wait_closed()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS context for 127.0.0.1, and the file of the certificate that clients must trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.test")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    trusted, private = folder / "certificate.pem", folder / "key.pem"
    trusted.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(trusted, private)
    return context, trusted
