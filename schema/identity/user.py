"""The user: a person. Other domains add what hangs on them with `extends(User)`."""

from auth.policies import account_scope, owner, owner_or_administrator, public, signed_in
from models.goals import GoalDirection
from models.identity import CredentialKind, Role, WechatProgram
from resolvers.identity import client_requests, roles, users
from schema.engine.connection import Connection
from schema.engine.context import Info
from schema.engine.fields import column, links, list_link, lookup, resolved
from schema.engine.types import Node, enum_type, node_type, value_type

enum_type(
    CredentialKind,
    description="What a person signs in with.",
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
    description="What a person may do beyond their own affairs.",
    values={
        Role.ADMINISTRATOR: "Everything, and to grant roles.",
        Role.HANDLER: "Decides on the sign applications that are handed to them.",
        Role.ATTENDANCE_STAFF: "Signs in at the attendance back end; nothing else.",
        Role.RECRUITER: "Orders feeds and is recommended talent.",
    },
)
enum_type(
    GoalDirection,
    description="What a student pursues after the degree.",
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


@value_type(description="One way in which a person signs in.", policy=owner_or_administrator)
class Credential:
    """A row of `credentials`."""

    kind: CredentialKind = column("What it is.")
    identifier: str = column("The account, name, number or address.")


@node_type(
    description="What an old client said about itself when it wrote something; nothing of it is proven.",
    policy=owner_or_administrator,
    by_id=client_requests.by_id,
)
class ClientRequest(Node):
    """A row of `client_requests`."""

    operation: str = column("The mutation that wrote.")
    client: str = column("The address it came from.")
    platform_code: str = column("The platform's code (X-platform-code).")
    unique_key: str = column("The key that the server gave the page (X-unique-key).")
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
)
class User(Node):
    """A row of `users`, with its student account."""

    name: str = column("The name.")
    account: str | None = column("The student account, if there is one.", policy=account_scope)
    class_name: str = column("The class.", policy=owner_or_administrator)
    major: str = column("The major.", policy=owner_or_administrator)
    is_administrator: bool = column("Whether they are an administrator.", policy=owner_or_administrator)
    must_change_password: bool = column(
        "Whether somebody else knows the password, so that it should be changed. In production the session opens"
        " nothing else until then.",
        policy=owner,
    )
    credentials: list[Credential] = list_link(
        "How they sign in: a handful.", "id", users.credentials_of_users, policy=owner_or_administrator
    )
    username: str | None = lookup(
        "The user name, if there is one.", "id", users.contacts_of_users, policy=owner_or_administrator
    )
    mobile: str | None = lookup(
        "The mobile number that they sign in with, if there is one; the newest of several.",
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
    is_email_confirmed: bool = lookup(
        "False while the e-mail address waits for its link to be opened, and is not yet one to sign in with.",
        "id",
        users.contacts_of_users,
        policy=owner_or_administrator,
    )
    client_requests: Connection[ClientRequest] = links(
        "What their old clients said about themselves when they wrote something.",
        "id",
        (client_requests.of_users, client_requests.count_of_users),
        policy=owner_or_administrator,
    )

    @resolved("Their roles.", policy=owner_or_administrator)
    async def roles(self, info: Info) -> list[Role]:
        """In the order they were granted."""
        rows = await info.context.load(roles.of_users, self.id)
        return [Role(row.role) for row in rows]

    @resolved("What they pursue after the degree.", policy=owner_or_administrator)
    def directions(self) -> list[GoalDirection]:
        """From the two columns of the row."""
        held = {
            GoalDirection.POSTGRADUATE: self.pursues_postgraduate,  # type: ignore[attr-defined]
            GoalDirection.EMPLOYMENT: self.pursues_employment,  # type: ignore[attr-defined]
        }
        return [direction for direction, pursued in held.items() if pursued]
