"""The user: a person. Other domains add what hangs on them with `extends(User)`."""

import datetime

from auth.policies import account_scope, owner, owner_or_administrator, public, signed_in, student_scope
from models.goals import GoalDirection
from models.identity import CredentialKind, Role, WechatProgram
from models.language import Language
from resolvers.identity import aliases, client_requests, roles, users
from schema.engine.connection import Connection
from schema.engine.context import Info
from schema.engine.fields import column, links, list_link, lookup, resolved
from schema.engine.types import Node, enum_type, node_type, value_type

enum_type(
    CredentialKind,
    description="The kind of a credential.",
    values={
        CredentialKind.STUDENT_ACCOUNT: "The student number, ten characters.",
        CredentialKind.USERNAME: "A user name.",
        CredentialKind.MOBILE: "A mobile number, proven by a code.",
        CredentialKind.EMAIL: "An e-mail address, proven by a code or a link.",
        CredentialKind.WECHAT: "A WeChat identity, `APPID:OPENID`.",
        CredentialKind.WECHAT_UNION: "A WeChat identity that several programs share.",
    },
)
enum_type(
    Role,
    description="A role of a user.",
    values={
        Role.ADMINISTRATOR: "Has all administrative permissions, including granting roles.",
        Role.HANDLER: "Decides on the sign applications assigned to them.",
        Role.ATTENDANCE_STAFF: "May sign in to the attendance back end; no other permissions.",
        Role.RECRUITER: "Creates feeds and gets candidates recommended.",
        Role.TEACHER: "Sees the attendance, goals and work logs of the students of their classes.",
    },
)
enum_type(
    GoalDirection,
    description="A student's direction after the degree.",
    values={GoalDirection.POSTGRADUATE: "考研.", GoalDirection.EMPLOYMENT: "就业."},
)
enum_type(
    WechatProgram,
    description="A WeChat mini-program.",
    values={
        WechatProgram.SIGN_CLOUD: "The sign cloud's.",
        WechatProgram.ATTENDANCE: "The attendance back end's.",
    },
)


enum_type(
    Language,
    description="A language of messages.",
    values={Language.ENGLISH: "English.", Language.CHINESE: "Chinese in simplified characters."},
)


@value_type(description="A credential of a user.", policy=owner_or_administrator)
class Credential:
    """A row of `credentials`."""

    kind: CredentialKind = column("The kind of the credential.")
    identifier: str = column("The account, name, number or address.")


@node_type(
    description="Unverified data that an old client reported about itself with a change.",
    policy=owner_or_administrator,
    by_id=client_requests.by_id,
)
class ClientRequest(Node):
    """A row of `client_requests`."""

    operation: str = column("The mutation.")
    client: str = column("The client address.")
    platform_code: str = column("The platform's code (X-platform-code).")
    unique_key: str = column("The key that the server assigned to the page (X-unique-key).")
    city: str = column("The city (X-city).")
    longitude: float | None = column("The longitude in degrees (X-location).")
    latitude: float | None = column("The latitude in degrees (X-location).")


@node_type(
    description="A person.",
    policy=signed_in,
    by_id=users.by_id,
    owner_key="id",
    id_policy=public,
    times_policy=owner_or_administrator,
    current=aliases.current,
)
class User(Node):
    """A row of `users`, with its student account."""

    name: str = column("The name.")
    account: str | None = column("The student account, if there is one.", policy=account_scope)
    class_name: str | None = column("The class.", policy=student_scope)
    major: str | None = column("The major.", policy=student_scope)
    disabled_at: datetime.datetime | None = column(
        "Since when an administrator keeps the user out; null for those who may sign in.",
        policy=owner_or_administrator,
    )
    last_active_at: datetime.datetime | None = column(
        "When the user was last signed in and sent something, to about five minutes; null before the first time.",
        policy=owner_or_administrator,
    )
    is_administrator: bool | None = column("Whether the user is an administrator.", policy=owner_or_administrator)
    must_change_password: bool | None = column(
        "Whether somebody else knows the password, so that it should be changed. In production the session allows"
        " nothing else until then.",
        policy=owner,
    )
    credentials: list[Credential] | None = list_link(
        "How they sign in.", "id", users.credentials_of_users, at_most=None, policy=owner_or_administrator
    )
    username: str | None = lookup(
        "The user name, if there is one.", "id", users.contacts_of_users, policy=owner_or_administrator
    )
    mobile: str | None = lookup(
        "The mobile number for signing in, if there is one; the newest of several.",
        "id",
        users.contacts_of_users,
        policy=owner_or_administrator,
    )
    email: str | None = lookup(
        "The e-mail address, if there is one; the newest of several.",
        "id",
        users.contacts_of_users,
        policy=owner_or_administrator,
    )
    is_email_confirmed: bool | None = lookup(
        "False until the link sent to the e-mail address was opened; until then it cannot be used to sign in.",
        "id",
        users.contacts_of_users,
        policy=owner_or_administrator,
    )
    language: Language | None = column(
        "The language of e-mails, short messages and notifications to the user; null where `setLanguage` chose none.",
        policy=owner,
    )
    client_requests: Connection[ClientRequest] | None = links(
        "The data that the user's old clients reported about themselves with changes.",
        "id",
        (client_requests.of_users, client_requests.count_of_users),
        policy=owner_or_administrator,
    )

    @resolved("The roles.", policy=owner_or_administrator, at_most=len(Role))
    async def roles(self, info: Info) -> list[Role] | None:
        """In the order they were granted."""
        rows = await info.context.load(roles.of_users, self.id)
        return [Role(row.role) for row in rows]

    @resolved("The directions after the degree.", policy=student_scope, at_most=len(GoalDirection))
    def directions(self) -> list[GoalDirection] | None:
        """From the two columns of the row."""
        held = {
            GoalDirection.POSTGRADUATE: self.pursues_postgraduate,  # type: ignore[attr-defined]
            GoalDirection.EMPLOYMENT: self.pursues_employment,  # type: ignore[attr-defined]
        }
        return [direction for direction, pursued in held.items() if pursued]
