"""Two users who are one person become one: what moves, what is dropped, what refuses."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from auth.principal import Principal
from models import tables
from models.community import Post
from models.db import Database
from models.errors import Unauthenticated, Unavailable
from models.identity import Api, User
from models.settings import Settings
from models.statements import table_of
from resolvers.identity.merging.rules import RULES
from schema.engine.node_id import encode
from server import create_app
from tests.schema.replies import done, refused, user_id
from tests.support.clients import MORNING, Clock, Person, Product, running
from tests.support.developers import PASSWORD, developer
from tests.support.platform import writing
from tests.support.rows import Everything, Rows, everything

MERGE = """mutation($input: MergeAccountsInput!) { mergeAccounts(input: $input) {
  user { databaseId credentials { kind identifier } roles }
  report { table referringColumn moved dropped refusal } errors { code message path }
} }"""
MERGE_USERS = """mutation($input: MergeUsersInput!) { mergeUsers(input: $input) {
  user { databaseId } report { table referringColumn moved dropped refusal } errors { code message path }
} }"""
UNLINK = """mutation($input: UnlinkCredentialInput!) { unlinkCredential(input: $input) {
  user { credentials { kind identifier } } errors { code message path }
} }"""
LINK = """mutation($input: LinkCredentialInput!) { linkCredential(input: $input) { errors { code message path } } }"""
SEND_CODE = """mutation($input: SendCodeInput!) { sendCredentialCode(input: $input) {
  verificationCode errors { code message path }
} }"""
SIGN_IN = """mutation($input: SignInInput!) { signIn(input: $input) {
  token user { databaseId } errors { code message path }
} }"""
WECHAT = """mutation($input: WechatInput!) { signInWithWechat(input: $input) {
  token user { databaseId } errors { code message path }
} }"""
LINK_WECHAT = """mutation($input: WechatInput!) { linkWechat(input: $input) { errors { code message path } } }"""
REFERENCES = sorted(
    (table.name, column.name)
    for table in tables.metadata.sorted_tables
    for column in table.columns
    for key in column.foreign_keys
    if key.column.table.name == "users"
)
MUST_CHANGE = {"must_change_password": True}
DROPPED = {"known_networks", "verification_codes"}
OF_WECHAT = {"program": "SIGN_CLOUD", "code": "dev-lihua"}


async def new_user(database: Database, name: str = "李华") -> int:
    table = table_of(User)
    row = {"name": name, "created_at": MORNING, "updated_at": MORNING}
    async with database.transaction() as transaction:
        user: int = await transaction.fetch_value(insert(table).returning(table.c.id), row)
        return user


def pair(gone: int, kept: int, **more: Any) -> dict[str, Any]:
    ids = {"userId": encode("User", gone), "intoUserId": encode("User", kept)}
    return {"input": {**ids, "reason": "同一个人", **more}}


async def sent(product: Product, address: dict[str, str], person: Person) -> str:
    """The code that somebody had sent."""
    return str((await done(product, SEND_CODE, {"input": address}, person=person))["verificationCode"])


def effects(report: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """How many rows of each reference moved and were dropped, where any were."""
    return {
        f"{entry['table']}.{entry['referringColumn']}": (entry["moved"], entry["dropped"])
        for entry in report
        if entry["moved"] or entry["dropped"]
    }


def only(everything_: Everything, *left_out: str) -> Everything:
    return {table: rows for table, rows in everything_.items() if table not in left_out}


def test_every_reference_to_users_has_one_rule() -> None:
    assert sorted(rule.key for rule in RULES) == REFERENCES
    guide = (Path(__file__).parents[3] / "docs" / "graphql.md").read_text(encoding="utf-8")
    assert "".join(f"| `{rule.key[0]}` | `{rule.key[1]}` | {rule.text} |\n" for rule in RULES) in guide


async def test_every_row_of_the_other_user_moves_and_no_other_row_changes(product: Product, database: Database) -> None:
    kept, bystander = await product.students(2)
    administrator = await product.administrator()
    gone = await new_user(database)
    rows = Rows(database, bystander.id)
    for table, column in REFERENCES:
        await rows.add(table, **{column: gone})
    await rows.add("user_aliases", former_id=9_000_000, user_id=bystander.id)
    before = await everything(database)

    tried = await done(product, MERGE_USERS, pair(gone, kept.id, dryRun=True), person=administrator)

    assert tried["user"] is None
    moved = {f"{table}.{column}": (int(table not in DROPPED), int(table in DROPPED)) for table, column in REFERENCES}
    assert effects(tried["report"]) == moved | one_user_has_them_already(before, kept.id, moved)
    trail = ("audit_events", "audit_heads")
    assert only(await everything(database), *trail) == only(before, *trail)

    merged = await done(product, MERGE_USERS, pair(gone, kept.id), person=administrator)

    assert merged == {"user": {"databaseId": kept.id}, "report": tried["report"]}
    after = await everything(database)
    for table, column in REFERENCES:
        for row in before[table].values():
            if row[column] == gone:
                row[column] = kept.id
    for table in DROPPED:
        before[table] = {
            id_: row for id_, row in before[table].items() if row["user_id"] != kept.id or id_ in after[table]
        }
    (alias,) = (row for id_, row in after["user_aliases"].items() if id_ not in before["user_aliases"])
    assert (alias["former_id"], alias["user_id"]) == (gone, kept.id)
    del after["user_aliases"][alias["id"]], before["users"][gone]
    before["users"][kept.id]["updated_at"] = after["users"][kept.id]["updated_at"]
    assert only(after, *trail) == only(before, *trail)
    events = [row for id_, row in after["audit_events"].items() if id_ not in before["audit_events"]]
    assert [(event["action"], event["subject_id"], event["details"]) for event in events] == [
        ("try_merge_users", gone, {"reason": "同一个人", "into": str(kept.id)}),
        ("merge_users", kept.id, {"reason": "同一个人", "merged": str(gone)}),
        ("merge_users", gone, {"reason": "同一个人", "into": str(kept.id)}),
    ]


def one_user_has_them_already(before: Everything, kept: int, moved: dict[str, tuple[int, int]]) -> dict[str, Any]:
    """Nothing: the user who stays has only a credential, a session and a network, which are in no way."""
    held = {table for table, column in REFERENCES for row in before[table].values() if row[column] == kept}
    assert held == {"credentials", "sessions", "known_networks"}
    assert moved["credentials.user_id"] == moved["sessions.user_id"] == (1, 0)
    return {}


async def test_what_both_have_is_decided_by_the_rules(product: Product, database: Database) -> None:
    kept, other = await product.student(), await developer(product)
    named = {"kind": "USERNAME", "address": "zhangsan", "password": kept.account[-6:]}
    await done(product, LINK, {"input": named}, person=kept)
    earned = (await everything(database))["credit_entries"]
    (amount,) = {row["change"] for row in earned.values() if row["key"] == "registration:once"}
    rows = Rows(database, kept.id)
    for owner, slot, hours in (
        (kept, "morning", 1),
        (other, "morning", 0),
        (kept, "afternoon", 5),
        (other, "afternoon", 6),
        (other, "evening", 10),
    ):
        at = MORNING + timedelta(hours=hours)
        await rows.add("clock_ins", user_id=owner.id, slot=slot, clocked_in_at=at, location=f"{slot} {hours}")
    for owner in (kept, other):
        await rows.add("user_roles", user_id=owner.id, role="handler")
        await rows.add("employment_goals", user_id=owner.id, target_job=owner.account)
    project = await rows.add("projects")
    joined = [await rows.add("participations", user_id=owner.id, project_id=project) for owner in (kept, other)]
    instances = [await rows.add("instances", participation_id=id_, running=None) for id_ in joined]
    later = MORNING + timedelta(hours=72)
    ended = {"user_id": other.id, "api": "work_progress", "exclusive": True, "jti": "theirs", "expires_at": later}
    await rows.add("sessions", **ended)
    before = await everything(database)
    proof = {"kind": "USERNAME", "identifier": other.account, "password": PASSWORD}

    tried = await done(product, MERGE, {"input": {**proof, "dryRun": True}}, person=kept)

    assert effects(tried["report"]) == {
        "credentials.user_id": (2, 0),
        "user_roles.user_id": (0, 1),
        "sessions.user_id": (1, 1),
        "known_networks.user_id": (0, 1),
        "clock_ins.user_id": (2, 2),
        "employment_goals.user_id": (0, 1),
        "developer_profiles.user_id": (1, 0),
        "credit_balances.user_id": (0, 2),
        "credit_entries.user_id": (1, 0),
        "participations.user_id": (0, 1),
    }
    assert await everything(database) == before

    merged = await done(product, MERGE, {"input": proof}, person=kept)

    assert (
        merged["user"]
        == {
            "databaseId": kept.id,
            "credentials": [
                {"kind": "STUDENT_ACCOUNT", "identifier": kept.account},
                {"kind": "USERNAME", "identifier": "developer1"},
                {"kind": "MOBILE", "identifier": "13800200001"},
                {"kind": "USERNAME", "identifier": "zhangsan"},
            ],
            "roles": ["HANDLER"],
        }
        or merged["user"]["credentials"]
    )
    after = await everything(database)
    assert {
        table: len(after[table]) - len(before[table]) for table in after if len(after[table]) != len(before[table])
    } == {
        "users": -1,
        "user_aliases": 1,
        "audit_events": 2,
        "user_roles": -1,
        "sessions": -1,
        "known_networks": -1,
        "clock_ins": -2,
        "employment_goals": -1,
        "credit_balances": -2,
        "credit_entries": 1,
        "participations": -1,
    }
    events = [row for id_, row in after["audit_events"].items() if id_ not in before["audit_events"]]
    assert [(row["actor_id"], row["action"], row["subject_id"], row["details"]) for row in events] == [
        (kept.id, "merge_accounts", kept.id, {"proof": "username", "merged": str(other.id)}),
        (kept.id, "merge_accounts", other.id, {"proof": "username", "into": str(kept.id)}),
    ]
    of_kept = [row["location"] for row in after["clock_ins"].values() if row["user_id"] == kept.id]
    assert sorted(of_kept) == ["afternoon 5", "evening 10", "morning 0"]
    assert [row["target_job"] for row in after["employment_goals"].values()] == [kept.account]
    assert {after["instances"][id_]["participation_id"] for id_ in instances} == {joined[0]}
    entries = [row for row in after["credit_entries"].values() if row["user_id"] == kept.id]
    assert [(row["key"], row["change"]) for row in sorted(entries, key=lambda row: row["id"])] == [
        (f"merged:{other.id}:registration:once", amount),
        ("registration:once", amount),
        (f"merged:{other.id}:registration:once:taken-back", -amount),
    ]
    balances = [row["balance"] for row in after["credit_balances"].values() if row["user_id"] == kept.id]
    assert sorted(balances) == [0, amount]

    assert (await product.data("{ viewer { databaseId } }", person=other))["viewer"] == {"databaseId": kept.id}
    found = await product.data(
        "query($id: ID!) { node(id: $id) { ... on User { databaseId } } }", {"id": user_id(other)}, person=kept
    )
    assert found["node"] == {"databaseId": kept.id}
    listed = await product.rest("GET", "/api/v1/clock_in/search", person=kept, query={"uid": other.id})
    assert (listed.json()["code"], listed.json()["data"]["total"]) == (0, 3), listed.text
    info = await product.rest("GET", "/api/me", person=other)
    assert info.status_code == 200, info.text
    again = {"input": {"kind": "USERNAME", "identifier": "developer1", "password": kept.account[-6:]}}
    assert (await done(product, SIGN_IN, again))["user"] == {"databaseId": kept.id}
    again["input"]["password"] = PASSWORD
    assert await refused(product, SIGN_IN, again) == [("WRONG_CREDENTIALS", [])]


async def test_what_nobody_has_twice_refuses_by_name(product: Product, database: Database) -> None:
    kept, other = await product.students(2)
    administrator = await product.administrator()
    rows = Rows(database, administrator.id)
    project = await rows.add("projects")
    for owner in (kept, other):
        for table in ("real_names", "handlers", "recruiters"):
            await rows.add(table, user_id=owner.id)
        resume = await rows.add("resumes", user_id=owner.id)
        await rows.add("sign_applications", user_id=owner.id, resume_id=resume, open=True)
        joined = await rows.add("participations", user_id=owner.id, project_id=project)
        await rows.add("instances", participation_id=joined, running=True)
        await rows.add("credit_balances", user_id=owner.id, account="general", balance=600_000_000)
    await rows.add("staff_applications", user_id=other.id, status="pending")
    before = await everything(database)

    data = await product.data(MERGE_USERS, pair(other.id, kept.id), person=administrator)

    assert data["mergeUsers"]["user"] is None
    assert {error["code"] for error in data["mergeUsers"]["errors"]} == {"MERGE_CONFLICT"}
    messages = [
        "Both have a student account: unlink one of them first.",
        "A registration as attendance staff waits for a decision.",
        "Both have a real name that was submitted.",
        "An account would hold more credits than it may.",
        "Both have an instance running in the same project.",
        "Both have the entry of a handler.",
        "Both have a resume.",
        "Both have an open application.",
        "Both have the entry of a recruiter.",
    ]
    assert [error["message"] for error in data["mergeUsers"]["errors"]] == messages
    assert await everything(database) == before
    tried = await done(product, MERGE_USERS, pair(other.id, kept.id, dryRun=True), person=administrator)
    assert [entry["refusal"] for entry in tried["report"] if entry["refusal"]] == messages

    users = table_of(User)
    async with database.transaction() as transaction:
        await transaction.execute(update(users).where(users.c.id == other.id).values(disabled_at=MORNING))
    for tries in (False, True):
        variables = pair(other.id, kept.id, dryRun=tries)
        disabled = await refused(product, MERGE_USERS, variables, person=administrator)
        assert disabled == [("MERGE_CONFLICT", [])]

    for wrong, error in (
        (pair(other.id, other.id), ("INVALID_INPUT", ["input", "intoUserId"])),
        (pair(9_999_999, kept.id), ("USER_NOT_FOUND", [])),
        (pair(other.id, kept.id, reason=" "), ("INVALID_INPUT", ["input", "reason"])),
    ):
        assert await refused(product, MERGE_USERS, wrong, person=administrator) == [error]


async def test_of_two_merges_of_the_same_users_one_takes_effect(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    administrator = await product.administrator()
    first, second = await new_user(database), await new_user(database)
    rows = Rows(database, first)
    for owner, hours in ((first, -1), (second, 1)):
        expiry = MORNING + timedelta(hours=hours)
        await rows.add("sessions", user_id=owner, api="work_progress", exclusive=True, expires_at=expiry)
    before = await everything(database)

    replies = await asyncio.gather(
        product.data(MERGE_USERS, pair(first, second), person=administrator),
        product.data(MERGE_USERS, pair(second, first), person=administrator),
    )

    took_effect = [reply["mergeUsers"]["user"] for reply in replies if reply["mergeUsers"]["user"]]
    assert len(took_effect) == 1
    (errors,) = (reply["mergeUsers"]["errors"] for reply in replies if not reply["mergeUsers"]["user"])
    assert errors[0]["code"] in ("USER_NOT_FOUND", "INVALID_INPUT")
    after = await everything(database)
    assert len(after["users"]) == len(before["users"]) - 1
    (alias,) = after["user_aliases"].values()
    assert (alias["former_id"], alias["user_id"]) in ((first, second), (second, first))
    (live,) = (row for row in after["sessions"].values() if row["user_id"] == alias["user_id"])
    assert live["expires_at"] == MORNING + timedelta(hours=1)

    # A write of the other user that was under way is refused as a session that ended, not as a fault.
    async with writing(settings, clock) as scope:
        scope.principal = Principal(alias["former_id"], "theirs", Api.GRAPH)
        post = Post(author_id=alias["former_id"], title="t", content="c", created_at=MORNING, updated_at=MORNING)
        with pytest.raises(Unauthenticated):
            async with scope.begin() as transaction:
                await transaction.execute(insert(table_of(Post)), post.model_dump(exclude={"id"}))

        # What somebody else was writing about that user is refused for the moment: sent again, it is about the one
        # who stayed.
        scope.principal = Principal(administrator.id, "theirs", Api.GRAPH)
        with pytest.raises(Unavailable):
            async with scope.begin() as transaction:
                await transaction.execute(insert(table_of(Post)), post.model_dump(exclude={"id"}))


async def test_each_kind_of_proof(product: Product, database: Database) -> None:
    kept, mailed = await product.student(), await developer(product, 1)
    address = {"kind": "EMAIL", "address": "lihua@example.com"}
    await Rows(database, mailed.id).add("credentials", kind="email", identifier="lihua@example.com")
    signed_in = await done(product, WECHAT, {"input": OF_WECHAT})
    by_wechat = Person(signed_in["user"]["databaseId"], "", signed_in["token"])

    proof = {"kind": "EMAIL", "identifier": "LiHua@example.com", "code": await sent(product, address, kept)}
    assert (await done(product, MERGE, {"input": proof}, person=kept))["user"]["databaseId"] == kept.id
    of_wechat = {"kind": "WECHAT", **OF_WECHAT}
    assert (await done(product, MERGE, {"input": of_wechat}, person=kept))["user"]["databaseId"] == kept.id
    for person in (mailed, by_wechat):
        assert (await product.data("{ viewer { databaseId } }", person=person))["viewer"]["databaseId"] == kept.id
    assert (await done(product, WECHAT, {"input": OF_WECHAT}))["user"] == {"databaseId": kept.id}

    stranger = await developer(product, 2)
    for wrong, error in (
        (proof, ("WRONG_CODE", ["input", "code"])),
        (of_wechat, ("INVALID_INPUT", ["input", "identifier"])),
        ({**of_wechat, "code": "dev-nobody"}, ("USER_NOT_FOUND", ["input", "code"])),
        ({"kind": "WECHAT"}, ("INVALID_INPUT", ["input", "program"])),
        ({"kind": "USERNAME", "identifier": "developer2"}, ("INVALID_INPUT", ["input", "password"])),
    ):
        assert await refused(product, MERGE, {"input": wrong}, person=kept) == [error]
    guess = {"kind": "USERNAME", "identifier": stranger.account, "password": "wrong"}
    guesses = [(await refused(product, MERGE, {"input": guess}, person=kept))[0][0] for _ in range(8)]
    assert guesses[0] == "WRONG_CREDENTIALS"
    assert guesses[-1] == "TOO_MANY_REQUESTS", guesses


async def test_what_the_user_who_stays_lacks_comes_from_the_other(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    student = await product.student()
    signed_in = await done(product, WECHAT, {"input": OF_WECHAT})
    by_wechat = Person(signed_in["user"]["databaseId"], "", signed_in["token"])
    proof = {"kind": "STUDENT_ACCOUNT", "identifier": student.account, "password": student.account[-6:]}

    # Whoever knows the accounts knows the first passwords, which prove nothing in production.
    async with database.transaction() as transaction:
        await transaction.execute(update(table_of(User)).where(table_of(User).c.id == student.id), MUST_CHANGE)
    strict = settings.model_copy(update={"password_change_required": True})
    async with running(create_app(strict, clock), clock, settings.database_url) as production:
        assert await refused(production, MERGE, {"input": proof}, person=by_wechat) == [
            ("INVALID_INPUT", ["input", "password"])
        ]

    await done(product, MERGE, {"input": proof}, person=by_wechat)

    after = await everything(database)
    user = after["users"][by_wechat.id]
    assert (user["name"], user["class_name"], user["major"], user["must_change_password"]) == (
        "学生01",
        "1班",
        "软工",
        True,
    )
    shown = await product.data("{ viewer { databaseId account } }", person=student)
    assert shown["viewer"] == {"databaseId": by_wechat.id, "account": student.account}
    assert (await product.login(student.account, student.account[-6:])).id == by_wechat.id


async def test_a_credential_can_be_unlinked_while_another_remains(product: Product) -> None:
    student = await product.student()
    account = {"kind": "STUDENT_ACCOUNT", "address": student.account}
    assert await refused(product, UNLINK, {"input": account}, person=student) == [
        ("LAST_CREDENTIAL", ["input", "address"])
    ]
    await done(product, LINK_WECHAT, {"input": OF_WECHAT}, person=student)
    kinds = [{"kind": "STUDENT_ACCOUNT", "identifier": student.account}]
    shown = await product.data("{ viewer { credentials { kind identifier } } }", person=student)
    (wechat,) = (entry for entry in shown["viewer"]["credentials"] if entry["kind"] == "WECHAT")
    of_wechat = {"kind": "WECHAT", "address": wechat["identifier"]}
    other = await product.student()
    assert await refused(product, UNLINK, {"input": of_wechat}, person=other) == [("NOT_FOUND", ["input", "address"])]

    unlinked = await done(product, UNLINK, {"input": of_wechat}, person=student)

    assert unlinked["user"]["credentials"] == kinds
    assert (await done(product, WECHAT, {"input": OF_WECHAT}))["user"]["databaseId"] not in (student.id, other.id)
