"""The administrators' export."""

import io
from typing import Any

from python_calamine import CalamineWorkbook

from tests.rest_compat.work_progress.replies import reply, success
from tests.support.clients import Person, Product

STUDENTS = "学号 班级 姓名 专业 方向 目标院校 目标专业 目标分数 找工作状态 目标公司 目标职位 理想薪资(k) 目标地区"
LOGS = "姓名 学号 公司名称 工作岗位 薪资(k) 工作地区 最新状态 最新时间 进度详情"


async def sheets(product: Product, person: Person) -> list[list[list[Any]]]:
    response = await product.rest("GET", "/api/v1/user/export", person=person)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert ".xlsx" in response.headers["content-disposition"]
    return read(response.content)


def read(content: bytes) -> list[list[list[Any]]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [list(workbook.get_sheet_by_name(name).to_python()) for name in workbook.sheet_names]


async def test_two_sheets_of_students_and_work_logs(product: Product) -> None:
    first, second = await product.students(2)
    requests = [
        (first, "POST", "emgl/add", ["status", "target_company", "target_job", "target_salary", "target_area"]),
        (second, "POST", "pggl/add", ["target_university", "target_major", "target_score"]),
        (second, "POST", "emgl/add", ["status", "target_company", "target_job", "target_salary", "target_area"]),
        (first, "POST", "wl/add", ["company_name", "job", "salary", "location"]),
        (second, "POST", "wl/add", ["company_name", "job", "salary", "location"]),
    ]
    values = {"status": 2, "target_score": 87.5, "salary": "20", "company_name": "=1+1"}
    for person, method, path, names in requests:
        body = {name: values.get(name, name) for name in names}
        assert reply(await product.rest(method, f"/api/v1/{path}", body, person=person)) == success()
    listed = await product.rest("GET", "/api/v1/wl/list", person=first)
    log = listed.json()["data"]["work_logs"][0]["id"]
    for time, status, stage in ((1772416800000, "笔试", 1), (1772503199999, "拿到offer", 2)):
        body = {"id": log, "create_time": time, "status": status, "stage": stage}
        assert reply(await product.rest("PUT", "/api/v1/wl/status/add", body, person=first)) == success()

    administrator = await product.administrator()
    students, logs = await sheets(product, administrator)

    path = (await product.data("{ userExportPath }", person=administrator))["userExportPath"]
    fetched = await product.http.get(path)
    assert (fetched.status_code, fetched.headers["content-length"]) == (200, str(len(fetched.content)))
    assert read(fetched.content) == [students, logs]
    assert (await product.http.get(path.replace("signature=", "signature=0"))).status_code == 404
    product.clock.advance(seconds=1)
    await product.administrator()  # the recorder has one session a user
    assert (await product.http.get(path)).status_code == 404
    assert students[0] == STUDENTS.split()
    job = ["已拿到offer", "target_company", "target_job", "target_salary", "target_area"]
    assert students[-2:] == [
        [first.account, "1班", "学生01", "软工", "就业", "", "", "", *job],
        [second.account, "1班", "学生02", "软工", "考研、就业", "target_university", "target_major", "87.5", *job],
    ]
    assert logs[0] == LOGS.split()
    assert logs[1:] == [
        [
            *("学生01", first.account, "=1+1", "job", "20", "location", "成功", "2026-03-03 09:59:59"),
            "2026-03-02 10:00:00 笔试\n2026-03-03 09:59:59 拿到offer",
        ],
        ["学生02", second.account, "=1+1", "job", "20", "location", "", "", ""],
    ]


async def test_without_students_there_are_headings(product: Product) -> None:
    students, logs = await sheets(product, await product.administrator())
    assert students[0] == STUDENTS.split()
    assert logs == [LOGS.split()]


async def test_what_does_not_fit_a_cell_goes_on_to_its_right(product: Product) -> None:
    short, long = await product.students(2)
    body = {"company_name": "c", "job": "j", "salary": "20", "location": "l"}
    for person, count in ((short, 1), (long, 40)):
        assert reply(await product.rest("POST", "/api/v1/wl/add", body, person=person)) == success()
        log = (await product.rest("GET", "/api/v1/wl/list", person=person)).json()["data"]["work_logs"][0]["id"]
        for number in range(count):
            line = {"id": log, "create_time": 1772416800000, "status": f"{number:02} {'字' * 990}"}
            assert reply(await product.rest("PUT", "/api/v1/wl/status/add", line, person=person)) == success()

    _, (headings, first, second) = await sheets(product, await product.administrator())

    assert headings == [*LOGS.split(), "进度详情（续1）"]
    assert (first[9], second[9][:22]) == ("", "2026-03-02 10:00:00 32")
    lines = [f"2026-03-02 10:00:00 {number:02} {'字' * 990}" for number in range(40)]
    assert (first[8], second[8], second[9]) == (lines[0], "\n".join(lines[:32]), "\n".join(lines[32:]))
