"""The interface of channels."""

from typing import Protocol


class Undelivered(Exception):
    """The message was not taken; the text says why. After a `permanent` refusal another attempt is useless."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        self.permanent = permanent
        super().__init__(reason)


class Channel(Protocol):
    """Sends one message to one address."""

    async def send(self, *, to: str, subject: str, text: str, code: str = "") -> None:
        """Hand the message over; raises Undelivered if it was not taken. `code` is the code in the text, if any."""
