"""The caller of an operation."""

from dataclasses import dataclass
from enum import StrEnum

from models.errors import DomainError, PasswordChangeRequired, Unauthenticated
from models.identity import Api, Role
from models.language import Message


class TokenFault(StrEnum):
    """Why a caller is not signed in. The recorder answers each with a code of its own."""

    MISSING = "missing"
    MALFORMED = "malformed"
    INVALID = "invalid"
    EXPIRED = "expired"
    USER_NOT_FOUND = "user_not_found"
    REVOKED = "revoked"
    PASSWORD_CHANGE_REQUIRED = "password_change_required"


class Disclosure(StrEnum):
    """What an endpoint of an old API shows beyond what the caller may see in the graph, because its clients need it.

    Only the REST layer's own operations can be given one.
    """

    EVERYBODYS_CLOCK_INS = "everybodys_clock_ins"
    STUDENT_ACCOUNTS = "student_accounts"


TOKEN_FAULT_MESSAGES = {
    TokenFault.MISSING: Message("Sign in first: this needs an Authorization header with a bearer token."),
    TokenFault.MALFORMED: Message("The Authorization header is not `Bearer <token>`."),
    TokenFault.INVALID: Message("The token is not valid."),
    TokenFault.EXPIRED: Message("The token has expired; sign in again."),
    TokenFault.USER_NOT_FOUND: Message("The user of this token does not exist any more."),
    TokenFault.REVOKED: Message("The session of this token has ended; sign in again."),
    TokenFault.PASSWORD_CHANGE_REQUIRED: Message(
        "Change your password first; until then this session allows nothing else."
    ),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """A user with a live session, or an anonymous caller and why they are one.

    Roles come from the database at each request, never from the token. `confined_user_id` is a user who has to
    change the password first: to everything but that, they are an anonymous caller. `former_user_id` is whom the token
    names, where that user was merged into this one. `disclosures` are what the operation of an old API shows although
    others may not see it.
    """

    user_id: int | None = None
    jti: str | None = None
    api: Api | None = None
    roles: frozenset[str] = frozenset()
    fault: TokenFault = TokenFault.MISSING
    confined_user_id: int | None = None
    former_user_id: int | None = None
    disclosures: frozenset[Disclosure] = frozenset()

    @classmethod
    def confined(cls, user_id: int, jti: str, api: Api) -> "Principal":
        """A user whose session opens nothing but the change of the password."""
        return cls(jti=jti, api=api, fault=TokenFault.PASSWORD_CHANGE_REQUIRED, confined_user_id=user_id)

    def showing(self, disclosures: frozenset[Disclosure]) -> "Principal":
        """The same in an operation that shows these. `dataclasses.replace` takes three times as long."""
        return Principal(
            self.user_id,
            self.jti,
            self.api,
            self.roles,
            self.fault,
            self.confined_user_id,
            self.former_user_id,
            disclosures,
        )

    @property
    def is_signed_in(self) -> bool:
        """Whether the caller is a known user."""
        return self.user_id is not None

    def refusal(self) -> DomainError:
        """Why a caller is refused who has to be signed in, and is not."""
        if self.fault is TokenFault.PASSWORD_CHANGE_REQUIRED:
            return PasswordChangeRequired()
        return Unauthenticated(TOKEN_FAULT_MESSAGES[self.fault])

    @property
    def is_administrator(self) -> bool:
        """Whether the caller holds the administrator role."""
        return Role.ADMINISTRATOR in self.roles


ANONYMOUS = Principal()


@dataclass(frozen=True, slots=True)
class ClientDetails:
    """What a client says about itself. Nothing of it is proven."""

    platform_code: str = ""
    unique_key: str = ""
    city: str = ""
    longitude: float | None = None
    latitude: float | None = None
