"""What `/export` lists: the one connection of an operation, its columns, and the cells of its rows."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)
from strawberry.types import ExecutionResult

from resolvers.spreadsheets import harmless
from schema.engine.http.refusals import bad_request

_ENDS = frozenset({"hasNextPage", "endCursor"})


@dataclass(frozen=True, slots=True)
class Listed:
    """The one connection of an operation: where it stands, the variable of its cursor, and its columns."""

    path: tuple[str, ...]
    after: str
    columns: tuple[tuple[str, ...], ...]


def listed_by(document: DocumentNode, operation: OperationDefinitionNode) -> Listed:
    """The one connection of an operation. Raises HttpRefusal where it selects anything else."""
    fragments = {part.name.value: part for part in document.definitions if isinstance(part, FragmentDefinitionNode)}
    path: list[str] = []
    selected: SelectionSetNode | None = operation.selection_set
    while selected is not None:
        fields = list(_fields(selected, fragments))
        if len(fields) != 1:
            raise bad_request("An export selects one connection and nothing beside it.")
        (field,) = fields
        path.append(_key(field))
        selected = field.selection_set
        inner = list(_fields(selected, fragments)) if selected else []
        if nodes := [each for each in inner if _key(each) == "nodes"]:
            columns = dict.fromkeys(leaf for each in nodes for leaf in _leaves(each, fragments))
            return Listed(tuple(path), _cursor(field, inner, fragments), tuple(columns))
    raise bad_request("An export selects the nodes of one connection.")


def _cursor(field: FieldNode, inner: Sequence[FieldNode], fragments: Mapping[str, Any]) -> str:
    """The variable that the connection's `after` is."""
    infos = [each.selection_set for each in inner if _key(each) == "pageInfo" and each.selection_set]
    told = {each.name.value for info in infos for each in _fields(info, fragments) if each.alias is None}
    for argument in field.arguments or ():
        if argument.name.value == "after" and isinstance(argument.value, VariableNode) and told >= _ENDS:
            return argument.value.name.value
    raise bad_request(
        "An export's connection takes `after` from a variable and selects pageInfo with hasNextPage and endCursor."
    )


def _leaves(field: FieldNode, fragments: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    seen = set()
    for each in _fields(field.selection_set, fragments) if field.selection_set else ():
        path = (*above, _key(each))
        for leaf in _leaves(each, fragments, path) if each.selection_set else (path,):
            if leaf not in seen:
                seen.add(leaf)
                yield leaf


def _fields(selected: SelectionSetNode, fragments: Mapping[str, Any]) -> Iterator[FieldNode]:
    for selection in selected.selections:
        if isinstance(selection, FieldNode):
            yield selection
        else:
            inner: Any = fragments[selection.name.value] if isinstance(selection, FragmentSpreadNode) else selection
            yield from _fields(inner.selection_set, fragments)


def _key(field: FieldNode) -> str:
    return (field.alias or field.name).value


def connection_of(result: ExecutionResult, listed: Listed) -> Any:
    """The connection of a result; None where a refusal or a directive left it out, or what the next page needs."""
    found: Any = result.data
    for step in listed.path:
        found = None if found is None else found.get(step)
    is_whole = (
        found is not None and isinstance(found.get("nodes"), list) and (found.get("pageInfo") or {}).keys() >= _ENDS
    )
    return found if is_whole else None


def cells_of(node: Any, listed: Listed) -> list[Any]:
    """The values of a row: texts, numbers and booleans; of a list, its values with semicolons between them."""
    return [_value(node, path) for path in listed.columns]


def _value(node: Any, path: Sequence[str]) -> Any:
    """The value at a path; of a list, a list."""
    for number, step in enumerate(path):
        if isinstance(node, list):
            return [_value(each, path[number:]) for each in node]
        node = None if node is None else node.get(step)
    return node


def plain(value: Any) -> Any:
    """A value for a workbook, whose cells have types: nothing of it is computed."""
    if isinstance(value, list):
        return "; ".join(_text(each) for each in value)
    return value if value is None or isinstance(value, bool | int | float) else _text(value)


def lines_of(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as lines of a .csv file."""
    text = _Text()
    csv.writer(text).writerows([_safe(value) for value in row] for row in rows)
    return "".join(text.lines)


def _safe(value: Any) -> str:
    """A value for a .csv file, of which a spreadsheet computes nothing."""
    if isinstance(value, list):
        return "; ".join(map(_safe, value))
    return harmless(value) if isinstance(value, str) else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(_text, value))
    if value is None or isinstance(value, str):
        return value or ""
    return orjson.dumps(value).decode()


class _Text:
    """Keeps the lines that are written."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, line: str) -> int:
        self.lines.append(line)
        return len(line)
