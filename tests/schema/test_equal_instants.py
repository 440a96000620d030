"""What somebody does in one operation has one instant: it links nothing anonymous of theirs to anything with a name."""

from datetime import datetime
from typing import Any

from graphql import get_named_type

from models.db import Database
from models.settings import Settings
from schema.engine.node_id import encode
from schema.schema import build_schema
from tests.schema.replies import done
from tests.support.clients import Product
from tests.support.feeds import candidate, new_feed, new_recruiter, recommended

TYPES = build_schema()._schema.type_map
MOMENT = datetime.fromisoformat("2026-03-02T10:17:23.456789+08:00")
IN_ONE_OPERATION = """
mutation ($discussed: ID!, $answered: ID!, $feed: ID!) {
  hidden: createPost(input: {title: "匿名", content: "a", anonymous: true}) { errors { code } }
  named: createPost(input: {title: "具名", content: "b"}) { errors { code } }
  aside: createComment(input: {postId: $discussed, content: "匿名", anonymous: true}) { errors { code } }
  answer: createComment(input: {postId: $answered, content: "具名"}) { errors { code } }
  updateJobTarget(input: {level: JUNIOR}) { errors { code } }
  setResumeVisibility(input: {visibility: PUBLIC}) { errors { code } }
  sendResume(input: {feedId: $feed}) { errors { code } }
}
"""
CREATE = """mutation($input: CreatePostInput!) { createPost(input: $input) {
  post { id } errors { code path message } } }"""


def times_of(type_name: str) -> str:
    """All fields of a type that tell an instant."""
    type_: Any = TYPES[type_name]
    return " ".join(name for name, field in type_.fields.items() if get_named_type(field.type).name == "DateTime")


def instants(value: Any) -> set[str]:
    """Every instant in a reply."""
    if isinstance(value, dict):
        return {found for part in value.values() for found in instants(part)}
    if isinstance(value, list):
        return {found for part in value for found in instants(part)}
    return {value} if isinstance(value, str) and value.startswith("2026-") else set()


async def test_no_instant_names_who_is_anonymous(product: Product, database: Database, settings: Settings) -> None:
    other = await product.student()
    recruiter = await new_recruiter(product, settings)
    feed = await new_feed(product, recruiter)
    discussed, answered = [
        (await done(product, CREATE, {"input": {"title": title, "content": "c"}}, person=other))["post"]["id"]
        for title in ("讨论", "回答")
    ]
    product.clock.now = MOMENT
    person, resume = await candidate(product)
    ids = {"discussed": discussed, "answered": answered, "feed": encode("Feed", feed)}
    made = await product.data(IN_ONE_OPERATION, ids, person=person)
    assert {tuple(payload["errors"]) for payload in made.values()} == {()}
    assert await recommended(database, product.clock, await new_feed(product, recruiter), resume)

    comments = f"comments {{ nodes {{ content {times_of('Comment')} }} }}"
    of_posts = await product.data(
        f"{{ posts {{ nodes {{ title {times_of('Post')} {comments} }} }} }}", person=recruiter
    )
    posts = {post["title"]: post for post in of_posts["posts"]["nodes"]}
    of_feed = await product.data(
        f"""query($feed: ID!) {{ node(id: $feed) {{ ... on Feed {{ recommendations {{ nodes {{
          {times_of("Recommendation")}
          resume {{ {times_of("CandidateResume")} certifications {{ {times_of("CandidateCertification")} }} }}
        }} }} }} }} }}""",
        {"feed": encode("Feed", feed)},
        person=recruiter,
    )
    anonymous = instants(posts["匿名"]) | instants(posts["讨论"]) | instants(of_feed)
    named = instants(posts["具名"]) | instants(posts["回答"]["comments"])

    assert named == {"2026-03-02T02:17:23.456789+00:00"}
    assert anonymous == {
        "2026-03-02T02:00:00+00:00",  # the hour; the first post was written on it
        "2026-03-01T16:00:00+00:00",  # the day of the resume, in Shanghai
    }
    assert times_of("Post") == "createdAt updatedAt"
    assert set(times_of("Recommendation").split()) >= {"createdAt", "updatedAt", "displayedAt", "calculatedAt"}


async def test_when_somebody_came_is_between_them_and_administrators(product: Product) -> None:
    one, other = await product.students(2)
    query = f'{{ node(id: "{encode("User", one.id)}") {{ ... on User {{ createdAt }} }} }}'

    assert (await product.data(query, person=one))["node"]["createdAt"]
    reply = await product.graphql(query, person=other)
    assert [error["extensions"]["code"] for error in reply["errors"]] == ["FORBIDDEN"]
