"""Notifications: who reads them, what counts as read, and where they are sent."""

from collections.abc import Mapping
from typing import Any

import pytest

from models.language import Message
from models.notifications import NotificationKind
from models.settings import Settings
from resolvers import notifications
from schema.engine.node_id import encode
from tests.schema.replies import done, refused, top_level
from tests.support.clients import Clock, Person, Product
from tests.support.platform import writing

READ = """query($first: Int! = 20, $after: String) { viewer { unreadNotificationCount
  notifications(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    nodes { id kind text readAt createdAt subject { databaseId } } } } }"""
MARK = """mutation($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) {
  user { unreadNotificationCount } errors { code message path } } }"""


async def tell(settings: Settings, clock: Clock, person: Person, *texts: str) -> None:
    """Tell somebody something about themselves, as a mutation of the business does."""
    async with writing(settings, clock) as scope:
        for text in texts:
            await notifications.notify(
                scope,
                user_id=person.id,
                kind=NotificationKind.SIGN_APPLICATION_REJECTED,
                text=Message.verbatim(text),
                subject_type="User",
                subject_id=person.id,
            )


async def read(product: Product, person: Person, **variables: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (await product.data(READ, variables, person=person))["viewer"]
    return found


async def ids(product: Product, person: Person) -> list[str]:
    """The ids of somebody's notifications, the newest first."""
    return [node["id"] for node in (await read(product, person))["notifications"]["nodes"]]


async def test_at_first_there_are_none(product: Product) -> None:
    viewer = await read(product, await product.student())

    assert viewer["unreadNotificationCount"] == viewer["notifications"]["totalCount"] == 0


async def test_they_say_what_about_which_object(product: Product, settings: Settings, clock: Clock) -> None:
    student = await product.student()
    await tell(settings, clock, student, "材料不全")

    viewer = await read(product, student)

    (node,) = viewer["notifications"]["nodes"]
    assert viewer["unreadNotificationCount"] == 1
    assert node == {
        "id": node["id"],
        "kind": "SIGN_APPLICATION_REJECTED",
        "text": "材料不全",
        "readAt": None,
        "createdAt": "2026-03-02T02:00:00+00:00",
        "subject": {"databaseId": student.id},
    }


async def test_they_come_in_pages_the_newest_first(product: Product, settings: Settings, clock: Clock) -> None:
    student = await product.student()
    await tell(settings, clock, student, "1", "2", "3")

    first = (await read(product, student, first=2))["notifications"]
    second = (await read(product, student, first=2, after=first["pageInfo"]["endCursor"]))["notifications"]

    assert [[node["text"] for node in page["nodes"]] for page in (first, second)] == [["3", "2"], ["1"]]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, second)] == [True, False]


async def test_some_are_marked_as_read_once(product: Product, settings: Settings, clock: Clock) -> None:
    student = await product.student()
    await tell(settings, clock, student, "1", "2", "3")
    newest, second, _ = await ids(product, student)

    clock.advance(minutes=1)
    payload = await done(product, MARK, {"input": {"notificationIds": [newest, second, newest]}}, person=student)
    clock.advance(minutes=1)
    await done(product, MARK, {"input": {"notificationIds": [newest]}}, person=student)

    assert payload == {"user": {"unreadNotificationCount": 1}}
    nodes = (await read(product, student))["notifications"]["nodes"]
    assert [node["readAt"] for node in nodes] == ["2026-03-02T02:01:00+00:00"] * 2 + [None]


async def test_all_are_marked_as_read(product: Product, settings: Settings, clock: Clock) -> None:
    student, other = await product.students(2)
    await tell(settings, clock, student, "1", "2")
    await tell(settings, clock, other, "3")

    assert await done(product, MARK, {"input": {}}, person=student) == {"user": {"unreadNotificationCount": 0}}

    assert (await read(product, other))["unreadNotificationCount"] == 1


async def test_those_of_somebody_else_are_not_found_and_nothing_is_marked(
    product: Product, settings: Settings, clock: Clock
) -> None:
    student, other = await product.students(2)
    await tell(settings, clock, student, "1")
    await tell(settings, clock, other, "2")
    own, foreign = await ids(product, student), await ids(product, other)

    for wanted in (own + foreign, [encode("Notification", 999)]):
        codes = await refused(product, MARK, {"input": {"notificationIds": wanted}}, person=student)
        assert codes == [("NOT_FOUND", ["input", "notificationIds"])]
    for person in (student, other):
        assert (await read(product, person))["unreadNotificationCount"] == 1


@pytest.mark.parametrize("wanted", [["nonsense"], [encode("User", 1)], [encode("Notification", 1)] * 101])
async def test_bad_ids_are_invalid(product: Product, wanted: list[str]) -> None:
    codes = await refused(product, MARK, {"input": {"notificationIds": wanted}}, person=await product.student())

    assert codes == [("INVALID_INPUT", ["input", "notificationIds"])]


async def test_nobody_else_reads_them_not_even_administrators(
    product: Product, settings: Settings, clock: Clock
) -> None:
    student = await product.student()
    await tell(settings, clock, student, "1")
    (wanted,) = await ids(product, student)
    of_user = "query($id: ID!) { node(id: $id) { ... on User { notifications { totalCount } } } }"
    itself = "query($id: ID!) { node(id: $id) { ... on Notification { text } } }"

    for query, id_ in ((of_user, encode("User", student.id)), (itself, wanted)):
        reply = await product.graphql(query, {"id": id_}, person=await product.administrator())
        assert [code for code, _ in top_level(reply)] == ["FORBIDDEN"]
    signed_out = await product.graphql(MARK, {"input": {}})
    assert top_level(signed_out) == [("UNAUTHENTICATED", ["markNotificationsRead"])]
