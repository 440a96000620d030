"""Developers: the users of the platform and their profiles."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from models.errors import InvalidInput, UserNotFound
from models.identity import User
from models.platform.profile import DeveloperProfile, DeveloperResearchDirection
from models.reference import DictionaryEntry, DictionaryKind
from models.statements import table_of, upsert
from models.uploads import ImageFolder
from resolvers import checks, dictionaries, uploads
from resolvers.identity import users
from resolvers.loaders import by_key, lists_by_foreign_key
from resolvers.scope import Scope

MAX_PLACE = 64

_users = table_of(User)
_profiles = table_of(DeveloperProfile)
_directions = table_of(DeveloperResearchDirection)
_entries = table_of(DictionaryEntry)

# Every user is a developer with empty details until they fill them in.
_query = select(
    _users.c.id,
    func.coalesce(_profiles.c.avatar_path, "").label("avatar_path"),
    func.coalesce(_profiles.c.province, "").label("province"),
    func.coalesce(_profiles.c.city, "").label("city"),
    func.coalesce(_profiles.c.county, "").label("county"),
    func.coalesce(_profiles.c.is_overseas, False).label("is_overseas"),
).select_from(_users.outerjoin(_profiles, _profiles.c.user_id == _users.c.id))

of_users = by_key(_query, _users.c.id)
research_directions_of_users = lists_by_foreign_key(
    select(_entries, _directions.c.user_id).select_from(
        _entries.join(_directions, _directions.c.entry_id == _entries.c.id)
    ),
    _directions.c.user_id,
    _directions.c.id,
)

_LOCK = select(_users.c.id).where(_users.c.id == bindparam("of_user")).with_for_update(key_share=True)
_TOUCH = update(_users).where(_users.c.id == bindparam("of_user")).values(updated_at=bindparam("now"))
_PRESENT = _query.where(_users.c.id == bindparam("of_user"))
_SAVE = upsert(DeveloperProfile, unique=["user_id"])
_HELD = select(_directions.c.entry_id).where(_directions.c.user_id == bindparam("of_user"))
_CLEAR = delete(_directions).where(_directions.c.user_id == bindparam("of_user"))
_ADD = insert(_directions)


async def lock_viewer(scope: Scope) -> int:
    """Let what the caller sends twice at the same time happen one after the other; their id."""
    if await scope.transaction.fetch_value(_LOCK, {"of_user": scope.viewer_id}) is None:
        raise UserNotFound
    return scope.viewer_id


async def update_details(
    scope: Scope,
    *,
    avatar: str | None,
    province: str | None,
    city: str | None,
    county: str | None,
    is_overseas: bool | None,
    research_directions: Sequence[int] | None,
) -> Row[Any]:
    """Change the caller's details: what is None stays. Returns the row of the user.

    The place is required, and kept, at home only. Raises InvalidInput, or NotFound for a picture that is
    neither the present one nor an avatar the caller uploaded.
    """
    user_id = await lock_viewer(scope)
    (present,) = await scope.transaction.fetch(_PRESENT, {"of_user": user_id})
    sent = {"province": province, "city": city, "county": county}
    place: dict[str, str] = {name: getattr(present, name) if value is None else value for name, value in sent.items()}
    is_abroad = present.is_overseas if is_overseas is None else is_overseas
    if is_overseas is not None or any(value is not None for value in sent.values()):
        place = {
            name: "" if is_abroad else checks.text(value, name, max_length=MAX_PLACE) for name, value in place.items()
        }
    times = {"created_at": scope.now, "updated_at": scope.now}
    if research_directions is not None:
        held = [row.entry_id for row in await scope.transaction.fetch(_HELD, {"of_user": user_id})]
        chosen = await dictionaries.choose(
            scope, DictionaryKind.RESEARCH_DIRECTION, research_directions, "research_directions", held=held
        )
        await scope.transaction.execute(_CLEAR, {"of_user": user_id})
        added = [{"user_id": user_id, "entry_id": entry, **times} for entry in chosen]
        await scope.transaction.execute_many(_ADD, added)
    avatar_path = await _avatar_path(scope, avatar, present.avatar_path)
    details = {"avatar_path": avatar_path, "is_overseas": is_abroad, **place}
    await scope.transaction.execute(_SAVE, {"user_id": user_id, **details, **times})
    await scope.transaction.execute(_TOUCH, {"of_user": user_id, "now": scope.now})
    return await users.load_user(scope, user_id)


async def _avatar_path(scope: Scope, sent: str | None, present: str) -> str:
    if sent is None or (sent and uploads.unsigned(sent) == present):
        return present
    if not sent:
        raise InvalidInput("{field} must not be empty.", field="avatar")
    await uploads.own_image(scope, ImageFolder.AVATAR, sent, "avatar")
    return uploads.unsigned(sent)
