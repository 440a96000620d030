"""Seals: keyed hashes over the content of a row and the seal of the previous row."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from auth.encryption import derived_key


class Seals:
    """Seals rows with a key outside the database: who has only the database cannot make one."""

    def __init__(self, secret: str) -> None:
        self._key = derived_key(secret, "audit trail 1")

    def seal(self, content: Mapping[str, Any], previous: str) -> str:
        """The seal of a row, in hexadecimal; `previous` is that of the row before it, "" for the first."""
        return hmac.new(self._key, canonical({**content, "previous_hash": previous}), "sha256").hexdigest()


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one way in which a content is written: JSON in ASCII, its names sorted, without spaces."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")
