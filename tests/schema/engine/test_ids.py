"""`Id[Post]`: an id of the graph outside, the number of a row inside, whoever executes the operation."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

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
from resolvers.scope import Scope, Services
from schema.engine.context import Context, Info
from schema.engine.executor import executor_class
from schema.engine.fields import resolved
from schema.engine.graph import Graph
from schema.engine.ids import Id, id_of
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
    "Award": ["submitAward.input.awardId"],
    "CandidateResume": [
        "hideRecommendation.input.resumeId",
        "restoreRecommendation.input.resumeId",
        "readRecommendation.input.resumeId",
        "markRecommendation.input.resumeId",
        "commentRecommendation.input.resumeId",
        "acquireContact.input.resumeId",
        "watchResume.input.resumeId",
        "unwatchResume.input.resumeId",
    ],
    "Certification": ["approveCertification.input.certificationId", "rejectCertification.input.certificationId"],
    "Company": [
        "contracts.filter.companyId",
        "signApplications.filter.companyId",
        "recruiters.filter.companyId",
        "updateCompany.input.companyId",
        "createContract.input.companyId",
        "updateContract.input.companyId",
        "submitResume.input.resume.companyId",
        "updateResume.input.resume.companyId",
        "updateCompanyProfile.input.companyId",
    ],
    "Contract": ["updateContract.input.contractId", "approveSignApplication.input.contractId"],
    "Feed": [
        "updateFeed.input.feedId",
        "submitFeed.input.feedId",
        "viewFeed.input.feedId",
        "deleteFeed.input.feedId",
        "hideRecommendation.input.feedId",
        "restoreRecommendation.input.feedId",
        "readRecommendation.input.feedId",
        "markRecommendation.input.feedId",
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
    "Mirror": ["deleteMirror.input.mirrorId"],
    "Notification": ["markNotificationsRead.input.notificationIds"],
    "Package": ["updatePackage.input.packageId"],
    "Post": ["createComment.input.postId", "deletePost.input.postId", "commentAdded.postId"],
    "Project": [
        "project.id",
        "updateProject.input.projectId",
        "moveProject.input.projectId",
        "joinProject.input.projectId",
        "createInstance.input.projectId",
    ],
    "Recruiter": [
        "approveCompanyMembership.input.recruiterId",
        "rejectCompanyMembership.input.recruiterId",
        "approveRecruiter.input.recruiterId",
    ],
    "Resume": ["revealResumeIdNumber.input.resumeId", "recommendResume.input.resumeId"],
    "SignApplication": [
        "approveSignApplication.input.applicationId",
        "rejectSignApplication.input.applicationId",
        "cancelSignApplication.input.applicationId",
        "signContract.input.applicationId",
        "assignHandler.input.applicationId",
    ],
    "User": [
        "assignTeacher.input.userId",
        "unassignTeacher.input.userId",
        "auditEvents.filter.actor",
        "clockIns.filter.userId",
        "posts.filter.authorId",
        "changePassword.input.userId",
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
    "WorkLog": ["addWorkLogStatus.input.workLogId"],
}
"""The places of ids in the arguments of the roots' fields, by the types whose ids they take."""
TYPES = {place: type_name for type_name, places in IDS.items() for place in places}
SUBSCRIBED = (("commentAdded", "postId", "Post"), ("recommendationAdded", "feedId", "Feed"))
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
        return [book, *(number for shelf in shelves for number in (shelf.book, *shelf.books))]


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


def test_what_takes_ids_is_awaited() -> None:
    with pytest.raises(TypeError, match="takes ids, so it must be an async function"):

        @resolved("Too early.", policy=public)
        def found(book: Id[Book]) -> int:
            return book


async def test_a_subscription_does_not_begin_with_an_id_of_another_type(services: Services) -> None:
    for name, argument, type_name in SUBSCRIBED:
        context = Context(Scope(services, EVERYBODY, now=NOW))
        document = f"subscription ($id: ID!) {{ {name}({argument}: $id) {{ id }} }}"
        events = await build_schema().subscribe(document, {"id": encode("Planet", 1)}, context_value=context)
        assert [event async for event in events] == []
        assert isinstance(context.ended_by, InvalidInput)
        assert str(context.ended_by) == f"This is not the id of a {type_name}."
