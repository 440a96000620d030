"""Developers: users as the platform sees them."""

from sqlalchemy import func, select

from models.identity import User
from models.platform.profile import DeveloperProfile
from models.statements import table_of
from resolvers.loaders import by_key

_users = table_of(User)
_profiles = table_of(DeveloperProfile)

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
