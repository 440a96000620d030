"""The id of a request: the caller's X-Request-ID where it can be one, else a new one."""

import re
import secrets

MAX_CHARACTERS = 64
_VALID = re.compile(rb"[A-Za-z0-9._~-]{1,%d}" % MAX_CHARACTERS).fullmatch


def request_id(headers: list[tuple[bytes, bytes]]) -> str:
    """The id of the request with these headers. Two that differ are none: nobody knows which one others noted."""
    sent = None
    for name, value in headers:
        if name == b"x-request-id":
            if sent is not None and sent != value:
                sent = b""
                break
            sent = value
    return sent.decode("ascii") if sent and _VALID(sent) else secrets.token_hex(8)
