"""Sessions in the graph: their owners and administrators see them, and end them."""

import datetime
from typing import Any, cast

import strawberry

from auth.policies import owner_or_administrator, signed_in
from models.errors import Forbidden, InvalidInput, NotFound, UserNotFound
from models.identity import Api
from resolvers.identity import access, open_sessions, users
from schema.engine.connection import Connection
from schema.engine.context import Info
from schema.engine.fields import column, from_row, links, resolved
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, enum_type, extends, input_type, node_type, root_type
from schema.identity.user import User

enum_type(
    Api,
    description="The API that a session was opened in. Each old API accepts only its own sessions, the graph all.",
    values={
        Api.GRAPH: "The graph.",
        Api.WORK_PROGRESS: "The work-progress recorder.",
        Api.DEVELOPER_PLATFORM: "The developer platform.",
        Api.SIGN_CLOUD: "The sign cloud.",
        Api.ATTENDANCE: "The attendance back end.",
        Api.HR_FEEDS: "The talent feeds.",
    },
)


@node_type(
    description="An open session: a token with which somebody is signed in.",
    policy=owner_or_administrator,
    by_id=open_sessions.by_id,
)
class Session(Node):
    """A row of `sessions` that is neither revoked nor expired."""

    api: Api = column("The API that it was opened in.")
    last_used_at: datetime.datetime | None = column(
        "The time of its last use, to about five minutes; null before it was noted for the first time."
    )
    expires_at: datetime.datetime = column("The time when it expires.")
    browser: str = column(
        "The browser or program that it was opened with, such as `Firefox 127`, as it said itself; empty if unknown."
    )
    system: str = column("The operating system, such as `Windows 10`, as the browser said; empty if unknown.")

    @resolved("Whether it is the session of this request.")
    def is_current(self, info: Info) -> bool:
        """The one of the caller's token."""
        return bool(cast("Any", self).jti == info.context.scope.principal.jti)


@extends(User)
class UserSessions:
    """Where a user is signed in."""

    sessions: Connection[Session] | None = links(
        "The open sessions.",
        "id",
        (open_sessions.of_users, open_sessions.count_of_users),
        policy=owner_or_administrator,
    )


@input_type(description="The input of `revokeSession`: the session to end.")
class RevokeSessionInput:
    """The input of `revokeSession`."""

    session_id: Id[Session] = strawberry.field(
        description="The session. Administrators may end anybody's, others their own."
    )


@payload_type(description="The result of `revokeSession`.")
class RevokeSessionPayload:
    """Whose session ended, or NOT_FOUND."""

    user: User | None = changed("The user, whose token is as dead as after signing out.")


@input_type(description="The input of `revokeSessions`: whose sessions to end.")
class RevokeSessionsInput:
    """The input of `revokeSessions`."""

    user_id: Id[User] | None = strawberry.field(
        default=None, description="The user; defaults to the caller. Only administrators may name another user."
    )
    keeps_current: bool = strawberry.field(default=True, description="Whether the session of this request stays open.")


@payload_type(description="The result of `revokeSessions`.")
class RevokeSessionsPayload:
    """How many sessions ended, or USER_NOT_FOUND."""

    user: User | None = changed("The user.")
    ended_count: int | None = changed("The number of sessions that ended.")


@root_type
class SessionsMutation:
    """Mutations."""

    @mutation("End one session.", policy=signed_in, errors=(InvalidInput, NotFound, UserNotFound))
    async def revoke_session(self, info: Info, input: RevokeSessionInput) -> RevokeSessionPayload:
        """Refused with NOT_FOUND for one that has ended, or that the caller may not end."""
        scope = info.context.scope
        user_id = await access.end_session(scope, session_id=input.session_id)
        return RevokeSessionPayload(user=from_row(User, await users.load_user(scope, user_id)))

    @mutation(
        "End the caller's sessions, all but the current one if wanted, or, as an administrator, another user's.",
        policy=signed_in,
        errors=(InvalidInput, UserNotFound),
    )
    async def revoke_sessions(self, info: Info, input: RevokeSessionsInput) -> RevokeSessionsPayload:
        """Refused with USER_NOT_FOUND."""
        scope = info.context.scope
        user_id = scope.viewer_id if input.user_id is None else input.user_id
        if user_id != scope.viewer_id and not scope.principal.is_administrator:
            raise Forbidden("Only administrators may end somebody else's sessions.")
        row = await users.load_user(scope, user_id)
        ended = await access.end_sessions(scope, user_id=user_id, keeps_current=input.keeps_current)
        return RevokeSessionsPayload(user=from_row(User, row), ended_count=ended)
