"""Packages: how many feeds and contacts recruiters have, and until when.

Both counters move by conditional updates alone, so that two takers of the last place cannot both have it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, case, func, insert, select, update

from auth.permissions import Permission
from auth.policies import administrator
from models.errors import InvalidInput, NotFound, QuotaExhausted
from models.statements import table_of
from models.talent.recruiters import Package, Recruiter
from resolvers import audit, checks
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import PackageOrder
from resolvers.scope import Scope
from resolvers.talent import tasks

MAX_FEEDS = 1000
MAX_CONTACTS = 100_000
MAX_NAME = 64
LONGEST = timedelta(days=3650)
TRIAL = "试用"

MANAGE = Permission(administrator)

_packages = table_of(Package)
_recruiters = table_of(Recruiter)
_query = select(_packages)

by_id = by_key(_query, _packages.c.id)
of_users, count_of_users = pages_by_foreign_key(_query, _packages.c.user_id, _packages.c.id, PackageOrder)


@dataclass(frozen=True, slots=True)
class Quota:
    """What the unexpired packages of a recruiter leave, and whether one of them is no trial."""

    feeds: int = 0
    contacts: int = 0
    is_vip: bool = False


_is_valid = _packages.c.expires_at > bindparam("now")
_of_user = _packages.c.user_id == bindparam("of_user")
_QUOTAS = (
    select(
        _packages.c.user_id,
        func.sum(_packages.c.feeds - _packages.c.feeds_used).label("feeds"),
        func.sum(_packages.c.contacts - _packages.c.contacts_used).label("contacts"),
        func.max(case((_packages.c.is_trial, 0), else_=1)).label("is_vip"),
    )
    .where(_packages.c.user_id.in_(bindparam("keys", expanding=True)), _is_valid)
    .group_by(_packages.c.user_id)
)


def _take(used: Any, allowed: Any, *order: Any) -> tuple[Any, Any]:
    """The update that takes one of what a package allows, and the question whether any has one left."""
    is_free = used < allowed
    chosen = select(_packages.c.id).where(_of_user, _is_valid, is_free).order_by(*order).limit(1)
    taking = (
        update(_packages)
        .where(_packages.c.id == chosen.with_for_update().scalar_subquery(), is_free)
        .values({used.key: used + 1, "updated_at": bindparam("now")})
        .returning(_packages.c.id)
    )
    return taking, chosen


_TAKE_FEED = _take(_packages.c.feeds_used, _packages.c.feeds, _packages.c.expires_at.desc(), _packages.c.id)
_TAKE_CONTACT = _take(_packages.c.contacts_used, _packages.c.contacts, _packages.c.expires_at, _packages.c.id)
_GIVE_BACK_FEED = (
    update(_packages)
    .where(_packages.c.id == bindparam("of_package"), _packages.c.feeds_used > 0)
    .values(feeds_used=_packages.c.feeds_used - 1, updated_at=bindparam("now"))
)
_ADD = insert(_packages).returning(_packages)
_IS_RECRUITER = select(_recruiters.c.id).where(_recruiters.c.user_id == bindparam("of_user"))
_tracked = audit.Tracked(_packages, "user_id", "name", "feeds", "contacts", "expires_at")
_CHANGE = (
    update(_packages)
    .where(_packages.c.id == bindparam("of_package"))
    .values(
        name=bindparam("new_name"),
        feeds=bindparam("new_feeds"),
        contacts=bindparam("new_contacts"),
        expires_at=bindparam("new_expiry"),
        updated_at=bindparam("now"),
    )
    .returning(_packages)
)


async def take_feed(scope: Scope) -> int:
    """Use one feed of the caller's packages: of those that have one left, the one that ends last. Its id.

    Raises QuotaExhausted.
    """
    return await _taken(scope, *_TAKE_FEED)


async def give_back_feed(scope: Scope, package_id: int | None) -> None:
    """Let a package have a feed back that it gave; nothing happens once the package is gone."""
    if package_id is not None:
        await scope.transaction.execute(_GIVE_BACK_FEED, {"of_package": package_id, "now": scope.now})


async def take_contact(scope: Scope) -> int:
    """Use one contact of the caller's packages: of those that have one left, the one that ends first. Its id.

    Raises QuotaExhausted.
    """
    return await _taken(scope, *_TAKE_CONTACT)


async def _taken(scope: Scope, taking: Any, has_any: Any) -> int:
    wanted = {"of_user": scope.viewer_id, "now": scope.now}
    while True:
        package_id: int | None = await scope.transaction.fetch_value(taking, wanted)
        if package_id is not None:
            return package_id
        # Somebody who was faster may have taken the last of one package while another has some left.
        if await scope.transaction.fetch_value(has_any, wanted) is None:
            raise QuotaExhausted


async def quotas_of_users(scope: Scope, keys: Sequence[int]) -> Sequence[Quota]:
    """What each user's packages leave."""
    rows = await scope.fetch(_QUOTAS, {"keys": list(keys), "now": scope.now})
    found = {row.user_id: Quota(int(row.feeds), int(row.contacts), bool(row.is_vip)) for row in rows}
    return [found.get(key, Quota()) for key in keys]


async def rest_feeds(scope: Scope) -> int:
    """How many feeds the caller may still order."""
    return (await quotas_of_users(scope, [scope.viewer_id]))[0].feeds


async def grant_trial(scope: Scope, *, user_id: int) -> None:
    """The package that every recruiter begins with."""
    trial = scope.services.trial
    package = Package(
        user_id=user_id,
        name=TRIAL,
        is_trial=True,
        feeds=trial.feeds,
        contacts=trial.contacts,
        expires_at=scope.now + trial.duration,
        created_at=scope.now,
        updated_at=scope.now,
    )
    await scope.transaction.execute(insert(_packages), package.model_dump(exclude={"id"}))


async def grant(scope: Scope, *, user_id: int, name: str, feeds: int, contacts: int, expires_at: datetime) -> Row[Any]:
    """A new package of a recruiter; audited. Raises NotFound for somebody who is none, or InvalidInput."""
    values: dict[str, Any] = {
        "name": checks.text(name, "name", max_length=MAX_NAME),
        "feeds": checks.number(feeds, "feeds", minimum=0, maximum=MAX_FEEDS),
        "contacts": checks.number(contacts, "contacts", minimum=0, maximum=MAX_CONTACTS),
        "expires_at": _expiry(scope, expires_at, earliest=scope.now),
    }
    if await scope.transaction.fetch_value(_IS_RECRUITER, {"of_user": user_id}) is None:
        raise NotFound("This user is not a recruiter.", field="user_id")
    package = Package(user_id=user_id, **values, created_at=scope.now, updated_at=scope.now)
    row = (await scope.transaction.fetch(_ADD, package.model_dump(exclude={"id"})))[0]
    await _record(scope, "grant_package", None, row)
    return row


async def change(
    scope: Scope,
    *,
    package_id: int,
    name: str | None,
    feeds: int | None,
    contacts: int | None,
    expires_at: datetime | None,
) -> Row[Any]:
    """Rename, enlarge, reduce, extend or end a package; None keeps what is there. Audited.

    Less than what is used already is refused, and an end in the past is now. What the feeds of a package that had
    ended missed is made up for. Raises NotFound or InvalidInput.
    """
    held = await _tracked.held(scope, package_id)
    if held is None:
        raise NotFound(field="package_id")
    values = {
        "new_name": held.name if name is None else checks.text(name, "name", max_length=MAX_NAME),
        "new_feeds": _allowance(held.feeds, feeds, held.feeds_used, "feeds", MAX_FEEDS),
        "new_contacts": _allowance(held.contacts, contacts, held.contacts_used, "contacts", MAX_CONTACTS),
        "new_expiry": held.expires_at if expires_at is None else max(_expiry(scope, expires_at), scope.now),
    }
    row = (await scope.transaction.fetch(_CHANGE, {"of_package": package_id, **values, "now": scope.now}))[0]
    await _record(scope, "update_package", held, row)
    if held.expires_at <= scope.now < row.expires_at:
        await tasks.feeds_of_package_changed(scope, package_id)
    return row


def _allowance(present: int, wanted: int | None, used: int, name: str, maximum: int) -> int:
    if wanted is None:
        return present
    checks.number(wanted, name, minimum=0, maximum=maximum)
    if wanted < used:
        raise InvalidInput("{field} must not be less than the {used} in use.", field=name, used=used)
    return wanted


def _expiry(scope: Scope, value: datetime, *, earliest: datetime | None = None) -> datetime:
    value = checks.instant(value, "expires_at")
    if value > scope.now + LONGEST:
        raise InvalidInput("{field} must not be more than ten years away.", field="expires_at")
    if earliest is not None and value <= earliest:
        raise InvalidInput("{field} must be in the future.", field="expires_at")
    return value


async def _record(scope: Scope, action: str, held: Row[Any] | None, row: Row[Any]) -> None:
    details = {"feeds": str(row.feeds), "contacts": str(row.contacts), "expiresAt": row.expires_at.isoformat()}
    changes = _tracked.changes(held, row)
    await audit.record(scope, action=action, subject_type="Package", subject_id=row.id, details=details, **changes)
