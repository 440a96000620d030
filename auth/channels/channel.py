"""The interface of channels."""

from typing import Protocol

from models.language import Language


class Undelivered(Exception):
    """The message was not taken; the text says why. After a `permanent` refusal another attempt is useless.

    `is_certain` is False when the connection was lost after the message had been handed over: it may have been taken.
    """

    def __init__(self, reason: str, *, permanent: bool = False, is_certain: bool = True) -> None:
        self.permanent = permanent
        self.is_certain = is_certain
        super().__init__(reason)


class Channel(Protocol):
    """Sends one message to one address."""

    async def send(
        self, *, key: str, to: str, subject: str, text: str, code: str = "", language: str = Language.CHINESE
    ) -> None:
        """Hand the message over; raises Undelivered if it was not taken. `code` is the code in the text, if any, and
        `language` that of the text.

        `key` is the same at each attempt to send the message, so that a receiver can recognise a second one.
        """
