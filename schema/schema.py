"""The schema: the manifest of the domains, and how results are presented."""

from typing import Any

from graphql import GraphQLError
from starlette.datastructures import UploadFile
from strawberry import Schema
from strawberry.extensions import MaxTokensLimiter, ParserCache, ValidationCache
from strawberry.file_uploads.scalars import UploadDefinition
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types
from strawberry.types import ExecutionContext, ExecutionResult

from schema import scalars
from schema.attendance import AttendanceMutation, AttendanceQuery
from schema.audit import AuditQuery
from schema.community import CommunityMutation, CommunityQuery
from schema.errors import present_all
from schema.goals import GoalsMutation
from schema.identity import AccountsMutation, IdentityMutation, IdentityQuery
from schema.journal import JournalMutation
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
from schema.types import NODE_TYPES
from schema.uploads import UploadsMutation

MAX_TOKENS = 4000
"""The longest operation, in tokens; the standard introspection query has some 400."""
CACHED_OPERATIONS = 512

Query = merge_types(
    "Query",
    (
        IdentityQuery,
        AuditQuery,
        AttendanceQuery,
        CommunityQuery,
        ReferenceQuery,
        CreditsQuery,
        LevelsQuery,
        PricesQuery,
        ProjectsQuery,
        ReviewsQuery,
    ),
)
Mutation = merge_types(
    "Mutation",
    (
        IdentityMutation,
        AccountsMutation,
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
    ),
)


class GraphSchema(Schema):
    """Strawberry's schema, with errors presented and logged by `schema.errors`."""

    async def execute(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        """The result of an operation, its errors as the client may see them."""
        result = await super().execute(*args, **kwargs)
        result.errors = present_all(result.errors)
        return result

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing: `presentable` logs what is unexpected, and refusals are no errors of ours."""


def build_schema() -> GraphSchema:
    """The graph, ready to execute operations."""
    return GraphSchema(
        query=Query,
        mutation=Mutation,
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
