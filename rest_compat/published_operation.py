"""Operations as the documentation shows them, with page sizes that clients of the graph may use."""

from typing import Any

from graphql import ArgumentNode, DocumentNode, IntValueNode, Visitor, parse, visit

from rest_compat.dialect import Dialect
from rest_compat.endpoint import Endpoint
from schema.engine.connection import MAX_PAGE_SIZE


def published_operation(dialect: Dialect, endpoint: Endpoint) -> DocumentNode:
    """The operation of an endpoint, whose pages are no larger than those of clients may be."""
    document: DocumentNode = visit(parse(endpoint.source(dialect.folder)), _SmallerPages())
    return document


class _SmallerPages(Visitor):
    def enter_argument(self, node: ArgumentNode, *_: Any) -> ArgumentNode | None:
        if node.name.value != "first" or not isinstance(node.value, IntValueNode):
            return None
        size = min(int(node.value.value), MAX_PAGE_SIZE)
        return ArgumentNode(name=node.name, value=IntValueNode(value=str(size)))
