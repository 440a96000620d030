"""Hashes of predecessors: each is accepted once, and then replaced by one of ours.

`users.password_hash` holds them with a mark: SHA-256 in hexadecimal after `$sha256$`, and bcrypt with the prefix
`$2y$`, which is the same algorithm as the `$2b$` of our own.
"""

import hashlib
import hmac
import re

from auth.passwords import MAX_BYTES

SHA256 = "$sha256$"
BCRYPT = "$2y$"
MAX_COST = 14
"""The largest cost of bcrypt that is taken over: each more doubles what a sign-in costs."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BCRYPT = re.compile(r"\$2[abxy]\$(\d\d)\$[./A-Za-z0-9]{53}")


def is_old(password_hash: str | None) -> bool:
    """Whether a stored hash is one of a predecessor."""
    return password_hash is not None and password_hash.startswith((SHA256, BCRYPT))


def stored(password_hash: str) -> str | None:
    """A predecessor's hash as it is stored; None for one of another kind."""
    plain = password_hash.strip()
    if _SHA256.fullmatch(plain.lower()):
        return SHA256 + plain.lower()
    found = _BCRYPT.fullmatch(plain)
    if found is None or not 4 <= int(found[1]) <= MAX_COST:
        return None
    return BCRYPT + plain[len(BCRYPT) :]


def is_of(password_hash: str, password: str) -> bool:
    """Whether a password has a stored SHA-256. One that bcrypt cannot take the place of opens nothing."""
    encoded = password.encode(errors="replace")
    found = SHA256 + hashlib.sha256(encoded).hexdigest()
    return hmac.compare_digest(found, password_hash) and len(encoded) <= MAX_BYTES and b"\0" not in encoded
