"""What the subscription to new recommendations tells, and whom."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models.db import Database
from models.settings import Settings
from schema.engine.node_id import encode
from tests.support.clients import Clock, Product
from tests.support.feeds import candidate, named, new_feed, new_recruiter, recommended
from tests.support.platform import done
from tests.support.serving import listening, served
from tests.support.websocket import GraphSocket, graph_socket

ADDED = """subscription($feedId: ID) { recommendationAdded(feedId: $feedId) {
  sent feed { databaseId } resume { databaseId contact { name } }
} }"""
SEND = "mutation($input: SendResumeInput!) { sendResume(input: $input) { sent errors { code } } }"
HIDE = """mutation($input: RecommendationInput!) { hideRecommendation(input: $input) {
  recommendation { id } errors { code }
} }"""


@pytest.fixture
async def url(product: Product) -> AsyncIterator[str]:
    async with served(product) as address:
        yield address


async def heard(socket: GraphSocket) -> tuple[int, int]:
    """The feed and the resume of the next recommendation that the socket is told of."""
    message = await socket.receive()
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    found: dict[str, Any] = message["payload"]["data"]["recommendationAdded"]
    assert (found["sent"], found["resume"]["contact"]) == (True, None)
    return found["feed"]["databaseId"], found["resume"]["databaseId"]


async def test_new_recommendations_are_told_of_one_feed_or_of_all_of_ones_own(
    product: Product, settings: Settings, url: str
) -> None:
    person, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    watched, another, foreign = (
        await new_feed(product, person),
        await new_feed(product, person),
        await new_feed(product, other),
    )
    owner, resume = await candidate(product)
    async with graph_socket(url, person.bearer) as of_one, graph_socket(url, person.bearer) as of_all:
        await of_one.start(ADDED, feedId=encode("Feed", watched))
        await of_all.start(ADDED)
        await listening(url, "recommendationAdded", 2)

        for feed in (foreign, another, watched):
            await done(product, SEND, owner, feedId=encode("Feed", feed))

        assert await heard(of_one) == (watched, resume)
        assert [await heard(of_all), await heard(of_all)] == [(another, resume), (watched, resume)]


async def test_what_was_hidden_is_not_told_again(
    product: Product, database: Database, settings: Settings, clock: Clock, url: str
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    owner, hidden = await candidate(product)
    another_owner, shown = await candidate(product)
    await recommended(database, clock, feed, hidden)
    await done(product, HIDE, person, **named(feed, hidden))
    async with graph_socket(url, person.bearer) as socket:
        await socket.start(ADDED)
        await listening(url, "recommendationAdded", 1)

        await done(product, SEND, owner, feedId=encode("Feed", feed))
        await done(product, SEND, another_owner, feedId=encode("Feed", feed))

        assert await heard(socket) == (feed, shown)


async def test_only_recruiters_listen_and_only_to_their_own_feeds(
    product: Product, settings: Settings, url: str
) -> None:
    person, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    foreign = await new_feed(product, other)
    student = await product.student()

    for caller, variables, code in (
        (person, {"feedId": encode("Feed", foreign)}, "NOT_FOUND"),
        (person, {"feedId": "nonsense"}, "INVALID_INPUT"),
        (student, {}, "FORBIDDEN"),
    ):
        async with graph_socket(url, caller.bearer) as socket:
            await socket.start(ADDED, **variables)
            message = await socket.receive()
            assert message["type"] == "error", message
            assert [error["extensions"]["code"] for error in message["payload"]] == [code]
