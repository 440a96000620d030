"""A refusal costs nothing but the field that is refused."""

import pytest

from auth import policies
from auth.policies import Policy
from schema.engine.nullability import faults_of, is_stricter
from schema.schema import build_schema


def test_what_not_everybody_may_read_who_reads_the_object_is_nullable() -> None:
    assert list(faults_of(build_schema()._schema)) == []


@pytest.mark.parametrize(
    ("policy", "than", "expected"),
    [
        (policies.signed_in, policies.public, True),
        (policies.public, policies.signed_in, False),
        (policies.owner, policies.owner_or_administrator, True),
        (policies.owner_or_administrator, policies.owner, False),
        (policies.owner_or_administrator, policies.account_scope, True),
        (policies.attendance_scope, policies.signed_in, False),
        (policies.recruiter, policies.handler_or_administrator, True),
        (policies.with_parent, policies.administrator, False),
    ],
)
def test_a_policy_is_stricter_if_it_refuses_somebody(policy: Policy, than: Policy, *, expected: bool) -> None:
    assert is_stricter(policy, than) is expected
