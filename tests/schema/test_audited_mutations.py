"""Every mutation for administrators and handlers leaves an event of the audit trail when it takes effect."""

from typing import Any

from sqlalchemy import text

from models.db import Database
from schema.engine.node_id import encode
from tests.support.clients import Product

PASSWORD = "a new one of theirs"


def acts(student: int) -> dict[str, tuple[dict[str, Any], str]]:
    """Inputs that are accepted, and what the event is called."""
    user = {"userId": encode("User", student)}
    role = {**user, "role": "HANDLER"}
    return {
        "setExamDate": ({"date": "2026-12-20"}, "set_exam_date"),
        "saveDictionaryEntry": ({"kind": "EDUCATION", "name": "博士后"}, "save_dictionary_entry"),
        "grantRole": (role, "grant_role"),
        "revokeRole": (role, "revoke_role"),
        "importUsers": ({"users": [{"account": "2031000001", "name": "新生"}]}, "import_users"),
        "createCompany": ({"name": "审计测试公司"}, "create_company"),
        "grantExperience": ({**user, "kind": "EXPERIENCE", "amount": 1, "message": "竞赛"}, "grant_experience"),
        "changePassword": ({**user, "newPassword": PASSWORD}, "set_password"),
    }


async def test_acts_of_administrators_say_who_did_what_from_where(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()
    for name, (given, action) in acts(student.id).items():
        type_ = {"grantRole": "RoleInput", "revokeRole": "RoleInput"}.get(name, f"{name[0].upper()}{name[1:]}Input")
        query = f"mutation($input: {type_}!) {{ {name}(input: $input) {{ errors {{ code message path }} }} }}"
        reply = await product.data(query, {"input": given}, person=administrator)
        assert reply[name]["errors"] == [], name
        row = await database.fetch_one(text("SELECT * FROM audit_events ORDER BY id DESC LIMIT 1"))
        assert row is not None
        assert (row.action, row.actor_id, row.client) == (action, administrator.id, "127.0.0.1")
        assert len(row.request_id) == 16
        assert PASSWORD not in str(row)


async def test_an_act_that_changes_nothing_is_recorded_too(product: Product, database: Database) -> None:
    administrator = await product.administrator()
    given = {"userId": encode("User", administrator.id), "role": "ADMINISTRATOR"}
    query = "mutation($input: RoleInput!) { grantRole(input: $input) { errors { code } } }"
    await product.data(query, {"input": given}, person=administrator)

    row = await database.fetch_one(text("SELECT * FROM audit_events ORDER BY id DESC LIMIT 1"))
    assert row is not None
    assert (row.action, row.subject_type, row.actor_id) == ("grant_role", "Nothing", administrator.id)


async def test_failed_sign_ins_are_recorded_once_they_are_many(product: Product, database: Database) -> None:
    student = await product.student()
    for _ in range(14):
        await product.rest("POST", "/api/v1/user/login", {"account": student.account, "password": "wrong"})

    rows = await database.fetch(text("SELECT * FROM audit_events WHERE action = 'sign_in_failures'"))
    assert [(row.subject_id, row.client) for row in rows] == [(student.id, "127.0.0.1")]
