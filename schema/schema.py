"""The schema: lists the query, mutation and subscription classes of all domains."""

from functools import cache

from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

import schema.old_ids
import schema.orders
import schema.platform.developer  # noqa: F401 - it extends User
from schema.attendance import AttendanceMutation, AttendanceQuery, AttendanceSubscription
from schema.audit import AuditQuery
from schema.community import CommunityMutation, CommunityQuery, CommunitySubscription
from schema.corrections import CorrectionsMutation
from schema.engine.checking import check_declarations
from schema.engine.executor import executor_class
from schema.engine.operations import GraphSchema as GraphSchema
from schema.engine.scalars import SCALARS
from schema.engine.types import NODE_TYPES
from schema.goals import GoalsMutation
from schema.identity.accounts import AccountsMutation
from schema.identity.bulk import BulkMutation
from schema.identity.languages import LanguagesMutation
from schema.identity.management import ManagementMutation
from schema.identity.merging import MergingMutation
from schema.identity.mutations import IdentityMutation
from schema.identity.personal import PersonalDataMutation
from schema.identity.queries import IdentityQuery
from schema.identity.sessions import SessionsMutation
from schema.identity.staff import StaffMutation, StaffQuery
from schema.identity.wechat import WechatMutation
from schema.journal import JournalMutation
from schema.journal_changes import JournalChangesMutation
from schema.likes import LikesMutation
from schema.notifications import NotificationsMutation, NotificationsSubscription
from schema.platform.backgrounds import BackgroundsMutation
from schema.platform.credits import CreditsMutation, CreditsQuery
from schema.platform.instances import InstancesMutation
from schema.platform.leaving import LeavingMutation
from schema.platform.levels import LevelsMutation, LevelsQuery
from schema.platform.mirrors import MirrorsMutation
from schema.platform.prices import PricesMutation, PricesQuery
from schema.platform.profile import ProfileMutation
from schema.platform.project_mutations import ProjectsMutation
from schema.platform.projects import ProjectsQuery
from schema.platform.reviews import ReviewsMutation, ReviewsQuery
from schema.platform.withdrawing import WithdrawingMutation
from schema.publishing import PublishingMutation, PublishingSubscription
from schema.reference import ReferenceMutation, ReferenceQuery
from schema.search import SearchQuery
from schema.signing.applications import ApplicationsQuery, ApplicationsSubscription
from schema.signing.companies import CompaniesMutation, CompaniesQuery
from schema.signing.deletion import DeletionMutation
from schema.signing.handlers import HandlersMutation, HandlersQuery
from schema.signing.transitions import SigningMutation
from schema.statistics.root import StatisticsQuery
from schema.talent.actions import RecommendationsMutation
from schema.talent.companies import CompanyProfilesMutation
from schema.talent.feed_lists import UserFeeds  # noqa: F401 - it extends User
from schema.talent.feeds import FeedsMutation, FeedsSubscription
from schema.talent.memberships import MembershipsMutation
from schema.talent.packages import PackagesMutation
from schema.talent.recruiters import RecruitersMutation, RecruitersQuery
from schema.talent.remarks import RemarksMutation
from schema.talent.targets import TargetsMutation
from schema.talent.watches import WatchesMutation
from schema.teaching import TeachingMutation, TeachingQuery
from schema.trash import TrashMutation
from schema.uploads import UploadsMutation


def _root(name: str, description: str, parts: tuple[type, ...]) -> type:
    root = merge_types(name, parts)
    root.__strawberry_definition__.description = description  # type: ignore[attr-defined]
    return root


Query = _root(
    "Query",
    "What can be read: the caller as `viewer`, any object by its id, and lists.",
    (
        IdentityQuery,
        StaffQuery,
        AuditQuery,
        AttendanceQuery,
        CommunityQuery,
        SearchQuery,
        ReferenceQuery,
        CreditsQuery,
        LevelsQuery,
        PricesQuery,
        ProjectsQuery,
        ReviewsQuery,
        CompaniesQuery,
        HandlersQuery,
        ApplicationsQuery,
        RecruitersQuery,
        TeachingQuery,
        StatisticsQuery,
    ),
)
Mutation = _root(
    "Mutation",
    "What can be changed. Each mutation is one transaction; several in one operation run one after another.",
    (
        IdentityMutation,
        AccountsMutation,
        MergingMutation,
        PersonalDataMutation,
        LanguagesMutation,
        ManagementMutation,
        BulkMutation,
        SessionsMutation,
        WechatMutation,
        StaffMutation,
        NotificationsMutation,
        GoalsMutation,
        AttendanceMutation,
        CorrectionsMutation,
        JournalMutation,
        JournalChangesMutation,
        CommunityMutation,
        LikesMutation,
        PublishingMutation,
        ReferenceMutation,
        TrashMutation,
        UploadsMutation,
        ProfileMutation,
        CreditsMutation,
        LevelsMutation,
        PricesMutation,
        ProjectsMutation,
        LeavingMutation,
        InstancesMutation,
        MirrorsMutation,
        BackgroundsMutation,
        ReviewsMutation,
        WithdrawingMutation,
        CompaniesMutation,
        HandlersMutation,
        SigningMutation,
        DeletionMutation,
        RecruitersMutation,
        PackagesMutation,
        CompanyProfilesMutation,
        MembershipsMutation,
        TargetsMutation,
        FeedsMutation,
        RecommendationsMutation,
        RemarksMutation,
        WatchesMutation,
        TeachingMutation,
    ),
)
Subscription = _root(
    "Subscription",
    "What clients are told of when it happens, over WebSocket. An operation has one of these fields.",
    (
        NotificationsSubscription,
        CommunitySubscription,
        PublishingSubscription,
        AttendanceSubscription,
        ApplicationsSubscription,
        FeedsSubscription,
    ),
)


@cache
def build_schema(*, is_compiled: bool = True) -> GraphSchema:
    """The graph, ready to execute operations, from plans if `is_compiled`.

    It holds nothing of a caller, so a process builds it once. Raises WrongDeclaration.
    """
    schema = GraphSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[node.type for node in NODE_TYPES.values()],
        config=StrawberryConfig(
            scalar_map=SCALARS,
        ),
        execution_context_class=executor_class() if is_compiled else None,
    )
    check_declarations(schema._schema)
    return schema
