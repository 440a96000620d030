"""The policies' truth table."""

from dataclasses import replace

import pytest

from auth import policies
from auth.policies import Policy
from auth.principal import ANONYMOUS, TOKEN_FAULT_MESSAGES, Disclosure, Principal, TokenFault
from models.errors import Forbidden, PasswordChangeRequired, Unauthenticated
from models.identity import Api, Role

OWNER = Principal(7, "jti", Api.GRAPH)
OTHER = Principal(8, "jti", Api.GRAPH)
ADMINISTRATOR = Principal(9, "jti", Api.GRAPH, frozenset({Role.ADMINISTRATOR}))
OWNING_ADMINISTRATOR = Principal(7, "jti", Api.GRAPH, frozenset({Role.ADMINISTRATOR}))
HANDLER = Principal(10, "jti", Api.GRAPH, frozenset({Role.HANDLER}))
RECRUITER = Principal(11, "jti", Api.GRAPH, frozenset({Role.RECRUITER}))
TEACHER = Principal(14, "jti", Api.GRAPH, frozenset({Role.TEACHER}))
CONFINED = Principal.confined(7, "jti", Api.GRAPH)
CALLERS = (ANONYMOUS, OWNER, OTHER, ADMINISTRATOR, OWNING_ADMINISTRATOR, HANDLER, RECRUITER, TEACHER, CONFINED)

TRUTH = {
    policies.public: (True, True, True, True, True, True, True, True, True),
    policies.with_parent: (True, True, True, True, True, True, True, True, True),
    policies.signed_in: (False, True, True, True, True, True, True, True, False),
    policies.password_holder: (False, True, True, True, True, True, True, True, True),
    policies.administrator: (False, False, False, True, True, False, False, False, False),
    policies.owner: (False, True, False, False, True, False, False, False, False),
    policies.owner_or_administrator: (False, True, False, True, True, False, False, False, False),
    policies.student_scope: (False, True, False, True, True, False, False, False, False),
    policies.account_scope: (False, True, False, True, True, False, False, False, False),
    policies.handler_or_administrator: (False, False, False, True, True, True, False, False, False),
    policies.attendance_scope: (False, True, True, True, True, True, True, True, False),
    policies.recruiter: (False, False, False, False, False, False, True, False, False),
    policies.teacher_or_administrator: (False, False, False, True, True, False, False, True, False),
}


@pytest.mark.parametrize("policy", TRUTH, ids=lambda policy: policy.name)
def test_who_may(policy: Policy) -> None:
    assert tuple(policy.allows(caller, 7) for caller in CALLERS) == TRUTH[policy]


@pytest.mark.parametrize("policy", TRUTH, ids=lambda policy: policy.name)
def test_why_not(policy: Policy) -> None:
    for caller, allowed in zip(CALLERS, TRUTH[policy], strict=True):
        if allowed:
            policy.check(caller, 7)
        else:
            refusal = PasswordChangeRequired if caller is CONFINED else Unauthenticated
            with pytest.raises(Forbidden if caller.is_signed_in else refusal):
                policy.check(caller, 7)


@pytest.mark.parametrize(
    "policy", [policies.owner, policies.owner_or_administrator, policies.account_scope], ids=lambda policy: policy.name
)
def test_what_belongs_to_nobody_is_not_an_anonymous_callers(policy: Policy) -> None:
    assert policy.needs_owner
    assert not policy.allows(ANONYMOUS, None)
    assert not policy.allows(OTHER, None)


@pytest.mark.parametrize("caller", CALLERS)
def test_a_disclosed_account_is_for_whoever_is_signed_in(caller: Principal) -> None:
    disclosed = replace(caller, disclosures=frozenset({Disclosure.STUDENT_ACCOUNTS}))
    other = replace(caller, disclosures=frozenset({Disclosure.EVERYBODYS_CLOCK_INS}))

    assert policies.account_scope.allows(disclosed, 12) == caller.is_signed_in
    assert policies.account_scope.allows(other, 12) == caller.is_administrator
    assert policies.owner_or_administrator.allows(disclosed, 12) == caller.is_administrator


@pytest.mark.parametrize("caller", CALLERS)
def test_teachers_are_let_in_to_what_is_of_their_class(caller: Principal) -> None:
    for policy in TRUTH:
        may = policy.allows(caller, 12) or (caller is TEACHER and policy.admits_teachers)
        if may:
            policy.check(caller, 7 if caller is OWNER else 12, teaches=True)
        else:
            with pytest.raises((Forbidden, Unauthenticated)):
                policy.check(caller, 12, teaches=True)
    assert [policy.name for policy in TRUTH if policy.admits_teachers] == ["student_scope", "account_scope"]


def test_every_policy_is_in_the_table() -> None:
    declared = {value for value in vars(policies).values() if isinstance(value, Policy)}

    assert declared == set(TRUTH)
    assert len({policy.name for policy in declared}) == len(declared)


@pytest.mark.parametrize("fault", TokenFault)
def test_an_anonymous_caller_is_told_why_they_are_one(fault: TokenFault) -> None:
    is_confined = fault is TokenFault.PASSWORD_CHANGE_REQUIRED
    with pytest.raises(PasswordChangeRequired if is_confined else Unauthenticated) as refused:
        policies.signed_in.check(Principal(fault=fault))

    assert str(refused.value) == str(TOKEN_FAULT_MESSAGES[fault])
