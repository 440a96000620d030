"""Replies whose headers are ready as bytes."""

from starlette.responses import Response


class ReadyReply(Response):
    """Starlette's reply without the work on its headers: these, and the length of the body."""

    def __init__(self, body: bytes, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code, self.background, self.body = status, None, body
        self.raw_headers = [(b"content-length", b"%d" % len(body)), *headers]
