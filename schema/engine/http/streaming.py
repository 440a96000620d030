"""Replies that are made while they are sent."""

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Send

from models.errors import BrokenOff, Unavailable

log = structlog.get_logger()


class Streamed(StreamingResponse):
    """A reply that may break off: the connection is closed before the end then, which clients notice."""

    async def stream_response(self, send: Send) -> None:
        """The pieces, as they come."""
        try:
            await super().stream_response(send)
        except (BrokenOff, Unavailable) as reason:
            log.warning("reply_broken_off", reason=type(reason).__name__)
