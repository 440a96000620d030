"""The id of a request: the caller's X-Request-ID where it can be one, else a new one."""

import os
import re
import secrets
from collections.abc import MutableMapping
from typing import Any

from watching.headers import headers_of

MAX_CHARACTERS = 64
DIGITS = 16
"""The hexadecimal digits of an id of ours."""
_DRAWN = 256
"""The ids that are drawn at once: asking the system for random bytes takes as long as all else about an id."""
_HEADER = b"x-request-id"
_VALID = re.compile(rb"[A-Za-z0-9._~-]{1,%d}" % MAX_CHARACTERS).fullmatch
_waiting: list[str] = []

# No two processes may give the same ids.
os.register_at_fork(after_in_child=_waiting.clear)


def request_id(scope: MutableMapping[str, Any]) -> str:
    """The id of a request. Two that differ are none: nobody knows which one others noted."""
    sent = headers_of(scope).get(_HEADER)
    if sent is not None and _VALID(sent) and all(v == sent for name, v in scope["headers"] if name == _HEADER):
        return sent.decode("ascii")
    if not _waiting:
        drawn = secrets.token_hex(DIGITS // 2 * _DRAWN)
        _waiting.extend(drawn[start : start + DIGITS] for start in range(0, len(drawn), DIGITS))
    return _waiting.pop()
