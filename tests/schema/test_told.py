"""What people are told of: comments on their posts, decisions about them, and what happens to what is theirs."""

import asyncio
from typing import Any

import pytest

from models.settings import Settings
from schema.engine.node_id import encode
from tests.schema.replies import done
from tests.schema.test_community import COMMENT, publish, remark
from tests.schema.test_notifications import MARK
from tests.support import platform
from tests.support.certification import APPROVE, REJECT, submitted_award
from tests.support.clients import Person, Product
from tests.support.feeds import candidate, new_feed, new_recruiter
from tests.support.platform import moved_project, new_project

READ = """query($unread: Boolean! = false) { viewer { unreadNotificationCount notifications(unreadOnly: $unread) {
  totalCount nodes { id kind text occurrences readAt createdAt updatedAt subject { __typename id } }
} } }"""
UNMARK = MARK.replace("Read", "Unread")
JOIN = "mutation($input: JoinProjectInput!) { joinProject(input: $input) { errors { code } } }"
SEND = "mutation($input: SendResumeInput!) { sendResume(input: $input) { errors { code } } }"


async def told(product: Product, person: Person, *, unread: bool = False) -> list[dict[str, Any]]:
    """Somebody's notifications, the newest first."""
    found = (await product.data(READ, {"unread": unread}, person=person))["viewer"]["notifications"]
    assert found["totalCount"] == len(found["nodes"])
    return list(found["nodes"])


def counted(node: dict[str, Any]) -> tuple[int, bool, str, str]:
    """How often, whether it was read, and the minutes of the first and the last time."""
    return node["occurrences"], node["readAt"] is not None, node["createdAt"][11:16], node["updatedAt"][11:16]


async def test_comments_on_a_post_are_counted_until_they_are_read(product: Product) -> None:
    author, other = await product.students(2)
    post = await publish(product, author, title="题")
    product.clock.advance(minutes=30)

    await remark(product, author, post)
    assert await told(product, author) == []
    await remark(product, other, post, anonymous=True)
    (first,) = await told(product, author)
    assert {name: first[name] for name in ("kind", "text", "subject")} == {
        "kind": "POST_COMMENTED",
        "text": "Your post “题” has new comments.",
        "subject": {"__typename": "Post", "id": post["id"]},
    }
    assert counted(first) == (1, False, "02:00", "02:00")  # of an anonymous comment, the hour alone
    product.clock.advance(minutes=10)
    await remark(product, other, post)
    product.clock.advance(minutes=10)
    await remark(product, other, post, anonymous=True)
    (second,) = await told(product, author)
    assert (second["id"], counted(second)) == (first["id"], (3, False, "02:00", "02:40"))

    await done(product, MARK, {"input": {"notificationIds": [first["id"]]}}, person=author)
    await remark(product, other, post)
    assert [counted(node) for node in await told(product, author)] == [
        (1, False, "02:50", "02:50"),
        (3, True, "02:00", "02:50"),
    ]
    (unread,) = await told(product, author, unread=True)
    assert unread["occurrences"] == 1
    marked = await done(product, UNMARK, {"input": {"notificationIds": [first["id"]]}}, person=author)
    assert marked == {"user": {"unreadNotificationCount": 2}}
    await remark(product, other, post)
    assert [counted(node)[:2] for node in await told(product, author)] == [(2, False), (3, False)]
    await done(product, MARK, {"input": {}}, person=author)
    assert await told(product, author, unread=True) == []
    assert await done(product, UNMARK, {"input": {}}, person=author) == {"user": {"unreadNotificationCount": 2}}
    assert await told(product, other) == []


async def test_comments_at_once_make_one_notification(product: Product) -> None:
    author, *others = await product.students(4)
    post = await publish(product, author)
    remarks = {"input": {"postId": post["id"], "content": "同意"}}

    await asyncio.gather(*(done(product, COMMENT, remarks, person=person) for person in others for _ in range(4)))

    assert [node["occurrences"] for node in await told(product, author)] == [12]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_decisions_and_what_happens_to_ones_own(product: Product, settings: Settings) -> None:
    student, administrator = await product.student(), await product.administrator()
    right, wrong = [await submitted_award(product, student, competition=name) for name in ("甲", "乙")]
    decided = {"certificationId": right["certification"]["id"], "revision": 1}
    await platform.done(product, APPROVE, administrator, **decided)
    decided = {"certificationId": wrong["certification"]["id"], "revision": 1, "message": "不清楚"}
    await platform.done(product, REJECT, administrator, **decided)
    project = await new_project(product, administrator, name="识别")
    for person in (student, administrator):
        await product.data(JOIN, {"input": {"projectId": project}}, person=person)
    await moved_project(product, administrator, project, "ING", "END")
    recruiter = await new_recruiter(product, settings)
    feed = await new_feed(product, recruiter)
    product.clock.advance(minutes=20)
    for _ in range(2):
        person, _resume = await candidate(product)
        for _ in range(2):
            await product.data(SEND, {"input": {"feedId": encode("Feed", feed)}}, person=person)

    found = [(node["kind"], node["text"], node["subject"]["id"]) for node in await told(product, student)]
    assert found == [
        ("PROJECT_MOVED", "The project “识别” has ended.", project),
        ("PROJECT_MOVED", "The project “识别” is in progress.", project),
        ("CERTIFICATION_REJECTED", "不清楚", wrong["certification"]["id"]),
        ("CERTIFICATION_APPROVED", "Your award was certified.", right["certification"]["id"]),
    ]
    assert await told(product, await product.administrator()) == []  # who moved the project themselves
    sent = [(node["kind"], node["subject"]["__typename"], *counted(node)) for node in await told(product, recruiter)]
    assert sent == [("RESUME_SENT", "Feed", 2, False, "02:00", "02:00")]
