"""What each subscription tells, and whom."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from models.db import Database
from models.settings import Settings
from schema.engine.node_id import encode
from tests.schema.replies import done, refused
from tests.support.clients import Person, Product
from tests.support.developers import developer
from tests.support.serving import listening, metric, served
from tests.support.signing import ASSIGN, REJECT, UPDATE_RESUME, applied, moved, new_employer, resume
from tests.support.waiting import until
from tests.support.websocket import GraphSocket, graph_socket

CREATE_POST = "mutation($input: CreatePostInput!) { createPost(input: $input) { post { id } errors { code } } }"
COMMENT = """mutation($input: CreateCommentInput!) { createComment(input: $input) {
  comment { id } errors { code message path } } }"""
REVOKE = "mutation($input: RoleInput!) { revokeRole(input: $input) { user { id } errors { code } } }"
GRANT = "mutation($input: RoleInput!) { grantRole(input: $input) { user { id } errors { code } } }"
SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { token errors { code } } }"
SIGN_OUT = "mutation { signOut { signedOut errors { code } } }"
MERGE = "mutation($input: MergeUsersInput!) { mergeUsers(input: $input) { user { id } errors { code } } }"
REVOKE_SESSIONS = """mutation($input: RevokeSessionsInput!) { revokeSessions(input: $input) {
  endedCount errors { code } } }"""
COMMENTS = """subscription($postId: ID) { commentAdded(postId: $postId) {
  content anonymous viewerIsAuthor author { databaseId } post { id } } }"""
CLOCK_INS = "subscription { clockInAdded { slot location user { databaseId } } }"
APPLICATIONS = "subscription { signApplicationMoved { id status handler { id } } }"


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """With what the test changes of them."""
    return settings.model_copy(update=getattr(request, "param", {}))


@pytest.fixture
async def url(product: Product) -> AsyncIterator[str]:
    async with served(product) as address:
        yield address


async def new_post(product: Product, person: Person) -> str:
    post = {"title": "面经", "content": "三轮面试"}
    return str((await done(product, CREATE_POST, {"input": post}, person=person))["post"]["id"])


async def comment(product: Product, person: Person, post: str, content: str, **more: Any) -> None:
    await done(product, COMMENT, {"input": {"postId": post, "content": content, **more}}, person=person)


async def heard(socket: GraphSocket, field: str) -> Mapping[str, Any]:
    """The next object that the socket is told of."""
    message = await socket.receive()
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    found: Mapping[str, Any] = message["payload"]["data"][field]
    return found


async def ended(socket: GraphSocket, id_: str) -> list[str]:
    """The codes of the errors that end the subscription, and are the next message."""
    message = await socket.receive()
    assert (message["id"], message["type"]) == (id_, "error"), message
    return [error["extensions"]["code"] for error in message["payload"]]


async def test_comments_are_told_of_one_post_or_of_all(product: Product, url: str) -> None:
    author, reader = await product.students(2)
    watched, other = await new_post(product, author), await new_post(product, author)
    async with graph_socket(url, reader.bearer) as of_one, graph_socket(url) as of_all:
        await of_one.start(COMMENTS, postId=watched)
        await of_all.start(COMMENTS)
        await listening(url, "commentAdded", 2)

        await comment(product, author, other, "别处")
        await comment(product, author, watched, "这里")

        told = {"anonymous": False, "viewerIsAuthor": False, "author": {"databaseId": author.id}}
        here = {**told, "content": "这里", "post": {"id": watched}}
        assert await heard(of_one, "commentAdded") == here
        assert await heard(of_all, "commentAdded") == {**told, "content": "别处", "post": {"id": other}}
        assert (await heard(of_all, "commentAdded"))["content"] == "这里"


async def test_an_anonymous_comment_stays_anonymous(product: Product, url: str) -> None:
    author, reader = await product.students(2)
    administrator = await product.administrator()
    post = await new_post(product, reader)
    async with contextlib.AsyncExitStack() as stack:
        people = (author, reader, administrator, None)
        sockets = [await stack.enter_async_context(graph_socket(url, who.bearer if who else None)) for who in people]
        for socket in sockets:
            await socket.start(COMMENTS, postId=post)
        await listening(url, "commentAdded", 4)

        await comment(product, author, post, "匿名", anonymous=True)

        told = [await heard(socket, "commentAdded") for socket in sockets]
    assert [comment["author"] for comment in told] == [None] * 4
    assert [comment["viewerIsAuthor"] for comment in told] == [True, False, False, False]


@pytest.mark.parametrize(
    ("post_id", "code"),
    [("nonsense", "INVALID_INPUT"), (encode("User", 1), "INVALID_INPUT"), (encode("Post", 999), "NOT_FOUND")],
)
async def test_there_are_no_comments_on_what_is_no_post(product: Product, url: str, post_id: str, code: str) -> None:
    async with graph_socket(url, (await product.student()).bearer) as socket:
        assert await socket.refusal(COMMENTS, postId=post_id) == [code]


async def test_what_is_refused_is_not_told(product: Product, url: str) -> None:
    student = await product.student()
    post = await new_post(product, student)
    async with graph_socket(url) as socket:
        await socket.start(COMMENTS)
        await listening(url, "commentAdded")

        values = {"postId": post, "content": ""}
        found = await refused(product, COMMENT, {"input": values}, person=student)
        assert found == [("INVALID_INPUT", ["input", "content"])]
        await comment(product, student, post, "成了")

        assert (await heard(socket, "commentAdded"))["content"] == "成了"


async def test_administrators_are_told_who_clocks_in_even_through_the_old_api(product: Product, url: str) -> None:
    student = await product.student()
    async with graph_socket(url, (await product.administrator()).bearer) as socket:
        await socket.start(CLOCK_INS)
        await listening(url, "clockInAdded")

        reply = await product.rest("POST", "/api/v1/clock_in/add", {"location": "图书馆"}, person=student)
        assert reply.json()["code"] == 0

        assert await heard(socket, "clockInAdded") == {
            "slot": "MORNING",
            "location": "图书馆",
            "user": {"databaseId": student.id},
        }


async def test_who_is_no_administrator_any_more_is_told_nothing(product: Product, url: str) -> None:
    student, former = await product.students(2)
    administrator = await product.administrator()
    role = {"input": {"userId": encode("User", former.id), "role": "ADMINISTRATOR"}}
    await done(product, GRANT, role, person=administrator)
    async with graph_socket(url, former.bearer) as socket:
        id_ = await socket.start(CLOCK_INS)
        await listening(url, "clockInAdded")

        await done(product, REVOKE, role, person=administrator)
        await product.rest("POST", "/api/v1/clock_in/add", {"location": "图书馆"}, person=student)

        assert await ended(socket, id_) == ["FORBIDDEN"]
        await listening(url, "clockInAdded", 0)


async def test_applications_are_told_to_who_may_see_them(product: Product, url: str) -> None:
    applicant, outsider = await product.students(2)
    employer, other = await new_employer(product), await new_employer(product, "远山科技")
    people = {"applicant": applicant, "handler": employer.person, "administrator": other.administrator}
    outside = {"outsider": outsider, "other handler": other.person}
    async with contextlib.AsyncExitStack() as stack:
        sockets = {
            name: await stack.enter_async_context(graph_socket(url, who.bearer))
            for name, who in {**people, **outside}.items()
        }
        for socket in sockets.values():
            await socket.start(APPLICATIONS)
        await listening(url, "signApplicationMoved", 5)

        id_ = (await applied(product, applicant, employer))["id"]
        await moved(product, applicant, employer, id_, "SIGNED")
        foreign = (await applied(product, outsider, other))["id"]

        expected = {"id": id_, "handler": {"id": employer.handler}}
        for name in people:
            told = [await heard(sockets[name], "signApplicationMoved") for _ in range(3)]
            assert [each["id"] for each in told] == [id_] * 3
            assert told[-1] == {**expected, "status": "SIGNED"}
        for name in (*outside, "administrator"):
            assert await heard(sockets[name], "signApplicationMoved") == {
                "id": foreign,
                "status": "APPLIED",
                "handler": {"id": other.handler},
            }


async def test_each_move_is_told_as_it_happens(product: Product, url: str) -> None:
    applicant, employer = await product.student(), await new_employer(product)
    async with graph_socket(url, applicant.bearer) as socket:
        await socket.start(APPLICATIONS)
        await listening(url, "signApplicationMoved")

        id_ = (await applied(product, applicant, employer))["id"]
        submitted = await heard(socket, "signApplicationMoved")
        values = {"applicationId": id_, "reason": "照片不清晰"}
        await done(product, REJECT, {"input": values}, person=employer.person)
        rejected = await heard(socket, "signApplicationMoved")

    assert (submitted["id"], submitted["status"]) == (id_, "APPLIED")
    assert (rejected["id"], rejected["status"]) == (id_, "REJECTED")


async def test_who_an_application_is_taken_from_is_told_nothing_more(product: Product, url: str) -> None:
    applicant, mine = await product.students(2)
    employer, other = await new_employer(product), await new_employer(product, "远山科技")
    id_ = (await applied(product, applicant, employer))["id"]
    async with graph_socket(url, employer.person.bearer) as before, graph_socket(url, other.person.bearer) as after:
        for socket in (before, after):
            await socket.start(APPLICATIONS)
        await listening(url, "signApplicationMoved", 2)

        given = {"input": {"applicationId": id_, "handlerId": other.handler}}
        await done(product, ASSIGN, given, person=other.administrator)
        await done(product, UPDATE_RESUME, {"input": {"resume": resume(employer, position="测试")}}, person=applicant)
        last = (await applied(product, mine, employer))["id"]

        for _ in range(2):
            assert (await heard(after, "signApplicationMoved"))["id"] == id_
        assert (await heard(before, "signApplicationMoved"))["id"] == last  # and of nothing before


async def test_an_expired_session_is_told_nothing_more(product: Product, url: str) -> None:
    expiring, other = await product.students(2)
    async with graph_socket(url, expiring.bearer) as socket:
        id_ = await socket.start(COMMENTS)
        await listening(url, "commentAdded")

        product.clock.advance(hours=73)
        again = await product.login(other.account, other.account[-6:])
        await comment(product, again, await new_post(product, again), "晚了")

        assert await ended(socket, id_) == ["UNAUTHENTICATED"]


async def test_whose_session_an_administrator_ends_is_put_out_at_once(product: Product, url: str) -> None:
    """By any way to end it, and nobody else: not who is merged, whose session goes on as another's."""
    gone = await developer(product)
    disabled, revoked, signed_out, changed, reset, leaving, deleted, kept = await product.students(8)
    administrator = await product.administrator()
    elsewhere = await product.data(
        SIGN_IN, {"input": {"identifier": revoked.account, "password": revoked.account[-6:]}}
    )
    other = replace(revoked, token=elsewhere["signIn"]["token"])
    mine = await product.data("{ viewer { sessions { nodes { id isCurrent } } } }", person=revoked)
    (own,) = [node["id"] for node in mine["viewer"]["sessions"]["nodes"] if node["isCurrent"]]
    proof = {"kind": "STUDENT_ACCOUNT", "identifier": leaving.account, "password": leaving.account[-6:]}
    acts = (
        (disabled, "disableUser", {"userId": encode("User", disabled.id)}, administrator),
        (revoked, "revokeSession", {"sessionId": own}, other),
        (signed_out, "revokeSessions", {"userId": encode("User", signed_out.id)}, administrator),
        (
            changed,
            "changePassword",
            {"userId": encode("User", changed.id), "newPassword": "set for you"},
            administrator,
        ),
        (reset, "resetUserPassword", {"userId": encode("User", reset.id)}, administrator),
        (deleted, "deleteUser", {"userId": encode("User", deleted.id), "reason": "不再就读"}, administrator),
        (leaving, "deleteMyAccount", {"proof": proof}, leaving),
    )
    async with contextlib.AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(graph_socket(url, who.bearer)) for who, *_ in acts]
        ids = [await socket.start(COMMENTS) for socket in sockets]
        stays = await stack.enter_async_context(graph_socket(url, other.bearer))
        merged = await stack.enter_async_context(graph_socket(url, gone.bearer))
        await stays.start(COMMENTS)
        await merged.start(COMMENTS)
        await listening(url, "commentAdded", len(acts) + 2)

        for (_, mutation, values, actor), socket, id_ in zip(acts, sockets, ids, strict=True):
            name = mutation[0].upper() + mutation[1:]
            document = f"mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}"
            await done(product, document, {"input": values}, person=actor)
            assert await ended(socket, id_) == ["UNAUTHENTICATED"], mutation
            assert await socket.closed() == 4403

        into = {"userId": encode("User", gone.id), "intoUserId": encode("User", kept.id), "reason": "同一个人"}
        await done(product, MERGE, {"input": into}, person=administrator)
        await comment(product, kept, await new_post(product, kept), "还在")
        for socket in (stays, merged):
            assert (await heard(socket, "commentAdded"))["content"] == "还在"

        everything = {"input": {"keepsCurrent": False}}
        await done(product, REVOKE_SESSIONS, everything, person=kept)
        assert await ended(merged, "1") == ["UNAUTHENTICATED"]
        assert await merged.closed() == 4403


@pytest.mark.parametrize("settings", [{"websocket_session_seconds": 0.05}], indirect=True)
async def test_the_end_of_a_session_is_noticed_without_any_event(product: Product, url: str) -> None:
    expiring, leaving = await product.students(2)
    signed_in = await product.data(
        SIGN_IN, {"input": {"identifier": leaving.account, "password": leaving.account[-6:]}}
    )
    leaving = replace(leaving, token=signed_in["signIn"]["token"])
    async with graph_socket(url, expiring.bearer) as one, graph_socket(url, leaving.bearer) as other:
        first, second = await one.start(APPLICATIONS), await other.start(COMMENTS)
        await listening(url, "signApplicationMoved")
        await listening(url, "commentAdded")

        await done(product, SIGN_OUT, person=leaving)
        assert await ended(other, second) == ["UNAUTHENTICATED"]

        product.clock.advance(hours=73)
        assert await ended(one, first) == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("settings", [{"websocket_session_seconds": 0.05}], indirect=True)
async def test_who_came_without_a_token_stays(product: Product, url: str) -> None:
    student = await product.student()
    post = await new_post(product, student)
    async with graph_socket(url) as socket:
        await socket.start(COMMENTS)
        await listening(url, "commentAdded")
        product.clock.advance(hours=1)

        await comment(product, student, post, "还在")

        assert (await heard(socket, "commentAdded"))["content"] == "还在"


@pytest.mark.parametrize("settings", [{"websocket_session_seconds": 0.05}], indirect=True)
async def test_without_the_database_nothing_is_told_and_nobody_let_in(
    product: Product, url: str, database: Database
) -> None:
    student = await product.student()
    async with graph_socket(url, student.bearer) as socket, graph_socket(url, init=False) as late:
        id_ = await socket.start(COMMENTS)
        await listening(url, "commentAdded")

        async with database.transaction() as transaction:
            await transaction.execute(text("ALTER TABLE sessions RENAME TO lost"))

        assert await ended(socket, id_) == ["INTERNAL_ERROR"]
        assert await socket.refusal("{ version }") == ["INTERNAL_ERROR"]
        await late.send(type="connection_init", payload=student.bearer)
        assert await late.closed() == 1013


async def test_the_metrics_count_what_is_open(url: str) -> None:
    async with graph_socket(url) as socket:
        assert await metric(url, "graphql_websockets") == 1
        await socket.start(COMMENTS)
        await listening(url, "commentAdded", 1)
    await listening(url, "commentAdded", 0)

    async def is_closed() -> bool:
        return await metric(url, "graphql_websockets") == 0

    await until(is_closed)
