"""Changing what one published and noted, and deleting it: each refusal, and that it changes nothing."""

from typing import Any

from sqlalchemy import insert

from models.db import Database
from models.journal import WorkLogStatusLine
from models.statements import table_of
from schema.engine.node_id import decode_as, encode
from tests.schema.replies import done, refused, top_level
from tests.schema.test_community import publish, remark
from tests.schema.test_trash import DELETE_COMMENT, RESTORE, listed, put_away
from tests.support.clients import MORNING, Person, Product

UPDATE_POST = """mutation ($input: UpdatePostInput!) { updatePost(input: $input) {
  post { title content anonymous viewerIsAuthor author { databaseId } createdAt updatedAt }
  errors { code message path } } }"""
UPDATE_COMMENT = """mutation ($input: UpdateCommentInput!) { updateComment(input: $input) {
  comment { content anonymous viewerIsAuthor author { databaseId } createdAt updatedAt }
  errors { code message path } } }"""
POST = """query ($id: ID!) { node(id: $id) { ... on Post {
  title content anonymous author { databaseId } updatedAt viewerCanUpdate viewerCanDelete viewerCanComment
  comments { nodes { content viewerCanUpdate viewerCanDelete updatedAt } } } } }"""
CREATE_LOG = """mutation { createWorkLog(input: {companyName: "远山", job: "开发", salary: "1万", location: "杭州"}) {
  workLog { id } errors { code } } }"""
ADD_LINE = """mutation ($id: ID!) { addWorkLogStatus(input: {workLogId: $id, status: "投递", stage: IN_PROGRESS}) {
  workLog { statusLines { id } } errors { code } } }"""
UPDATE_LOG = """mutation ($input: UpdateWorkLogInput!) { updateWorkLog(input: $input) {
  workLog { companyName job salary location updatedAt } errors { code message path } } }"""
UPDATE_LINE = """mutation ($input: UpdateWorkLogStatusInput!) { updateWorkLogStatus(input: $input) {
  workLog { updatedAt statusLines { status stage recordedAt updatedAt } } errors { code message path } } }"""
DELETE_LOG = """mutation ($id: ID!) { deleteWorkLog(input: {workLogId: $id}) {
  deletedId deletedItem { id } errors { code message path } } }"""
DELETE_LINE = """mutation ($id: ID!) { deleteWorkLogStatus(input: {statusLineId: $id}) {
  deletedId workLog { statusLines { id } } deletedItem { id } errors { code message path } } }"""
LOGS = """{ viewer { workLogs { nodes { id companyName viewerCanUpdate viewerCanDelete
  statusLines { id status viewerCanUpdate workLog { id } } } } } }"""
DELETE_GOAL = """mutation { deleteGoal(input: {direction: EMPLOYMENT}) {
  user { directions employmentGoal { targetCompany } } deletedItem { id kind title }
  errors { code message path } } }"""
GOALS = "{ viewer { directions employmentGoal { targetCompany } } }"
SET_GOAL = """mutation { setEmploymentGoal(input: {status: SEEKING, targetCompany: "青禾", targetJob: "",
  targetSalary: "", targetArea: ""}) { goal { id } errors { code } } }"""


async def test_an_author_changes_a_post_and_a_comment(product: Product) -> None:
    author, reader = await product.students(2)
    post = await publish(product, author, title="旧", content="旧文")
    comment = await remark(product, reader, post, content="旧评")
    product.clock.advance(minutes=7)

    changed = await done(product, UPDATE_POST, {"input": {"postId": post["id"], "title": " 新 "}}, person=author)

    open_ = {"anonymous": False, "viewerIsAuthor": True, "createdAt": "2026-03-02T02:00:00+00:00"}
    at = "2026-03-02T02:07:00+00:00"
    author_is = {"author": {"databaseId": author.id}}
    assert changed["post"] == {"title": "新", "content": "旧文", **open_, **author_is, "updatedAt": at}
    # From now on nobody sees who wrote it, nor to the minute when.
    hidden = {"postId": post["id"], "content": "新文", "anonymous": True}
    await done(product, UPDATE_POST, {"input": hidden}, person=author)
    new = {"commentId": comment["id"], "content": "新评", "anonymous": True}
    changed = await done(product, UPDATE_COMMENT, {"input": new}, person=reader)
    hour = "2026-03-02T02:00:00+00:00"
    assert changed["comment"] == {
        "content": "新评",
        "anonymous": True,
        "viewerIsAuthor": True,
        "author": None,
        "createdAt": hour,
        "updatedAt": hour,
    }
    administrator = await product.administrator()
    for person, is_author, is_reader, may_delete in (
        (author, True, False, False),
        (reader, False, True, False),
        (administrator, False, False, True),
        (None, False, False, False),
    ):
        assert (await product.data(POST, {"id": post["id"]}, person=person))["node"] == {
            "title": "新",
            "content": "新文",
            "anonymous": True,
            "author": None,
            "updatedAt": hour,
            "viewerCanUpdate": is_author,
            "viewerCanDelete": is_author or may_delete,
            "viewerCanComment": person is not None,
            "comments": {
                "nodes": [
                    {
                        "content": "新评",
                        "viewerCanUpdate": is_reader,
                        "viewerCanDelete": is_reader or may_delete,
                        "updatedAt": hour,
                    }
                ]
            },
        }


async def test_others_change_nothing_and_nothing_wrong_is_written(product: Product) -> None:
    author, reader = await product.students(2)
    administrator = await product.administrator()
    post = await publish(product, author)
    comment = await remark(product, author, post)
    before = await product.data(POST, {"id": post["id"]})
    calls: tuple[tuple[str, dict[str, Any], str], ...] = (
        (UPDATE_POST, {"input": {"postId": post["id"], "title": "x"}}, "updatePost"),
        (UPDATE_COMMENT, {"input": {"commentId": comment["id"], "content": "x"}}, "updateComment"),
    )
    for mutation, variables, name in calls:
        for person in (reader, administrator):
            reply = await product.graphql(mutation, variables, person=person)
            assert top_level(reply) == [("FORBIDDEN", [name])]
        assert top_level(await product.graphql(mutation, variables)) == [("UNAUTHENTICATED", [name])]
    reply = await product.graphql(DELETE_COMMENT, {"id": comment["id"]}, person=reader)
    assert top_level(reply) == [("FORBIDDEN", ["deleteComment"])]
    for mutation, key, id_, wrong in (
        (UPDATE_POST, "postId", post["id"], {"title": ""}),
        (UPDATE_POST, "postId", post["id"], {"title": "a" * 256}),
        (UPDATE_POST, "postId", post["id"], {"content": "a" * 20_001}),
        (UPDATE_COMMENT, "commentId", comment["id"], {"content": " "}),
    ):
        found = await refused(product, mutation, {"input": {key: id_, **wrong}}, person=author)
        assert found == [("INVALID_INPUT", ["input", next(iter(wrong))])]
        assert await refused(product, mutation, {"input": {key: id_}}, person=author) == [("INVALID_INPUT", ["input"])]
        gone = {key: encode("Post" if key == "postId" else "Comment", 999_999), "content": "x"}
        found = await refused(product, mutation, {"input": gone}, person=author)
        assert found == [("NOT_FOUND", ["input", key])]
    assert await product.data(POST, {"id": post["id"]}) == before


async def line_of(product: Product, person: Person, log: str) -> str:
    added = await done(product, ADD_LINE, {"id": log}, person=person)
    return str(added["workLog"]["statusLines"][-1]["id"])


async def test_a_work_log_and_its_lines_are_their_owners(product: Product, database: Database) -> None:
    owner, other = await product.students(2)
    administrator = await product.administrator()
    log = (await done(product, CREATE_LOG, person=owner))["workLog"]["id"]
    line, last = await line_of(product, owner, log), await line_of(product, owner, log)
    product.clock.advance(minutes=1)
    at = "2026-03-02T02:01:00+00:00"

    changed = await done(product, UPDATE_LOG, {"input": {"workLogId": log, "job": "测试", "salary": ""}}, person=owner)
    assert changed["workLog"] == {
        "companyName": "远山",
        "job": "测试",
        "salary": "",
        "location": "杭州",
        "updatedAt": at,
    }
    wanted = {"statusLineId": line, "status": "一面", "recordedAt": "2026-03-01T10:00:00.123+08:00", "clearStage": True}
    changed = await done(product, UPDATE_LINE, {"input": wanted}, person=owner)
    assert changed["workLog"]["statusLines"][0] == {
        "status": "一面",
        "stage": None,
        "recordedAt": "2026-03-01T02:00:00.123000+00:00",
        "updatedAt": at,
    }
    both = {"statusLineId": line, "stage": "FAILED", "clearStage": True}
    assert await refused(product, UPDATE_LINE, {"input": both}, person=owner) == [("INVALID_INPUT", ["input", "stage"])]
    before = await product.data(LOGS, person=owner)
    for person in (other, administrator):
        for mutation, variables, key in (
            (UPDATE_LOG, {"input": {"workLogId": log, "job": "x"}}, "workLogId"),
            (UPDATE_LINE, {"input": {"statusLineId": line, "status": "x"}}, "statusLineId"),
            (DELETE_LOG, {"id": log}, "workLogId"),
            (DELETE_LINE, {"id": line}, "statusLineId"),
        ):
            assert await refused(product, mutation, variables, person=person) == [("NOT_FOUND", ["input", key])]
    assert await product.data(LOGS, person=owner) == before

    deleted = await done(product, DELETE_LINE, {"id": last}, person=owner)
    assert deleted["deletedId"] == last
    assert deleted["workLog"] == {"statusLines": [{"id": line}]}
    whole = await put_away(product, owner, DELETE_LOG, log)
    assert await listed(product, owner) == [("WORK_LOG", "远山"), ("WORK_LOG_STATUS_LINE", "投递")]
    assert await product.data(LOGS, person=owner) == {"viewer": {"workLogs": {"nodes": []}}}
    # A line comes back to its log alone.
    item = {"id": deleted["deletedItem"]["id"]}
    restore = RESTORE.replace("... on Post { comments { totalCount } }", "")
    assert await refused(product, restore, item, person=owner) == [("NOT_RESTORABLE", [])]
    await done(product, restore, {"id": whole}, person=owner)
    values = {"work_log_id": decode_as("WorkLog", log, field=""), "recorded_at": MORNING, "status": "面试"}
    async with database.transaction() as transaction:
        lines = [{**values, "created_at": MORNING, "updated_at": MORNING}] * 199
        await transaction.execute_many(insert(table_of(WorkLogStatusLine)), lines)
    assert await refused(product, restore, item, person=owner) == [("LIMIT_REACHED", [])]
    newest = (await product.data(LOGS, person=owner))["viewer"]["workLogs"]["nodes"][0]["statusLines"][-1]["id"]
    await done(product, DELETE_LINE, {"id": newest}, person=owner)
    assert (await done(product, restore, item, person=owner))["restoredId"] == last
    (found,) = (await product.data(LOGS, person=owner))["viewer"]["workLogs"]["nodes"]
    assert (found["viewerCanUpdate"], found["viewerCanDelete"], len(found["statusLines"])) == (True, True, 200)
    assert found["statusLines"][:2] == [
        {"id": line, "status": "一面", "viewerCanUpdate": True, "workLog": {"id": log}},
        {"id": last, "status": "投递", "viewerCanUpdate": True, "workLog": {"id": log}},
    ]


async def test_a_goal_is_deleted_with_its_direction_and_both_are_restored(product: Product) -> None:
    student = await product.student()
    assert await refused(product, DELETE_GOAL, person=student) == [("NOT_FOUND", ["input", "direction"])]
    await done(product, SET_GOAL, person=student)
    before = await product.data(GOALS, person=student)

    deleted = await done(product, DELETE_GOAL, person=student)

    assert deleted["user"] == {"directions": [], "employmentGoal": None}
    item = {"id": deleted["deletedItem"].pop("id")}
    assert deleted["deletedItem"] == {"kind": "EMPLOYMENT_GOAL", "title": "青禾"}
    await done(product, RESTORE, item, person=student)
    assert await product.data(GOALS, person=student) == before
    item = {"id": (await done(product, DELETE_GOAL, person=student))["deletedItem"]["id"]}
    await done(product, SET_GOAL, person=student)
    assert await refused(product, RESTORE, item, person=student) == [("NOT_RESTORABLE", [])]


async def test_what_an_administrator_may_not_read_costs_nothing_else(product: Product) -> None:
    student = await product.student()
    administrator = await product.administrator()
    query = "{ users(filter: {keyword: %s}) { nodes { name feeds { totalCount } } } posts { totalCount } }"

    reply = await product.graphql(query.replace("%s", f'"{student.account}"'), person=administrator)
    nobody = await product.graphql(query.replace("%s", '"x"'))

    assert reply["data"] == {"users": {"nodes": [{"name": "学生01", "feeds": None}]}, "posts": {"totalCount": 0}}
    assert top_level(reply) == [("FORBIDDEN", ["users", "nodes", 0, "feeds"])]
    assert nobody["data"] == {"users": None, "posts": {"totalCount": 0}}
    assert top_level(nobody) == [("UNAUTHENTICATED", ["users"])]
