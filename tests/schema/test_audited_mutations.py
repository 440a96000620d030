"""Acts of a role, and changes of credentials and roles, leave an event of the audit trail when they take effect.

`tests/matrix` checks that for every mutation that takes effect there; this, for those that take secrets.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from models.db import Database
from models.settings import Settings
from schema.engine.node_id import encode
from tests.matrix.auditing import Auditing, missing
from tests.matrix.mutations import mutation_tables
from tests.matrix.operations import do
from tests.matrix.people import user_id
from tests.support.clients import Person, Product
from tests.support.developers import PASSWORD, developer
from tests.support.outbox import Outbox
from tests.support.recruiters import mailed_link, token_in
from tests.support.signing import applied, new_employer

SECRETS = ("Stronger-77", "Stronger-78")
MOBILE, EMAIL, NEW_EMAIL, HR = "13755551111", "audited@example.com", "new@example.com", "hr{}@example.com"
WITHOUT_CREDENTIALS = {
    *("signIn", "sendPhoneCode", "createInstance"),
    *("updateResume", "deleteResume", "verifyResumePhone", "withdrawSentResume", "joinCompany"),
}
"""What nobody does in the matrix, and changes no credential and no role."""
Act = tuple[str, int | None]
"""A mutation that took effect just now, and the actor of its event."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """One address asks for more codes than a client may."""
    return settings.model_copy(update={"codes_per_client": 10_000})


async def coded(product: Product, person: Person | None, name: str, **values: Any) -> str:
    """Have a code sent, which development tells."""
    code: str = (await do(product, person, name, **values))["verificationCode"]
    return code


async def passwords_and_addresses(product: Product, outbox: Outbox) -> AsyncIterator[Act]:
    code = await coded(product, None, "sendRegistrationCode", mobile=MOBILE)
    await do(product, None, "registerDeveloper", username="audited", mobile=MOBILE, password=PASSWORD, code=code)
    yield "registerDeveloper", None
    where = {"kind": "MOBILE", "address": MOBILE}
    outbox.take()
    await do(product, None, "sendPasswordResetCode", **where)
    await do(product, None, "resetPassword", **where, code=outbox.code(MOBILE), newPassword=SECRETS[0])
    yield "resetPassword", None
    signed_in = await do(product, None, "signIn", kind="USERNAME", identifier="audited", password=SECRETS[0])
    viewer = (await product.data("{ viewer { databaseId } }", person=Person(0, "", signed_in["token"])))["viewer"]
    person = Person(viewer["databaseId"], "audited", signed_in["token"])
    await do(product, person, "changePassword", oldPassword=SECRETS[0], newPassword=SECRETS[1])
    yield "changePassword", person.id
    code = await coded(product, person, "sendContactCode", purpose="BIND_EMAIL", address=EMAIL)
    await do(product, person, "bindEmail", email=EMAIL, code=code)
    yield "bindEmail", person.id
    old = await coded(product, person, "sendContactCode", purpose="CHANGE_MOBILE_BY_EMAIL")
    new = await coded(product, person, "sendContactCode", purpose="NEW_MOBILE", address="13755552222")
    codes = {"oldEmailCode": old, "newMobile": "13755552222", "newCode": new}
    await do(product, person, "changeMobile", proof="EMAIL", **codes)
    yield "changeMobile", person.id
    code = await coded(product, person, "sendContactCode", purpose="CHANGE_EMAIL")
    outbox.take()
    await do(product, person, "changeEmail", oldEmail=EMAIL, code=code, newEmail=NEW_EMAIL)
    yield "changeEmail", person.id
    await do(product, None, "confirmEmail", token=token_in(outbox.text(NEW_EMAIL)).split()[0])
    yield "confirmEmail", None


async def links_and_merges(product: Product) -> AsyncIterator[Act]:
    student, other = await product.students(2)
    administrator, where = await product.administrator(), {"kind": "EMAIL", "address": "student@example.com"}
    code = await coded(product, student, "sendCredentialCode", **where)
    await do(product, student, "linkCredential", **where, code=code)
    yield "linkCredential", student.id
    await do(product, student, "linkWechat", program="SIGN_CLOUD", code="dev-audited")
    yield "linkWechat", student.id
    theirs = await developer(product, 1)
    proof = {"kind": "USERNAME", "identifier": theirs.account, "password": PASSWORD}
    await do(product, student, "mergeAccounts", **proof)
    yield "mergeAccounts", student.id
    await do(product, student, "becomeRecruiter", companyName="另一家公司", phone="023-60001234")
    yield "becomeRecruiter", student.id
    third = await developer(product, 2)
    both = {"userId": user_id(third), "intoUserId": user_id(other)}
    await do(product, administrator, "mergeUsers", **both, reason="同一个人")
    yield "mergeUsers", administrator.id


async def leavings(product: Product) -> AsyncIterator[Act]:
    student, other = await product.students(2)
    administrator, where = await product.administrator(), {"kind": "EMAIL", "address": "leaving@example.com"}
    await do(product, administrator, "updateUser", userId=user_id(student), email=where["address"])
    proof = {"kind": "STUDENT_ACCOUNT", "identifier": student.account, "password": student.account[-6:]}
    await do(product, student, "exportMyData", proof=proof)
    yield "exportMyData", student.id
    code = await coded(product, student, "sendCredentialCode", **where)
    await do(product, student, "deleteMyAccount", proof={"kind": "EMAIL", "identifier": where["address"], "code": code})
    yield "deleteMyAccount", student.id
    await do(product, administrator, "deleteUser", userId=user_id(other), reason="不再就读")
    yield "deleteUser", administrator.id


async def offices(product: Product, outbox: Outbox) -> AsyncIterator[Act]:
    administrator = await product.administrator()
    for number in range(2):
        address = HR.format(number)
        outbox.take()
        registration = {"email": address, "password": "abc123", "companyName": "同一家公司", "phone": "023-60001234"}
        await do(product, None, "registerRecruiter", **registration)
        activated = await do(product, None, "activateRecruiter", token=token_in(mailed_link(outbox, address)))
        recruiter = (
            f'{{ node(id: "{activated["recruiter"]["id"]}") {{ ... on Recruiter {{ user {{ databaseId }} }} }} }}'
        )
        owner = (await product.data(recruiter, person=administrator))["node"]["user"]["databaseId"]
        yield "activateRecruiter", owner
    await do(product, administrator, "approveCompanyMembership", recruiterId=activated["recruiter"]["id"])
    yield "approveCompanyMembership", administrator.id
    employer = await new_employer(product)
    for name, values in (("approveSignApplication", employer.offer), ("rejectSignApplication", {"reason": "不清楚"})):
        application = await applied(product, await product.student(), employer)
        await do(product, employer.person, name, applicationId=application["id"], **values)
        yield name, employer.person.id


async def test_what_takes_a_secret_leaves_an_event(product: Product, database: Database, settings: Settings) -> None:
    outbox, auditing = Outbox(settings.data_dir), Auditing(database)
    done, faults = set(), []
    await auditing.begin()
    for acts in (
        passwords_and_addresses(product, outbox),
        links_and_merges(product),
        leavings(product),
        offices(product, outbox),
    ):
        async for name, actor in acts:
            done.add(name)
            events = [event for event in await auditing.added() if event.actor_id == actor]
            if fault := missing(name, events, actor=actor, in_office=True):
                faults.append(f"{name} {fault}")
            assert not [secret for secret in SECRETS if secret in str(events)], name
            await auditing.begin()

    assert faults == []
    not_in_the_matrix = {table.name for table in mutation_tables().values() if table.refused_to_all}
    assert not_in_the_matrix - done == WITHOUT_CREDENTIALS


async def test_an_act_that_changes_nothing_is_recorded_too(product: Product, database: Database) -> None:
    administrator = await product.administrator()
    given = {"userId": encode("User", administrator.id), "role": "ADMINISTRATOR"}
    query = "mutation($input: RoleInput!) { grantRole(input: $input) { errors { code } } }"
    await product.data(query, {"input": given}, person=administrator)
    await product.data("{ userExport { name } }", person=administrator)

    rows = await database.fetch(text("SELECT * FROM audit_events ORDER BY id DESC LIMIT 2"))
    assert [(row.action, row.subject_type, row.actor_id, row.client, len(row.request_id)) for row in rows] == [
        ("export_users", "Export", administrator.id, "127.0.0.1", 16),
        ("grant_role", "Nothing", administrator.id, "127.0.0.1", 16),
    ]


async def test_failed_sign_ins_are_recorded_once_they_are_many(product: Product, database: Database) -> None:
    student = await product.student()
    for _ in range(14):
        await product.rest("POST", "/api/v1/user/login", {"account": student.account, "password": "wrong"})

    rows = await database.fetch(text("SELECT * FROM audit_events WHERE action = 'sign_in_failures'"))
    assert [(row.subject_id, row.client) for row in rows] == [(student.id, "127.0.0.1")]
