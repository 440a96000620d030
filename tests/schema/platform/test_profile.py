"""A developer's own details, education and occupation in the graph."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from models.db import Database
from tests.support.clients import Person, Product
from tests.support.images import uploaded_path
from tests.support.platform import done, payload, refused

UPDATE = """mutation($input: UpdateDeveloperProfileInput!) { updateDeveloperProfile(input: $input) {
  user { id } errors { code path }
} }"""
SAVE_EDUCATION = """mutation($input: SaveEducationInput!) { saveEducation(input: $input) {
  education { institution level { name } projectExperience } errors { code path }
} }"""
SAVE_OCCUPATION = """mutation($input: SaveOccupationInput!) { saveOccupation(input: $input) {
  occupation { organization position { name } domains { number } projectExperience } errors { code path }
} }"""
SAVE_ENTRY = "mutation($input: SaveDictionaryEntryInput!) { saveDictionaryEntry(input: $input) { errors { code } } }"
DETAILS = "avatar province city county isOverseas researchDirections { number }"
OWN = f"""{{ viewer {{ developer {{ {DETAILS}
  education {{ institution level {{ number }} projectExperience }}
  occupation {{ organization position {{ number }} domains {{ number }} projectExperience }}
}} }} }}"""
PLACE = {"province": "广东省", "city": "深圳市", "county": "南山区"}
HOME = {**PLACE, "isOverseas": False, "researchDirections": [2, 1]}
STUDIES = {"institution": "北京大学", "level": 1, "projectExperience": "完成河流污染识别算法"}
WORK = {"organization": "北京大学", "position": 1, "domains": [2, 1], "projectExperience": "完成河流污染识别算法"}


async def own(product: Product, person: Person) -> dict[str, Any]:
    developer: dict[str, Any] = (await product.data(OWN, person=person))["viewer"]["developer"]
    return developer


async def test_a_developer_begins_without_details(product: Product) -> None:
    assert await own(product, await product.student()) == {
        "avatar": "",
        "province": "",
        "city": "",
        "county": "",
        "isOverseas": False,
        "researchDirections": [],
        "education": None,
        "occupation": None,
    }


async def test_details_are_replaced_or_stay(product: Product) -> None:
    person = await product.student()
    avatar = await uploaded_path(product, person)

    await done(product, UPDATE, person, avatar=avatar)
    assert (await own(product, person))["avatar"] == avatar
    assert await refused(product, UPDATE, person, province="广东省") == ["INVALID_INPUT"]  # the city is missing
    await done(product, UPDATE, person, **PLACE)
    await done(product, UPDATE, person, isOverseas=False, researchDirections=[2, 1])
    at_home = await own(product, person)
    await done(product, UPDATE, person, **PLACE, isOverseas=True, researchDirections=[3])
    abroad = await own(product, person)

    assert at_home["researchDirections"] == [{"number": 2}, {"number": 1}]
    assert (at_home["avatar"], at_home["province"], at_home["city"], at_home["county"]) == (avatar, *PLACE.values())
    assert at_home["isOverseas"] is False
    assert abroad["researchDirections"] == [{"number": 3}]
    assert (abroad["avatar"], abroad["province"], abroad["city"], abroad["county"]) == (avatar, "", "", "")
    assert abroad["isOverseas"] is True


async def test_the_present_avatar_may_be_sent_again_and_a_foreign_one_may_not(product: Product) -> None:
    person, other = await product.students(2)
    avatar, foreign = await uploaded_path(product, person), await uploaded_path(product, other)
    await done(product, UPDATE, person, avatar=avatar, **HOME)

    await done(product, UPDATE, person, avatar=avatar, **HOME)

    assert await refused(product, UPDATE, person, avatar=foreign, **HOME) == ["NOT_FOUND"]
    assert (await own(product, person))["avatar"] == avatar


async def test_details_that_cannot_be_accepted_change_nothing(product: Product) -> None:
    person = await product.student()
    photo = await uploaded_path(product, person, "LICENSED_PHOTO")
    before = await own(product, person)
    faults: list[tuple[dict[str, Any], str, str]] = [
        ({"province": ""}, "INVALID_INPUT", "province"),
        ({"city": " "}, "INVALID_INPUT", "city"),
        ({"county": "县" * 65}, "INVALID_INPUT", "county"),
        ({"researchDirections": []}, "INVALID_INPUT", "researchDirections"),
        ({"researchDirections": [1, 1]}, "INVALID_INPUT", "researchDirections"),
        ({"researchDirections": [1, 999]}, "INVALID_INPUT", "researchDirections"),
        ({"researchDirections": [-1]}, "INVALID_INPUT", "researchDirections"),
        ({"researchDirections": list(range(1, 52))}, "INVALID_INPUT", "researchDirections"),
        ({"avatar": ""}, "INVALID_INPUT", "avatar"),
        ({"avatar": "/storage/avatar/test.jpg"}, "NOT_FOUND", "avatar"),
        ({"avatar": photo}, "NOT_FOUND", "avatar"),
        ({"avatar": "https://example.org/x.png"}, "NOT_FOUND", "avatar"),
    ]

    for fault, code, field in faults:
        found = await payload(product, UPDATE, person, **{**HOME, **fault})
        assert found == {"user": None, "errors": [{"code": code, "path": ["input", field]}]}, fault

    assert await own(product, person) == before


async def test_a_disabled_direction_stays_with_who_chose_it(product: Product) -> None:
    first, second = await product.students(2)
    admin = await product.administrator()
    await done(product, UPDATE, first, **HOME)
    await done(product, SAVE_ENTRY, admin, kind="RESEARCH_DIRECTION", number=1, enabled=False)

    await done(product, UPDATE, first, **{**HOME, "researchDirections": [1, 3]})

    assert await refused(product, UPDATE, second, **HOME) == ["INVALID_INPUT"]
    assert (await own(product, first))["researchDirections"] == [{"number": 1}, {"number": 3}]


async def test_details_sent_many_times_at_once_are_those_of_one(product: Product, database: Database) -> None:
    person = await product.student()

    await asyncio.gather(
        *(done(product, UPDATE, person, **{**HOME, "researchDirections": [n, n + 1]}) for n in range(1, 9))
    )

    numbers = [entry["number"] for entry in (await own(product, person))["researchDirections"]]
    assert numbers[1] == numbers[0] + 1
    assert len(numbers) == 2
    assert await database.fetch_value(text("SELECT count(*) FROM developer_profiles")) == 1


async def test_education_and_occupation_are_replaced(product: Product) -> None:
    person = await product.student()

    studied = await done(product, SAVE_EDUCATION, person, **STUDIES)
    worked = await done(product, SAVE_OCCUPATION, person, **WORK)
    await done(product, SAVE_EDUCATION, person, **{**STUDIES, "institution": "清华大学", "level": 2})
    await done(product, SAVE_OCCUPATION, person, **{**WORK, "position": 3, "domains": [5]})

    assert studied == {"education": {**STUDIES, "level": {"name": "博士"}}}
    assert worked == {
        "occupation": {**WORK, "position": {"name": "算法工程师"}, "domains": [{"number": 2}, {"number": 1}]}
    }
    developer = await own(product, person)
    assert developer["education"] == {**STUDIES, "institution": "清华大学", "level": {"number": 2}}
    assert developer["occupation"] == {**WORK, "position": {"number": 3}, "domains": [{"number": 5}]}


@pytest.mark.parametrize(
    ("mutation", "values", "faults"),
    [
        pytest.param(
            SAVE_EDUCATION,
            STUDIES,
            [{"institution": " "}, {"institution": "校" * 256}, {"level": 99}, {"projectExperience": ""}],
            id="education",
        ),
        pytest.param(
            SAVE_OCCUPATION,
            WORK,
            [
                {"organization": ""},
                {"position": 99},
                {"domains": []},
                {"domains": [1, 1]},
                {"domains": [1, 99]},
                {"projectExperience": "经" * 5001},
            ],
            id="occupation",
        ),
    ],
)
async def test_a_background_that_cannot_be_accepted_changes_nothing(
    product: Product, mutation: str, values: dict[str, Any], faults: list[dict[str, Any]]
) -> None:
    person = await product.student()
    await done(product, mutation, person, **values)
    before = await own(product, person)

    for fault in faults:
        found = await payload(product, mutation, person, **{**values, **fault})
        assert found["errors"] == [{"code": "INVALID_INPUT", "path": ["input", next(iter(fault))]}], fault

    assert await own(product, person) == before


async def test_nobody_else_sees_the_details(product: Product) -> None:
    first, second = await product.students(2)
    await done(product, UPDATE, first, **HOME)
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on User {{ developer {{ {DETAILS} }} }} }} }}"
    found = await product.data("{ viewer { id } }", person=first)

    reply = await product.graphql(query, {"id": found["viewer"]["id"]}, person=second)

    assert reply["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "广东省" not in str(reply)
