"""Entity tags: a client that has the current version of a document gets 304 instead of its content."""

import hashlib

from starlette.requests import Request


def tag_of(content: bytes) -> str:
    """The ETag of a document with this content."""
    return f'"{hashlib.sha256(content).hexdigest()[:16]}"'


def has_current(request: Request, tag: str) -> bool:
    """Whether the client has the document with this ETag, which a proxy that compresses may have made a weak one."""
    sent = ",".join(request.headers.getlist("if-none-match")).split(",")
    return any(each.strip().removeprefix("W/") in {tag, "*"} for each in sent)
