"""The known networks of a user, in which guesses from elsewhere do not lock the user out."""

from collections.abc import Collection

from sqlalchemy import bindparam, delete, select

from models.identity import KnownNetwork
from models.statements import table_of, upsert
from resolvers.scope import Scope

MAX_KNOWN = 10
"""The networks that are remembered of a user: the latest."""
_NOBODY = 0

_networks = table_of(KnownNetwork)
_KNOWN = select(_networks.c.id).where(
    _networks.c.user_id == bindparam("of_user"), _networks.c.network_hash.in_(bindparam("hashes", expanding=True))
)
_REMEMBER = upsert(KnownNetwork, unique=["user_id", "network_hash"])
_LATEST = (
    select(_networks.c.id)
    .where(_networks.c.user_id == bindparam("of_user"))
    .order_by(_networks.c.updated_at.desc(), _networks.c.id.desc())
    .limit(MAX_KNOWN)
)
_FORGET_OLDER = delete(_networks).where(_networks.c.user_id == bindparam("of_user"), _networks.c.id.not_in(_LATEST))
_FORGET = delete(_networks).where(_networks.c.user_id.in_(bindparam("of_users", expanding=True)))


async def is_known(scope: Scope, user_id: int | None) -> bool:
    """Whether this user signed in from the caller's network before. It is looked up for nobody too."""
    user_id = user_id or _NOBODY
    hashes = scope.services.guesses.network_hashes(user_id, scope.network)
    return await scope.fetch_value(_KNOWN, {"of_user": user_id, "hashes": hashes}) is not None


async def remember(scope: Scope, user_id: int) -> None:
    """Know the caller's network as one of the user's from now on, in place of the one used longest ago."""
    values = {
        "user_id": user_id,
        "network_hash": scope.services.guesses.network_hashes(user_id, scope.network)[0],
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    await scope.transaction.execute(_REMEMBER, values)
    await scope.transaction.execute(_FORGET_OLDER, {"of_user": user_id})


async def forget(scope: Scope, user_ids: Collection[int]) -> None:
    """Know none of the users' networks any more: whoever had the old password may have signed in from one."""
    await scope.transaction.execute(_FORGET, {"of_users": list(user_ids)})
