"""Clocking in through the recorder."""

from tests.support.clients import Product


async def test_a_slot_takes_one_clock_in(product: Product) -> None:
    student = await product.student()

    first = await product.rest("POST", "/api/v1/clock_in/add", {"location": "教室"}, person=student)
    second = await product.rest("POST", "/api/v1/clock_in/add", {"location": "教室"}, person=student)

    assert first.json() == {"code": 0, "msg": "success", "data": None}
    assert (second.status_code, second.json()) == (
        200,
        {"code": 1, "msg": "您在当前时间段已经打过卡了哦", "data": None},
    )
    found = await product.rest("GET", "/api/v1/clock_in/search", person=student)
    assert found.json()["data"]["total"] == 1
