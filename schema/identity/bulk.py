"""What administrators do about many users at once: one transaction, and a result for each user."""

import datetime
from collections.abc import Iterable

import strawberry

from auth.policies import administrator, public
from models.errors import InvalidInput, ServiceBusy
from models.identity import Role
from resolvers.identity import access, roles
from resolvers.identity.issued import issue_passwords
from resolvers.identity.outcomes import MAX_USERS, Outcome, check_number
from schema.engine.context import Info
from schema.engine.errors import UserError
from schema.engine.fields import column, from_row
from schema.engine.ids import Id
from schema.engine.mutations import mutation, payload_type
from schema.engine.types import input_type, root_type, value_type
from schema.engine.wording import Wording
from schema.identity.user import User

_MANY = f"The users: at least one, at most {MAX_USERS}."
_RESULTS = "A result for each user, in the order of the input; empty if the whole mutation failed."


@value_type(description="What was done to one of many users.", policy=public)
class UserResult:
    """An entry of `results`."""

    user: User | None = column("The user; null if nothing was done to them.")
    errors: list[UserError] = column("Why nothing was done; empty otherwise.", at_most=1)


@value_type(description="The new password of one of many users.", policy=public)
class PasswordResult:
    """An entry of `results` of `resetUserPasswords`."""

    user: User | None = column("The user; null if nothing was done to them.")
    one_time_password: str | None = column(
        "The new password. It is shown once, and has to be changed when it is used for the first time."
    )
    expires_at: datetime.datetime | None = column("The time from which it cannot be used any more.")
    errors: list[UserError] = column("Why nothing was done; empty otherwise.", at_most=1)


def _user(outcome: Outcome) -> User | None:
    return None if outcome.user is None else from_row(User, outcome.user)


def _errors(outcome: Outcome, wording: Wording) -> list[UserError]:
    return [] if outcome.error is None else [UserError.of(outcome.error, wording)]


def _results(found: Iterable[Outcome], wording: Wording) -> list[UserResult]:
    return [UserResult(user=_user(outcome), errors=_errors(outcome, wording)) for outcome in found]


@input_type(description="The input of `disableUsers`: the users to keep out, not the caller.")
class DisableUsersInput:
    """The input of `disableUsers`."""

    user_ids: list[Id[User]] = strawberry.field(description=_MANY)


@payload_type(description="The result of `disableUsers`.")
class DisableUsersPayload:
    """A result for each user."""

    results: list[UserResult] = column(_RESULTS, at_most=MAX_USERS, default_factory=list)


@input_type(description="The input of `enableUsers`: the users to let in again.")
class EnableUsersInput:
    """The input of `enableUsers`."""

    user_ids: list[Id[User]] = strawberry.field(description=_MANY)


@payload_type(description="The result of `enableUsers`.")
class EnableUsersPayload:
    """A result for each user."""

    results: list[UserResult] = column(_RESULTS, at_most=MAX_USERS, default_factory=list)


@input_type(description="The input of `resetUserPasswords`: the users who get new passwords, not the caller.")
class ResetUserPasswordsInput:
    """The input of `resetUserPasswords`."""

    user_ids: list[Id[User]] = strawberry.field(description=_MANY)


@payload_type(description="The result of `resetUserPasswords`.")
class ResetUserPasswordsPayload:
    """A result for each user."""

    results: list[PasswordResult] = column(_RESULTS, at_most=MAX_USERS, default_factory=list)


@input_type(description="The input of `grantRoles` and `revokeRoles`: users and a role of theirs.")
class RolesInput:
    """The input of `grantRoles` and `revokeRoles`."""

    user_ids: list[Id[User]] = strawberry.field(description=_MANY)
    role: Role = strawberry.field(description="The role.")


@payload_type(description="The result of `grantRoles` and `revokeRoles`.")
class RolesPayload:
    """A result for each user."""

    results: list[UserResult] = column(_RESULTS, at_most=MAX_USERS, default_factory=list)


@root_type
class BulkMutation:
    """Mutations. What is wrong about one user, such as an unknown one, is no obstacle to the others."""

    @mutation("`disableUser` for many users at once.", policy=administrator, errors=(InvalidInput,), exclusive=True)
    async def disable_users(self, info: Info, input: DisableUsersInput) -> DisableUsersPayload:
        """Refused with INVALID_INPUT for none or too many users."""
        check_number(input.user_ids)
        found = await access.disable(info.context.scope, user_ids=input.user_ids)
        return DisableUsersPayload(results=_results(found, info.context.wording))

    @mutation("`enableUser` for many users at once.", policy=administrator, errors=(InvalidInput,), exclusive=True)
    async def enable_users(self, info: Info, input: EnableUsersInput) -> EnableUsersPayload:
        """Refused with INVALID_INPUT for none or too many users."""
        check_number(input.user_ids)
        found = await access.enable(info.context.scope, user_ids=input.user_ids)
        return EnableUsersPayload(results=_results(found, info.context.wording))

    @mutation(
        "`resetUserPassword` for many users at once. A user who is named twice gets one password.",
        policy=administrator,
        errors=(InvalidInput, ServiceBusy),
        exclusive=True,
    )
    async def reset_user_passwords(self, info: Info, input: ResetUserPasswordsInput) -> ResetUserPasswordsPayload:
        """Refused with INVALID_INPUT for none or too many users."""
        check_number(input.user_ids)
        found = await issue_passwords(info.context.scope, user_ids=input.user_ids)
        return ResetUserPasswordsPayload(
            results=[
                PasswordResult(
                    user=_user(issued.outcome),
                    one_time_password=issued.password,
                    expires_at=issued.expires_at,
                    errors=_errors(issued.outcome, info.context.wording),
                )
                for issued in found
            ]
        )

    @mutation("`grantRole` for many users at once.", policy=administrator, errors=(InvalidInput,), exclusive=True)
    async def grant_roles(self, info: Info, input: RolesInput) -> RolesPayload:
        """Refused with INVALID_INPUT for none or too many users."""
        check_number(input.user_ids)
        found = await roles.grant(info.context.scope, user_ids=input.user_ids, role=input.role)
        return RolesPayload(results=_results(found, info.context.wording))

    @mutation("`revokeRole` for many users at once.", policy=administrator, errors=(InvalidInput,), exclusive=True)
    async def revoke_roles(self, info: Info, input: RolesInput) -> RolesPayload:
        """Refused with INVALID_INPUT for none or too many users."""
        check_number(input.user_ids)
        found = await roles.revoke(info.context.scope, user_ids=input.user_ids, role=input.role)
        return RolesPayload(results=_results(found, info.context.wording))
