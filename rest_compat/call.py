"""An endpoint with what is the same for every request to it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from graphql import OperationType

from rest_compat.binding import split
from rest_compat.dialect import Dialect
from rest_compat.endpoint import Endpoint, Failure, FileReply, Outcome
from rest_compat.reply import Renderer, compiled
from rest_compat.wording import ParameterNames
from schema.engine.graph import Prepared

MAX_FILES = 1
"""The files that a multipart body may hold where an endpoint takes any."""


class Call:
    """An endpoint, ready to be called. Templates are compiled when they are first needed."""

    def __init__(self, dialect: Dialect, endpoint: Endpoint, operation: Prepared) -> None:
        self.dialect = dialect
        self.endpoint = endpoint
        self.operation = operation
        self.is_public = endpoint.access.name == "public"
        self.max_files = MAX_FILES * endpoint.takes_files
        self.fixed = [(split(path), value) for path, value in endpoint.fixed.items()]
        self.file = endpoint.reply if isinstance(endpoint.reply, FileReply) else None
        self.failures: Mapping[Any, Failure] = {**dialect.errors, **endpoint.errors}
        self._renderers: dict[Any, Renderer] = {}

    def failure_of(self, code: Any) -> tuple[Failure, Renderer]:
        """What an error of the graph is reported as, and what makes its data; anything unforeseen has one failure."""
        failure = self.failures.get(code, self.endpoint.failure)
        if code not in self._renderers:
            self._renderers[code] = compiled(failure.data)
        return failure, self._renderers[code]

    @cached_property
    def reply(self) -> Renderer:
        """What makes the data of a reply."""
        return compiled(self.file.path if self.file else self.endpoint.reply)

    @cached_property
    def cookie(self) -> Renderer:
        """What makes the value of a file's cookie."""
        return compiled(self.file.cookie.path if self.file and self.file.cookie else None)

    @cached_property
    def meta(self) -> Renderer:
        """What makes what an envelope shows beside its data."""
        return compiled(self.endpoint.meta)

    @cached_property
    def outcomes(self) -> list[tuple[Outcome, Renderer, Renderer]]:
        """The outcomes, each with what makes the value that tells it and the data of its failure."""
        return [
            (outcome, compiled(outcome.value), compiled(outcome.failure.data)) for outcome in self.endpoint.outcomes
        ]

    @property
    def is_query(self) -> bool:
        """Whether the operation only reads, so that a HEAD request may run it."""
        return self.operation.operation.operation is OperationType.QUERY

    @cached_property
    def names(self) -> ParameterNames:
        """What its parameters are called."""
        return ParameterNames(self.endpoint.parameters, self.operation.document)

    def path_of(self, name: str) -> tuple[str, ...]:
        """Where among the operation's variables a parameter goes; () for what is no parameter."""
        parameter = self.endpoint.parameters.get(name)
        return parameter.path if parameter else ()
