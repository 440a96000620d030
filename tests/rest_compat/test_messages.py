"""Every message of the old APIs is Chinese and names parameters as the documents do."""

import re
from collections.abc import Iterator
from typing import Any

import orjson
from starlette.responses import Response

from auth.principal import TokenFault
from cli.catalogue import catalogue
from models.errors import InvalidInput
from models.language import FieldName, Message
from rest_compat.apis import DIALECTS
from rest_compat.binding import Bound, Parameter, names_of
from rest_compat.call import Call
from rest_compat.dialect import Dialect
from rest_compat.endpoint import Failure
from rest_compat.gateway import error_reply
from rest_compat.wording import Documented
from schema.engine.errors import GRAPHQL_VALIDATION_FAILED, ErrorCode
from schema.engine.executor import Prepared
from schema.engine.graph import prepare
from schema.schema import build_schema

HAN = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
FORMATS = frozenset(
    WORD.findall("Big5 CSV GB GB18030 JPEG JSON MB PNG QQ UTF-8 WEBP YAML csv dev- http https xls xlsx yyyy-mm-dd")
)
"""What Chinese texts have in Latin letters too: formats, units and what is to be typed so."""
DOCUMENTED = {
    "work_progress": {"Authorization", "token", "session_id", "id"},
    "sign_cloud": {"X-platform-code", "code"},
    "developer_platform": set[str](),
    "attendance": {"code"},
    "hr_feeds": {"token", "HR"},
}
"""The words of the documents' own texts."""
ENGLISH = {("hr_feeds", "ok")}
"""The texts that a document has in English."""
BEYOND_REST = (
    "rest_compat/landing/",
    "schema/engine/http/",
    "schema/engine/operations",
    "schema/engine/limits",
    "schema/engine/persisted",
    "schema/listed",
    "schema/listing_view",
)
"""Where messages come from that only clients of the graph get."""
FIELDS = {"field", "account", "accept_signed", "after", "column", "page", "salary_min"}
"""The placeholders of messages that stand for fields; all others stand for values."""
ODD: tuple[Any, ...] = (
    None,
    "",
    "x",
    "\0",
    "-1",
    "9" * 30,
    "1.5",
    True,
    -1,
    10**30,
    1.5,
    [],
    ["x"],
    [{}],
    [1],
    {},
    {"a": {}},
    [[1]],
)
CODES = ErrorCode.INVALID_INPUT, GRAPHQL_VALIDATION_FAILED


def calls() -> Iterator[Call]:
    schema = build_schema()._schema
    for dialect in DIALECTS:
        for endpoint in dialect.endpoints:
            document = prepare(schema, endpoint.source(dialect.folder))
            (operation,) = (each for each in document.definitions if each.kind == "operation_definition")
            yield Call(dialect.at(endpoint), endpoint, Prepared(schema, document, operation))  # type: ignore[arg-type]


def snake(name: str) -> str:
    """Python's name of a field of the graph."""
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def texts_of(reply: Response) -> list[str]:
    """The messages of an envelope."""
    body = orjson.loads(reply.body)
    message: str = body.get("msg") or body.get("message")
    return [message, *(text for texts in body.get("errors", {}).values() for text in texts)]


def fault_of(text: str, known: set[str]) -> str | None:
    """The text if it is not in Chinese, or names what it may not."""
    foreign = set(WORD.findall(text)) - known - FORMATS
    return text if foreign or not HAN.search(text) else None


def failures(call: Call) -> Iterator[Failure]:
    endpoint, dialect = call.endpoint, call.dialect
    yield from (endpoint.failure, *endpoint.errors.values(), *endpoint.unknown.values(), *dialect.errors.values())
    yield from (outcome.failure for outcome in endpoint.outcomes)
    yield from (dialect.not_found, dialect.method_not_allowed, dialect.too_large, dialect.forbidden, dialect.internal)
    yield dialect.password_change_required


def replies_to_anything(dialect: Dialect) -> Iterator[Response]:
    yield from (dialect.unavailable(retry_after=seconds) for seconds in (None, 5))
    faults = set(TokenFault) - {TokenFault.PASSWORD_CHANGE_REQUIRED}  # which has a failure of its own
    yield from (dialect.unauthenticated(fault) for fault in faults)


def sent_values(parameter: Parameter) -> Iterator[Any]:
    """What a client may send: anything, and entries of a list with anything in them."""
    yield from ODD
    for name in parameter.converter.names.values():
        yield from ([{name: odd}] for odd in ODD)


def known_words(call: Call) -> set[str]:
    """What the document calls parameters, and what it says that they may be."""
    names = {*call.endpoint.parameters, *names_of(call.endpoint.parameters).values()}
    schemas = orjson.dumps([parameter.converter.json_schema for parameter in call.endpoint.parameters.values()])
    return names | DOCUMENTED[call.dialect.name] | set(WORD.findall(schemas.decode()))


def test_every_refusal_of_a_dialect_is_chinese() -> None:
    wrong = set()
    for call in calls():
        known = DOCUMENTED[call.dialect.name]
        replies = [call.dialect.refusal(failure, {}) for failure in failures(call)]
        for reply in [*replies, *replies_to_anything(call.dialect)]:
            wrong |= {(call.dialect.name, fault_of(text, known)) for text in texts_of(reply)}
        wrong |= {
            (call.dialect.name, fault_of(words, set()))
            for words in call.dialect.validation.values()
            if words is not None
        }
    assert {fault for fault in wrong if fault[1] is not None} - ENGLISH == set()


def test_what_does_not_bind_is_told_in_chinese_by_the_names_of_the_document() -> None:
    wrong, told_in_all = [], 0
    for call in calls():
        known = known_words(call)
        for name, parameter in call.endpoint.parameters.items():
            for value in sent_values(parameter):
                bound = Bound(blank_is_missing=call.dialect.blank_is_missing)
                bound.bind({name: parameter}, {name: value})
                if bound.faults:
                    told = texts_of(call.dialect.binding_errors(bound.faults))
                    told_in_all += len(told)
                    wrong += [(call.endpoint.path, name, text) for text in told if fault_of(text, known)]
    assert wrong == []
    assert told_in_all > 2000


def test_what_the_business_refuses_is_told_in_chinese() -> None:
    """Messages without fields are the same for all endpoints."""
    wrong = []
    for message in catalogue():
        if message.id and not all(place.startswith(BEYOND_REST) for place, _ in message.locations):
            text = re.sub(r"\{\w+\}", "", str(message.string))
            if re.search(r"\w", text) and fault_of(text, {"Authorization", "Bearer", "token", "graphql"}):
                wrong.append(text)
    assert wrong == []


def test_what_the_business_refuses_names_the_parameter_of_the_document() -> None:
    about_fields = [
        str(message.id) for message in catalogue() if FIELDS.intersection(re.findall(r"\{(\w+)\}", str(message.id)))
    ]
    wrong = []
    for call in calls():
        known = known_words(call)
        for path, name in call.names.by_argument.items():
            *within, field = map(snake, path if path[:1] != ("input",) else path[1:])
            for text in about_fields:
                values: dict[str, object] = {each: "7" for each in re.findall(r"\{(\w+)\}", text) if each not in FIELDS}
                values |= {"column": FieldName(field), "problem": Message("the file is damaged")}
                error = InvalidInput(Message(text, **values), field=".".join([*within, field]))
                words = Documented(call.names).of(error)
                if "{field}" in text and name not in words:
                    wrong.append((call.endpoint.path, path, words))
                for code in CODES:
                    told = {"code": code, "message": words, "path": [*path]}
                    reply = texts_of(error_reply(call, {}, [told]))
                    wrong += [(call.endpoint.path, path, each) for each in reply if fault_of(each, known)]
    assert wrong == []
