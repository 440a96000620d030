"""Teachers: what administrators assign, and what a teacher sees of a class."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from models.audit import AuditEvent
from models.db import Database
from models.statements import table_of
from schema.engine.node_id import encode
from tests.schema.replies import done, refused, top_level, user_id
from tests.support.clients import Person, Product
from tests.support.statements import counted

ASSIGN = """mutation($input: AssignTeacherInput!) { assignTeacher(input: $input) {
  user { databaseId roles classes { name } } errors { code message path }
} }"""
UNASSIGN = """mutation($input: UnassignTeacherInput!) { unassignTeacher(input: $input) {
  user { databaseId roles classes { name } } errors { code message path }
} }"""
REVOKE = (
    """mutation($input: RoleInput!) { revokeRole(input: $input) { user { roles classes { name } } errors { code } } }"""
)
MOVE = """mutation($name: String!) { updateProfile(input: {className: $name, major: "软工"}) {
  user { className } errors { code message path }
} }"""
CLOCK_IN = """mutation { clockIn(input: {location: "教室"}) { clockIn { id } errors { code message path } } }"""
GOAL = """mutation { setEmploymentGoal(input: {
  status: SEEKING, targetCompany: "青禾", targetJob: "后端", targetSalary: "20", targetArea: "重庆"
}) { goal { id } errors { code message path } } }"""
LOG = """mutation { createWorkLog(input: {companyName: "远山", job: "前端", salary: "", location: ""}) {
  workLog { id } errors { code message path }
} }"""
POST = """mutation { createPost(input: {title: "匿名", content: "心得", anonymous: true}) {
  post { id } errors { code message path }
} }"""
CLASSES = """{ viewer { classes { name
  students { totalCount nodes { databaseId account className major directions employmentGoal { targetCompany }
    workLogs { nodes { job } } currentClockIn { slot } clockIns { totalCount } attendanceStreak { current } } }
  workLogs { totalCount nodes { job user { databaseId } } }
  clockIns { totalCount nodes { location slot user { databaseId } } }
  absentees(day: "2026-03-02", slot: MORNING) { totalCount nodes { databaseId } }
  attendance { expected attended rate }
} } classNames }"""
CLASS = """query($name: String!) { schoolClass(name: $name) { name students { nodes { databaseId } } } }"""
NAMES = "query($search: String, $atMost: Int) { classNames(search: $search, atMost: $atMost) }"
STUDENT = "query($id: ID!) { node(id: $id) { ... on User { %s } } }"
HIDDEN = (
    "mobile",
    "email",
    "username",
    "credentials { identifier }",
    "resume { id }",
    "roles",
    "language",
    "createdAt",
)


async def test_a_class_as_its_teacher_sees_it(product: Product, database: Database) -> None:
    teacher, one, two, other = await product.students(4)
    administrator = await product.administrator()
    for person, name in ((teacher, "教研室"), (one, " 甲 １ 班"), (two, "甲1班"), (other, "乙班")):
        await done(product, MOVE, {"name": name}, person=person)
    await product.data("mutation { setLanguage(input: {language: CHINESE}) { errors { code } } }", person=one)
    made = {
        name: await done(product, mutation, person=one)
        for name, mutation in (("clockIn", CLOCK_IN), ("goal", GOAL), ("workLog", LOG), ("post", POST))
    }
    ids = [made[name][name]["id"] for name in ("clockIn", "goal", "workLog")]
    await done(product, LOG, person=other)

    # Nobody is a teacher who is not assigned a class, of which there is one.
    own = {"userId": user_id(teacher), "className": "甲 1 班"}
    assert top_level(await product.graphql(ASSIGN, {"input": own}, person=one)) == [("FORBIDDEN", ["assignTeacher"])]
    assert top_level(await product.graphql(CLASS, {"name": "甲1班"}, person=one)) == [("FORBIDDEN", ["schoolClass"])]
    for wrong, refusal in (
        ({"className": "丙班"}, ("NOT_FOUND", ["input", "className"])),
        ({"className": " "}, ("INVALID_INPUT", ["input", "className"])),
        ({"className": "班" * 65}, ("INVALID_INPUT", ["input", "className"])),
        ({"userId": encode("User", 999_999)}, ("USER_NOT_FOUND", [])),
    ):
        assert await refused(product, ASSIGN, {"input": own | wrong}, person=administrator) == [refusal]
    for _ in range(2):
        assigned = await done(product, ASSIGN, {"input": own}, person=administrator)
        assert assigned == {"user": {"databaseId": teacher.id, "roles": ["TEACHER"], "classes": [{"name": "甲1班"}]}}
    assert (await _audited(database))[-3:] == [
        ("grant_role", teacher.id, {}, {"role": "teacher"}),
        ("assign_teacher", teacher.id, {}, {"class_name": "甲1班"}),
        ("assign_teacher", 0, {}, {}),  # the second time, which changed nothing
    ]

    found = await product.data(CLASSES, person=teacher)
    names = {"account": one.account, "className": "甲1班", "major": "软工"}
    assert found["classNames"] == ["甲1班"]
    (seen,) = found["viewer"]["classes"]
    students = seen.pop("students")
    assert (students["totalCount"], [node["databaseId"] for node in students["nodes"]]) == (2, [two.id, one.id])
    assert students["nodes"][1] == {
        "databaseId": one.id,
        **names,
        "directions": ["EMPLOYMENT"],
        "employmentGoal": {"targetCompany": "青禾"},
        "workLogs": {"nodes": [{"job": "前端"}]},
        "currentClockIn": {"slot": "MORNING"},
        "clockIns": {"totalCount": 1},
        "attendanceStreak": {"current": 1},
    }
    assert seen == {
        "name": "甲1班",
        "workLogs": {"totalCount": 1, "nodes": [{"job": "前端", "user": {"databaseId": one.id}}]},
        "clockIns": {
            "totalCount": 1,
            "nodes": [{"location": "教室", "slot": "MORNING", "user": {"databaseId": one.id}}],
        },
        "absentees": {"totalCount": 1, "nodes": [{"databaseId": two.id}]},
        "attendance": {"expected": 2, "attended": 1, "rate": 0.5},
    }

    # Who is in no class makes none.
    assert (await product.data(CLASS, {"name": ""}, person=administrator))["schoolClass"] is None
    # Nothing of other classes, and of a student no more than that.
    assert (await product.data(CLASS, {"name": "乙班"}, person=teacher))["schoolClass"] is None
    for field in ("account", "workLogs { totalCount }", "employmentGoal { id }", "attendanceStreak { current }"):
        assert await _refused(product, teacher, other, field) == "FORBIDDEN"
    assert (await product.data(STUDENT % "clockIns { totalCount }", {"id": user_id(other)}, person=teacher)) == {
        "node": {"clockIns": {"totalCount": 0}}
    }
    for field in HIDDEN:
        assert await _refused(product, teacher, one, field) == "FORBIDDEN", field
    post = await product.data(
        "query($id: ID!) { node(id: $id) { ... on Post { author { id } } } }",
        {"id": made["post"]["post"]["id"]},
        person=teacher,
    )
    assert post == {"node": {"author": None}}

    # Statements do not grow with classes and their students.
    with counted() as for_one:
        await product.data(CLASSES, person=teacher)
    await done(product, ASSIGN, {"input": own | {"className": "乙班"}}, person=administrator)
    named = await product.students(3)
    administrator = await product.administrator()
    with counted() as for_two:
        both = await product.data(CLASSES, person=teacher)
    assert [each["name"] for each in both["viewer"]["classes"]] == ["乙班", "甲1班"]
    assert len(for_one) == len(for_two) == 19, "\n\n".join(for_one)
    await _check_names(product, teacher, administrator, named[:2])
    removed = await done(product, UNASSIGN, {"input": own | {"className": "乙班"}}, person=administrator)
    assert removed["user"]["roles"] == ["TEACHER"]

    # Who moves is seen by the teachers of the new class at once, and by those of the former one no more.
    await done(product, MOVE, {"name": "乙班"}, person=one)
    await done(product, MOVE, {"name": "甲1班"}, person=other)
    assert (await product.data(CLASS, {"name": "甲 １班"}, person=teacher))["schoolClass"] == {
        "name": "甲1班",
        "students": {"nodes": [{"databaseId": other.id}, {"databaseId": two.id}]},
    }
    assert await _refused(product, teacher, one, "account") == "FORBIDDEN"
    for id_, fields in zip(ids, ("location", "targetJob", "job"), strict=True):
        shown = await product.graphql(
            "query($id: ID!) { node(id: $id) { ... on ClockIn { location } ... on EmploymentGoal { targetJob }"
            " ... on WorkLog { job } } }",
            {"id": id_},
            person=teacher,
        )
        assert shown["data"] is None or shown["data"]["node"] is None, fields

    # The role goes with the last class, and the classes with the role.
    removed = await done(product, UNASSIGN, {"input": own}, person=administrator)
    assert removed["user"] == {"databaseId": teacher.id, "roles": [], "classes": []}
    assert top_level(await product.graphql("{ classNames }", person=teacher)) == [("FORBIDDEN", ["classNames"])]
    assert await _refused(product, teacher, two, "account") == "FORBIDDEN"
    await done(product, ASSIGN, {"input": own}, person=administrator)
    role = {"userId": user_id(teacher), "role": "TEACHER"}
    assert await done(product, REVOKE, {"input": role}, person=administrator) == {"user": {"roles": [], "classes": []}}
    assert await _refused(product, teacher, two, "account") == "FORBIDDEN"


async def _check_names(product: Product, teacher: Person, administrator: Person, students: Sequence[Person]) -> None:
    """Part of a name finds classes, of which those that begin so come first, and only so many as are asked for."""
    for person, name in zip(students, ("Java 1 班", "A java 班"), strict=True):
        await done(product, MOVE, {"name": name}, person=person)
    everybody = ["1班", "A java班", "Java 1班", "乙班", "教研室", "甲1班"]
    for variables, of_all, taught in (
        ({}, everybody, ["乙班", "甲1班"]),
        ({"search": " "}, everybody, ["乙班", "甲1班"]),
        ({"search": "班", "atMost": 2}, ["1班", "A java班"], ["乙班", "甲1班"]),
        ({"search": "JAVA"}, ["Java 1班", "A java班"], []),
        ({"search": "甲 １"}, ["甲1班"], ["甲1班"]),
        ({"search": "%"}, [], []),
        ({"atMost": 0}, [], []),
        ({"atMost": 1}, ["1班"], ["乙班"]),
    ):
        for person, names in ((administrator, of_all), (teacher, taught)):
            with counted() as statements:
                found = await product.data(NAMES, variables, person=person)
            assert (found["classNames"], len(statements)) == (names, 2), variables
    for variables in ({"atMost": -1}, {"atMost": 2501}):
        refused_ = await product.graphql(NAMES, variables, person=administrator)
        assert top_level(refused_) == [("INVALID_INPUT", ["classNames"])], variables


async def _audited(database: Database) -> list[tuple[Any, ...]]:
    events = table_of(AuditEvent)
    rows = await database.fetch(
        select(events.c.action, events.c.subject_id, events.c.before, events.c.after).order_by(events.c.id)
    )
    return [tuple(row) for row in rows]


async def _refused(product: Product, teacher: Person, student: Person, field: str) -> str:
    reply: dict[str, Any] = await product.graphql(STUDENT % field, {"id": user_id(student)}, person=teacher)
    ((code, _path),) = top_level(reply)
    return code
