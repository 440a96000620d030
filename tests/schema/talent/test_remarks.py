"""What is taken back: comments and marks of recruiters, resumes that were sent, and a desired job."""

import asyncio

from models.db import Database
from models.settings import Settings
from schema.engine.node_id import encode
from tests.support.clients import Clock, Product
from tests.support.feeds import COMMENT, MARK, TARGET, candidate, named, new_feed, new_recruiter, recommended
from tests.support.platform import audited, done, payload, refused

UPDATE = """mutation($input: UpdateRecommendationCommentInput!) { updateRecommendationComment(input: $input) {
  recommendation { comments { content } } errors { code path }
} }"""
DELETE = UPDATE.replace("Update", "Delete").replace("update", "delete")
TAKE_BACK = """mutation($input: TakeMarkBackInput!) { takeMarkBack(input: $input) {
  recommendation { mark marks { mark } } errors { code path }
} }"""
SEND = "mutation($input: SendResumeInput!) { sendResume(input: $input) { errors { code } } }"
WITHDRAW = """mutation($input: SendResumeInput!) { withdrawSentResume(input: $input) {
  withdrawn errors { code path }
} }"""
VISIBILITY = """mutation($input: SetResumeVisibilityInput!) { setResumeVisibility(input: $input) {
  resume { id } errors { code }
} }"""
DELETE_TARGET = "mutation { deleteJobTarget { resume { jobTarget { level } } errors { code } } }"
DELETE_COMMENT = """mutation($input: DeleteRecommendationCommentInput!) {
  deleteRecommendationComment(input: $input) { deletedItem { id } errors { code } }
}"""
DELETE_FEED = """mutation($input: DeleteFeedInput!) { deleteFeed(input: $input) {
  deletedItem { id } errors { code }
} }"""
RESTORE = """mutation($input: RestoreDeletedInput!) { restoreDeleted(input: $input) { restoredId errors { code } } }"""
REST = "{ viewer { recruiter { restFeeds } } }"
COMMENTS = """{ viewer { feeds { nodes { recommendations { nodes { sent comments { id content } } } } } } }"""
NODE = "query($id: ID!) { node(id: $id) { ... on RecommendationComment { content } } }"


async def test_comments_and_marks_are_corrected_by_their_recruiter(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    recruiter, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    feed = await new_feed(product, recruiter)
    person, number = await candidate(product)
    await recommended(database, clock, feed, number)
    about = named(feed, number)
    for content in ("合适", "薪资高"):
        await done(product, COMMENT, recruiter, **about, content=content)
    found = (await product.data(COMMENTS, person=recruiter))["viewer"]["feeds"]["nodes"][0]["recommendations"]["nodes"]
    first, second = (comment["id"] for comment in found[0]["comments"])

    changed = await done(product, UPDATE, recruiter, commentId=first, content=" 很合适 ")
    deleted = await done(product, DELETE, recruiter, commentId=second)

    assert changed["recommendation"] == {"comments": [{"content": "很合适"}, {"content": "薪资高"}]}
    assert deleted["recommendation"] == {"comments": [{"content": "很合适"}]}
    assert await refused(product, DELETE, recruiter, commentId=second) == ["NOT_FOUND"]
    assert await refused(product, UPDATE, recruiter, commentId=first, content=" ") == ["INVALID_INPUT"]
    for mutation, more in ((UPDATE, {"content": "x"}), (DELETE, {})):
        assert await refused(product, mutation, other, commentId=first, **more) == ["NOT_FOUND"]
    assert await product.data(NODE, {"id": first}, person=other) == {"node": None}
    assert await product.data(NODE, {"id": first}, person=recruiter) == {"node": {"content": "很合适"}}
    await done(product, VISIBILITY, person, visibility="SECRET")
    assert await product.data(NODE, {"id": first}, person=recruiter) == {"node": None}
    assert await refused(product, DELETE, recruiter, commentId=first) == ["NOT_FOUND"]
    await done(product, VISIBILITY, person, visibility="PUBLIC")

    assert await refused(product, TAKE_BACK, recruiter, **about, mark="ENTRY") == ["MOVE_NOT_ALLOWED"]
    for mark in ("INVITE_INTERVIEW", "ENTRY"):
        await done(product, MARK, recruiter, **about, mark=mark)
    assert await refused(product, TAKE_BACK, other, **about, mark="ENTRY") == ["NOT_FOUND"]
    replies = await asyncio.gather(*(payload(product, TAKE_BACK, recruiter, **about, mark="ENTRY") for _ in range(5)))
    taken = [reply["recommendation"] for reply in replies if not reply["errors"]]
    assert taken == [{"mark": "INVITE_INTERVIEW", "marks": [{"mark": "INVITE_INTERVIEW"}]}]
    last = await done(product, TAKE_BACK, recruiter, **about, mark="INVITE_INTERVIEW")
    assert last["recommendation"] == {"mark": None, "marks": []}
    await done(product, MARK, recruiter, **about, mark="NO_WILL")
    assert [(action, details) for action, _, details in await audited(database, "Recommendation")] == [
        ("mark_recommendation", {"mark": "invite_interview"}),
        ("mark_recommendation", {"mark": "entry"}),
        ("take_mark_back", {"mark": "entry"}),
        ("take_mark_back", {"mark": "invite_interview"}),
        ("mark_recommendation", {"mark": "no_will"}),
    ]


async def test_what_candidates_take_back(product: Product, settings: Settings) -> None:
    recruiter = await new_recruiter(product, settings)
    feed = encode("Feed", await new_feed(product, recruiter))
    person, _ = await candidate(product, target={"level": "JUNIOR", "areas": ["杭州"]})
    other, _ = await candidate(product)
    await done(product, SEND, person, feedId=feed)

    assert await refused(product, WITHDRAW, other, feedId=feed) == ["NOT_FOUND"]
    assert await done(product, WITHDRAW, person, feedId=feed) == {"withdrawn": True}
    assert await refused(product, WITHDRAW, person, feedId=feed) == ["NOT_FOUND"]

    feeds = (await product.data(COMMENTS, person=recruiter))["viewer"]["feeds"]
    assert feeds == {"nodes": [{"recommendations": {"nodes": []}}]}
    await done(product, SEND, person, feedId=feed)
    feeds = (await product.data(COMMENTS, person=recruiter))["viewer"]["feeds"]
    assert feeds == {"nodes": [{"recommendations": {"nodes": [{"sent": True, "comments": []}]}}]}

    assert (await product.data(DELETE_TARGET, person=person))["deleteJobTarget"] == {
        "resume": {"jobTarget": None},
        "errors": [],
    }
    again = (await product.data(DELETE_TARGET, person=person))["deleteJobTarget"]
    assert again == {"resume": None, "errors": [{"code": "NOT_FOUND"}]}
    await done(product, TARGET, person, level="SENIOR")


async def test_what_recruiters_restore(product: Product, database: Database, settings: Settings, clock: Clock) -> None:
    recruiter = await new_recruiter(product, settings, feeds=1)
    feed = await new_feed(product, recruiter)
    _, number = await candidate(product)
    await recommended(database, clock, feed, number)
    await done(product, COMMENT, recruiter, **named(feed, number), content="合适")
    comments = (await product.data(COMMENTS, person=recruiter))["viewer"]["feeds"]
    comment = comments["nodes"][0]["recommendations"]["nodes"][0]["comments"][0]["id"]

    removed = await done(product, DELETE_COMMENT, recruiter, commentId=comment)
    gone = await done(product, DELETE_FEED, recruiter, feedId=encode("Feed", feed))

    # While another feed has the place, the first one has none.
    second = await new_feed(product, recruiter)
    assert await refused(product, RESTORE, recruiter, id=gone["deletedItem"]["id"]) == ["LIMIT_REACHED"]
    await done(product, DELETE_FEED, recruiter, feedId=encode("Feed", second))
    # A comment is back no sooner than what it is about.
    assert await refused(product, RESTORE, recruiter, id=removed["deletedItem"]["id"]) == ["NOT_RESTORABLE"]
    for deleted, restored in ((gone, encode("Feed", feed)), (removed, comment)):
        reply = await done(product, RESTORE, recruiter, id=deleted["deletedItem"]["id"])
        assert reply == {"restoredId": restored}
    assert (await product.data(COMMENTS, person=recruiter))["viewer"]["feeds"] == comments
    assert (await product.data(REST, person=recruiter))["viewer"]["recruiter"] == {"restFeeds": 0}
