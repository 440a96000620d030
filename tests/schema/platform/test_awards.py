"""Awards in the graph."""

from typing import Any

import pytest
from sqlalchemy import text

from models.db import Database
from resolvers.platform.awards import MAX_AWARDS, MAX_PICTURES
from tests.support.certification import REJECT, SUBMIT_AWARD, own_claims, submitted_award
from tests.support.clients import Product
from tests.support.images import uploaded_path
from tests.support.platform import done, payload, refused

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both


def unsigned(paths: list[str]) -> list[str]:
    return [path.partition("?")[0] for path in paths]


async def test_awards_are_kept_in_the_order_claimed_with_their_pictures_in_order(product: Product) -> None:
    person = await product.student()
    pictures = [await uploaded_path(product, person, "AWARD_PICTURE") for _ in range(3)]

    first = await submitted_award(product, person, competition="甲", pictures=pictures[::-1])
    await submitted_award(product, person, competition="乙", level=2, pictures=pictures[:1])

    awards = (await own_claims(product, person))["awards"]
    assert [(award["competition"], award["level"]["number"]) for award in awards] == [("甲", 1), ("乙", 2)]
    assert [unsigned(award["pictures"]) for award in awards] == [unsigned(pictures[::-1]), unsigned(pictures[:1])]
    assert (first["certification"]["status"], first["certification"]["revision"]) == ("PENDING", 1)
    for path in awards[0]["pictures"]:
        assert (await product.http.get(path)).status_code == 200


async def test_an_award_is_submitted_again_after_it_was_rejected(product: Product) -> None:
    person, other = await product.students(2)
    admin = await product.administrator()
    award = await submitted_award(product, person, competition="甲")
    certification = award["certification"]["id"]
    await done(product, REJECT, admin, certificationId=certification, revision=1, message="看不清")

    again = await submitted_award(product, person, awardId=award["id"], competition="乙", level=3)
    pictures = [await uploaded_path(product, other, "AWARD_PICTURE")]
    foreign = {"awardId": award["id"], "competition": "丙", "level": 1, "pictures": pictures}

    assert await refused(product, SUBMIT_AWARD, other, **foreign) == ["NOT_FOUND"]
    assert (again["id"], again["competition"], again["level"]["number"]) == (award["id"], "乙", 3)
    assert again["certification"]["id"] == certification
    assert (again["certification"]["status"], again["certification"]["message"]) == ("PENDING", "")
    (kept,) = (await own_claims(product, person))["awards"]
    assert (kept["competition"], kept["certification"]["revision"]) == ("乙", 2)
    assert unsigned(kept["pictures"]) == unsigned(again["pictures"])
    assert unsigned(kept["pictures"]) != unsigned(award["pictures"])


async def test_what_cannot_be_accepted_changes_nothing(product: Product, database: Database) -> None:
    person, other = await product.students(2)
    own = await uploaded_path(product, person, "AWARD_PICTURE")
    foreign = await uploaded_path(product, other, "AWARD_PICTURE")
    photo = await uploaded_path(product, person, "LICENSED_PHOTO")
    values: dict[str, Any] = {"competition": "甲", "level": 1, "pictures": [own]}
    faults: list[tuple[dict[str, Any], str, str]] = [
        ({"competition": ""}, "INVALID_INPUT", "competition"),
        ({"competition": "赛" * 256}, "INVALID_INPUT", "competition"),
        ({"level": 99}, "INVALID_INPUT", "level"),
        ({"pictures": []}, "INVALID_INPUT", "pictures"),
        ({"pictures": [own] * (MAX_PICTURES + 1)}, "INVALID_INPUT", "pictures"),
        ({"pictures": [own, own.partition("?")[0]]}, "INVALID_INPUT", "pictures"),
        ({"pictures": [own, foreign]}, "NOT_FOUND", "pictures"),
        ({"pictures": [photo]}, "NOT_FOUND", "pictures"),
    ]

    for fault, code, field in faults:
        found = await payload(product, SUBMIT_AWARD, person, **{**values, **fault})
        assert found == {"award": None, "errors": [{"code": code, "path": ["input", field]}]}, fault

    count = text("SELECT (SELECT count(*) FROM awards) + (SELECT count(*) FROM certifications)")
    assert await database.fetch_value(count) == 0


async def test_a_developer_claims_so_many_awards_and_no_more(product: Product) -> None:
    person = await product.student()
    pictures = [await uploaded_path(product, person, "AWARD_PICTURE")]

    for number in range(MAX_AWARDS):
        await submitted_award(product, person, competition=f"第{number}届", pictures=pictures)

    one_more = {"competition": "又一届", "level": 1, "pictures": pictures}
    assert await refused(product, SUBMIT_AWARD, person, **one_more) == ["LIMIT_REACHED"]
    assert len((await own_claims(product, person))["awards"]) == MAX_AWARDS
