"""Queries that hypothesis-graphql makes up from the schema, as anybody: nothing goes wrong inside."""

import asyncio
import os
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from schema.engine.node_id import encode
from schema.schema import build_schema
from tests.fuzzing.conftest import Fuzzed
from tests.fuzzing.values import DAYS, DECIMALS, INSTANTS, NODES, TEXTS

EXAMPLES = int(os.environ.get("FUZZED_EXAMPLES", "2")) * 4
"""Queries of each caller, of which each asks for several fields; `FUZZED_EXAMPLES=100` searches longer."""
WRITTEN = {"DateTime": INSTANTS, "Date": DAYS, "Decimal": DECIMALS, "JSON": TEXTS, "Upload": TEXTS}
SCALARS = {
    "ID": st.builds(encode, st.sampled_from(NODES), st.sampled_from((1, 2, 3, 7, 0))).map(nodes.String),
    **{name: st.sampled_from(values).map(nodes.String) for name, values in WRITTEN.items()},
    "BigInt": st.sampled_from((1, 0, -1, 1000)).map(nodes.Int),
}
ROLES = ("anonymous", "nobody", "administrator", "recruiter")


@cache
def made_up() -> st.SearchStrategy[str]:
    """Queries of the schema."""
    return queries(build_schema().as_str(), custom_scalars=SCALARS, allow_null=False)


async def ask(fuzzed: Fuzzed, query: str, role: str) -> None:
    token = await fuzzed.token(role)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = await fuzzed.product.http.post("/graphql", json={"query": query}, headers=headers)

    assert response.status_code < 500, response.text
    codes = [error["extensions"]["code"] for error in response.json().get("errors", ())]
    assert "INTERNAL_ERROR" not in codes, response.text


@pytest.mark.parametrize("role", ROLES)
async def test_no_query_fails_inside(fuzzed: Fuzzed, role: str) -> None:
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(made_up())
    def attempt(query: str) -> None:
        asyncio.run_coroutine_threadsafe(ask(fuzzed, query, role), loop).result()

    await asyncio.to_thread(attempt)
