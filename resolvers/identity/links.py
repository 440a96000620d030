"""Links in e-mails that prove an address: only the hash of a link's token is stored."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from resolvers.scope import Scope

LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Link:
    """A new link, and what is stored of it."""

    url: str
    token_hash: str


def new_link(scope: Scope, path: str) -> Link:
    """A link to a page of this server."""
    token = secrets.token_urlsafe(32)
    return Link(f"{scope.services.link_base}{path}?token={token}", hash_of(token))


def keyed_link(scope: Scope, path: str, key: str, *, token_hash: str = "") -> Link:
    """The link that belongs to a key: the same whenever it is asked for, and known to nobody but this server.

    `token_hash` is what is stored of the link if there is one: it may be from before the secret key was replaced.
    """
    tokens = scope.services.encryption.lookups(f"{path} {key}")
    token = next((token for token in tokens if hash_of(token) == token_hash), tokens[0])
    return Link(f"{scope.services.link_base}{path}?token={token}", hash_of(token))


def hash_of(token: str) -> str:
    """The hash of a token that somebody sends."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
