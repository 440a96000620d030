"""Posts, comments and anonymity."""

from typing import Any

import pytest

from tests.rest_compat.work_progress.replies import assert_invalid, data, refused, reply, success
from tests.support.clients import Person, Product

DEAD = Person(0, "", "no token")
"""Somebody whose token is dead: to a public call, nobody."""


async def post(product: Product, person: Person, title: str, **more: Any) -> int:
    body = {"title": title, "content": "内容", **more}
    assert reply(await product.rest("POST", "/api/v1/post/add", body, person=person)) == success()
    newest: int = (await search(product))["rows"][0]["id"]
    return newest


async def comment(product: Product, person: Person, post_id: Any, content: str, **more: Any) -> Any:
    body = {"id": post_id, "content": content, **more}
    return reply(await product.rest("POST", "/api/v1/post/comment/add", body, person=person))


async def delete(product: Product, person: Person, post_id: Any) -> Any:
    return reply(await product.rest("DELETE", "/api/v1/post/del", {"id": post_id}, person=person))


async def search(product: Product, person: Person | None = None, **query: Any) -> Any:
    return data(await product.rest("GET", "/api/v1/post/search", person=person, query=query))


async def titles(product: Product, person: Person | None = None, **query: Any) -> list[str]:
    return [row["tittle"] for row in (await search(product, person, **query))["rows"]]


async def test_a_post_and_its_comments(product: Product) -> None:
    author, reader = await product.students(2)
    post_id = await post(product, author, " 心得 ", content=" 第一行\n第二行 ")
    product.clock.advance(minutes=1)
    assert await comment(product, reader, post_id, "first") == success()
    product.clock.advance(minutes=1)
    assert await comment(product, author, str(post_id), "second") == success()

    now = int(product.clock.now.timestamp())
    named = {
        author.id: {"id": author.id, "account": author.account, "name": "学生01"},
        reader.id: {"id": reader.id, "account": reader.account, "name": "学生02"},
    }
    for viewer, users in ((reader, named), (None, dict.fromkeys(named)), (DEAD, dict.fromkeys(named))):
        said = {"anonymous": False}
        assert await search(product, viewer) == {
            "page": 1,
            "page_size": 10,
            "rows": [
                {
                    "id": post_id,
                    "created_at": "2026-03-02T10:00:00+08:00",
                    "updated_at": "2026-03-02T10:02:00+08:00",
                    **(said | {"uid": author.id, "user": users[author.id]}),
                    "tittle": "心得",
                    "title": "心得",
                    "content": "第一行\n第二行",
                    "comments": [
                        said | {"uid": author.id, "user": users[author.id], "created_at": now, "content": "second"},
                        said | {"uid": reader.id, "user": users[reader.id], "created_at": now - 60, "content": "first"},
                    ],
                }
            ],
            "total": 1,
        }


async def test_posts_newest_first_by_author_and_page(product: Product) -> None:
    first, second = await product.students(2)
    for number in range(3):
        await post(product, first, f"first {number}")
        await post(product, second, f"second {number}")

    assert await titles(product) == ["second 2", "first 2", "second 1", "first 1", "second 0", "first 0"]
    assert await titles(product, uid=first.id) == ["first 2", "first 1", "first 0"]
    assert await titles(product, uid=10**15) == []
    assert await titles(product, page=2, page_size=4) == ["second 0", "first 0"]
    assert await titles(product, page=3, page_size=4) == []
    found = await search(product, page=10**9, page_size=1000)
    assert (found["page"], found["page_size"], found["total"], found["rows"]) == (10**9, 100, 6, [])


async def test_an_anonymous_author_is_nobody(product: Product) -> None:
    author, reader = await product.students(2)
    named = await post(product, author, "named", anonymous=False)
    hidden = await post(product, author, "hidden", anonymous=True)
    await comment(product, author, hidden, "hidden", anonymous=True)
    await comment(product, author, named, "named", anonymous="false")

    for viewer in (None, reader, author, await product.administrator()):
        rows = (await search(product, viewer))["rows"]
        assert [(row["tittle"], row["uid"]) for row in rows] == [("hidden", 0), ("named", author.id)]
        assert rows[0]["comments"][0]["uid"] == 0
        assert rows[1]["comments"][0]["uid"] == author.id
        hidden_ones = [rows[0], rows[0]["comments"][0]]
        assert [(entry["anonymous"], entry["user"]) for entry in hidden_ones] == [(True, None)] * 2
        named_ones = [rows[1], rows[1]["comments"][0]]
        user = viewer and {"id": author.id, "account": author.account, "name": "学生01"}
        assert [(entry["anonymous"], entry["user"]) for entry in named_ones] == [(False, user)] * 2
        assert await titles(product, viewer, uid=author.id) == ["named"]
        assert await titles(product, viewer, uid=0) == []
    assert await delete(product, reader, hidden) == refused(1, "无权限删除")
    assert await delete(product, author, hidden) == success()


async def test_more_than_100_comments_are_all_shown(product: Product) -> None:
    student = await product.student()
    post_id = await post(product, student, "popular")
    await post(product, student, "another")
    for number in range(130):
        assert await comment(product, student, post_id, str(number)) == success()

    rows = (await search(product))["rows"]
    shown = [entry["content"] for entry in rows[1]["comments"]]
    assert shown == [str(number) for number in reversed(range(130))]
    assert rows[0]["comments"] == []


async def test_who_deletes_a_post(product: Product) -> None:
    author, other = await product.students(2)
    first, second = await post(product, author, "first"), await post(product, author, "second")
    await comment(product, other, first, "x")

    assert await delete(product, other, first) == refused(1, "无权限删除")
    assert await titles(product) == ["second", "first"]
    assert await delete(product, author, first) == success()
    assert await delete(product, author, first) == refused(-1, "不存在的帖子")
    assert await delete(product, await product.administrator(), str(second)) == success()
    assert await titles(product) == []
    assert await comment(product, other, first, "late") == refused(1, "添加失败")


@pytest.mark.parametrize("unknown", [0, -1, 10**15, 2**63 - 1])
async def test_a_post_that_does_not_exist(product: Product, unknown: int) -> None:
    for person in (await product.student(), await product.administrator()):
        assert await delete(product, person, unknown) == refused(-1, "不存在的帖子")
        assert await comment(product, person, unknown, "x") == refused(1, "添加失败")


@pytest.mark.parametrize(
    ("path", "body", "parameter", "values"),
    [
        ("post/add", {"title": "x", "content": "x"}, "title", ["", " ", None, "x" * 256, 1]),
        ("post/add", {"title": "x", "content": "x"}, "content", ["", None, "x" * 20_001]),
        ("post/add", {"title": "x", "content": "x"}, "anonymous", ["maybe", 2, [], {}]),
        ("post/comment/add", {"id": 1, "content": "x"}, "content", ["", None, "x" * 20_001]),
        ("post/comment/add", {"id": 1, "content": "x"}, "id", [None, "x", 2**63, 1.5, True]),
    ],
)
async def test_what_cannot_be_published(
    product: Product, path: str, body: dict[str, Any], parameter: str, values: list[Any]
) -> None:
    student = await product.student()
    for value in values:
        response = await product.rest("POST", f"/api/v1/{path}", {**body, parameter: value}, person=student)
        assert_invalid(response, parameter)
    assert await titles(product) == []
