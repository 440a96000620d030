"""What people look for: kept with the resume, replaced as a whole, and matched again."""

from typing import Any

import pytest

from tests.support.clients import Person, Product
from tests.support.platform import done, payload, refused
from tests.support.signing import SUBMIT, resume

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

FIELDS = """
  level category huntingState salaryMin salaryMax workYears areas domains { number name } selfEvaluation qq email
  showsGoals
"""
UPDATE = f"""mutation($input: UpdateJobTargetInput!) {{ updateJobTarget(input: $input) {{
  resume {{ jobTarget {{ {FIELDS} }} }} errors {{ code message path }}
}} }}"""
OWN = f"{{ viewer {{ resume {{ jobTarget {{ {FIELDS} }} }} }} }}"
TARGET: dict[str, Any] = {
    "level": "SENIOR",
    "category": "FULL_TIME",
    "huntingState": "LOOKING",
    "salaryMin": 20000,
    "salaryMax": 30000,
    "workYears": 6,
    "areas": ["杭州", "上海"],
    "domains": [14, 7],
    "selfEvaluation": "踏实",
    "qq": "20990001",
    "email": "Zhao@Careers.example",
    "showsGoals": True,
}
NOTHING: dict[str, Any] = {
    "level": None,
    "category": None,
    "huntingState": None,
    "salaryMin": None,
    "salaryMax": None,
    "workYears": None,
    "areas": [],
    "domains": [],
    "selfEvaluation": "",
    "qq": "",
    "email": "",
    "showsGoals": False,
}


@pytest.fixture
async def person(product: Product) -> Person:
    """Somebody with a resume."""
    person = await product.student()
    await done(product, SUBMIT, person, resume=resume(visibility="PUBLIC"))
    return person


async def own(product: Product, person: Person) -> Any:
    return (await product.data(OWN, person=person))["viewer"]["resume"]["jobTarget"]


async def test_a_target_is_kept_and_replaced_as_a_whole(product: Product, person: Person) -> None:
    assert await own(product, person) is None

    changed = await done(product, UPDATE, person, **TARGET)

    kept = {
        **TARGET,
        "domains": [{"number": 14, "name": "移动互联网"}, {"number": 7, "name": "O2O"}],
        "email": "zhao@careers.example",
    }
    assert changed["resume"]["jobTarget"] == kept
    assert await own(product, person) == kept

    await done(product, UPDATE, person)

    assert await own(product, person) == NOTHING


async def test_repeated_areas_and_domains_count_once(product: Product, person: Person) -> None:
    changed = await done(product, UPDATE, person, areas=["杭州", "杭州 "], domains=[7, 7])
    target = changed["resume"]["jobTarget"]
    assert (target["areas"], [domain["number"] for domain in target["domains"]]) == (["杭州"], [7])


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"salaryMin": -1}, ["input", "salaryMin"]),
        ({"salaryMax": 1_000_001}, ["input", "salaryMax"]),
        ({"salaryMin": 3000, "salaryMax": 2000}, ["input", "salaryMax"]),
        ({"workYears": 61}, ["input", "workYears"]),
        ({"areas": ["杭" * 33]}, ["input", "areas"]),
        ({"areas": [""]}, ["input", "areas"]),
        ({"areas": [f"城市{number}" for number in range(11)]}, ["input", "areas"]),
        ({"domains": [999]}, ["input", "domains"]),
        ({"domains": list(range(1, 52))}, ["input", "domains"]),
        ({"selfEvaluation": "好" * 2001}, ["input", "selfEvaluation"]),
        ({"selfEvaluation": "a\0b"}, ["input", "selfEvaluation"]),
        ({"qq": "十万"}, ["input", "qq"]),
        ({"qq": "1" * 17}, ["input", "qq"]),
        ({"email": "nobody"}, ["input", "email"]),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_changes(
    product: Product, person: Person, wrong: dict[str, Any], path: list[str]
) -> None:
    await done(product, UPDATE, person, **TARGET)
    before = await own(product, person)

    refusal = await payload(product, UPDATE, person, **{**TARGET, **wrong})
    assert [(error["code"], error["path"]) for error in refusal["errors"]] == [("INVALID_INPUT", path)]
    assert refusal["resume"] is None

    assert await own(product, person) == before


async def test_without_a_resume_there_is_no_target(product: Product) -> None:
    assert await refused(product, UPDATE, await product.student(), **TARGET) == ["NOT_FOUND"]
