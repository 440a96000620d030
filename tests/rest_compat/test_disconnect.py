"""A client that goes away in the middle of its request."""

from typing import Any

import pytest
from starlette.types import Message
from structlog.testing import capture_logs

from tests.support.asgi import replied
from tests.support.clients import Product


@pytest.mark.parametrize("path", ["/api/v1/clock_in/add", "/graphql"])
async def test_it_is_no_error_of_ours(product: Product, path: str) -> None:
    student = await product.student()
    messages: list[Message] = [
        {"type": "http.request", "body": b'{"locat', "more_body": True},
        {"type": "http.disconnect"},
    ]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {student.token}".encode()), (b"content-type", b"application/json")],
    }
    with capture_logs() as logs:
        sent = await replied(product.app, scope, messages)

    assert sent == []
    assert [(entry["log_level"], entry["event"], entry["status"]) for entry in logs] == [("info", "request", 499)]
