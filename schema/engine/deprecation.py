"""Deprecated parts of the graph: they stay until the release after the one that announces them."""

from collections.abc import Callable
from typing import Any


def reason_for(use: str) -> str:
    """What is said of what `use` replaces."""
    return f"Use `{use}`."


def deprecated(use: str) -> Callable[[Any], Any]:
    """Marks a declared field, mutation or field of an input as replaced by `use`, with its name in the graph.

    `name` is a field of the same type, `Type.name` one of another.

        title: str = deprecated("heading")(column("The title."))
    """

    def mark(field: Any) -> Any:
        field.deprecation_reason = reason_for(use)
        return field

    return mark
