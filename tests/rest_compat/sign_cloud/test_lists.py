"""What the forms of the mini-program choose from."""

from typing import Any

import pytest

from tests.support.clients import Product
from tests.support.platform import done
from tests.support.signing import UPDATE_COMPANY, UPDATE_HANDLER, call, new_company, new_handler, told, wechat_person

SAVE_ENTRY = """mutation($input: SaveDictionaryEntryInput!) { saveDictionaryEntry(input: $input) {
  entry { number } errors { code path }
} }"""


async def test_degrees(product: Product) -> None:
    person = await wechat_person(product, "zhao")
    administrator = await product.administrator()

    published = await told(product, person, "GET", "/dict/Edu_Type")
    await done(product, SAVE_ENTRY, administrator, kind="EDUCATION", name="博士后")
    await done(product, SAVE_ENTRY, administrator, kind="EDUCATION", number=6, enabled=False)

    assert published == [
        {"dict_key": "doctor", "dict_value": "博士"},
        {"dict_key": "master", "dict_value": "硕士"},
        {"dict_key": "bachelor", "dict_value": "本科"},
        {"dict_key": "college", "dict_value": "大专"},
        {"dict_key": "senior", "dict_value": "高中"},
        {"dict_key": "other", "dict_value": "其他"},
        {"dict_key": "junior", "dict_value": "初中"},
    ]
    offered = [entry for entry in published if entry["dict_key"] != "other"]
    assert await told(product, person, "GET", "/dict/Edu_Type") == [
        *offered,
        {"dict_key": "1001", "dict_value": "博士后"},
    ]


@pytest.mark.parametrize("item", ["Unknown", "edu_type", "EDUCATION", "1", "%E5%AD%A6%E5%8E%86"])
async def test_an_unknown_dictionary_is_refused(product: Product, item: str) -> None:
    person = await wechat_person(product, "zhao")

    response = await call(product, person, "GET", f"/dict/{item}")

    assert response.status_code == 200
    assert response.json() == {"status": 400, "msg": "dict_item 必须是 Edu_Type、Work_Pos 之一", "data": None}


async def test_positions(product: Product) -> None:
    person = await wechat_person(product, "zhao")
    administrator = await product.administrator()
    published = await told(product, person, "GET", "/work_pos")

    await done(product, SAVE_ENTRY, administrator, kind="WORK_POSITION", name="A岗位")
    await done(product, SAVE_ENTRY, administrator, kind="WORK_POSITION", number=1, enabled=False)
    long: Any = await product.data(
        SAVE_ENTRY, {"input": {"kind": "WORK_POSITION", "name": "岗" * 17}}, person=administrator
    )

    assert published[0] == "后端开发工程师"
    assert await told(product, person, "GET", "/work_pos") == [*published[1:], "A岗位"]
    assert long["saveDictionaryEntry"]["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "name"]}]
    assert await told(product, person, "GET", "/dict/Work_Pos") == [
        {"dict_key": str(number), "dict_value": name}
        for number, name in [*enumerate(published[1:], 2), (1001, "A岗位")]
    ]


async def test_companies_that_take_applications(product: Product) -> None:
    person = await wechat_person(product, "zhao")
    administrator = await product.administrator()
    nobody = await told(product, person, "GET", "/companies")
    companies = [await new_company(product, administrator, name) for name in ("青禾软件", "云杉数据", "北辰智算")]
    await done(product, UPDATE_COMPANY, administrator, companyId=companies[1]["id"], enabled=False)

    assert nobody == []
    assert await told(product, person, "GET", "/companies") == [
        {"id": companies[0]["databaseId"], "company_name": "青禾软件"},
        {"id": companies[2]["databaseId"], "company_name": "北辰智算"},
    ]


async def test_handlers_who_take_resumes(product: Product) -> None:
    person = await wechat_person(product, "zhao")
    people = await product.students(3)
    administrator = await product.administrator()
    handlers = [
        await new_handler(product, administrator, who, name)
        for who, name in zip(people, ("甲", "乙", "丙"), strict=True)
    ]
    await done(product, UPDATE_HANDLER, administrator, handlerId=handlers[0]["id"], enabled=False)

    assert await told(product, person, "GET", "/handlers") == [
        {"id": handlers[1]["databaseId"], "name": "乙"},
        {"id": handlers[2]["databaseId"], "name": "丙"},
    ]
