"""People and how they sign in: users, credentials, roles, sessions and verification codes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.base import BIG_ID, Entity, reference, table_arguments

CLASS_NAME = 64
DEVICE_NAME = 64


class CredentialKind(StrEnum):
    """What a person signs in with.

    A WeChat credential's identifier is `APPID:OPENID`; the unionid, which WeChat tells of programs that
    belong together, makes their openids one person.
    """

    STUDENT_ACCOUNT = "student_account"
    USERNAME = "username"
    MOBILE = "mobile"
    EMAIL = "email"
    WECHAT = "wechat"
    WECHAT_UNION = "wechat_union"


class Role(StrEnum):
    """What a person may do beyond their own affairs."""

    ADMINISTRATOR = "administrator"
    HANDLER = "handler"
    ATTENDANCE_STAFF = "attendance_staff"
    RECRUITER = "recruiter"
    TEACHER = "teacher"


class Api(StrEnum):
    """The API a session belongs to. Each REST API accepts only its own sessions; the graph accepts all."""

    GRAPH = "graph"
    WORK_PROGRESS = "work_progress"
    DEVELOPER_PLATFORM = "developer_platform"
    SIGN_CLOUD = "sign_cloud"
    ATTENDANCE = "attendance"
    HR_FEEDS = "hr_feeds"


class WechatProgram(StrEnum):
    """A mini-program whose people WeChat vouches for."""

    SIGN_CLOUD = "sign_cloud"
    ATTENDANCE = "attendance"


class ApplicationStatus(StrEnum):
    """Where somebody's wish to join the attendance staff stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class CodePurpose(StrEnum):
    """What a verification code may be redeemed for."""

    REGISTER = "register"
    RESET_PASSWORD = "reset_password"
    LINK_CREDENTIAL = "link_credential"
    BIND_EMAIL = "bind_email"
    CHANGE_MOBILE_BY_MOBILE = "change_mobile_by_mobile"
    CHANGE_MOBILE_BY_EMAIL = "change_mobile_by_email"
    NEW_MOBILE = "new_mobile"
    CHANGE_EMAIL = "change_email"
    PROVE_PHONE = "prove_phone"


class User(Entity, table=True):
    """One person, whichever API they came from. `pursues_*` are the recorder's directions."""

    __tablename__ = "users"
    __table_args__ = table_arguments(
        Index("ix_users_pursues", "pursues_postgraduate", "pursues_employment", "id"),
        Index("ix_users_pursues_postgraduate_id", "pursues_postgraduate", "id"),
        Index("ix_users_pursues_employment_id", "pursues_employment", "id"),
        Index("ix_users_class_name_id", "class_name", "id"),
        Index("ix_users_class_name_name_id", "class_name", "name", "id"),
        Index("ix_users_major_id", "major", "id"),
        Index(
            "ix_users_disabled_at_id",
            "disabled_at",
            "id",
            sqlite_where=text("disabled_at IS NOT NULL"),
            postgresql_where=text("disabled_at IS NOT NULL"),
        ),
        Index("ix_users_last_active_at_id", "last_active_at", "id"),
        Index("ix_users_name_id", "name", "id"),
    )

    name: str = Field(max_length=64)
    class_name: str = Field(default="", max_length=CLASS_NAME)
    major: str = Field(default="", max_length=64)
    password_hash: str | None = Field(default=None, max_length=72)
    has_initial_password: bool = False
    """The password is still the last six characters of the account and is hashed at its first use."""
    must_change_password: bool = False
    password_expires_at: datetime | None = None
    """When a password that was issued to be used once stops working; null for one that somebody chose."""
    last_active_at: datetime | None = None
    """When the user was last there, to some minutes; null before the first time."""
    disabled_at: datetime | None = None
    """Since when the user is given no session, and none of theirs opens anything."""
    pursues_postgraduate: bool = False
    pursues_employment: bool = False
    language: str | None = Field(default=None, max_length=16)
    """What the user chose that messages are written in: a Language."""


class UserAlias(Entity, table=True):
    """The id of a user who was merged into another: it stands for that one. No id is used twice."""

    __tablename__ = "user_aliases"
    __table_args__ = table_arguments()

    former_id: int = Field(sa_type=BIG_ID, unique=True)
    user_id: int = reference("users", index=True)


class Credential(Entity, table=True):
    """One way of one user to sign in."""

    __tablename__ = "credentials"
    __table_args__ = table_arguments(
        UniqueConstraint("kind", "identifier"), Index("ix_credentials_kind_user_id", "kind", "user_id")
    )

    user_id: int = reference("users", index=True)
    kind: str = Field(max_length=32)
    identifier: str = Field(max_length=255)


class PendingEmail(Entity, table=True):
    """An e-mail address that a user gave and has not confirmed: a contact, and not yet a credential."""

    __tablename__ = "pending_emails"
    __table_args__ = table_arguments()

    user_id: int = reference("users", unique=True)
    address: str = Field(max_length=255)
    replaces: str = Field(max_length=255)
    """The e-mail address that it takes the place of once it is confirmed."""
    token_hash: str = Field(max_length=64, unique=True)
    """Of the token in the link that confirms it."""
    expires_at: datetime


class UserRole(Entity, table=True):
    """A role granted to a user."""

    __tablename__ = "user_roles"
    __table_args__ = table_arguments(
        UniqueConstraint("user_id", "role"), Index("ix_user_roles_role_user_id", "role", "user_id")
    )

    user_id: int = reference("users")
    role: str = Field(max_length=32)


class Session(Entity, table=True):
    """The row behind a token: without it, or once it is revoked, the token is dead.

    `exclusive` is true for APIs that allow a user one session (the recorder) and null for the others, so
    that the unique constraint lets a new login replace the old session and never add a second.
    """

    __tablename__ = "sessions"
    __table_args__ = table_arguments(
        UniqueConstraint("user_id", "api", "exclusive"), Index("ix_sessions_user_id_id", "user_id", "id")
    )

    user_id: int = reference("users")
    api: str = Field(max_length=32)
    jti: str = Field(max_length=36, unique=True)
    exclusive: bool | None = None
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    """When its token was last accepted, to some minutes; null before the first time."""
    browser: str = Field(default="", max_length=DEVICE_NAME, sa_column_kwargs={"server_default": ""})
    system: str = Field(default="", max_length=DEVICE_NAME, sa_column_kwargs={"server_default": ""})
    """What it was opened with, as the client said; empty where it said nothing that is known."""


class KnownNetwork(Entity, table=True):
    """A network that a user signed in from: a keyed hash of both, which tells nothing of the network."""

    __tablename__ = "known_networks"
    __table_args__ = table_arguments(UniqueConstraint("user_id", "network_hash"))

    user_id: int = reference("users")
    network_hash: str = Field(max_length=64)


class VerificationCode(Entity, table=True):
    """A code sent to an address: only its keyed hash is stored, bound to purpose, address and user."""

    __tablename__ = "verification_codes"
    __table_args__ = table_arguments(
        Index("ix_verification_codes_address", "kind", "address", "purpose", "id"),
    )

    purpose: str = Field(max_length=32)
    kind: str = Field(max_length=32)
    address: str = Field(max_length=255)
    user_id: int | None = reference("users", nullable=True)
    code_hash: str = Field(max_length=64)
    expires_at: datetime
    tries: int = 0
    used_at: datetime | None = None


class StaffApplication(Entity, table=True):
    """Somebody who registered at the attendance back end, and what administrators decided."""

    __tablename__ = "staff_applications"
    __table_args__ = table_arguments(Index("ix_staff_applications_status", "status", "id"))

    user_id: int = reference("users", unique=True)
    status: str = Field(max_length=16)
    reason: str = Field(default="", max_length=255)
    decider_id: int | None = reference("users", kept=True)
    decided_at: datetime | None = None


class Captcha(Entity, table=True):
    """A picture that somebody was shown: keyed hashes of its token and of its answer. It is taken away when used."""

    __tablename__ = "captchas"
    __table_args__ = table_arguments()

    token_hash: str = Field(max_length=64, unique=True)
    answer_hash: str = Field(max_length=64)
    expires_at: datetime = Field(index=True)


class ClientRequest(Entity, table=True):
    """What an old client said about itself when it wrote something."""

    __tablename__ = "client_requests"
    __table_args__ = table_arguments(Index("ix_client_requests_user", "user_id", "id"))

    user_id: int = reference("users")
    operation: str = Field(max_length=64)
    """The mutation of the graph that wrote."""
    client: str = Field(max_length=64)
    """The address it came from."""
    platform_code: str = Field(default="", max_length=64)
    unique_key: str = Field(default="", max_length=128)
    city: str = Field(default="", max_length=64)
    longitude: float | None = None
    latitude: float | None = None
