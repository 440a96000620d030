"""Mirrors: the images of developers, within their free space."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from auth.permissions import Permission
from auth.policies import owner
from models.errors import InvalidInput, LimitReached, SpaceExhausted
from models.identity import User
from models.platform.mirrors import Mirror
from models.reference import SettingName
from models.statements import table_of
from resolvers import checks
from resolvers.loaders import by_key, lists_by_foreign_key
from resolvers.platform import prices
from resolvers.scope import Scope
from resolvers.targets import Targets

MAX_MIRRORS = 200
"""The mirrors that a developer may keep."""
MAX_SIZE = 1_000_000
THOUSANDTHS = 1000
SMALLEST = Decimal("0.001")
UPDATE = Permission(owner)
DELETE = Permission(owner)
LIMITS = {"name": 255, "tag": 64, "remark": 1000}
"""The lengths of a mirror's texts."""

_users = table_of(User)
_mirrors = table_of(Mirror)

by_id = by_key(select(_mirrors), _mirrors.c.id)
of_users = lists_by_foreign_key(select(_mirrors), _mirrors.c.user_id, _mirrors.c.id.desc())

_used = func.coalesce(func.sum(_mirrors.c.size_thousandths), 0).label("used_thousandths")
used_of_users = by_key(
    select(_users.c.id, _used)
    .select_from(_users.outerjoin(_mirrors, _mirrors.c.user_id == _users.c.id))
    .group_by(_users.c.id),
    _users.c.id,
)

# One change of a developer's mirrors at a time: the lock does not stop others from referring to the user.
_HOLD = select(_users.c.id).where(_users.c.id == bindparam("of_user")).with_for_update(key_share=True)
_KEPT = select(func.count().label("mirrors"), _used).where(_mirrors.c.user_id == bindparam("of_user"))
_ADD = insert(_mirrors).returning(_mirrors)
_this = _mirrors.c.id == bindparam("of_mirror")
_held = Targets(select(_mirrors), _mirrors.c.id)
_CHANGE = (
    update(_mirrors)
    .where(_this)
    .values(
        **{name: func.coalesce(bindparam(f"new_{name}"), _mirrors.c[name]) for name in ("name", "tag", "remark")},
        updated_at=bindparam("now"),
    )
    .returning(_mirrors)
)
_DELETE = delete(_mirrors).where(_this)


def gigabytes(thousandths: int) -> Decimal:
    """The exact size, without zeros that say nothing."""
    whole, rest = divmod(thousandths, THOUSANDTHS)
    return Decimal(f"{whole}.{rest:03}".rstrip("0").rstrip("."))


async def create(scope: Scope, *, name: str, tag: str, size: Decimal, remark: str) -> Row[Any]:
    """Keep a mirror of the caller. Raises InvalidInput, LimitReached or SpaceExhausted."""
    field = "size"
    if not size.is_finite() or not 0 < size <= MAX_SIZE:
        raise InvalidInput("{field} must be more than 0 and at most {maximum}.", field=field, maximum=MAX_SIZE)
    if size != size.quantize(SMALLEST):
        raise InvalidInput("{field} must not have more than three decimals.", field=field)
    values = {
        "user_id": scope.viewer_id,
        **_texts({"name": name, "tag": tag, "remark": remark}),
        "size_thousandths": int(size * THOUSANDTHS),
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    (free,) = await prices.values(scope, [SettingName.FREE_MIRROR_SPACE])
    owner = {"of_user": scope.viewer_id}
    await scope.transaction.execute(_HOLD, owner)
    kept = (await scope.transaction.fetch(_KEPT, owner))[0]
    if kept.mirrors >= MAX_MIRRORS:
        raise LimitReached("A developer may have at most {maximum} mirrors.", maximum=MAX_MIRRORS)
    left = free * THOUSANDTHS - kept.used_thousandths
    if values["size_thousandths"] > left:
        raise SpaceExhausted("There are {left} GB left.", field=field, left=gigabytes(max(0, left)))
    return (await scope.transaction.fetch(_ADD, values))[0]


async def change(scope: Scope, *, mirror_id: int, texts: Mapping[str, str | None]) -> Row[Any]:
    """Change the `name`, `tag` or `remark` of a mirror of the caller; None leaves what is there.

    Raises InvalidInput, or NotFound for anybody else's.
    """
    changes = {f"new_{name}": value for name, value in _texts(texts).items()}
    await _held.hold(scope, mirror_id, UPDATE, field="mirror_id")
    return (await scope.transaction.fetch(_CHANGE, {"of_mirror": mirror_id, **changes, "now": scope.now}))[0]


async def remove(scope: Scope, *, mirror_id: int) -> None:
    """Delete a mirror of the caller. Raises NotFound for anybody else's."""
    await _held.hold(scope, mirror_id, DELETE, field="mirror_id")
    await scope.transaction.execute(_DELETE, {"of_mirror": mirror_id})


def _texts(texts: Mapping[str, str | None]) -> dict[str, str | None]:
    """The texts of a mirror; None stays. Raises InvalidInput."""
    return {
        name: None
        if (text := texts[name]) is None
        else checks.text(text, name, max_length=limit, required=name != "remark")
        for name, limit in LIMITS.items()
    }
