"""Credits in the graph: the ledger, its balances, and what earns credits."""

import asyncio
from typing import Any

import pytest

from models.db import Database
from models.platform.credits import CreditAccount, CreditRule
from models.settings import Settings
from resolvers.platform import credits
from schema.engine.node_id import encode
from tests.support.certification import APPROVE, submitted_award, submitted_real_name
from tests.support.clients import Clock, Person, Product
from tests.support.platform import audited, done, writing

CREDITS = """{ viewer { developer { credits {
  balance generalBalance dedicatedBalance gpuMinutes
  entries(first: 100) { totalCount nodes { account change balanceAfter message rule } }
} } } }"""
GRANT = """mutation($input: AdjustCreditsInput!) { grantCredits(input: $input) {
  user { developer { credits { balance } } } errors { code message path }
} }"""
WITHDRAW = GRANT.replace("grantCredits", "withdrawCredits")
SET_RULE = """mutation($input: SetCreditRuleInput!) { setCreditRule(input: $input) {
  terms { rule account amount message } errors { code path }
} }"""
RULES = "{ creditRules { rule account amount message } }"


def change(person: Person, amount: int, key: str, **more: Any) -> dict[str, Any]:
    return {"input": {"userId": encode("User", person.id), "amount": amount, "message": "奖励", "key": key, **more}}


async def credits_of(product: Product, person: Person) -> dict[str, Any]:
    data = await product.data(CREDITS, person=person)
    found: dict[str, Any] = data["viewer"]["developer"]["credits"]
    return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_whoever_never_earned_anything_has_nothing(product: Product) -> None:
    assert await credits_of(product, await product.student()) == {
        "balance": 0,
        "generalBalance": 0,
        "dedicatedBalance": 0,
        "gpuMinutes": 0,
        "entries": {"totalCount": 0, "nodes": []},
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_grants_and_withdrawals_are_entries_and_change_the_balance(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()

    await product.data(GRANT, change(student, 100, "a"), person=administrator)
    await product.data(GRANT, change(student, 30, "b", account="DEDICATED"), person=administrator)
    taken = await product.data(WITHDRAW, change(student, 40, "c", message="更正"), person=administrator)

    assert taken["withdrawCredits"] == {"user": {"developer": {"credits": {"balance": 90}}}, "errors": []}
    assert await credits_of(product, student) == {
        "balance": 90,
        "generalBalance": 60,
        "dedicatedBalance": 30,
        "gpuMinutes": 90,
        "entries": {
            "totalCount": 3,
            "nodes": [
                {"account": "GENERAL", "change": -40, "balanceAfter": 60, "message": "更正", "rule": None},
                {"account": "DEDICATED", "change": 30, "balanceAfter": 30, "message": "奖励", "rule": None},
                {"account": "GENERAL", "change": 100, "balanceAfter": 100, "message": "奖励", "rule": None},
            ],
        },
    }
    assert await audited(database, "User") == [
        ("grant_credits", administrator.id, {"account": "general", "change": "100", "message": "奖励"}),
        ("grant_credits", administrator.id, {"account": "dedicated", "change": "30", "message": "奖励"}),
        ("withdraw_credits", administrator.id, {"account": "general", "change": "-40", "message": "更正"}),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_key_counts_once(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()

    replies = [await product.data(GRANT, change(student, 10, "again"), person=administrator) for _ in range(3)]
    other = await product.data(GRANT, change(student, 11, "again"), person=administrator)

    assert [reply["grantCredits"]["errors"] for reply in replies] == [[], [], []]
    assert other["grantCredits"] == {
        "user": None,
        "errors": [
            {"code": "INVALID_INPUT", "message": "The key was used for another change.", "path": ["input", "key"]}
        ],
    }
    assert (await credits_of(product, student))["balance"] == 10
    assert len(await audited(database, "User")) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_repeated_withdrawal_succeeds_though_the_credits_are_gone(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()
    await product.data(GRANT, change(student, 10, "a"), person=administrator)

    first = await product.data(WITHDRAW, change(student, 10, "b"), person=administrator)
    second = await product.data(WITHDRAW, change(student, 10, "b"), person=administrator)

    assert first == second == {"withdrawCredits": {"user": {"developer": {"credits": {"balance": 0}}}, "errors": []}}


BAD_GRANTS: tuple[tuple[dict[str, Any], str, list[str]], ...] = (
    ({"amount": 0}, "INVALID_INPUT", ["input", "amount"]),
    ({"amount": -5}, "INVALID_INPUT", ["input", "amount"]),
    ({"amount": 1_000_001}, "INVALID_INPUT", ["input", "amount"]),
    ({"message": " "}, "INVALID_INPUT", ["input", "message"]),
    ({"message": "长" * 256}, "INVALID_INPUT", ["input", "message"]),
    ({"key": ""}, "INVALID_INPUT", ["input", "key"]),
    ({"key": "k" * 65}, "INVALID_INPUT", ["input", "key"]),
    ({"userId": "VXNlcjo5OTk5"}, "USER_NOT_FOUND", []),
    ({"userId": "UG9zdDox"}, "INVALID_INPUT", ["input", "userId"]),
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_grant_that_cannot_be(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()
    for more, code, path in BAD_GRANTS:
        reply = await product.data(GRANT, change(student, **{"amount": 5, "key": "k", **more}), person=administrator)

        (found,) = reply["grantCredits"]["errors"]
        assert (found["code"], found["path"]) == (code, path)
    found = await credits_of(product, student)
    assert (found["balance"], found["entries"]["totalCount"]) == (0, 0)
    assert await audited(database, "User") == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_only_administrators_change_balances(product: Product) -> None:
    student = await product.student()
    for mutation in (GRANT, WITHDRAW):
        reply = await product.graphql(mutation, change(student, 5, "k"), person=student)
        anonymous = await product.graphql(mutation, change(student, 5, "k"))

        assert reply["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert anonymous["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await credits_of(product, student))["entries"]["totalCount"] == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_somebody_elses_credits_are_not_shown(product: Product) -> None:
    owner, other = await product.students(2)
    query = """query($id: ID!) { node(id: $id) { ... on User { name developer { credits { balance } } } } }"""

    reply = await product.graphql(query, {"id": encode("User", owner.id)}, person=other)

    assert reply["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert reply["data"]["node"]["developer"] is None


async def test_forty_parallel_withdrawals_never_take_more_than_there_is(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()
    await product.data(GRANT, change(student, 25, "start"), person=administrator)

    replies = await asyncio.gather(
        *(product.data(WITHDRAW, change(student, 1, f"spend {n}"), person=administrator) for n in range(40))
    )

    refused = [error["code"] for reply in replies for error in reply["withdrawCredits"]["errors"]]
    assert refused == ["INSUFFICIENT_CREDITS"] * 15
    found = await credits_of(product, student)
    assert found["balance"] == 0
    assert found["entries"]["totalCount"] == 26
    assert [entry["balanceAfter"] for entry in found["entries"]["nodes"]] == list(range(26))
    assert len(await audited(database, "User")) == 26


async def test_forty_parallel_repetitions_of_a_grant_are_one(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()

    replies = await asyncio.gather(
        *(product.data(GRANT, change(student, 7, "once"), person=administrator) for _ in range(40))
    )

    assert [reply["grantCredits"]["errors"] for reply in replies] == [[]] * 40
    found = await credits_of(product, student)
    assert (found["balance"], found["entries"]["totalCount"]) == (7, 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_an_account_has_a_limit(product: Product, settings: Settings) -> None:
    student, administrator = await product.student(), await product.administrator()
    change_to_limit = credits.Change(student.id, CreditAccount.GENERAL, credits.MAX_BALANCE - 5, "测试", "limit")
    async with writing(settings, product.clock) as scope:
        await credits.apply(scope, [change_to_limit])

    refused = await product.data(GRANT, change(student, 6, "a"), person=administrator)
    accepted = await product.data(GRANT, change(student, 5, "b"), person=administrator)

    assert refused["grantCredits"]["errors"][0]["code"] == "LIMIT_REACHED"
    assert accepted["grantCredits"]["errors"] == []
    assert (await credits_of(product, student))["balance"] == 1_000_000_000


async def earned(settings: Settings, clock: Clock, person: Person, *keys: str) -> None:
    async with writing(settings, clock) as scope:
        for key in keys:
            await credits.earn(scope, user_id=person.id, rule=CreditRule.REGISTRATION, key=key)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_rule_gives_what_it_says_once_for_each_key(product: Product, settings: Settings) -> None:
    student = await product.student()

    await earned(settings, product.clock, student, "once", "once")
    await earned(settings, product.clock, student, "once")

    assert (await credits_of(product, student))["entries"] == {
        "totalCount": 1,
        "nodes": [
            {
                "account": "GENERAL",
                "change": 100,
                "balanceAfter": 100,
                "message": "完成注册获取积分",
                "rule": "REGISTRATION",
            }
        ],
    }


async def test_forty_parallel_registrations_earn_once(product: Product, settings: Settings) -> None:
    student = await product.student()

    await asyncio.gather(*(earned(settings, product.clock, student, "once") for _ in range(40)))

    assert (await credits_of(product, student))["balance"] == 100


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_the_first_approval_of_a_real_name_earns_once(product: Product) -> None:
    person, administrator = await product.student(), await product.administrator()
    for revision in (1, 2):
        claim = (await submitted_real_name(product, person))["certification"]
        assert claim["revision"] == revision
        await done(product, APPROVE, administrator, certificationId=claim["id"], revision=revision)

    found = await credits_of(product, person)
    assert (found["balance"], found["entries"]["totalCount"]) == (50, 1)
    assert found["entries"]["nodes"][0]["rule"] == "REAL_NAME"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_an_award_earns_nothing(product: Product) -> None:
    person, administrator = await product.student(), await product.administrator()
    claim = (await submitted_award(product, person))["certification"]

    await done(product, APPROVE, administrator, certificationId=claim["id"], revision=1)

    assert (await credits_of(product, person))["entries"]["totalCount"] == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_administrators_change_what_a_rule_gives(
    product: Product, settings: Settings, database: Database
) -> None:
    student, administrator = await product.student(), await product.administrator()
    terms = {"rule": "REGISTRATION", "account": "DEDICATED", "amount": 30, "message": "欢迎"}

    changed = await done(product, SET_RULE, administrator, **terms)
    await earned(settings, product.clock, student, "first")
    await done(product, SET_RULE, administrator, **{**terms, "amount": 0})
    await earned(settings, product.clock, student, "second")

    assert changed == {"terms": terms}
    found = await credits_of(product, student)
    assert (found["dedicatedBalance"], found["entries"]["totalCount"]) == (30, 1)
    assert found["entries"]["nodes"][0]["message"] == "欢迎"
    rules = (await product.data(RULES, person=student))["creditRules"]
    assert {rule["rule"]: rule["amount"] for rule in rules} == {
        "REGISTRATION": 0,
        "REAL_NAME": 50,
        "PROJECT_COMPLETED": 200,
    }
    assert [(action, actor) for action, actor, _ in await audited(database, "CreditRuleTerms")] == [
        ("set_credit_rule", administrator.id)
    ] * 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_rule_that_cannot_be(product: Product) -> None:
    administrator = await product.administrator()
    before = await product.data(RULES, person=administrator)
    bad: tuple[dict[str, Any], ...] = ({"amount": -1}, {"amount": 1_000_001}, {"message": ""})
    for values in bad:
        terms = {"rule": "REGISTRATION", "account": "GENERAL", "amount": 1, "message": "欢迎", **values}

        reply = await product.data(SET_RULE, {"input": terms}, person=administrator)

        assert reply["setCreditRule"] == {
            "terms": None,
            "errors": [{"code": "INVALID_INPUT", "path": ["input", *values]}],
        }
    assert await product.data(RULES, person=administrator) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_only_administrators_change_rules_and_signed_in_users_read_them(product: Product) -> None:
    student = await product.student()
    terms = {"rule": "REGISTRATION", "amount": 999, "message": "我要"}

    changed = await product.graphql(SET_RULE, {"input": terms}, person=student)
    anonymous = await product.graphql(RULES)

    assert changed["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert anonymous["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await product.data(RULES, person=student))["creditRules"][0]["amount"] == 100
