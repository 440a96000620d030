"""Levels: what they ask for, and how far a developer is."""

from typing import Any

from models.db import Database
from schema.engine.node_id import encode
from tests.support.clients import Person, Product
from tests.support.platform import (
    GRANT_EXPERIENCE,
    JOIN_PROJECT,
    audited,
    done,
    moved_project,
    new_project,
    refused,
)

STANDING = """{ viewer { developer { level standing {
  level experience businessAlgorithms algorithmTypes projects
  nextLevel { number experience businessAlgorithms algorithmTypes projects }
  reachedLevel { number }
  grants { totalCount nodes { kind amount message } }
} } } }"""
LEVELS = "{ levels { number experience businessAlgorithms algorithmTypes projects } }"
SET_LEVEL = """mutation($input: SetLevelInput!) { setLevel(input: $input) {
  level { number experience businessAlgorithms algorithmTypes projects } errors { code message path }
} }"""
SECOND = {"number": 2, "experience": 1200, "businessAlgorithms": 0, "algorithmTypes": 0, "projects": 1}
THIRD = {"number": 3, "experience": 3000, "businessAlgorithms": 1, "algorithmTypes": 1, "projects": 3}


async def standing_of(product: Product, person: Person) -> dict[str, Any]:
    developer = (await product.data(STANDING, person=person))["viewer"]["developer"]
    assert developer["level"] == developer["standing"]["level"] == developer["standing"]["reachedLevel"]["number"]
    found: dict[str, Any] = developer["standing"]
    return found


async def grant(product: Product, administrator: Person, person: Person, kind: str, amount: int) -> int:
    values = {"userId": encode("User", person.id), "kind": kind, "amount": amount, "message": "竞赛"}
    level: int = (await done(product, GRANT_EXPERIENCE, administrator, **values))["user"]["developer"]["level"]
    return level


async def complete(product: Product, administrator: Person, *people: Person) -> None:
    project = await new_project(product, administrator)
    for person in people:
        await done(product, JOIN_PROJECT, person, projectId=project)
    await moved_project(product, administrator, project, "ING", "END")


async def test_everybody_begins_at_level_1(product: Product) -> None:
    assert await standing_of(product, await product.student()) == {
        "level": 1,
        "experience": 0,
        "businessAlgorithms": 0,
        "algorithmTypes": 0,
        "projects": 0,
        "nextLevel": SECOND,
        "reachedLevel": {"number": 1},
        "grants": {"totalCount": 0, "nodes": []},
    }


async def test_a_level_is_reached_once_all_its_conditions_hold(product: Product) -> None:
    student, other = await product.students(2)
    administrator = await product.administrator()

    assert await grant(product, administrator, student, "EXPERIENCE", 1199) == 1
    await complete(product, administrator, student)
    assert (await standing_of(product, student))["level"] == 1
    assert await grant(product, administrator, student, "EXPERIENCE", 1) == 2

    found = await standing_of(product, student)
    assert (found["experience"], found["projects"], found["nextLevel"]) == (1200, 1, THIRD)
    assert (await standing_of(product, other))["level"] == 1


async def test_each_condition_is_counted_by_itself(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()

    await grant(product, administrator, student, "EXPERIENCE", 5)
    await grant(product, administrator, student, "BUSINESS_ALGORITHM", 2)
    await grant(product, administrator, student, "BUSINESS_ALGORITHM", 1)
    await grant(product, administrator, student, "ALGORITHM_TYPE", 4)

    found = await standing_of(product, student)
    assert [found[name] for name in ("experience", "businessAlgorithms", "algorithmTypes")] == [5, 3, 4]
    assert found["grants"]["totalCount"] == 4
    assert found["grants"]["nodes"][0] == {"kind": "ALGORITHM_TYPE", "amount": 4, "message": "竞赛"}


async def test_only_ended_projects_count(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()
    for statuses in ((), ("ING",), ("ING", "ITERATION"), ("ING", "END")):
        project = await new_project(product, administrator)
        await done(product, JOIN_PROJECT, student, projectId=project)
        await moved_project(product, administrator, project, *statuses)

    assert (await standing_of(product, student))["projects"] == 1


async def test_above_the_highest_level_there_is_none(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()
    for number in (2, 3, 4, 5):
        easy = {"number": number, "experience": 1, "businessAlgorithms": 0, "algorithmTypes": 0, "projects": 0}
        await done(product, SET_LEVEL, administrator, **easy)

    assert await grant(product, administrator, student, "EXPERIENCE", 1) == 5

    found = await standing_of(product, student)
    assert (found["nextLevel"], found["reachedLevel"]) == (None, {"number": 5})


async def test_grants_are_audited(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()

    await grant(product, administrator, student, "EXPERIENCE", 7)

    details = {"kind": "experience", "amount": "7", "message": "竞赛"}
    assert await audited(database, "User") == [("grant_experience", administrator.id, details)]


async def test_a_grant_that_cannot_be(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()
    good = {"userId": encode("User", student.id), "kind": "EXPERIENCE", "amount": 1, "message": "竞赛"}
    bad: tuple[tuple[dict[str, Any], str], ...] = (
        ({"amount": 0}, "INVALID_INPUT"),
        ({"amount": -1}, "INVALID_INPUT"),
        ({"amount": 1_000_001}, "INVALID_INPUT"),
        ({"message": "  "}, "INVALID_INPUT"),
        ({"userId": encode("User", 9999)}, "USER_NOT_FOUND"),
    )
    for values, code in bad:
        assert await refused(product, GRANT_EXPERIENCE, administrator, **{**good, **values}) == [code]

    assert (await standing_of(product, student))["grants"]["totalCount"] == 0
    assert await audited(database, "User") == []


async def test_thresholds_are_data(product: Product, database: Database) -> None:
    administrator = await product.administrator()
    sixth = {"number": 6, "experience": 50_000, "businessAlgorithms": 5, "algorithmTypes": 3, "projects": 20}

    assert await done(product, SET_LEVEL, administrator, **{**SECOND, "experience": 10}) == {
        "level": {**SECOND, "experience": 10}
    }
    assert await done(product, SET_LEVEL, administrator, **sixth) == {"level": sixth}

    levels = (await product.data(LEVELS, person=administrator))["levels"]
    assert [(level["number"], level["experience"]) for level in levels] == [
        (1, 0),
        (2, 10),
        (3, 3000),
        (4, 8000),
        (5, 20000),
        (6, 50000),
    ]
    assert [action for action, _, _ in await audited(database, "Level")] == ["set_level"] * 2


BAD_LEVELS: tuple[tuple[dict[str, int], str], ...] = (
    ({"number": 1}, "number must be between 2 and 100."),
    ({"number": 101}, "number must be between 2 and 100."),
    ({"number": 7}, "There is no level 6 below it."),
    ({"experience": -1}, "experience must be between 0 and 1000000."),
    ({"projects": 1_000_001}, "projects must be between 0 and 1000000."),
    ({"experience": 3001}, "experience must be between that of level 1 and that of level 3."),
    ({"number": 3, "experience": 1199}, "experience must be between that of level 2 and that of level 4."),
    ({"number": 6}, "experience must be between that of level 5 and that of level 7."),
)


async def test_a_level_that_cannot_be(product: Product) -> None:
    administrator = await product.administrator()
    before = await product.data(LEVELS, person=administrator)
    for values, message in BAD_LEVELS:
        reply = await product.data(SET_LEVEL, {"input": {**SECOND, **values}}, person=administrator)

        (error,) = reply["setLevel"]["errors"]
        assert (error["code"], error["message"]) == ("INVALID_INPUT", message)
    assert await product.data(LEVELS, person=administrator) == before


async def test_developers_neither_set_levels_nor_grant_themselves(product: Product) -> None:
    student = await product.student()
    own = {"userId": encode("User", student.id), "kind": "EXPERIENCE", "amount": 9, "message": "我"}

    for mutation, values in ((SET_LEVEL, SECOND), (GRANT_EXPERIENCE, own)):
        reply = await product.graphql(mutation, {"input": values}, person=student)
        assert reply["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await standing_of(product, student))["experience"] == 0
