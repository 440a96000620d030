"""Posts and comments in the graph, and who is seen behind them."""

from typing import Any

from schema.engine.node_id import encode
from tests.schema.replies import done, refused, top_level, user_id
from tests.support.clients import Person, Product

CREATE = """
mutation ($input: CreatePostInput!) {
  createPost(input: $input) {
    post { id databaseId title content anonymous viewerIsAuthor author { databaseId } createdAt updatedAt
           comments { totalCount } }
    errors { code message path }
  }
}
"""
COMMENT = """
mutation ($input: CreateCommentInput!) {
  createComment(input: $input) {
    comment { id content anonymous viewerIsAuthor author { databaseId } post { id } createdAt }
    errors { code message path }
  }
}
"""
DELETE = """
mutation ($id: ID!) { deletePost(input: {postId: $id}) { deletedId errors { code message path } } }
"""
POSTS = """
query ($filter: PostFilter) {
  posts(filter: $filter) {
    totalCount
    nodes {
      title content anonymous viewerIsAuthor author { databaseId }
      comments { totalCount nodes { content anonymous viewerIsAuthor author { databaseId } } }
    }
  }
}
"""
NODE = """
query ($id: ID!) {
  node(id: $id) {
    __typename
    ... on Post { content viewerIsAuthor author { databaseId name } comments { nodes { author { databaseId } } } }
    ... on Comment { content viewerIsAuthor author { databaseId name } post { author { databaseId } } }
  }
}
"""
OF_USER = "query ($id: ID!) { node(id: $id) { ... on User { posts { totalCount nodes { title viewerIsAuthor } } } } }"
POST = {"title": "考研经验", "content": "早睡早起"}


async def publish(product: Product, person: Person, **changes: Any) -> dict[str, Any]:
    post: dict[str, Any] = (await done(product, CREATE, {"input": {**POST, **changes}}, person=person))["post"]
    return post


async def remark(product: Product, person: Person, post: dict[str, Any], **changes: Any) -> dict[str, Any]:
    content = {"postId": post["id"], "content": "同意", **changes}
    comment: dict[str, Any] = (await done(product, COMMENT, {"input": content}, person=person))["comment"]
    return comment


async def titles(product: Product, person: Person | None = None, **filter: Any) -> list[str]:
    page = (await product.data(POSTS, {"filter": filter}, person=person))["posts"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["title"] for node in page["nodes"]]


async def test_a_post_is_published_and_discussed(product: Product) -> None:
    author, reader = await product.students(2)

    post = await publish(product, author)
    product.clock.advance(minutes=1)
    await remark(product, reader, post, content="一")
    comment = await remark(product, author, post, content="二")

    now = "2026-03-02T02:00:00+00:00"
    assert isinstance(post.pop("databaseId"), int)
    post_id = post.pop("id")
    assert post == {
        **POST,
        "anonymous": False,
        "viewerIsAuthor": True,
        "author": {"databaseId": author.id},
        "createdAt": now,
        "updatedAt": now,
        "comments": {"totalCount": 0},
    }
    assert isinstance(comment.pop("id"), str)
    assert comment == {
        "content": "二",
        "anonymous": False,
        "viewerIsAuthor": True,
        "author": {"databaseId": author.id},
        "post": {"id": post_id},
        "createdAt": "2026-03-02T02:01:00+00:00",
    }
    assert (await product.data(POSTS, person=reader))["posts"] == {
        "totalCount": 1,
        "nodes": [
            {
                **POST,
                "anonymous": False,
                "viewerIsAuthor": False,
                "author": {"databaseId": author.id},
                "comments": {
                    "totalCount": 2,
                    "nodes": [
                        {
                            "content": "二",
                            "anonymous": False,
                            "viewerIsAuthor": False,
                            "author": {"databaseId": author.id},
                        },
                        {
                            "content": "一",
                            "anonymous": False,
                            "viewerIsAuthor": True,
                            "author": {"databaseId": reader.id},
                        },
                    ],
                },
            }
        ],
    }


async def test_posts_come_newest_first_and_by_author(product: Product) -> None:
    one, other = await product.students(2)
    for person, title in ((one, "一"), (other, "二"), (one, "三")):
        await publish(product, person, title=title)

    assert await titles(product) == ["三", "二", "一"]
    assert await titles(product, authorId=user_id(one)) == ["三", "一"]
    assert await titles(product, authorId=encode("User", 999_999)) == []
    viewer = await product.data("{ viewer { posts { totalCount nodes { title } } } }", person=one)
    assert viewer["viewer"]["posts"] == {"totalCount": 2, "nodes": [{"title": "三"}, {"title": "一"}]}


async def test_nobody_sees_behind_an_anonymous_post(product: Product) -> None:
    author, reader = await product.students(2)
    administrator = await product.administrator()
    post = await publish(product, author, anonymous=True)
    comment = await remark(product, author, post, anonymous=True)
    assert (post["author"], post["viewerIsAuthor"]) == (None, True)
    assert (comment["author"], comment["viewerIsAuthor"]) == (None, True)

    for person in (author, reader, administrator, None):
        mine = person is author
        (found,) = (await product.data(POSTS, person=person))["posts"]["nodes"]
        assert found == {
            **POST,
            "anonymous": True,
            "viewerIsAuthor": mine,
            "author": None,
            "comments": {
                "totalCount": 1,
                "nodes": [{"content": "同意", "anonymous": True, "viewerIsAuthor": mine, "author": None}],
            },
        }
        assert (await product.data(NODE, {"id": post["id"]}, person=person))["node"] == {
            "__typename": "Post",
            "content": POST["content"],
            "viewerIsAuthor": mine,
            "author": None,
            "comments": {"nodes": [{"author": None}]},
        }
        assert (await product.data(NODE, {"id": comment["id"]}, person=person))["node"] == {
            "__typename": "Comment",
            "content": "同意",
            "viewerIsAuthor": mine,
            "author": None,
            "post": {"author": None},
        }
        assert await titles(product, person, authorId=user_id(author)) == []


async def test_only_the_author_finds_an_anonymous_post_under_their_name(product: Product) -> None:
    author, reader = await product.students(2)
    administrator = await product.administrator()
    await publish(product, author, title="公开")
    await publish(product, author, title="匿名", anonymous=True)
    both = {
        "totalCount": 2,
        "nodes": [{"title": "匿名", "viewerIsAuthor": True}, {"title": "公开", "viewerIsAuthor": True}],
    }
    public = {"totalCount": 1, "nodes": [{"title": "公开", "viewerIsAuthor": False}]}

    for person, expected in ((author, both), (reader, public), (administrator, public)):
        found = await product.data(OF_USER, {"id": user_id(author)}, person=person)
        assert found["node"]["posts"] == expected
    viewer = await product.data("{ viewer { posts { totalCount nodes { title viewerIsAuthor } } } }", person=author)
    assert viewer["viewer"]["posts"] == both


async def test_several_authors_at_once_keep_their_secrets(product: Product) -> None:
    """The statement for many users hides what the one for a single user hides."""
    one, other = await product.students(2)
    for person in (one, other):
        await publish(product, person, title="公开")
        await publish(product, person, title="匿名", anonymous=True)
    query = """
    query ($one: ID!, $other: ID!) { a: node(id: $one) { ...Posts } b: node(id: $other) { ...Posts } }
    fragment Posts on User { posts { totalCount nodes { title } } }
    """

    found = await product.data(query, {"one": user_id(one), "other": user_id(other)}, person=one)

    assert found == {
        "a": {"posts": {"totalCount": 2, "nodes": [{"title": "匿名"}, {"title": "公开"}]}},
        "b": {"posts": {"totalCount": 1, "nodes": [{"title": "公开"}]}},
    }


async def test_an_open_comment_under_an_anonymous_post_shows_its_author(product: Product) -> None:
    author, reader = await product.students(2)
    post = await publish(product, author, anonymous=True)

    comment = await remark(product, reader, post)

    assert comment["author"] == {"databaseId": reader.id}
    found = await product.data(NODE, {"id": comment["id"]}, person=author)
    assert found["node"]["post"] == {"author": None}


async def test_the_author_deletes_a_post_with_its_comments(product: Product) -> None:
    author = await product.student()
    kept = await publish(product, author, title="留下")
    for anonymous in (False, True):
        post = await publish(product, author, anonymous=anonymous)
        comment = await remark(product, author, post)

        assert await done(product, DELETE, {"id": post["id"]}, person=author) == {"deletedId": post["id"]}

        assert await titles(product) == ["留下"]
        for gone in (post, comment):
            assert await product.data(NODE, {"id": gone["id"]}, person=author) == {"node": None}
    found = await product.data(NODE, {"id": kept["id"]}, person=author)
    assert found["node"]["content"] == POST["content"]


async def test_administrators_delete_any_post(product: Product) -> None:
    author, administrator = await product.student(), await product.administrator()
    post = await publish(product, author, anonymous=True)

    await done(product, DELETE, {"id": post["id"]}, person=administrator)

    assert await titles(product) == []


async def test_nobody_else_deletes_a_post(product: Product) -> None:
    author, reader = await product.students(2)
    post = await publish(product, author)

    reply = await product.graphql(DELETE, {"id": post["id"]}, person=reader)
    nobody = await product.graphql(DELETE, {"id": post["id"]})

    assert top_level(reply) == [("FORBIDDEN", ["deletePost"])]
    assert top_level(nobody) == [("UNAUTHENTICATED", ["deletePost"])]
    assert await titles(product) == [POST["title"]]


async def test_what_is_not_there_is_neither_deleted_nor_discussed(product: Product) -> None:
    author = await product.student()
    post = await publish(product, author)
    await done(product, DELETE, {"id": post["id"]}, person=author)
    not_found = [("NOT_FOUND", ["input", "postId"])]

    for gone in (post["id"], encode("Post", 999_999), encode("Post", -1), encode("Post", 2**63 - 1)):
        assert await refused(product, DELETE, {"id": gone}, person=author) == not_found
        comment = {"postId": gone, "content": "同意"}
        assert await refused(product, COMMENT, {"input": comment}, person=author) == not_found
    for foreign in ("", "1", encode("User", author.id), encode("Post", 2**96)):
        assert await refused(product, DELETE, {"id": foreign}, person=author) == [
            ("INVALID_INPUT", ["input", "postId"])
        ]


async def test_a_post_holds_what_fits(product: Product) -> None:
    student = await product.student()

    for field, value in (
        ("title", ""),
        ("title", "a" * 256),
        ("title", "a\0b"),
        ("content", " \n"),
        ("content", "a" * 20_001),
        ("content", "a\0b"),
    ):
        found = await refused(product, CREATE, {"input": {**POST, field: value}}, person=student)
        assert found == [("INVALID_INPUT", ["input", field])]

    assert await titles(product) == []


async def test_a_comment_holds_what_fits(product: Product) -> None:
    student = await product.student()
    post = await publish(product, student)

    for content in ("", "a" * 20_001, "a\0b"):
        found = await refused(product, COMMENT, {"input": {"postId": post["id"], "content": content}}, person=student)
        assert found == [("INVALID_INPUT", ["input", "content"])]

    found_post = await product.data(NODE, {"id": post["id"]}, person=student)
    assert found_post["node"]["comments"] == {"nodes": []}


async def test_a_long_post_comes_back_whole(product: Product) -> None:
    student = await product.student()
    content = "长😀" * 10_000

    post = await publish(product, student, content=content)

    assert post["content"] == content
    found = await product.data(NODE, {"id": post["id"]}, person=student)
    assert found["node"]["content"] == content


async def test_writers_are_signed_in(product: Product) -> None:
    for mutation, values in ((CREATE, POST), (COMMENT, {"postId": encode("Post", 1), "content": "同意"})):
        reply = await product.graphql(mutation, {"input": values})
        assert reply["data"] is None
        assert [code for code, _ in top_level(reply)] == ["UNAUTHENTICATED"]

    assert await titles(product) == []
