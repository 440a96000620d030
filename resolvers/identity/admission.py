"""Who may sign in where: some APIs are for people with a role."""

from sqlalchemy import bindparam, select

from models.errors import AwaitingApproval, RoleMissing
from models.identity import Api, ApplicationStatus, Role, StaffApplication
from models.statements import table_of
from resolvers.scope import Scope

_applications = table_of(StaffApplication)
_STATUS = select(_applications.c.status).where(_applications.c.user_id == bindparam("of_user"))
_STAFF = {Role.ATTENDANCE_STAFF, Role.ADMINISTRATOR}


async def check(scope: Scope, api: Api) -> None:
    """Refuse the caller, whose password was right, unless they may use this API.

    Raises AwaitingApproval or RoleMissing.
    """
    if api is Api.HR_FEEDS and Role.RECRUITER not in scope.principal.roles:
        raise RoleMissing("This account is no recruiter's.")
    if api is not Api.ATTENDANCE or scope.principal.roles & _STAFF:
        return
    if await scope.transaction.fetch_value(_STATUS, {"of_user": scope.viewer_id}) == ApplicationStatus.PENDING:
        raise AwaitingApproval
    raise RoleMissing("This account does not belong to the attendance staff.")
