"""`Id[Post]`: an id of the graph outside, the number of a row inside, whoever executes the operation."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import pytest
import strawberry
from graphql import (
    ExecutionResult,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    is_required_input_field,
)

from auth.policies import public
from auth.principal import Principal
from models.errors import InvalidInput
from models.identity import Role
from models.settings import Settings
from resolvers.identity import aliases
from resolvers.scope import Scope, Services
from schema.audit import AuditEventFilter
from schema.engine.context import Context, Info
from schema.engine.executor import executor_class
from schema.engine.fields import resolved
from schema.engine.graph import Graph
from schema.engine.ids import FOLLOWED, Id, RecordedId, id_of
from schema.engine.node_id import encode
from schema.engine.operations import GraphSchema
from schema.engine.types import input_type, root_type
from schema.schema import build_schema

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SCHEMA = build_schema()._schema
EVERYBODY = Principal(user_id=1, roles=frozenset(Role))
ANY_TYPE = {"node.id", "auditEvents.filter.subject"}
"""Where an object of any type may be named."""
IDS = {
    "AttendanceApplication": [
        "approveAttendanceStaff.input.applicationId",
        "rejectAttendanceStaff.input.applicationId",
    ],
    "CandidateResume": [
        "takeMarkBack.input.resumeId",
        "hideRecommendation.input.resumeId",
        "restoreRecommendation.input.resumeId",
        "readRecommendation.input.resumeId",
        "markRecommendation.input.resumeId",
        "commentRecommendation.input.resumeId",
        "acquireContact.input.resumeId",
        "watchResume.input.resumeId",
        "unwatchResume.input.resumeId",
    ],
    "Award": ["submitAward.input.awardId", "deleteAward.input.awardId"],
    "Certification": [
        "approveCertification.input.certificationId",
        "rejectCertification.input.certificationId",
        "withdrawCertification.input.certificationId",
    ],
    "Company": [
        "contracts.filter.companyId",
        "signApplications.filter.companyId",
        "recruiters.filter.companyId",
        "updateCompany.input.companyId",
        "deleteCompany.input.companyId",
        "createContract.input.companyId",
        "updateContract.input.companyId",
        "submitResume.input.resume.companyId",
        "updateResume.input.resume.companyId",
        "updateCompanyProfile.input.companyId",
    ],
    "Contract": [
        "updateContract.input.contractId",
        "deleteContract.input.contractId",
        "approveSignApplication.input.contractId",
    ],
    "DeveloperGrant": ["revokeGrant.input.grantId"],
    "Feed": [
        "updateFeed.input.feedId",
        "submitFeed.input.feedId",
        "viewFeed.input.feedId",
        "deleteFeed.input.feedId",
        "hideRecommendation.input.feedId",
        "restoreRecommendation.input.feedId",
        "readRecommendation.input.feedId",
        "markRecommendation.input.feedId",
        "takeMarkBack.input.feedId",
        "withdrawSentResume.input.feedId",
        "commentRecommendation.input.feedId",
        "acquireContact.input.feedId",
        "sendResume.input.feedId",
        "recommendResume.input.feedId",
        "watchResume.input.feedId",
        "unwatchResume.input.feedId",
        "recommendationAdded.feedId",
    ],
    "Handler": [
        "signApplications.filter.handlerId",
        "updateHandler.input.handlerId",
        "submitResume.input.handlerId",
        "updateResume.input.handlerId",
        "assignHandler.input.handlerId",
    ],
    "Instance": ["moveInstance.input.instanceId", "stopInstance.input.instanceId"],
    "Mirror": ["updateMirror.input.mirrorId", "deleteMirror.input.mirrorId"],
    "Notification": ["markNotificationsRead.input.notificationIds", "markNotificationsUnread.input.notificationIds"],
    "Package": ["updatePackage.input.packageId"],
    "Comment": ["updateComment.input.commentId", "deleteComment.input.commentId"],
    "DeletedItem": ["restoreDeleted.input.id"],
    "Post": [
        *("likePost.input.postId", "unlikePost.input.postId"),
        "createComment.input.postId",
        "updatePost.input.postId",
        "deletePost.input.postId",
        "commentAdded.postId",
        "commentUpdated.postId",
    ],
    "Project": [
        "project.id",
        "updateProject.input.projectId",
        "moveProject.input.projectId",
        "joinProject.input.projectId",
        "leaveProject.input.projectId",
        "retireProject.input.projectId",
        "restoreProject.input.projectId",
        "createInstance.input.projectId",
    ],
    "RecommendationComment": [
        "updateRecommendationComment.input.commentId",
        "deleteRecommendationComment.input.commentId",
    ],
    "Recruiter": [
        "approveCompanyMembership.input.recruiterId",
        "rejectCompanyMembership.input.recruiterId",
        "approveRecruiter.input.recruiterId",
    ],
    "Resume": [
        "revealResumeIdNumber.input.resumeId",
        "recommendResume.input.resumeId",
    ],
    "Session": ["revokeSession.input.sessionId"],
    "SignApplication": [
        "approveSignApplication.input.applicationId",
        "rejectSignApplication.input.applicationId",
        "cancelSignApplication.input.applicationId",
        "signContract.input.applicationId",
        "withdrawSignApplication.input.applicationId",
        "assignHandler.input.applicationId",
    ],
    "User": [
        "assignTeacher.input.userId",
        "unassignTeacher.input.userId",
        "auditEvents.filter.actor",
        "clockIns.filter.userId",
        "posts.filter.authorId",
        "posts.filter.authorIds",
        "changePassword.input.userId",
        "updateUser.input.userId",
        "disableUser.input.userId",
        "exportUserData.input.userId",
        "deleteUser.input.userId",
        "enableUser.input.userId",
        "resetUserPassword.input.userId",
        "unlinkUserCredential.input.userId",
        "revokeSessions.input.userId",
        "disableUsers.input.userIds",
        "enableUsers.input.userIds",
        "resetUserPasswords.input.userIds",
        "grantRoles.input.userIds",
        "revokeRoles.input.userIds",
        "grantRole.input.userId",
        "mergeUsers.input.intoUserId",
        "mergeUsers.input.userId",
        "revokeRole.input.userId",
        "grantCredits.input.userId",
        "withdrawCredits.input.userId",
        "grantExperience.input.userId",
        "revealIdNumber.input.userId",
        "createHandler.input.userId",
        "grantPackage.input.userId",
    ],
    "ClockIn": ["correctClockIn.input.clockInId"],
    "ClockInCorrection": ["takeBackClockInCorrection.input.correctionId"],
    "WorkLog": [
        "addWorkLogStatus.input.workLogId",
        "updateWorkLog.input.workLogId",
        "deleteWorkLog.input.workLogId",
    ],
    "WorkLogStatusLine": [
        "updateWorkLogStatus.input.statusLineId",
        "deleteWorkLogStatus.input.statusLineId",
    ],
}
"""The places of ids in the arguments of the roots' fields, by the types whose ids they take."""
TYPES = {place: type_name for type_name, places in IDS.items() for place in places}
SUBSCRIBED = (
    ("commentAdded", "postId", "Post"),
    ("commentUpdated", "postId", "Post"),
    ("recommendationAdded", "feedId", "Feed"),
)
SCALARS: dict[str, Any] = {
    "String": "x",
    "Int": 1,
    "BigInt": 1,
    "Float": 1.0,
    "Boolean": True,
    "JSON": {},
    "Decimal": "1.5",
    "Date": "2026-03-02",
    "DateTime": "2026-03-02T00:00:00Z",
}


def places(type_: GraphQLInputType, place: str) -> Iterator[str]:
    """The places of ids in an argument or a field of an input."""
    named = get_named_type(type_)
    if named.name == "ID":
        yield place
    elif isinstance(named, GraphQLInputObjectType):
        for name, field in named.fields.items():
            yield from places(field.type, f"{place}.{name}")


def filled(type_: GraphQLInputType, place: str, wrong: str, value: str) -> Any:
    """A value of the type that fits, but for the id at the place `wrong`, which is `value`."""
    if isinstance(type_, GraphQLNonNull):
        return filled(type_.of_type, place, wrong, value)
    if isinstance(type_, GraphQLList):
        return [filled(type_.of_type, place, wrong, value)]
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        return {
            name: filled(field.type, f"{place}.{name}", wrong, value)
            for name, field in type_.fields.items()
            if is_required_input_field(field) or f"{wrong}.".startswith(f"{place}.{name}.")
        }
    if type_.name == "ID":
        return value if place == wrong else encode(TYPES[place], 1)
    return SCALARS[type_.name]


def operation_with(place: str, value: str) -> tuple[str, dict[str, Any]]:
    """An operation that names an object at that place with this id, and its variables."""
    name = place.partition(".")[0]
    roots = {"query": SCHEMA.query_type, "mutation": SCHEMA.mutation_type}
    (kind, field) = next((kind, root.fields[name]) for kind, root in roots.items() if root and name in root.fields)
    (argument,) = (argument for argument in field.args if f"{place}.".startswith(f"{name}.{argument}."))
    selected = "errors { code message path }" if kind == "mutation" else "__typename"
    variable = f"${argument}: {field.args[argument].type}"
    document = f"{kind} ({variable}) {{ {name}({argument}: ${argument}) {{ {selected} }} }}"
    return document, {argument: filled(field.args[argument].type, f"{name}.{argument}", place, value)}


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return Services.from_settings(Settings(_env_file=None, data_dir=tmp_path))  # type: ignore[call-arg]


async def run(
    graph: Graph, document: str, variables: dict[str, Any], principal: Principal = EVERYBODY
) -> ExecutionResult:
    """What an operation finds, which reads nothing from a database."""
    context = Context(Scope(graph.services, principal, now=NOW))
    return await graph.execute(graph.prepare(document), variables, context)


def test_every_id_in_an_input_names_the_type_it_takes() -> None:
    """A new id needs a row here, and so a type."""
    found: set[str] = set()
    for root in (SCHEMA.query_type, SCHEMA.mutation_type, SCHEMA.subscription_type):
        assert root is not None
        for name, field in root.fields.items():
            for argument, definition in field.args.items():
                found.update(places(definition.type, f"{name}.{argument}"))

    assert found == set(TYPES) | ANY_TYPE


@pytest.mark.parametrize("is_compiled", [True, False])
async def test_an_id_of_another_type_is_refused_with_its_path(is_compiled: bool, services: Services) -> None:
    graph = Graph(services, build_schema(is_compiled=is_compiled))
    subscribed = {f"{name}.{argument}" for name, argument, _ in SUBSCRIBED}
    for place, type_name in TYPES.items():
        if place in subscribed:
            continue
        name, _, path = place.partition(".")
        for value, message in (
            (encode("Planet", 1), f"This is not the id of a {type_name}."),
            ("no id", "This is not a valid id."),
        ):
            result = await run(graph, *operation_with(place, value))
            if name in (SCHEMA.mutation_type.fields if SCHEMA.mutation_type else {}):
                refusal = {"code": "INVALID_INPUT", "message": message, "path": path.split(".")}
                assert (result.errors, result.data) == (None, {name: {"errors": [refusal]}}), place
            else:
                (error,) = list(result.errors or [])
                assert (error.message, error.path) == (message, [name]), place
                assert error.extensions == {"code": "INVALID_INPUT"}, place


@pytest.mark.parametrize("is_compiled", [True, False])
async def test_who_may_not_ask_is_not_told_about_ids(is_compiled: bool, services: Services) -> None:
    graph = Graph(services, build_schema(is_compiled=is_compiled))
    for place in ("grantRole.input.userId", "clockIns.filter.userId", "project.id"):
        result = await run(graph, *operation_with(place, "no id"), principal=Principal())
        assert [(error.extensions or {})["code"] for error in result.errors or ()] == ["UNAUTHENTICATED"], place


class Book:
    """Only its name counts."""


@input_type(description="Books.")
class ShelfInput:
    """An input with ids."""

    book: Id[Book] | None = strawberry.field(default=None, description="One.")
    books: list[Id[Book]] = strawberry.field(default_factory=list, description="Some.")
    recorded: RecordedId[Book] | None = strawberry.field(default=None, description="One, as it was.")


@input_type(description="Shelves.")
class RoomInput:
    """An input with an input with ids, and with one like itself."""

    shelves: list[ShelfInput] = strawberry.field(description="Some.")
    beside: "RoomInput | None" = strawberry.field(default=None, description="Another.")
    name: str = strawberry.field(default="", description="Its name.")


@root_type
class Query:
    """Shows what a resolver is given."""

    @resolved("What was given.", policy=public)
    async def given(
        self,
        info: Info,
        book: Annotated[Id[Book] | None, strawberry.argument(description="One.")] = None,
        room: Annotated[RoomInput | None, strawberry.argument(description="Several.")] = None,
    ) -> list[int | None]:
        """As numbers."""
        shelves = [*room.shelves, *(room.beside.shelves if room.beside else [])] if room else []
        of_shelves = (number for shelf in shelves for number in (shelf.book, *shelf.books))
        return [book, *of_shelves, *(shelf.recorded for shelf in shelves if shelf.recorded is not None)]


@pytest.mark.parametrize("executor", [executor_class(), None])
async def test_a_resolver_is_given_numbers(executor: Any, services: Services) -> None:
    """In lists, in inputs in one another, from variables and literals; null stays null."""
    schema = GraphSchema(query=Query, execution_context_class=executor)
    graph = Graph(services, schema)
    one, two = (id_of(Book, number) for number in (1, 2))
    assert "book: ID = null\n  books: [ID!]! = []" in schema.as_str().replace('  """One."""\n', "").replace(
        '  """Some."""\n', ""
    ).replace("\n\n", "\n")

    document = "query ($book: ID, $room: RoomInput) { given(book: $book, room: $room) }"
    shelves = [{"book": one, "books": [two, one]}, {"book": None}]
    for source, variables, found in (
        (document, {"book": two, "room": {"shelves": shelves}}, [2, 1, 2, 1, None]),
        (document, {"room": {"shelves": [], "beside": {"shelves": shelves}}}, [None, 1, 2, 1, None]),
        (document, {"book": None}, [None]),
        (document, {}, [None]),
        ("{ given }", {}, [None]),
        (f'{{ given(book: "{two}", room: {{shelves: [{{book: "{one}"}}]}}) }}', {}, [2, 1]),
        (
            f'query ($book: ID!) {{ given(room: {{shelves: [{{books: [$book, "{two}"]}}]}}) }}',
            {"book": one},
            [None, None, 1, 2],
        ),
    ):
        for _ in range(2):
            assert await run(graph, source, variables) == ExecutionResult({"given": found}, None), source


def test_what_takes_ids_is_awaited_and_knows_the_operation() -> None:
    with pytest.raises(TypeError, match="takes ids, so it must be an async function"):

        @resolved("Too early.", policy=public)
        def found(book: Id[Book]) -> int:
            return book

    with pytest.raises(TypeError, match="takes ids, so it must take `info`"):

        @resolved("Of nobody.", policy=public)
        async def found_by_nobody(book: Id[Book]) -> int:
            return book


@pytest.mark.parametrize("executor", [executor_class(), None])
async def test_ids_are_followed_to_what_they_stand_for_at_once(
    executor: Any, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever they stand, all of an operation's argument by one question; a recorded id is left as it is."""
    asked: list[list[int]] = []

    async def current(_scope: Scope, numbers: Collection[int]) -> Mapping[int, int]:
        asked.append(sorted(numbers))
        return {2: 7}

    monkeypatch.setitem(FOLLOWED, "Book", current)
    graph = Graph(services, GraphSchema(query=Query, execution_context_class=executor))
    one, two = (id_of(Book, number) for number in (1, 2))
    shelves = [{"book": one, "books": [two, one], "recorded": two}]
    document = "query ($book: ID, $room: RoomInput) { given(book: $book, room: $room) }"

    followed = await run(graph, document, {"book": two, "room": {"shelves": [], "beside": {"shelves": shelves}}})
    untouched = await run(graph, document, {"book": None})

    assert followed == ExecutionResult({"given": [7, 1, 7, 1, 2]}, None)
    assert untouched == ExecutionResult({"given": [None]}, None)
    assert asked == [[1, 2]]


def test_the_ids_of_users_are_followed_but_where_an_actor_is_recorded() -> None:
    """Merged users stand for others; the trail keeps the number that somebody had when they acted."""
    assert {"User": aliases.current} == FOLLOWED
    hints = get_type_hints(AuditEventFilter, include_extras=True)
    assert [name for name, hint in hints.items() if "is_followed=False" in str(hint)] == ["actor"]


async def test_a_subscription_does_not_begin_with_an_id_of_another_type(services: Services) -> None:
    for name, argument, type_name in SUBSCRIBED:
        context = Context(Scope(services, EVERYBODY, now=NOW))
        document = f"subscription ($id: ID!) {{ {name}({argument}: $id) {{ id }} }}"
        events = await build_schema().subscribe(document, {"id": encode("Planet", 1)}, context_value=context)
        assert [event async for event in events] == []
        assert isinstance(context.ended_by, InvalidInput)
        assert str(context.ended_by) == f"This is not the id of a {type_name}."
