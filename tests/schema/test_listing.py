"""`/export`: a connection as a .csv file, with the caller's own rights."""

import csv
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import insert

from models.db import Database
from models.identity import User
from models.settings import Settings
from models.statements import table_of
from resolvers.workbooks import MEDIA_TYPE
from tests.support.clients import MORNING, Person, Product

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
USERS = """query Listed($after: String) { users(first: 2, after: $after) {
  nodes { databaseId name roles ...Contact } ...Goals pageInfo { hasNextPage } pageInfo { endCursor }
} }
fragment Goals on UserConnection { nodes { goals: employmentGoal { status } } }
fragment Contact on User { credentials { kind identifier } }"""
LISTED = "query($after: String) { users(after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }"
FORMULA = "=1+1"


async def exported(
    product: Product, query: str, person: Person | None = None, kind: str = "csv", **variables: Any
) -> Any:
    headers = person.bearer if person else {}
    body = {"query": query, "variables": variables}
    return await product.http.post("/export", params={"format": kind}, json=body, headers=headers)


def table(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


async def test_every_page_of_a_connection_is_a_row_of_the_file(
    product: Product, database: Database, settings: Settings
) -> None:
    students = await product.students(4)
    users = table_of(User)
    async with database.transaction() as transaction:
        row = {"name": FORMULA, "created_at": MORNING, "updated_at": MORNING}
        odd: int = await transaction.fetch_value(insert(users).returning(users.c.id), row)
    administrator = await product.administrator()

    reply = await exported(product, USERS, administrator)

    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert reply.headers["content-disposition"] == 'attachment; filename="users.csv"'
    heading, *rows = table(reply.text)
    assert heading == ["databaseId", "name", "roles", "credentials.kind", "credentials.identifier", "goals.status"]
    assert sorted(row[0] for row in rows) == sorted(
        str(id_) for id_ in [administrator.id, odd, *(student.id for student in students)]
    )
    by_id = {row[0]: row[1:] for row in rows}
    assert by_id[str(odd)] == [f"'{FORMULA}", "", "", "", ""]
    assert by_id[str(administrator.id)][1:4] == ["ADMINISTRATOR", "STUDENT_ACCOUNT", "8888888888"]
    query = {"query": USERS}
    fetched = await product.http.get("/export", params=query, headers=administrator.bearer)
    assert fetched.text == reply.text
    book = await product.http.get("/export", params={**query, "format": "xlsx"}, headers=administrator.bearer)
    assert (book.status_code, book.headers["content-type"]) == (200, MEDIA_TYPE)
    assert book.headers["content-disposition"] == 'attachment; filename="users.xlsx"'
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_name("users").to_python()
    assert sheet[0] == heading
    assert [[f"{row[0]:.0f}", *row[1:]] for row in sheet[1:]] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    assert [row[1] for row in sheet if row[0] == odd] == [FORMULA]
    assert list(settings.data_dir.glob("tmp*")) == []


async def test_what_is_no_list_or_not_the_callers_is_refused(product: Product) -> None:
    student = await product.student()
    denied = await exported(product, USERS, student)
    assert (denied.status_code, denied.headers["content-type"].split(";")[0]) == (200, "application/json")
    assert denied.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    for query in (
        "{ viewer { id } }",
        "query($after: String) { users(after: $after) { nodes { id } } }",
        "{ users { nodes { id } pageInfo { hasNextPage endCursor } } }",
        LISTED.replace("endCursor", "endCursor: startCursor"),
        LISTED.replace("{ users", "{ viewer { id } users"),
    ):
        refused = await exported(product, query, student)
        assert refused.status_code == 400, query
        assert refused.json()["errors"][0]["message"].startswith("An export"), query
        assert (await exported(product, query, student, kind="xlsx")).json() == refused.json(), query
    unknown = await exported(product, LISTED, student, kind="ods")
    assert (unknown.status_code, unknown.json()["errors"][0]["message"]) == (400, "The format is csv or xlsx.")
    mutation = "mutation { signOut { errors { code } } }"
    assert (await exported(product, mutation, student)).status_code == 405
    posts = """query($after: String, $skip: Boolean!) { posts(first: 1, after: $after) {
      nodes { title } pageInfo @skip(if: $skip) { hasNextPage endCursor } } }"""
    left_out = await exported(product, posts, student, skip=True)
    assert left_out.json() == {"data": {"posts": {"nodes": []}}}
    create = 'mutation { createPost(input: {title: "t", content: "c"}) { errors { code } } }'
    for _ in range(2):
        await product.data(create, person=student)
    assert table((await exported(product, posts, student, skip=False)).text) == [["title"], ["t"], ["t"]]
