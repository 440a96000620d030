"""Messages to users, stored in the transaction of an operation."""

from datetime import timedelta

from models.identity import CredentialKind
from resolvers.scope import Scope


async def post(
    scope: Scope,
    *,
    kind: CredentialKind,
    address: str,
    subject: str,
    text: str,
    code: str = "",
    lifetime: timedelta,
) -> None:
    """Write a message in the operation's transaction, and have it sent once that is committed.

    Raises ChannelUnavailable. After its lifetime the message is of no use and is not sent any more.
    """
    messages = scope.services.messages
    await messages.post(
        scope.transaction,
        kind=kind,
        address=address,
        subject=subject,
        text=text,
        code=code,
        lifetime=lifetime,
        now=scope.now,
    )
    if messages.committed not in scope.after_commit:
        scope.after_commit.append(messages.committed)
