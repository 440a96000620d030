"""The sign cloud's cases."""

import json
from io import BytesIO
from typing import Any

import httpx2
from PIL import Image

from tests.contract.cases import Case, Contract, World
from tests.contract.rows import FOLDER
from tests.support.clients import Person
from tests.support.images import encoded
from tests.support.platform import done
from tests.support.signing import (
    REJECT,
    Employer,
    form,
    new_company,
    new_employer,
    new_handler,
    told,
    wechat_person,
)

IMAGE = "POST /image"
CAPTCHA = "GET /captcha"
VERIFY_CODE = "POST /verifycode"
LOGIN = "POST /weixin/login"
STATUS = "GET /em_status"
SUBMIT = "POST /employee"
UPDATE = "PUT /employee"
RESUME = "GET /employee"
DICTIONARY = "GET /dict/{dict_item}"
POSITIONS = "GET /work_pos"
HANDLERS = "GET /handlers"
COMPANIES = "GET /companies"

ANSWER = "8421"
COMPANY = "申请的公司名称"
REASON = "驳回原因"
SAVE_ENTRY = """mutation($input: SaveDictionaryEntryInput!) { saveDictionaryEntry(input: $input) {
  entry { number } errors { code }
} }"""


async def employee(world: World) -> Person:
    """Somebody of the mini-program, signed in."""
    return await wechat_person(world.product, "employee")


def headers(person: Person) -> dict[str, str]:
    """What a request of the mini-program carries."""
    return {
        "X-auth-token": person.token,
        "X-platform-code": "test",
        "X-location": "106.55-29.56",
        "X-unique-key": "key",
        "X-city": "%E9%87%8D%E5%BA%86",
    }


async def employer(world: World) -> Employer:
    """The company that the home page's example names, and its handler."""
    return await new_employer(world.product, COMPANY)


async def a_resume(world: World) -> None:
    """The caller has submitted a resume."""
    await told(world.product, world.person, "POST", "/employee", form(await employer(world)))


async def a_rejection(world: World) -> None:
    """The caller's application was rejected, with the example's reason."""
    chosen = await employer(world)
    await told(world.product, world.person, "POST", "/employee", form(chosen))
    query = "{ viewer { signApplications { nodes { id } } } }"
    found = (await world.product.data(query, person=world.person))["viewer"]["signApplications"]["nodes"]
    await done(world.product, REJECT, chosen.person, applicationId=found[0]["id"], reason=REASON)


async def a_captcha(world: World) -> None:
    """The client has a captcha whose answer is known."""
    await world.restart(captcha_test_answer=ANSWER)
    await world.rest("GET", "/captcha")


async def junior_only(world: World) -> None:
    """The dictionary holds the example's entry, and no other."""
    await world.sql("DELETE FROM dictionary_entries WHERE kind = 'education' AND key <> 'junior'")


async def three_positions(world: World) -> None:
    """The positions are the example's."""
    await world.sql("DELETE FROM dictionary_entries WHERE kind = 'work_position'")
    for name in ("A岗位", "B岗位", "C岗位"):
        await done(world.product, SAVE_ENTRY, await world.administrator(), kind="WORK_POSITION", name=name)


async def a_handler(world: World) -> None:
    """There is the example's handler."""
    person = await world.product.student()
    await new_handler(world.product, await world.administrator(), person, "xxx")


async def a_company(world: World) -> None:
    """There is the example's company."""
    await new_company(world.product, await world.administrator(), "xxx")


def is_a_picture_with_a_cookie(response: httpx2.Response) -> None:
    """An image; the answer sets a cookie that the later /verifycode call must carry."""
    assert response.headers["content-type"].startswith("image/")
    assert Image.open(BytesIO(response.content)).size > (0, 0)
    assert response.cookies["captcha"]


def has_every_field(response: httpx2.Response) -> None:
    """The resume with every field of the submit call, plus company {id, company_name}, and the two lists."""
    structures: dict[str, Any] = json.loads((FOLDER / "sign_cloud_structures.json").read_text(encoding="utf-8"))
    reply = response.json()
    data = reply["data"]
    assert (reply["status"], reply["msg"]) == (0, "")
    assert set(data) == {line["name"] for line in structures["resume"]} | {"company", "ad_user_id"}
    assert data["company"] == {"id": data["company_id"], "company_name": COMPANY}
    for line in structures["resume"]:
        kinds = {"array": list, "int": int, "string": str}
        assert isinstance(data[line["name"]], kinds[line["type"].partition("(")[0]]), line["name"]


PUBLIC = {IMAGE, CAPTCHA, VERIFY_CODE, LOGIN}
CASES = {
    IMAGE: (Case(0, body={"file": encoded()}),),
    CAPTCHA: (Case(0, check=is_a_picture_with_a_cookie),),
    VERIFY_CODE: (Case(0, (a_captcha,), body={"captcha_code": ANSWER, "phone": "13912345678"}),),
    LOGIN: (Case(0, body={"code": "dev-employee"}),),
    STATUS: (Case(0, (a_rejection,)),),
    SUBMIT: (Case(0, body=form()),),
    UPDATE: (Case(0, (a_resume,), body=form()),),
    RESUME: (Case(0, (a_resume,), check=has_every_field),),
    DICTIONARY: (Case(0, (junior_only,), route={"dict_item": "Edu_Type"}),),
    POSITIONS: (Case(0, (three_positions,)),),
    HANDLERS: (Case(0, (a_handler,)),),
    COMPANIES: (Case(0, (a_company,)),),
}

CONTRACT = Contract(
    cases=CASES,
    callers={row: employee for row in CASES if row not in PUBLIC},
    requested={},
    substituted={
        "*": {"*.id": "ids are the database's"},
        IMAGE: {"data.url": "the address of the picture"},
        LOGIN: {"data.session_token": "a real token"},
        STATUS: {"data.status": "the example's reason belongs to a rejected application, 4"},
    },
    added={},
    artefacts={},
    beyond={},
    headers=headers,
)
