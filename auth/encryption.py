"""Secrets at rest: values encrypted with a key outside the database, and keyed lookups of them."""

import hmac
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_VERSION = 1
"""The first byte of what is encrypted now; a new key gets a new version, and old values stay readable."""
_NONCE_BYTES = 12


def derived_key(secret: str, purpose: str) -> bytes:
    """A 256-bit key of the secret for one purpose; keys of different purposes tell nothing about each other."""
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())


class Encryption:
    """Encrypts texts with AES-GCM. `context` says whose a text is: it decrypts only with the same context."""

    def __init__(self, secret: str) -> None:
        self._ciphers = {KEY_VERSION: AESGCM(derived_key(secret, "encryption at rest 1"))}
        self._lookup_key = derived_key(secret, "lookup of encrypted values")

    def encrypt(self, text: str, *, context: str) -> bytes:
        """The encrypted text: the key's version, a random nonce, and the sealed bytes."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[KEY_VERSION].encrypt(nonce, text.encode(), context.encode())
        return bytes([KEY_VERSION]) + nonce + sealed

    def decrypt(self, encrypted: bytes, *, context: str) -> str:
        """The text. Raises for anything that `encrypt` did not make with this secret and context."""
        nonce, sealed = encrypted[1 : 1 + _NONCE_BYTES], encrypted[1 + _NONCE_BYTES :]
        return self._ciphers[encrypted[0]].decrypt(nonce, sealed, context.encode()).decode()

    def lookup(self, text: str) -> str:
        """A keyed hash: the same for the same text, and useless to who does not hold the secret."""
        return hmac.new(self._lookup_key, text.encode(), "sha256").hexdigest()
