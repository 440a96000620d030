"""The orders that the lists of each type offer, as values of the graph's enums.

Every list of a type offers all of them, and has an index for each: a test looks at the plans of the statements.
Neither posts nor comments are sorted by their times, which would tell when an anonymous one was written.
"""

from enum import Enum

from models.attendance import ClockIn
from models.identity import User
from models.journal import WorkLog
from models.platform.projects import Project
from models.signing.applications import SignApplication
from models.signing.companies import Company, Handler
from models.statements import table_of
from models.talent.feeds import Feed
from resolvers.ordering import Order, ascending, descending, newest, oldest

_clockins = table_of(ClockIn).c
_users = table_of(User).c
_signapplications = table_of(SignApplication).c
_handlers = table_of(Handler).c
_companies = table_of(Company).c
_projects = table_of(Project).c
_feeds = table_of(Feed).c
_worklogs = table_of(WorkLog).c


class AuditEventOrder(Enum):
    """The orders of lists of `AuditEvent`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class CertificationOrder(Enum):
    """The orders of lists of `Certification`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class ClassClockInOrder(Enum):
    """The orders of the clock-ins of a class."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class ClassStudentOrder(Enum):
    """The orders of the students of a class."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()
    NAME_DESC = descending(_users.name)
    NAME_ASC = ascending(_users.name)


class ClassWorkLogOrder(Enum):
    """The orders of the work logs of a class."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class ClientRequestOrder(Enum):
    """The orders of lists of `ClientRequest`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class ClockInOrder(Enum):
    """The orders of lists of `ClockIn`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()
    BUSINESS_DATE_DESC = descending(_clockins.business_date)
    BUSINESS_DATE_ASC = ascending(_clockins.business_date)


class CommentOrder(Enum):
    """The orders of lists of `Comment`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class CompanyOrder(Enum):
    """The orders of lists of `Company`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()
    NAME_DESC = descending(_companies.name)
    NAME_ASC = ascending(_companies.name)


class ContractOrder(Enum):
    """The orders of lists of `Contract`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class CreditEntryOrder(Enum):
    """The orders of lists of `CreditEntry`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class DeletedItemOrder(Enum):
    """The orders of lists of `DeletedItem`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class DeveloperGrantOrder(Enum):
    """The orders of lists of `DeveloperGrant`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class FeedOrder(Enum):
    """The orders of lists of `Feed`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()
    UPDATED_AT_DESC = descending(_feeds.updated_at)
    UPDATED_AT_ASC = ascending(_feeds.updated_at)


class HandlerOrder(Enum):
    """The orders of lists of `Handler`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()
    NAME_DESC = descending(_handlers.name)
    NAME_ASC = ascending(_handlers.name)


class InstanceOrder(Enum):
    """The orders of lists of `Instance`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class LikerOrder(Enum):
    """The orders of lists of `Liker`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class NotificationOrder(Enum):
    """The orders of lists of `Notification`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class PackageOrder(Enum):
    """The orders of lists of `Package`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class ParticipationOrder(Enum):
    """The orders of lists of `Participation`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class PostOrder(Enum):
    """The orders of lists of `Post`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class ProjectOrder(Enum):
    """The orders of lists of `Project`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()
    UPDATED_AT_DESC = descending(_projects.updated_at)
    UPDATED_AT_ASC = ascending(_projects.updated_at)
    NAME_DESC = descending(_projects.name)
    NAME_ASC = ascending(_projects.name)
    PURCHASE_BUDGET_DESC = descending(_projects.purchase_budget)
    PURCHASE_BUDGET_ASC = ascending(_projects.purchase_budget)


class RecommendationOrder(Enum):
    """The orders of lists of `Recommendation`, which `resolvers.talent.recommendations` sorts itself."""

    DISPLAYED_AT_DESC = newest()
    DISPLAYED_AT_ASC = oldest()
    SCORE_DESC = Order(None, descending=True)
    SCORE_ASC = Order(None, descending=False)


class RecruiterOrder(Enum):
    """The orders of lists of `Recruiter`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class SessionOrder(Enum):
    """The orders of lists of `Session`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class SignApplicationOrder(Enum):
    """The orders of lists of `SignApplication`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()
    UPDATED_AT_DESC = descending(_signapplications.updated_at)
    UPDATED_AT_ASC = ascending(_signapplications.updated_at)


class StaffApplicationOrder(Enum):
    """The orders of lists of `StaffApplication`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class UserOrder(Enum):
    """The orders of lists of `User`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()
    NAME_DESC = descending(_users.name)
    NAME_ASC = ascending(_users.name)


class WatchedResumeOrder(Enum):
    """The orders of lists of `WatchedResume`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()


class WorkLogOrder(Enum):
    """The orders of lists of `WorkLog`."""

    CREATED_AT_DESC = newest()
    CREATED_AT_ASC = oldest()
    UPDATED_AT_DESC = descending(_worklogs.updated_at)
    UPDATED_AT_ASC = ascending(_worklogs.updated_at)
    COMPANY_NAME_DESC = descending(_worklogs.company_name)
    COMPANY_NAME_ASC = ascending(_worklogs.company_name)


ALL: tuple[type[Enum], ...] = (
    AuditEventOrder,
    CertificationOrder,
    ClassClockInOrder,
    ClassStudentOrder,
    ClassWorkLogOrder,
    ClientRequestOrder,
    ClockInOrder,
    CommentOrder,
    CompanyOrder,
    ContractOrder,
    CreditEntryOrder,
    DeletedItemOrder,
    DeveloperGrantOrder,
    FeedOrder,
    HandlerOrder,
    InstanceOrder,
    LikerOrder,
    NotificationOrder,
    PackageOrder,
    ParticipationOrder,
    PostOrder,
    ProjectOrder,
    RecommendationOrder,
    RecruiterOrder,
    SessionOrder,
    SignApplicationOrder,
    StaffApplicationOrder,
    UserOrder,
    WatchedResumeOrder,
    WorkLogOrder,
)
