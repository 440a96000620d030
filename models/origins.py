"""The origins of web pages, as browsers spell them in the header `Origin`."""

import re
from collections.abc import Sequence
from ipaddress import AddressValueError, IPv6Address

import idna

ANY_ORIGIN = "*"
OPAQUE = frozenset({"null", "file://"})
"""What pages without an address of their own send: files in a web view, of old Android too, and sandboxed frames."""
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]*))?")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_PORT = 65535


def normalised_origin(text: str) -> str:
    """The spelling of browsers. Raises ValueError with what is wrong, in words that go on from the origin's name."""
    if text.lower() in OPAQUE:
        return "null"
    found = _ORIGIN.fullmatch(text)
    if found is None:
        raise ValueError("has no scheme: an origin is like https://app.example.com")
    scheme, authority, rest = found[1].lower(), found[2], found[3]
    if scheme in {"ws", "wss"}:
        raise ValueError("is no address of a page: its origin begins with http:// or https://")
    if rest.strip("/"):
        raise ValueError("has a path: an origin is scheme, host and port alone")
    if "@" in authority:
        raise ValueError("holds a user name: an origin is scheme, host and port alone")
    if "*" in authority:
        raise ValueError("is a pattern: name each origin")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None or int(parts[2] or 0) > _MAX_PORT:
        raise ValueError("has no valid host and port")
    host = _host(parts[1])
    port = int(parts[2]) if parts[2] else None
    return f"{scheme}://{host}" + ("" if port in {None, _DEFAULT_PORTS.get(scheme)} else f":{port}")


def origin_problems(named: Sequence[str]) -> list[str]:
    """What of CORS_ORIGINS is no origin: no browser would ever send it."""
    found = []
    for origin in named:
        try:
            if origin != ANY_ORIGIN:
                normalised_origin(origin)
        except ValueError as error:
            found.append(f"CORS_ORIGINS: {origin[:64]} {error}.")
    return found


def _host(text: str) -> str:
    """The host in lower case, an international name in its ASCII form."""
    try:
        if text.startswith("["):
            return f"[{IPv6Address(text[1:-1])}]"
        host = text.lower() if text.isascii() else idna.encode(text, uts46=True).decode()
    except (AddressValueError, idna.IDNAError):
        host = ""
    if not _HOST.fullmatch(host):
        raise ValueError("has no valid host")
    return host
