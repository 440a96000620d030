"""Admission: roles that an API requires for signing in, and limits on registrations."""

from auth.rate_limits import Limit
from models.errors import RoleMissing
from models.identity import Api, Role
from resolvers.scope import Scope

_STAFF = {Role.ATTENDANCE_STAFF, Role.ADMINISTRATOR}


def check(scope: Scope, api: Api) -> None:
    """Refuse the caller, whose password was right, unless they may use this API. Raises RoleMissing."""
    if api is Api.HR_FEEDS and Role.RECRUITER not in scope.principal.roles:
        raise RoleMissing("This account does not belong to a recruiter.")
    if api is Api.ATTENDANCE and not scope.principal.roles & _STAFF:
        raise RoleMissing("This account does not belong to the attendance staff.")


async def count_registration(scope: Scope) -> None:
    """Count a registration of the caller's network, before it costs anything. Raises TooManyRequests."""
    await scope.services.limits.hit(Limit.REGISTRATION_PER_NETWORK, scope.network)
