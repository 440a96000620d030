"""The replies of a call in `/openapi.json`: schemas with names, and examples that satisfy them."""

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from starlette.responses import Response

from auth.principal import TokenFault
from rest_compat.binding import BindingError, bind
from rest_compat.dialect import Dialect
from rest_compat.endpoint import Endpoint, Failure, FileReply
from rest_compat.envelopes import Envelopes, merged
from rest_compat.examples import Example, Reply
from rest_compat.json_schema import fits
from rest_compat.reply import Constant, compiled
from rest_compat.reply_schema import Schema, any_of
from rest_compat.samples import completed, sample

JSON = "application/json"
_FILE: Schema = {"type": "string", "format": "binary"}


class PublishedReplies:
    """The replies of an endpoint, but for those that it shares with others."""

    def __init__(self, dialect: Dialect, endpoint: Endpoint, name: str, schemas: dict[str, Schema]) -> None:
        """The schemas are added to `schemas`, those of the document by name, unless they are there."""
        self._dialect = dialect
        self._endpoint = endpoint
        self._success: Schema | None = None
        envelopes = Envelopes(dialect, endpoint)
        if not isinstance(endpoint.reply, FileReply):
            self._success = envelopes.success
        self._schemas = schemas
        self._names: dict[int, list[str]] = {}
        if self._success is not None:
            self._add(200, f"{name}Reply", self._success)
        for status, refusals in sorted(self._refused(envelopes).items()):
            refusal = merged(refusals)
            if status == HTTPStatus.OK:
                self._add(status, f"{name}Refusal", refusal)
                continue
            # Many calls are refused alike.
            shared = f"{type(dialect).__name__}Refusal{status}"
            alike = schemas.get(shared, refusal) == refusal
            self._add(status, shared if alike else f"{name}Refusal{status}", refusal)

    def _add(self, status: int, name: str, schema: Schema) -> None:
        self._schemas[name] = schema
        self._names.setdefault(status, []).append(name)

    def responses(self, example: Example) -> dict[str, Any]:
        """The responses by status."""
        shown: dict[int, list[Any]] = {status: [] for status in self._names}
        for reply in (*example.replies, *self._known()):
            body = self._as_answered(reply)
            if body not in shown[reply.status]:
                shown[reply.status].append(body)
        if self._success is not None and not any(fits(self._success, body) for body in shown[200]):
            shown[200].insert(0, sample(self._success))
        responses = {
            str(status): {"description": HTTPStatus(status).phrase, "content": {JSON: self._content(status, bodies)}}
            for status, bodies in sorted(shown.items())
        }
        if isinstance(self._endpoint.reply, FileReply):
            success = responses.setdefault("200", {"description": HTTPStatus.OK.phrase, "content": {}})
            success["content"] = {self._endpoint.reply.media_type: {"schema": _FILE}, **success["content"]}  # type: ignore[dict-item]
        return responses

    def _content(self, status: int, bodies: Sequence[Any]) -> dict[str, Any]:
        references = [{"$ref": f"#/components/schemas/{name}"} for name in self._names[status]]
        examples = {
            f"reply_{number}": {"summary": _summary(body), "value": body} for number, body in enumerate(bodies, 1)
        }
        return {"schema": any_of(references), **({"examples": examples} if examples else {})}

    def _as_answered(self, reply: Reply) -> Any:
        """A documented reply as the product answers it: with the keys that were added, and without mistakes."""
        kinds = [self._schemas[name] for name in self._names[reply.status]]
        return completed(any_of(kinds), reply.body)

    def _refused(self, envelopes: Envelopes) -> dict[int, list[Schema]]:
        dialect, endpoint = self._dialect, self._endpoint
        found: dict[int, list[Schema]] = {}
        for failure in [*_failures(endpoint), *dialect.errors.values(), *self._refusals_of_callers(), dialect.internal]:
            found.setdefault(failure.status, []).append(envelopes.refusal(failure))
        parameters = [(name, "-") for name in endpoint.parameters] or [("", "-")]
        told = [dialect.invalid("-"), dialect.missing("-"), dialect.rejected("-"), *self._unauthenticated()]
        told.append(dialect.input_errors(parameters, is_malformed=False))
        for response in told:
            found.setdefault(response.status_code, []).append(envelopes.told([response]))
        return found

    def _refusals_of_callers(self) -> Iterator[Failure]:
        dialect, endpoint = self._dialect, self._endpoint
        if endpoint.access.name != "public" or endpoint.knows_caller:
            yield dialect.password_change_required
            if endpoint.access.name not in ("public", "signed_in"):
                yield dialect.forbidden
        if endpoint.body:
            yield dialect.too_large

    def _unauthenticated(self) -> Iterator[Response]:
        if self._endpoint.access.name != "public" or self._endpoint.knows_caller:
            faults = [fault for fault in TokenFault if fault is not TokenFault.PASSWORD_CHANGE_REQUIRED]
            yield from map(self._dialect.unauthenticated, faults)

    def _known(self) -> Iterator[Reply]:
        """The refusals that the table knows of, besides those that the document shows."""
        for failure in _failures(self._endpoint):
            if failure.data is None or isinstance(failure.data, Constant):
                yield self._read(self._refusal(failure))
        if (fault := _binding_fault(self._endpoint)) is not None:
            yield self._read(self._dialect.binding_errors([fault]))
        yield from map(self._read, self._unauthenticated())
        yield from (self._read(self._refusal(failure)) for failure in self._refusals_of_callers())

    def _refusal(self, failure: Failure) -> Response:
        return self._dialect.refusal(failure, compiled(failure.data)({}))

    @staticmethod
    def _read(response: Response) -> Reply:
        return Reply(response.status_code, orjson.loads(response.body))


def _failures(endpoint: Endpoint) -> list[Failure]:
    return [
        *endpoint.errors.values(),
        *(outcome.failure for outcome in endpoint.outcomes),
        *endpoint.unknown.values(),
        endpoint.failure,
    ]


def _binding_fault(endpoint: Endpoint) -> BindingError | None:
    """What is said of a request that does not bind, by the first parameter that can be wrong."""
    for name, parameter in endpoint.parameters.items():
        wrong = None if parameter.required and name not in endpoint.route else object()
        try:
            bind({name: parameter}, {name: wrong})
        except BindingError as error:
            return error
    return None


def _summary(body: Any) -> str:
    """What tells a reply from the others: its code and message, that is, its first values that are no structure."""
    values = body.values() if isinstance(body, dict) else []
    scalars = [str(value) for value in values if isinstance(value, str | int) and value != ""]
    return " · ".join(scalars[:2]) or "reply"
