"""What the graph breaks for clients of the last release, and `release-schema`."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    REMOVE,
    DirectiveNode,
    Visitor,
    VisitorAction,
    build_ast_schema,
    build_schema,
    parse,
    visit,
)
from graphql.utilities import (
    BreakingChange,
    DangerousChange,
    DangerousChangeType,
    find_breaking_changes,
    find_dangerous_changes,
)

from cli.running import fail, out
from schema.schema import build_schema as build_graph

RELEASED = "released.graphql"
"""The SDL of the last release."""
ACCEPTED = "accepted_changes.toml"
"""What has been broken since, with the reasons."""
_SILENT = {DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE, DangerousChangeType.INPUT_FIELD_DEFAULT_VALUE_CHANGE}
"""Changes that break no operation, and give another result. Additions are expected of a graph that grows."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Changes that are meant: a regular expression for the whole of what is said of them, and the reason."""

    change: re.Pattern[str]
    reason: str


def breaking_changes(released: str, current: str) -> list[str]:
    """What clients of the released SDL may notice in the current one, each as `KIND: what`.

    What was deprecated in the release may be gone.
    """
    before = build_ast_schema(visit(parse(released), _WithoutDeprecated()))
    after = build_schema(current)
    silent = [change for change in find_dangerous_changes(before, after) if change.type in _SILENT]
    found: list[BreakingChange | DangerousChange] = [*find_breaking_changes(before, after), *silent]
    return [f"{change.type.name}: {change.description}" for change in found]


class _WithoutDeprecated(Visitor):
    """Takes out fields, arguments and values that are deprecated."""

    def enter_field_definition(self, node: Any, *_: Any) -> VisitorAction:
        return REMOVE if _is_deprecated(node.directives) else None

    enter_input_value_definition = enter_enum_value_definition = enter_field_definition


def _is_deprecated(directives: Sequence[DirectiveNode] | None) -> bool:
    return any(directive.name.value == "deprecated" for directive in directives or ())


def accepted_changes(text: str) -> list[Accepted]:
    """The list of accepted changes. Raises ValueError for an entry without a reason."""
    entries = [Accepted(re.compile(entry["change"]), entry.get("reason", "")) for entry in _entries(text)]
    if missing := [entry.change.pattern for entry in entries if not entry.reason.strip()]:
        raise ValueError(f"No reason is given for {', '.join(missing)}.")
    return entries


def _entries(text: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = tomllib.loads(text).get("accepted", [])
    return entries


def not_accepted(changes: Sequence[str], accepted: Sequence[Accepted]) -> list[str]:
    """The changes that no entry of the list is about."""
    return [change for change in changes if not any(entry.change.fullmatch(change) for entry in accepted)]


def release_schema(folder: Path) -> None:
    """Make the graph of now the one of the last release, and empty the list of accepted changes."""
    listed = folder / ACCEPTED
    try:
        head, _, _ = listed.read_text(encoding="utf-8").partition("\n[[")
        (folder / RELEASED).write_text(f"{build_graph().as_str()}\n", encoding="utf-8")
        listed.write_text(f"{head.rstrip()}\n", encoding="utf-8")
    except OSError as error:
        raise fail(f"{error.filename} cannot be read or written: {error.strerror}.") from None
    out.print(f"Wrote {folder / RELEASED} and emptied {listed}.", markup=False)
