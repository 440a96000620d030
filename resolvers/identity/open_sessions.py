"""The sessions of users that open something now, as the graph shows them."""

from sqlalchemy import bindparam, select

from models.identity import Session
from models.statements import table_of
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import SessionOrder

_sessions = table_of(Session)
_open = select(_sessions).where(_sessions.c.revoked_at.is_(None), _sessions.c.expires_at > bindparam("now"))

by_id = by_key(_open, _sessions.c.id)
of_users, count_of_users = pages_by_foreign_key(_open, _sessions.c.user_id, _sessions.c.id, SessionOrder)
