"""Messages to users, stored in the transaction of an operation."""

from datetime import timedelta

from models.identity import CredentialKind
from models.language import Message
from resolvers import languages
from resolvers.scope import Scope


async def post(
    scope: Scope,
    *,
    kind: CredentialKind,
    address: str,
    reader: int | None,
    subject: Message,
    text: Message,
    code: str = "",
    lifetime: timedelta,
) -> None:
    """Write a message in the operation's transaction, and have it sent once that is committed.

    It is in the language of the user `reader`, or of the caller where it is not known who reads it.

    Raises ChannelUnavailable. After its lifetime the message is of no use and is not sent any more.
    """
    messages = scope.services.messages
    messages.check_channel(kind)
    language = await languages.of_reader(scope, reader)
    await messages.post(
        scope.transaction,
        kind=kind,
        address=address,
        subject=subject.said(language),
        text=text.said(language),
        language=language,
        code=code,
        lifetime=lifetime,
        now=scope.now,
    )
    if messages.committed not in scope.after_commit:
        scope.after_commit.append(messages.committed)
