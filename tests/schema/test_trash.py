"""What was deleted, and restoring it: who may, until when, what is back, and what stands in the way."""

import asyncio

from sqlalchemy import insert, text

from models.community import Comment, PostLike
from models.db import Database
from models.settings import Settings
from models.statements import table_of
from resolvers.scope import Services
from resolvers.sweeps import sweep
from resolvers.trash.kinds import PIECE
from tests.schema.identity.test_merging import MERGE_USERS, new_user, pair
from tests.schema.replies import done, refused, top_level
from tests.schema.test_community import publish, remark
from tests.support.clients import MORNING, Clock, Person, Product

DELETE_POST = """mutation ($id: ID!) { deletePost(input: {postId: $id}) {
  deletedId deletedItem { id kind title createdAt restorableUntil } errors { code path message } } }"""
DELETE_COMMENT = """mutation ($id: ID!) { deleteComment(input: {commentId: $id}) {
  deletedId deletedItem { id kind title } errors { code path message } } }"""
RESTORE = """mutation ($id: ID!) { restoreDeleted(input: {id: $id}) {
  restoredId node { __typename id ... on Post { comments { totalCount } } } errors { code path message } } }"""
LIKE = "mutation ($id: ID!) { likePost(input: {postId: $id}) { errors { code } } }"
LISTED = "{ viewer { deletedItems { totalCount nodes { kind title } } } }"
POST = """query ($id: ID!) { node(id: $id) { ... on Post {
  databaseId title content anonymous createdAt updatedAt viewerIsAuthor viewerCanUpdate author { databaseId }
  likers { nodes { user { databaseId } } }
  comments { nodes { id content anonymous createdAt viewerIsAuthor author { databaseId } } } } }
  posts { totalCount } }"""
EVENTS = """query ($subject: ID!) { auditEvents(filter: {subject: $subject}) {
  nodes { action before { name value } after { name value } } } }"""


async def put_away(product: Product, person: Person, mutation: str, id_: str) -> str:
    """The id of the deleted item."""
    item: str = (await done(product, mutation, {"id": id_}, person=person))["deletedItem"]["id"]
    return item


async def listed(product: Product, person: Person) -> list[tuple[str, str]]:
    page = (await product.data(LISTED, person=person))["viewer"]["deletedItems"]
    assert page["totalCount"] == len(page["nodes"])
    return [(node["kind"], node["title"]) for node in page["nodes"]]


async def test_a_post_is_back_as_it_was(product: Product, database: Database) -> None:
    author, reader, stranger = await product.students(3)
    post = await publish(product, author, anonymous=True, title="标" * 150)
    for number in range(3):
        await remark(product, reader, post, content=f"{number}", anonymous=number == 1)
    many = {"post_id": post["databaseId"], "author_id": stranger.id, "content": "很多", "anonymous": False}
    async with database.transaction() as transaction:  # more than are kept in one piece
        rows = [{**many, "created_at": MORNING, "updated_at": MORNING}] * (2 * PIECE)
        await transaction.execute_many(insert(table_of(Comment)), rows)
    product.clock.advance(minutes=5)
    before = [await product.data(POST, {"id": post["id"]}, person=who) for who in (author, reader, None)]

    payload = await done(product, DELETE_POST, {"id": post["id"]}, person=author)

    item = payload["deletedItem"]
    assert payload["deletedId"] == post["id"]
    assert (item["kind"], item["title"]) == ("POST", "标" * 99 + "…")
    assert (item["createdAt"], item["restorableUntil"]) == ("2026-03-02T02:05:00+00:00", "2026-04-01T02:05:00+00:00")
    assert await listed(product, author) == [("POST", "标" * 99 + "…")]
    gone = await product.data(POST, {"id": post["id"]}, person=author)
    assert gone == {"node": None, "posts": {"totalCount": 0}}
    for who in (reader, stranger, await product.administrator()):
        assert await listed(product, who) == []
        assert await refused(product, RESTORE, {"id": item["id"]}, person=who) == [("NOT_FOUND", ["input", "id"])]
        assert await product.data("query ($id: ID!) { node(id: $id) { id } }", {"id": item["id"]}, person=who) == {
            "node": None
        }
    assert top_level(await product.graphql(RESTORE, {"id": item["id"]})) == [("UNAUTHENTICATED", ["restoreDeleted"])]

    product.clock.advance(days=1)
    both = await asyncio.gather(*(product.data(RESTORE, {"id": item["id"]}, person=author) for _ in range(2)))

    outcomes = sorted((reply["restoreDeleted"] for reply in both), key=lambda payload: len(payload["errors"]))
    assert outcomes[0] == {
        "restoredId": post["id"],
        "node": {"__typename": "Post", "id": post["id"], "comments": {"totalCount": 3 + 2 * PIECE}},
        "errors": [],
    }
    assert [error["code"] for error in outcomes[1]["errors"]] == ["NOT_FOUND"]
    assert [await product.data(POST, {"id": post["id"]}, person=who) for who in (author, reader, None)] == before
    assert await listed(product, author) == []
    later = await publish(product, author)
    assert later["databaseId"] > post["databaseId"]


async def test_what_an_administrator_deleted_administrators_restore(product: Product) -> None:
    author, administrator = await product.student(), await product.administrator()
    post = await publish(product, author, anonymous=True)
    comment = await remark(product, author, post, content="骂人", anonymous=True)

    item = await put_away(product, administrator, DELETE_COMMENT, comment["id"])

    assert await listed(product, author) == []
    assert await refused(product, RESTORE, {"id": item}, person=author) == [("NOT_FOUND", ["input", "id"])]
    assert await listed(product, administrator) == [("COMMENT", "骂人")]
    await done(product, RESTORE, {"id": item}, person=administrator)
    events = (await product.data(EVENTS, {"subject": comment["id"]}, person=administrator))["auditEvents"]["nodes"]
    assert events == [
        {"action": "restore_deleted", "before": [], "after": [{"name": "title", "value": "骂人"}]},
        {"action": "delete_comment", "before": [{"name": "content", "value": "骂人"}], "after": []},
    ]


async def test_what_it_belonged_to_may_be_gone_and_people_merged(product: Product, database: Database) -> None:
    author, reader = await product.students(2)
    former = await new_user(database)
    post = await publish(product, author)
    kept = await remark(product, author, post, content="旧")
    comment = await remark(product, reader, post, content="新")
    async with database.transaction() as transaction:
        await transaction.execute(text(f"UPDATE comments SET author_id = {former} WHERE content = '旧'"))  # noqa: S608
    # Both like the post, as one person likes it once.
    await done(product, LIKE, {"id": post["id"]}, person=reader)
    like = {"post_id": post["databaseId"], "user_id": former, "created_at": MORNING, "updated_at": MORNING}
    async with database.transaction() as transaction:
        await transaction.execute(insert(table_of(PostLike)), like)
    of_reader = await put_away(product, reader, DELETE_COMMENT, comment["id"])
    of_author = await put_away(product, author, DELETE_POST, post["id"])

    assert await refused(product, RESTORE, {"id": of_reader}, person=reader) == [("NOT_RESTORABLE", [])]
    assert await listed(product, reader) == [("COMMENT", "新")]

    await done(product, MERGE_USERS, pair(former, reader.id), person=await product.administrator())
    await done(product, RESTORE, {"id": of_author}, person=author)
    await done(product, RESTORE, {"id": of_reader}, person=reader)

    node = (await product.data(POST, {"id": post["id"]}))["node"]
    assert node["likers"] == {"nodes": [{"user": {"databaseId": reader.id}}]}
    assert [(node["id"], node["content"], node["author"]) for node in node["comments"]["nodes"]] == [
        (comment["id"], "新", {"databaseId": reader.id}),
        (kept["id"], "旧", {"databaseId": reader.id}),
    ]


async def test_what_is_over_is_gone(product: Product, settings: Settings, clock: Clock, database: Database) -> None:
    author = await product.student()
    posts = [await publish(product, author) for _ in range(2)]
    items = [await put_away(product, author, DELETE_POST, post["id"]) for post in posts]

    clock.advance(days=29, hours=23, minutes=59)
    author = await product.login(author.account, author.account[-6:])
    await done(product, RESTORE, {"id": items[0]}, person=author)
    clock.advance(minutes=1)
    assert await refused(product, RESTORE, {"id": items[1]}, person=author) == [("NOT_FOUND", ["input", "id"])]
    clock.advance(seconds=1)
    services = Services.from_settings(settings, clock)
    await sweep(services)
    await services.close()
    for table in ("deleted_items", "deleted_rows"):
        assert await database.fetch(text(f"SELECT * FROM {table}")) == []  # noqa: S608
