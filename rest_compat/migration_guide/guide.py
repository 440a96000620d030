"""The whole guide, in Markdown."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from graphql import FieldNode, OperationDefinitionNode, parse, print_ast

from rest_compat.dialect import Dialect
from rest_compat.endpoint import Endpoint, Failure, FileReply, Outcome
from rest_compat.migration_guide.parameters import code, parameter_rows
from rest_compat.migration_guide.replies import reply_rows
from rest_compat.published_operation import published_operation
from rest_compat.reply import Constant
from schema.engine.connection import MAX_PAGE_SIZE

INTRODUCTION = Path(__file__).with_name("introduction.md")


def migration_guide(dialects: Sequence[Dialect]) -> str:
    """The guide to these APIs."""
    apis: dict[str, list[tuple[Dialect, Endpoint]]] = {}
    for dialect in dialects:
        rows = [(dialect.at(endpoint), endpoint) for endpoint in dialect.endpoints]
        apis.setdefault(dialect.title, []).extend(rows)
    introduction = INTRODUCTION.read_text(encoding="utf-8").replace("MAX_PAGE_SIZE", str(MAX_PAGE_SIZE))
    parts = [introduction, *(_index(title, calls) for title, calls in apis.items())]
    for title, calls in apis.items():
        dialect = calls[0][0]
        parts += [f"## {title}\n", _common_errors(dialect)]
        parts += [_section(of, endpoint) for of, endpoint in calls]
    return "\n".join(part for part in parts if part)


def _call(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def _anchor(endpoint: Endpoint) -> str:
    """The name that GitHub gives the heading."""
    return re.sub(r"[^\w\- ]", "", _call(endpoint).lower()).replace(" ", "-")


def _index(title: str, calls: Sequence[tuple[Dialect, Endpoint]]) -> str:
    rows = []
    for dialect, endpoint in calls:
        definition = _definition(dialect, endpoint)
        roots = [field.name.value for field in definition.selection_set.selections if isinstance(field, FieldNode)]
        fields = ", ".join(code(name) for name in roots)
        rows.append((f"[{_call(endpoint)}](#{_anchor(endpoint)})", endpoint.title, definition.operation.value, fields))
    return f"### {title}: {len(calls)} calls\n\n" + _table(("old call", "", "", "field of the graph"), rows)


def _section(dialect: Dialect, endpoint: Endpoint) -> str:
    replies = _reply_rows(dialect, endpoint)
    refusals = [
        *((code(str(name)), _shown(dialect, failure)) for name, failure in endpoint.errors.items()),
        *((_outcome(outcome), _shown(dialect, outcome.failure)) for outcome in endpoint.outcomes),
    ]
    parts = [
        f"### {_call(endpoint)}\n",
        f"{endpoint.title}. For {endpoint.access.description}.{_disclosed(endpoint)}\n",
        _table(("parameter", "in", "variable", "value"), parameter_rows(endpoint)),
        f"```graphql\n{_document(dialect, endpoint)}\n```\n",
        _table(("old reply", "now"), replies),
        _table(("when", "old error"), refusals),
    ]
    return "\n".join(part for part in parts if part)


def _disclosed(endpoint: Endpoint) -> str:
    """That the old call shows more than the graph does, if it does."""
    if not endpoint.discloses:
        return ""
    return " The old call returns everything, as documented; the graph returns only what the caller may see."


def _common_errors(dialect: Dialect) -> str:
    rows = [(code(str(name)), _shown(dialect, failure)) for name, failure in dialect.errors.items()]
    return _table(("code, unless the endpoint maps it differently", "old error"), rows)


def _reply_rows(dialect: Dialect, endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    place = "" if isinstance(endpoint.reply, FileReply) else _place_of_data(dialect)
    yield from reply_rows(endpoint.reply, place)
    yield from reply_rows(endpoint.meta, "meta")


def _place_of_data(dialect: Dialect) -> str:
    """The name under which a successful reply shows its data, "" where it stands beside the rest."""
    mark = {"mark": 1}
    reply = orjson.loads(dialect.success(mark).body)
    return next((name for name, value in reply.items() if value == mark), "")


def _shown(dialect: Dialect, failure: Failure) -> str:
    """A refusal's HTTP status, where it has one of its own, and the plain values of its body."""
    response = dialect.refusal(failure, failure.data.value if isinstance(failure.data, Constant) else None)
    body: Mapping[str, Any] = orjson.loads(response.body)
    plain = {name: value for name, value in body.items() if isinstance(value, str | int)}
    status = "" if response.status_code == 200 else f"HTTP {response.status_code} "
    return status + code(orjson.dumps(plain).decode())


def _outcome(outcome: Outcome) -> str:
    places = " or ".join(place for _, place in reply_rows(outcome.value, "") if place.startswith("`"))
    return f"{places or 'the requested object'} is {'missing' if outcome.missing else 'present'}"


def _definition(dialect: Dialect, endpoint: Endpoint) -> OperationDefinitionNode:
    definitions = parse(endpoint.source(dialect.folder)).definitions
    return next(definition for definition in definitions if isinstance(definition, OperationDefinitionNode))


def _document(dialect: Dialect, endpoint: Endpoint) -> str:
    """The operation as clients may send it: with pages no larger than theirs may be."""
    return print_ast(published_operation(dialect, endpoint))


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; "" if it is empty."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(heading)} |", "|" + "---|" * len(heading), *lines]) + "\n"
