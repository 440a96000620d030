"""Every mutation, with inputs that nobody expects, as anybody: refusals are clear, and nothing goes wrong inside."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from graphql import GraphQLArgument, GraphQLField
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema.schema import build_schema
from tests.fuzzing.conftest import Fuzzed
from tests.fuzzing.values import inputs_of, selection_of

EXAMPLES = int(os.environ.get("FUZZED_EXAMPLES", "1"))
"""Inputs of each mutation; `FUZZED_EXAMPLES=500` searches longer."""
MUTATIONS = build_schema()._schema.mutation_type
assert MUTATIONS is not None


def operation_of(name: str, field: GraphQLField) -> str:
    """The mutation with everything that can be read of its payload."""
    variables = ", ".join(f"${n}: {argument.type}" for n, argument in field.args.items())
    arguments = ", ".join(f"{n}: ${n}" for n in field.args)
    head = f"mutation({variables}) {{ {name}({arguments})" if variables else f"mutation {{ {name}"
    return f"{head} {selection_of(field.type)} }}"


def variables_of(arguments: dict[str, GraphQLArgument]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: inputs_of(argument.type, name) for name, argument in arguments.items()})


def codes(reply: dict[str, Any]) -> list[str]:
    """The codes of all errors of a reply, wherever they stand."""
    payloads = [payload for payload in (reply.get("data") or {}).values() if payload]
    return [
        *(error["extensions"]["code"] for error in reply.get("errors", ())),
        *(error["code"] for payload in payloads for error in payload["errors"]),
    ]


async def mutate(fuzzed: Fuzzed, name: str, variables: dict[str, Any], headers: dict[str, str]) -> None:
    assert MUTATIONS is not None
    body = {"query": operation_of(name, MUTATIONS.fields[name]), "variables": variables}
    response = await fuzzed.product.http.post("/graphql", json=body, headers=headers)

    assert response.status_code < 500, response.text
    assert "INTERNAL_ERROR" not in codes(response.json()), response.text


def search(run: Callable[[Coroutine[Any, Any, Any]], Any], fuzzed: Fuzzed, name: str, role: str) -> None:
    """Look for inputs of a mutation that make something go wrong. Raises AssertionError with the smallest."""
    token = run(fuzzed.token(role))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    assert MUTATIONS is not None

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(variables_of(MUTATIONS.fields[name].args))
    def attempt(variables: dict[str, Any]) -> None:
        run(mutate(fuzzed, name, variables, headers))

    attempt()


@pytest.mark.parametrize("role", ["anonymous", "nobody", "administrator", "recruiter"])
async def test_no_mutation_fails_inside(fuzzed: Fuzzed, role: str) -> None:
    loop = asyncio.get_running_loop()
    assert MUTATIONS is not None

    def everything() -> list[str]:
        failures = []
        for name in MUTATIONS.fields:
            try:
                search(lambda made: asyncio.run_coroutine_threadsafe(made, loop).result(), fuzzed, name, role)
            except AssertionError as error:
                failures.append(f"{name}: {error} {getattr(error, '__notes__', '')}")
        return failures

    assert await asyncio.to_thread(everything) == []
