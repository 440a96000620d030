"""Likes of posts: each person's once, seen by everybody, but for what would name an anonymous author."""

import asyncio
from typing import Any

from sqlalchemy import text

from models.db import Database
from schema.engine.node_id import encode
from tests.schema.replies import done, refused, top_level
from tests.schema.test_community import DELETE, publish
from tests.support.clients import Person, Product

LIKED = "likesCount viewerHasLiked likers { totalCount nodes { user { databaseId } createdAt } }"
LIKE = f"""mutation ($id: ID!) {{
  likePost(input: {{postId: $id}}) {{ post {{ {LIKED} }} errors {{ code message path }} }}
}}"""
UNLIKE = LIKE.replace("likePost", "unlikePost")
POST = f"query ($id: ID!) {{ node(id: $id) {{ ... on Post {{ {LIKED} }} }} }}"


async def seen(product: Product, post: dict[str, Any], person: Person | None) -> tuple[int, bool, list[int]]:
    """The number of likes, whether the caller likes it, and who does, the newest first."""
    found = (await product.data(POST, {"id": post["id"]}, person=person))["node"]
    people = [node["user"]["databaseId"] for node in found["likers"]["nodes"]]
    assert found["likers"]["totalCount"] == found["likesCount"] == len(people)
    return found["likesCount"], found["viewerHasLiked"], people


async def test_a_post_is_liked_once_by_each(product: Product, database: Database) -> None:
    author, first, second = await product.students(3)
    post = await publish(product, author)
    given = {"id": post["id"]}
    assert await seen(product, post, None) == (0, False, [])

    for _ in range(2):
        liked = await done(product, LIKE, given, person=first)
        product.clock.advance(minutes=1)
    await done(product, LIKE, given, person=second)

    like = {"user": {"databaseId": first.id}, "createdAt": "2026-03-02T02:00:00+00:00"}
    assert liked == {"post": {"likesCount": 1, "viewerHasLiked": True, "likers": {"totalCount": 1, "nodes": [like]}}}
    assert await seen(product, post, first) == (2, True, [second.id, first.id])
    assert await seen(product, post, author) == await seen(product, post, None) == (2, False, [second.id, first.id])
    for _ in range(2):
        assert (await done(product, UNLIKE, given, person=first))["post"]["likesCount"] == 1
    assert await seen(product, post, first) == (1, False, [second.id])
    for mutation in (LIKE, UNLIKE):
        unknown = {"id": encode("Post", 999)}
        assert await refused(product, mutation, unknown, person=first) == [("NOT_FOUND", ["input", "postId"])]
        signed_out = await product.graphql(mutation, given)
        assert [code for code, _ in top_level(signed_out)] == ["UNAUTHENTICATED"]
    await done(product, DELETE, given, person=author)
    assert await database.fetch_value(text("SELECT count(*) FROM post_likes")) == 0


async def test_a_like_of_ones_own_names_no_anonymous_author(product: Product) -> None:
    author, other = await product.students(2)
    secret, signed = await publish(product, author, anonymous=True), await publish(product, author)

    for post in (secret, signed):
        await done(product, LIKE, {"id": post["id"]}, person=author)

    assert await seen(product, secret, author) == (0, True, [])
    assert await seen(product, secret, other) == await seen(product, secret, None) == (0, False, [])
    assert await seen(product, signed, other) == (1, False, [author.id])
    await done(product, LIKE, {"id": secret["id"]}, person=other)
    assert (await seen(product, secret, author))[0] == 1


async def test_many_at_once_are_counted_rightly(product: Product) -> None:
    author, *people = await product.students(4)
    post = await publish(product, author)
    given = {"id": post["id"]}

    await asyncio.gather(*(done(product, LIKE, given, person=person) for person in people for _ in range(4)))
    assert (await seen(product, post, None))[0] == 3
    await asyncio.gather(
        *(done(product, UNLIKE, given, person=person) for person in people[1:] for _ in range(3)),
        *(done(product, LIKE, given, person=people[0]) for _ in range(3)),
    )

    assert (await seen(product, post, people[0]))[:2] == (1, True)
