"""The schema: the manifest of the domains, and how results are presented."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import cache
from typing import Any, cast

from graphql import GraphQLError
from starlette.datastructures import UploadFile
from strawberry import Schema
from strawberry.extensions import MaxTokensLimiter, ParserCache, ValidationCache
from strawberry.file_uploads.scalars import UploadDefinition
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.schema.schema import StreamResult
from strawberry.tools import merge_types
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError

from schema import scalars
from schema.attendance import AttendanceMutation, AttendanceQuery, AttendanceSubscription
from schema.audit import AuditQuery
from schema.community import CommunityMutation, CommunityQuery, CommunitySubscription
from schema.errors import present_all
from schema.goals import GoalsMutation
from schema.identity import AccountsMutation, IdentityMutation, IdentityQuery
from schema.identity.staff import StaffMutation, StaffQuery
from schema.identity.wechat import WechatMutation
from schema.journal import JournalMutation
from schema.notifications import NotificationsMutation, NotificationsSubscription
from schema.platform.backgrounds import BackgroundsMutation
from schema.platform.credits import CreditsMutation, CreditsQuery
from schema.platform.instances import InstancesMutation
from schema.platform.levels import LevelsMutation, LevelsQuery
from schema.platform.mirrors import MirrorsMutation
from schema.platform.prices import PricesMutation, PricesQuery
from schema.platform.profile import ProfileMutation
from schema.platform.projects import ProjectsMutation, ProjectsQuery
from schema.platform.reviews import ReviewsMutation, ReviewsQuery
from schema.reference import ReferenceMutation, ReferenceQuery
from schema.signing.applications import ApplicationsQuery, ApplicationsSubscription
from schema.signing.companies import CompaniesMutation, CompaniesQuery
from schema.signing.handlers import HandlersMutation, HandlersQuery
from schema.signing.moves import SigningMutation
from schema.talent.actions import RecommendationsMutation
from schema.talent.companies import CompanyProfilesMutation
from schema.talent.feeds import FeedsMutation
from schema.talent.packages import PackagesMutation
from schema.talent.recruiters import RecruitersMutation, RecruitersQuery
from schema.talent.targets import TargetsMutation
from schema.talent.watches import WatchesMutation
from schema.types import NODE_TYPES
from schema.uploads import UploadsMutation

MAX_TOKENS = 4000
"""The longest operation, in tokens; the standard introspection query has some 400."""
CACHED_OPERATIONS = 512
_PROTOCOL_ERRORS = (CannotGetOperationTypeError,)
"""What the WebSocket protocol has an answer of its own for."""

Query = merge_types(
    "Query",
    (
        IdentityQuery,
        StaffQuery,
        AuditQuery,
        AttendanceQuery,
        CommunityQuery,
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
    ),
)
Mutation = merge_types(
    "Mutation",
    (
        IdentityMutation,
        AccountsMutation,
        WechatMutation,
        StaffMutation,
        NotificationsMutation,
        GoalsMutation,
        AttendanceMutation,
        JournalMutation,
        CommunityMutation,
        ReferenceMutation,
        UploadsMutation,
        ProfileMutation,
        CreditsMutation,
        LevelsMutation,
        PricesMutation,
        ProjectsMutation,
        InstancesMutation,
        MirrorsMutation,
        BackgroundsMutation,
        ReviewsMutation,
        CompaniesMutation,
        HandlersMutation,
        SigningMutation,
        RecruitersMutation,
        PackagesMutation,
        CompanyProfilesMutation,
        TargetsMutation,
        FeedsMutation,
        RecommendationsMutation,
        WatchesMutation,
    ),
)
Subscription = merge_types(
    "Subscription",
    (NotificationsSubscription, CommunitySubscription, AttendanceSubscription, ApplicationsSubscription),
)


class GraphSchema(Schema):
    """Strawberry's schema, with errors presented and logged by `schema.errors`."""

    async def execute(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        """The result of an operation, its errors as the client may see them."""
        result = await super().execute(*args, **kwargs)
        result.errors = present_all(result.errors)
        return result

    async def stream(self, *args: Any, **kwargs: Any) -> StreamResult:
        """The results of an operation that may have several, their errors as the client may see them."""
        return _presented(await super().stream(*args, **kwargs))

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing: `presentable` logs what is unexpected, and refusals are no errors of ours."""


async def _presented(results: StreamResult) -> AsyncGenerator[Any, None]:
    try:
        async with aclosing(results):
            # Each is a whole result: incremental delivery is not switched on.
            async for result in cast("AsyncGenerator[ExecutionResult, None]", results):
                if not any(isinstance(error.original_error, _PROTOCOL_ERRORS) for error in result.errors or ()):
                    result.errors = present_all(result.errors)
                yield result
    except GraphQLError as error:  # ParserCache raises it for what does not parse
        yield PreExecutionError(data=None, errors=present_all([error]))


@cache
def build_schema() -> GraphSchema:
    """The graph, ready to execute operations. It holds nothing of a caller, so a process builds it once."""
    return GraphSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[node.type for node in NODE_TYPES.values()],
        config=StrawberryConfig(
            scalar_map={scalars.BigInt: scalars.BIG_INT, UploadFile: UploadDefinition},
        ),
        extensions=[
            lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
            lambda: ParserCache(maxsize=CACHED_OPERATIONS),
            lambda: ValidationCache(maxsize=CACHED_OPERATIONS),
        ],
    )
