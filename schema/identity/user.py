"""The user: a person, and everything that hangs on them."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from auth.policies import attendance_scope, owner, owner_or_administrator, public, signed_in
from models.goals import GoalDirection
from models.identity import CredentialKind, Role
from resolvers import attendance, community, goals, journal, notifications
from resolvers.identity import client_requests, roles, users
from resolvers.platform import developers
from resolvers.signing import applications, resumes
from resolvers.talent import feeds, recruiters, watches
from schema.engine.connection import After, Connection, First, listed
from schema.engine.context import Info
from schema.engine.fields import column, link, links, list_link, lookup, resolved
from schema.engine.types import NODE_TYPES, Node, enum_type, node_type, value_type

if TYPE_CHECKING:
    from schema.attendance import ClockIn
    from schema.community import Post
    from schema.goals import EmploymentGoal, PostgraduateGoal
    from schema.journal import WorkLog
    from schema.notifications import Notification
    from schema.platform.developer import Developer
    from schema.signing.applications import SignApplication
    from schema.signing.resumes import Resume
    from schema.talent.feeds import Feed
    from schema.talent.recruiters import Recruiter
    from schema.talent.watches import WatchedResume, WatchedResumeFilter

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
    account: str | None = column("The student account, if there is one.", policy=owner_or_administrator)
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
    employment_goal: Annotated["EmploymentGoal", strawberry.lazy("schema.goals")] | None = link(
        "The job they aim for.", "id", goals.employment_of_users, policy=owner_or_administrator
    )
    postgraduate_goal: Annotated["PostgraduateGoal", strawberry.lazy("schema.goals")] | None = link(
        "The postgraduate place they aim for.",
        "id",
        goals.postgraduate_of_users,
        policy=owner_or_administrator,
    )
    current_clock_in: Annotated["ClockIn", strawberry.lazy("schema.attendance")] | None = link(
        "Their clock-in of the running slot, if there is one and the caller may see it.",
        "id",
        attendance.current_of_users,
        policy=attendance_scope,
    )
    clock_ins: Connection[Annotated["ClockIn", strawberry.lazy("schema.attendance")]] = links(
        "When and where they clocked in; empty for everybody but themselves and administrators.",
        "id",
        (attendance.of_users, attendance.count_of_users),
        policy=attendance_scope,
    )
    work_logs: Connection[Annotated["WorkLog", strawberry.lazy("schema.journal")]] = links(
        "Their applications.",
        "id",
        (journal.of_users, journal.count_of_users),
        policy=owner_or_administrator,
    )
    posts: Connection[Annotated["Post", strawberry.lazy("schema.community")]] = links(
        "What they published; the anonymous ones only for themselves.",
        "id",
        (community.posts_of_users, community.count_posts_of_users),
    )

    developer: Annotated["Developer", strawberry.lazy("schema.platform.developer")] | None = link(
        "What they are on the developer platform.", "id", developers.of_users, policy=owner_or_administrator
    )
    resume: Annotated["Resume", strawberry.lazy("schema.signing.resumes")] | None = link(
        "What they tell employers.", "id", resumes.of_users, policy=owner_or_administrator
    )
    recruiter: Annotated["Recruiter", strawberry.lazy("schema.talent.recruiters")] | None = link(
        "What they are as a recruiter.", "id", recruiters.of_users, policy=owner_or_administrator
    )
    sign_applications: Connection[Annotated["SignApplication", strawberry.lazy("schema.signing.applications")]] = links(
        "Where they applied to sign.",
        "id",
        (applications.of_users, applications.count_of_users),
        policy=owner_or_administrator,
    )
    handled_applications: Connection[Annotated["SignApplication", strawberry.lazy("schema.signing.applications")]] = (
        links(
            "The applications that they look after, as a handler.",
            "id",
            (applications.of_handlers, applications.count_of_handlers),
            policy=owner_or_administrator,
        )
    )

    feeds: Connection[Annotated["Feed", strawberry.lazy("schema.talent.feeds")]] = links(
        "The jobs that they have talent recommended for.", "id", (feeds.of_users, feeds.count_of_users), policy=owner
    )

    notifications: Connection[Annotated["Notification", strawberry.lazy("schema.notifications")]] = links(
        "What they are told.", "id", (notifications.of_users, notifications.count_of_users), policy=owner
    )
    client_requests: Connection[ClientRequest] = links(
        "What their old clients said about themselves when they wrote something.",
        "id",
        (client_requests.of_users, client_requests.count_of_users),
        policy=owner_or_administrator,
    )

    @resolved("The resumes that they watch. Newest first, at most 100 a page.", policy=owner)
    async def watched_resumes(
        self,
        info: Info,
        filter: Annotated[
            Annotated["WatchedResumeFilter", strawberry.lazy("schema.talent.watches")] | None,
            strawberry.argument(description="Which."),
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Annotated["WatchedResume", strawberry.lazy("schema.talent.watches")]]:
        """A page of the watch list."""
        filters = {} if filter is None else watches.searching(filter.field, filter.text)
        watched = NODE_TYPES["WatchedResume"].type
        return await listed(info, watched, watches.listing, filters, first=first, after=after, page=None)

    @resolved("How many notifications they have not read.", policy=owner)
    async def unread_notification_count(self, info: Info) -> int:
        """Counted when it is asked for."""
        return int(await info.context.load(notifications.unread_of_users, self.id))

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
