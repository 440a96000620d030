"""Users: reading, searching, and changing their own details."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, func, insert, select, update

from models.errors import UserNotFound
from models.identity import CLASS_NAME, Credential, CredentialKind, PendingEmail, Role, User, UserRole
from models.statements import table_of
from resolvers import checks
from resolvers.identity import filters
from resolvers.identity.aliases import UserByKey
from resolvers.loaders import by_key, lists_by_foreign_key
from resolvers.orders import UserOrder
from resolvers.paging import Listing
from resolvers.scope import Scope
from resolvers.search.containing import holds
from resolvers.search.sources import SearchKind
from resolvers.teaching.visibility import viewer_teaches_class
from resolvers.totals import total_of

_users = table_of(User)
_roles = table_of(UserRole)
_accounts = table_of(Credential).alias("accounts")
_credentials = table_of(Credential)
_pending = table_of(PendingEmail)

is_administrator = exists().where(_roles.c.user_id == _users.c.id, _roles.c.role == Role.ADMINISTRATOR)

_details = select(
    _users.c.id,
    _users.c.created_at,
    _users.c.updated_at,
    _users.c.name,
    _users.c.class_name,
    _users.c.major,
    _users.c.must_change_password,
    _users.c.disabled_at,
    _users.c.last_active_at,
    _users.c.pursues_postgraduate,
    _users.c.pursues_employment,
    _users.c.language,
    is_administrator.label("is_administrator"),
)
user_query = _details.add_columns(_accounts.c.identifier.label("account")).select_from(
    _users.outerjoin(
        _accounts,
        and_(_accounts.c.user_id == _users.c.id, _accounts.c.kind == CredentialKind.STUDENT_ACCOUNT),
    )
)


def _newest(kind: CredentialKind) -> Any:
    return (
        select(_credentials.c.identifier)
        .where(_credentials.c.user_id == _users.c.id, _credentials.c.kind == kind)
        .order_by(_credentials.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


# Not the join: who does not read the account does without looking for it.
by_id = UserByKey(
    _details.add_columns(
        _newest(CredentialKind.STUDENT_ACCOUNT).label("account"),
        viewer_teaches_class(_users.c.class_name).label("viewer_teaches"),
    ),
    _users.c.id,
)
credentials_of_users = lists_by_foreign_key(
    select(_credentials.c.user_id, _credentials.c.kind, _credentials.c.identifier),
    _credentials.c.user_id,
    _credentials.c.id,
)


_contacts = select(
    _users.c.id,
    _newest(CredentialKind.USERNAME).label("username"),
    _newest(CredentialKind.MOBILE).label("mobile"),
    func.coalesce(_pending.c.address, _newest(CredentialKind.EMAIL)).label("email"),
    _pending.c.id.is_(None).label("is_email_confirmed"),
).select_from(_users.outerjoin(_pending, _pending.c.user_id == _users.c.id))

contacts_of_users = by_key(_contacts, _users.c.id)


_PERSON = SearchKind.PERSON
listing = Listing(
    user_query,
    _users.c.id,
    newest_first=False,
    orders=UserOrder,
    filters={
        "account": holds(_PERSON, _users.c.id, "account", account=_accounts.c.identifier),
        "name": holds(_PERSON, _users.c.id, "name", name=_users.c.name),
        "keyword": holds(_PERSON, _users.c.id, "keyword", account=_accounts.c.identifier, name=_users.c.name),
        "pursues_postgraduate": _users.c.pursues_postgraduate == bindparam("pursues_postgraduate"),
        "pursues_employment": _users.c.pursues_employment == bindparam("pursues_employment"),
        **filters.CONDITIONS,
    },
    total=total_of(_users),
    scans=filters.scans,
)


_UPDATE_PROFILE = (
    update(_users)
    .where(_users.c.id == bindparam("of_user"))
    .values(class_name=bindparam("new_class"), major=bindparam("new_major"), updated_at=bindparam("now"))
)
_USER = user_query.where(_users.c.id == bindparam("of_user"))
_SOME = user_query.where(_users.c.id.in_(bindparam("of_users", expanding=True)))
_ADMINISTRATORS = user_query.where(is_administrator).order_by(_users.c.id)
_ADD = insert(_users).returning(_users.c.id)
_LOCK = update(_users).where(_users.c.id == bindparam("of_user")).values(updated_at=bindparam("now"))


async def administrators(scope: Scope) -> Sequence[Row[Any]]:
    """All administrators, the oldest first."""
    return await scope.fetch(_ADMINISTRATORS)


async def add_user(scope: Scope, *, name: str, password_hash: str | None) -> int:
    """A new user; their id. They sign in with nothing yet."""
    user = User(name=name, password_hash=password_hash, created_at=scope.now, updated_at=scope.now)
    user_id: int = await scope.transaction.fetch_value(_ADD, user.model_dump(exclude={"id"}))
    return user_id


async def lock_viewer(scope: Scope) -> int:
    """Let what the caller sends twice at the same time happen one after the other; their id."""
    await lock(scope, scope.viewer_id)
    return scope.viewer_id


async def lock(scope: Scope, user_id: int) -> bool:
    """Let acts on a user at the same time happen one after the other; False if there is no such user."""
    return bool(await scope.transaction.execute(_LOCK, {"of_user": user_id, "now": scope.now}))


async def load_user(scope: Scope, user_id: int) -> Row[Any]:
    """The row of a user as the running transaction sees it. Raises UserNotFound."""
    row = await scope.transaction.fetch_one(_USER, {"of_user": user_id})
    if row is None:
        raise UserNotFound
    return row


async def load_users(scope: Scope, user_ids: Collection[int]) -> dict[int, Row[Any]]:
    """The rows of users as the running transaction sees them, by their ids; those that there are."""
    rows = await scope.transaction.fetch(_SOME, {"of_users": sorted(user_ids)}) if user_ids else []
    return {row.id: row for row in rows}


async def update_profile(scope: Scope, *, class_name: str, major: str) -> Row[Any]:
    """Change the caller's class and major."""
    values = {
        "of_user": scope.viewer_id,
        "new_class": checks.text(class_name, "class_name", max_length=CLASS_NAME, required=False),
        "new_major": checks.text(major, "major", max_length=64, required=False),
        "now": scope.now,
    }
    await scope.transaction.execute(_UPDATE_PROFILE, values)
    return await load_user(scope, scope.viewer_id)
