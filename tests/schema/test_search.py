"""`search`: the same words find the same objects on both databases, for whom may see them."""

from typing import Any

from sqlalchemy import text

from models.db import Database
from models.settings import Settings
from resolvers.search.indexing import index_all
from schema.engine.node_id import decode, encode
from tests.schema.replies import top_level
from tests.support.clients import Clock, Person, Product
from tests.support.feeds import candidate, new_feed, new_recruiter, recommended
from tests.support.platform import new_project
from tests.support.signing import new_company

SEARCH = """
query ($query: String!, $kinds: [SearchKind!], $first: Int, $after: String) {
  search(query: $query, kinds: $kinds, first: $first, after: $after) {
    totalCount
    nodes { kind node { __typename databaseId } matches { field fragments { text isMatch } } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}
"""
CREATE = "mutation ($input: CreatePostInput!) { createPost(input: $input) { post { databaseId } } }"
DELETE = "mutation ($input: DeletePostInput!) { deletePost(input: $input) { deletedId } }"
POSTS = (
    ("求职经验", "学生找工作，Go 与 Python。"),
    ("Ｇｏ ＬＡＮＧ", "ÉCOLE in İstanbul, Straße"),
    ("计算机科学", "计算方法和算机"),
    ("学 生", "求，职"),
    ("golang 100%", "e\u0301cole a_b"),
)
FOUND: dict[str, list[int]] = {
    "求职": [0],
    "学生": [0],
    "职": [3, 0],
    "学生 求职": [0],
    "go": [1, 0],
    "ＧＯ": [1, 0],
    "golang": [4],
    "École": [4, 1],
    "istanbul": [1],
    "İSTANBUL": [1],
    "STRASSE": [1],
    "计算机": [2],
    "计算机科": [2],
    "算机科学方": [],
    "python 计算": [],
    "100": [4],
    "lan": [],
    "经验, go!": [0],
}
"""The posts that a query finds, the newest first."""


async def found(product: Product, person: Person | None = None, **variables: Any) -> list[tuple[str, int]]:
    data = (await product.data(SEARCH, variables, person=person))["search"]
    hits = [(hit["kind"], hit["node"]["databaseId"]) for hit in data["nodes"]]
    assert data["totalCount"] == len(hits)
    return hits


async def refused(product: Product, variables: dict[str, Any], person: Person | None = None) -> list[str]:
    return [code for code, _path in top_level(await product.graphql(SEARCH, variables, person=person))]


async def posted(product: Product, person: Person, title: str, content: str, *, anonymous: bool = False) -> int:
    values = {"title": title, "content": content, "anonymous": anonymous}
    return int((await product.data(CREATE, {"input": values}, person=person))["createPost"]["post"]["databaseId"])


async def test_a_post_is_found_by_its_words_as_soon_as_it_is_there(product: Product, database: Database) -> None:
    student = await product.student()
    ids = [await posted(product, student, *texts) for texts in POSTS]
    for query, numbers in FOUND.items():
        assert await found(product, query=query) == [("POST", ids[number]) for number in numbers], query

    # Whatever writes: the index follows, at the latest when it is the background task's turn.
    async with database.transaction() as transaction:
        await transaction.execute(text("UPDATE posts SET title = '天气' WHERE title = '求职经验'"))
        await transaction.execute(text("DELETE FROM posts WHERE title = 'Ｇｏ ＬＡＮＧ'"))
    assert await found(product, query="istanbul") == []
    await index_all(database)
    assert await found(product, query="求职") == []
    assert await found(product, query="天气") == [("POST", ids[0])]
    await product.data(DELETE, {"input": {"postId": encode("Post", ids[0])}}, person=student)
    assert await found(product, query="天气") == []
    row = "SELECT id, author_id, title, content, anonymous, created_at, updated_at FROM posts"
    async with database.transaction() as transaction:  # a deleted one comes back as it was
        await transaction.execute(text(f"CREATE TEMPORARY TABLE kept AS {row}"))
        await transaction.execute(text("DELETE FROM posts"))
        await transaction.execute(
            text(
                "INSERT INTO posts (id, author_id, title, content, anonymous, created_at, updated_at)"
                " SELECT id, author_id, title, content, anonymous, created_at, updated_at FROM kept"
            )
        )
        await transaction.execute(text("DROP TABLE kept"))
    await index_all(database)
    assert await found(product, query="计算机") == [("POST", ids[2])]

    for wrong in ("", " ,!", "x" * 201, " ".join("abcdefghijk")):
        assert await refused(product, {"query": wrong}) == ["INVALID_INPUT"]
    for wrong in ("x", "aWQ6MQ==", "WyJTRUFSQ0giLCJ4IiwxXQ==", "WyJTRUFSQ0giLCJwb3N0cyIsIjEiXQ=="):
        assert await refused(product, {"query": "x", "after": wrong}) == ["INVALID_INPUT"]


async def test_everybody_finds_what_they_may_see(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    student = await product.student()
    recruiter = await new_recruiter(product, settings)
    owner, resume = await candidate(product, workExperiences=[{"company": "云杉科技", "position": "云杉工程师"}])
    administrator = await product.administrator()
    company = int((await new_company(product, administrator, "云杉软件"))["databaseId"])
    project = decode(await new_project(product, administrator, name="云杉计划", introduction="一个关于云杉的项目"))[1]
    signed = await posted(product, student, "云杉", "<b>云杉</b> &amp; 树")
    hidden = await posted(product, student, "匿名", "树", anonymous=True)
    feed = await new_feed(product, recruiter)
    await recommended(database, clock, feed, resume)
    public = [("COMPANY", company), ("PROJECT", project), ("POST", signed)]

    assert await found(product, query="云杉") == [("POST", signed)]
    assert await found(product, student, query="云杉") == public
    assert await found(product, administrator, query="云杉") == [*public, ("RESUME", resume)]
    assert await found(product, owner, query="云杉") == [*public, ("RESUME", resume)]
    assert await found(product, recruiter, query="云杉 科技") == [("CANDIDATE", resume)]
    assert await found(product, student, query="云杉", kinds=["RESUME"]) == []
    name = (await product.data("{ viewer { name account } }", person=student))["viewer"]
    assert await found(product, administrator, query=name["account"]) == [("PERSON", student.id)]
    assert ("POST", hidden) not in await found(product, administrator, query=name["name"])
    for kind, person, code in (
        ("PERSON", student, "FORBIDDEN"),
        ("CANDIDATE", administrator, "FORBIDDEN"),
        ("COMPANY", None, "UNAUTHENTICATED"),
    ):
        assert await refused(product, {"query": "x", "kinds": [kind]}, person) == [code]
    beside = await product.graphql(
        '{ viewer { account } search(query: "x", kinds: [PERSON]) { totalCount } }', person=student
    )
    assert beside["data"] == {"viewer": {"account": name["account"]}, "search": None}

    walked: list[tuple[str, int]] = []
    after = None
    while True:
        page = (await product.data(SEARCH, {"query": "云杉", "first": 1, "after": after}, person=owner))["search"]
        walked += [(hit["kind"], hit["node"]["databaseId"]) for hit in page["nodes"]]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert walked == [*public, ("RESUME", resume)]

    (hit,) = (await product.data(SEARCH, {"query": "云杉"}))["search"]["nodes"]
    assert [
        (match["field"], [(each["text"], each["isMatch"]) for each in match["fragments"]]) for match in hit["matches"]
    ] == [
        ("title", [("云杉", True)]),
        ("content", [("<b>", False), ("云杉", True), ("</b> &amp; 树", False)]),
    ]
