"""Dictionaries in the graph: what forms choose from, and what administrators change."""

import asyncio
from typing import Any

import pytest

from models.db import Database
from tests.support.clients import Person, Product
from tests.support.feeds import TARGET, candidate
from tests.support.platform import audited, done, refused
from tests.support.signing import new_company

ENTRIES = """
query($kind: DictionaryKind!, $all: Boolean!) {
  dictionary(kind: $kind, includeDisabled: $all) { number name enabled }
}
"""
SAVE = """
mutation($input: SaveDictionaryEntryInput!) {
  saveDictionaryEntry(input: $input) { entry { number name enabled } errors { code path } }
}
"""

PROFILE = """mutation($input: UpdateCompanyProfileInput!) { updateCompanyProfile(input: $input) {
  company { id } errors { code path }
} }"""


async def listed(product: Product, kind: str, *, include_disabled: bool = False) -> list[dict[str, Any]]:
    data = await product.data(ENTRIES, {"kind": kind, "all": include_disabled})
    entries: list[dict[str, Any]] = data["dictionary"]
    return entries


async def save(product: Product, person: Person, **values: Any) -> dict[str, Any]:
    data = await product.data(SAVE, {"input": values}, person=person)
    result: dict[str, Any] = data["saveDictionaryEntry"]
    return result


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("CERTIFICATE_TYPE", "身份证"),
        ("DOMAIN", "安防"),
        ("EDUCATION", "博士"),
        ("POSITION", "算法工程师"),
        ("AWARD_LEVEL", "国际级"),
        ("RESEARCH_DIRECTION", "人脸"),
    ],
)
async def test_each_list_is_published_with_numbers_from_1(product: Product, kind: str, first: str) -> None:
    entries = await listed(product, kind)

    assert [entry["number"] for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[0]["name"] == first
    assert len({entry["name"] for entry in entries}) == len(entries) >= 5


async def test_an_administrator_adds_renames_and_disables(product: Product, database: Database) -> None:
    admin = await product.administrator()
    published = await listed(product, "DOMAIN")

    added = await save(product, admin, kind="DOMAIN", name=" 航天 ")
    renamed = await save(product, admin, kind="DOMAIN", number=2, name="建筑工地")
    disabled = await save(product, admin, kind="DOMAIN", number=2, enabled=False)

    new = {"number": 1001, "name": "航天", "enabled": True}
    assert added == {"entry": new, "errors": []}
    assert renamed["entry"] == {"number": 2, "name": "建筑工地", "enabled": True}
    assert disabled["entry"] == {"number": 2, "name": "建筑工地", "enabled": False}
    rest = [entry for entry in published if entry["number"] != 2]
    assert await listed(product, "DOMAIN") == [*rest, new]
    assert disabled["entry"] in await listed(product, "DOMAIN", include_disabled=True)
    assert await audited(database, "DictionaryEntry") == [
        ("save_dictionary_entry", admin.id, {"name": "航天", "enabled": "true"}),
        ("save_dictionary_entry", admin.id, {"name": "建筑工地", "enabled": "true"}),
        ("save_dictionary_entry", admin.id, {"name": "建筑工地", "enabled": "false"}),
    ]


async def test_what_cannot_be_saved_changes_nothing(product: Product) -> None:
    admin = await product.administrator()
    before = await listed(product, "EDUCATION", include_disabled=True)

    nameless = await save(product, admin, kind="EDUCATION")
    blank = await save(product, admin, kind="EDUCATION", number=1, name="  ")
    unknown = await save(product, admin, kind="EDUCATION", number=999, name="博士后")

    assert nameless == {"entry": None, "errors": [{"code": "INVALID_INPUT", "path": ["input", "name"]}]}
    assert blank == {"entry": None, "errors": [{"code": "INVALID_INPUT", "path": ["input", "name"]}]}
    assert unknown == {"entry": None, "errors": [{"code": "NOT_FOUND", "path": ["input", "number"]}]}
    assert await listed(product, "EDUCATION", include_disabled=True) == before


async def test_only_administrators_save(product: Product) -> None:
    student = await product.student()
    before = await listed(product, "EDUCATION")

    reply = await product.graphql(SAVE, {"input": {"kind": "EDUCATION", "name": "博士后"}}, person=student)

    assert reply["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await listed(product, "EDUCATION") == before


async def test_entries_added_at_once_get_different_numbers(product: Product) -> None:
    admin = await product.administrator()

    results = await asyncio.gather(*(save(product, admin, kind="POSITION", name=f"职位{i}") for i in range(10)))

    assert sorted(result["entry"]["number"] for result in results) == list(range(1001, 1011))


async def test_a_retired_entry_stays_where_it_was_chosen_and_is_not_chosen_anew(product: Product) -> None:
    """In a desired job and in a company's profile, which are replaced as a whole."""
    person, other = [(await candidate(product))[0] for _ in range(2)]
    admin = await product.administrator()
    company = (await new_company(product, admin))["id"]
    await done(product, TARGET, person, domains=[7, 14])
    await done(product, PROFILE, admin, companyId=company, domains=[7])

    await save(product, admin, kind="JOB_DOMAIN", number=7, enabled=False)

    await done(product, TARGET, person, domains=[14, 7], qq="10001")
    await done(product, PROFILE, admin, companyId=company, domains=[7, 14], stage="A")
    assert await refused(product, TARGET, other, domains=[7]) == ["INVALID_INPUT"]
    await done(product, TARGET, person, domains=[14])
    assert await refused(product, TARGET, person, domains=[7]) == ["INVALID_INPUT"]
    await done(product, PROFILE, admin, companyId=company, domains=[])
    assert await refused(product, PROFILE, admin, companyId=company, domains=[7]) == ["INVALID_INPUT"]
