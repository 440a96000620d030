"""Whether the rows say what becomes of every code that their mutations declare."""

from collections.abc import Collection, Iterator, Mapping

from rest_compat.dialect import Dialect
from rest_compat.endpoint import Endpoint
from schema.engine.errors import ErrorCode

_STOPPING = {ErrorCode.UNAUTHENTICATED, ErrorCode.FORBIDDEN}
"""The codes that a row may map though no payload holds them: they stop the mutation."""


class WrongErrorMapping(Exception):
    """A row does not say what becomes of a code of its mutation, or of one that the mutation does not have."""


def check_error_mapping(dialect: Dialect, endpoint: Endpoint, declared: Mapping[str, Collection[ErrorCode]]) -> None:
    """Raise WrongErrorMapping unless the row, or its dialect, maps exactly what these mutations declare."""
    if faults := list(_faults(dialect, endpoint, declared)):
        raise WrongErrorMapping(f"{dialect.name}: {endpoint.method} {endpoint.path}: {'; '.join(faults)}.")


def _faults(dialect: Dialect, endpoint: Endpoint, declared: Mapping[str, Collection[ErrorCode]]) -> Iterator[str]:
    if not declared:
        return
    mapped = {*endpoint.errors, *dialect.errors, *dialect.validation}
    for mutation, codes in declared.items():
        for code in codes:
            if code not in mapped and code not in endpoint.cannot:
                yield f"{mutation} can answer {code}, which neither the row nor its dialect maps"
    names, possible = " and ".join(declared), {code for codes in declared.values() for code in codes}
    for name in endpoint.errors:
        if name not in possible and name not in _STOPPING:
            yield f"`errors` maps {name}, which {names} does not declare"
    for name in endpoint.cannot:
        if name not in possible:
            yield f"`cannot` names {name}, which {names} does not declare"
        elif name in mapped:
            yield f"`cannot` names {name}, which is mapped"
