"""Scalars of a request at the edge of what they can hold: refused where they are read, on both databases."""

import pytest

from schema.engine.node_id import encode
from tests.schema.replies import top_level
from tests.support.clients import Product

UPLOAD = "mutation ($file: Upload!) { uploadImage(input: {folder: AVATAR, file: $file}) { image { path } } }"


@pytest.mark.parametrize("file", ["a text", "", 1, {}])
async def test_what_is_no_file_is_no_upload(product: Product, file: object) -> None:
    student = await product.student()
    response = await product.http.post(
        "/graphql", json={"query": UPLOAD, "variables": {"file": file}}, headers=student.bearer
    )

    assert response.status_code < 500
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]


@pytest.mark.parametrize(
    "instant",
    [
        *("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-12:00", "9999-12-30T00:00:00.000001Z"),
        *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T23:59:59"),
    ],
)
async def test_an_instant_at_the_ends_of_the_calendar_is_refused(product: Product, instant: str) -> None:
    query = """mutation ($at: DateTime, $log: ID!) {
      addWorkLogStatus(input: {workLogId: $log, status: "投", recordedAt: $at}) { errors { code } } }"""
    variables = {"at": instant, "log": encode("WorkLog", 1)}
    student = await product.student()
    reply = await product.http.post("/graphql", json={"query": query, "variables": variables}, headers=student.bearer)

    assert [code for code, _ in top_level(reply.json())] == ["GRAPHQL_VALIDATION_FAILED"]
