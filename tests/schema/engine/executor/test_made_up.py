"""Operations that hypothesis-graphql makes up from the SDL: both executors answer alike."""

import asyncio
import os
from pathlib import Path

import pytest
from graphql import print_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from tests.schema.engine.executor.comparison import GRAPHQL
from tests.schema.engine.executor.conftest import compared
from tests.schema.engine.executor.operations import Operation

EXAMPLES = int(os.environ.get("DIFFERENTIAL_OPERATIONS", "25"))
ROOTS = ("posts", "node", "viewer", "clockIns", "projects", "signApplications", "dictionary", "users")
SCALARS = {
    "BigInt": st.integers(-(2**54), 2**54).map(nodes.Int),
    "Date": st.dates().map(lambda day: nodes.String(day.isoformat())),
    "DateTime": st.datetimes().map(lambda time: nodes.String(time.isoformat())),
    "Decimal": st.integers(-10, 10).map(lambda number: nodes.String(str(number))),
}


@pytest.mark.filterwarnings(
    # graphql-core leaves what it started when null takes the place of all of it.
    "ignore:coroutine .* was never awaited:RuntimeWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)
@pytest.mark.parametrize("root", ROOTS)
def test_queries(demonstration: Path, tmp_path: Path, root: str) -> None:
    with asyncio.Runner() as runner:
        opened = compared(demonstration, tmp_path)
        comparison = runner.run(opened.__aenter__())

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(queries(print_schema(GRAPHQL), fields=[root], custom_scalars=SCALARS), st.sampled_from(range(20)))
        def compare(text: str, caller: int) -> None:
            principals = [comparison.administrator, *comparison.principals]
            runner.run(comparison.compare(Operation(text, {}), principals[caller % len(principals)]))

        compare()
        runner.run(opened.__aexit__(None, None, None))
    assert comparison.counts["invalid"] == 0
    assert comparison.counts["with data"] + comparison.counts["with errors"] > 0
