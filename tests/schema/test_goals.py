"""Goals in the graph."""

from typing import Any

from tests.schema.replies import done, refused, top_level
from tests.support.clients import Product

SET_JOB = """
mutation ($input: SetEmploymentGoalInput!) {
  setEmploymentGoal(input: $input) {
    goal { databaseId status targetCompany targetJob targetSalary targetArea user { databaseId } createdAt updatedAt }
    errors { code message path }
  }
}
"""
SET_PLACE = """
mutation ($input: SetPostgraduateGoalInput!) {
  setPostgraduateGoal(input: $input) {
    goal { databaseId targetUniversity targetMajor targetScore user { databaseId } createdAt updatedAt }
    errors { code message path }
  }
}
"""
REMOVE = """
mutation ($input: RemoveDirectionInput!) {
  removeDirection(input: $input) { user { directions } errors { code message path } }
}
"""
GOALS = """
{ viewer { directions employmentGoal { targetCompany } postgraduateGoal { targetUniversity } } }
"""
JOB = {
    "status": "SEEKING",
    "targetCompany": "字节跳动",
    "targetJob": "后端",
    "targetSalary": "30k",
    "targetArea": "北京",
}
PLACE = {"targetUniversity": "北京大学", "targetMajor": "法学", "targetScore": 400}


async def test_a_job_to_aim_for_is_set_and_replaced(product: Product) -> None:
    student = await product.student()

    first = (await done(product, SET_JOB, {"input": JOB}, person=student))["goal"]
    product.clock.advance(hours=1)
    changed = {**JOB, "status": "OFFER_RECEIVED", "targetCompany": "腾讯"}
    second = (await done(product, SET_JOB, {"input": changed}, person=student))["goal"]

    begun = "2026-03-02T02:00:00+00:00"
    whose = {"databaseId": first["databaseId"], "user": {"databaseId": student.id}, "createdAt": begun}
    assert first == {**JOB, **whose, "updatedAt": begun}
    assert second == {**changed, **whose, "updatedAt": "2026-03-02T03:00:00+00:00"}


async def test_a_place_to_aim_for_is_set_and_replaced(product: Product) -> None:
    student = await product.student()

    first = (await done(product, SET_PLACE, {"input": PLACE}, person=student))["goal"]
    changed = {**PLACE, "targetScore": 0, "targetMajor": ""}
    second = (await done(product, SET_PLACE, {"input": changed}, person=student))["goal"]

    begun = "2026-03-02T02:00:00+00:00"
    whose = {"databaseId": first["databaseId"], "user": {"databaseId": student.id}, "createdAt": begun}
    assert first == {**PLACE, **whose, "updatedAt": begun}
    assert second == {**changed, **whose, "updatedAt": begun}


async def test_a_goal_adds_its_direction(product: Product) -> None:
    one, other = await product.students(2)
    nothing: dict[str, Any] = {"directions": [], "employmentGoal": None, "postgraduateGoal": None}
    assert (await product.data(GOALS, person=one))["viewer"] == nothing

    await done(product, SET_JOB, {"input": JOB}, person=one)
    assert (await product.data(GOALS, person=one))["viewer"]["directions"] == ["EMPLOYMENT"]
    await done(product, SET_PLACE, {"input": PLACE}, person=one)

    assert (await product.data(GOALS, person=one))["viewer"] == {
        "directions": ["POSTGRADUATE", "EMPLOYMENT"],
        "employmentGoal": {"targetCompany": "字节跳动"},
        "postgraduateGoal": {"targetUniversity": "北京大学"},
    }
    assert (await product.data(GOALS, person=other))["viewer"] == nothing


async def test_a_direction_goes_and_its_goal_stays(product: Product) -> None:
    student = await product.student()
    await done(product, SET_JOB, {"input": JOB}, person=student)
    await done(product, SET_PLACE, {"input": PLACE}, person=student)
    remove = {"input": {"direction": "EMPLOYMENT"}}

    assert await done(product, REMOVE, remove, person=student) == {"user": {"directions": ["POSTGRADUATE"]}}
    assert await refused(product, REMOVE, remove, person=student) == [("DIRECTION_NOT_HELD", ["input", "direction"])]

    viewer = (await product.data(GOALS, person=student))["viewer"]
    assert viewer["directions"] == ["POSTGRADUATE"]
    assert viewer["employmentGoal"] == {"targetCompany": "字节跳动"}
    await done(product, SET_JOB, {"input": JOB}, person=student)
    assert (await product.data(GOALS, person=student))["viewer"]["directions"] == ["POSTGRADUATE", "EMPLOYMENT"]


async def test_a_goal_holds_what_fits(product: Product) -> None:
    student = await product.student()
    unfit: list[tuple[str, dict[str, Any], str, Any]] = [
        (SET_JOB, JOB, "targetCompany", "a" * 256),
        (SET_JOB, JOB, "targetJob", "a" * 256),
        (SET_JOB, JOB, "targetSalary", "a" * 65),
        (SET_JOB, JOB, "targetArea", "a\0b"),
        (SET_PLACE, PLACE, "targetUniversity", "a" * 256),
        (SET_PLACE, PLACE, "targetMajor", "\0"),
        (SET_PLACE, PLACE, "targetScore", -1),
        (SET_PLACE, PLACE, "targetScore", 1001),
        (SET_PLACE, PLACE, "targetScore", 2**31 - 1),
    ]

    for mutation, goal, field, value in unfit:
        found = await refused(product, mutation, {"input": {**goal, field: value}}, person=student)
        assert found == [("INVALID_INPUT", ["input", field])]

    viewer = await product.data(GOALS, person=student)
    assert viewer["viewer"] == {"directions": [], "employmentGoal": None, "postgraduateGoal": None}


async def test_a_goal_of_the_wrong_type_is_no_operation(product: Product) -> None:
    student = await product.student()
    rest = 'targetJob: "", targetSalary: "", targetArea: ""'

    for wrong in (
        'status: 1, targetCompany: ""',
        'status: NONE, targetCompany: ""',
        "status: SEEKING, targetCompany: 1",
    ):
        mutation = f"mutation {{ setEmploymentGoal(input: {{{wrong}, {rest}}}) {{ errors {{ code }} }} }}"
        reply = await product.graphql(mutation, person=student)
        assert reply.get("data") is None
        assert [code for code, _ in top_level(reply)] == ["GRAPHQL_VALIDATION_FAILED"]


async def test_goals_are_somebodys(product: Product) -> None:
    operations: list[tuple[str, dict[str, Any]]] = [
        (SET_JOB, JOB),
        (SET_PLACE, PLACE),
        (REMOVE, {"direction": "EMPLOYMENT"}),
    ]
    for mutation, values in operations:
        reply = await product.graphql(mutation, {"input": values})
        assert reply["data"] is None
        assert [code for code, _ in top_level(reply)] == ["UNAUTHENTICATED"]
