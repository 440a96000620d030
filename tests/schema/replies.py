"""How tests of the graph read its replies."""

from collections.abc import Iterable
from typing import Any

from schema.engine.node_id import encode
from tests.support.clients import Person, Product


def user_id(person: Person) -> str:
    """The opaque id of a person."""
    return encode("User", person.id)


def top_level(reply: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    """The code and the path of each error that stopped a field."""
    return [(error["extensions"]["code"], error.get("path")) for error in reply.get("errors", [])]


async def refused(
    product: Product, mutation: str, variables: dict[str, Any] | None = None, *, person: Person | None = None
) -> list[tuple[str, list[str]]]:
    """The code and the path of each entry of a payload's `errors`; everything else in the payload is null."""
    data = await product.data(mutation, variables, person=person)
    (payload,) = data.values()
    errors = payload.pop("errors")
    assert errors, payload
    assert all(error["message"] for error in errors)
    assert all(value in (None, []) for value in payload.values()), payload
    return [(error["code"], error["path"]) for error in errors]


async def done(
    product: Product, mutation: str, variables: dict[str, Any] | None = None, *, person: Person | None = None
) -> dict[str, Any]:
    """The payload of a mutation that took effect, without its empty `errors`."""
    data = await product.data(mutation, variables, person=person)
    (payload,) = data.values()
    assert payload.pop("errors") == []
    return dict(payload)


def numbers(nodes: Iterable[dict[str, Any]]) -> list[int]:
    """The `databaseId` of each node."""
    return [node["databaseId"] for node in nodes]
