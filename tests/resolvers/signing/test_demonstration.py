"""The signing part of the data that development starts with: it is as if people had done it."""

import hashlib

import pytest

from resolvers.demonstration.signing import EMPLOYERS, HANDLERS, WECHAT_PEOPLE
from tests.support.clients import Person, Product
from tests.support.platform import done
from tests.support.signing import REJECT, STATUSES, told

APPLICATIONS = """{ signApplications(first: 20) { nodes {
  id status reason appliedAt signedAt terms termsHash company { name } contract { company { name } }
  user { name employmentGoal { status } workLogs(first: 25) { nodes { statusLines { status } } } }
  resume { name } handler { name }
} } }"""
HANDLED = """{ viewer { name handledApplications(first: 100) { nodes { id status } }
  notifications(first: 100) { nodes { kind } } } }"""


async def wechat(product: Product, code: str) -> Person:
    reply = (await product.http.post("/weixin/login", data={"code": code})).json()
    return Person(0, code, reply["data"]["session_token"])


async def test_applications_stand_everywhere(demonstrated: Product) -> None:
    administrator = await demonstrated.administrator()

    nodes = (await demonstrated.data(APPLICATIONS, person=administrator))["signApplications"]["nodes"]

    assert {node["status"] for node in nodes} == set(STATUSES)
    for node in nodes:
        assert node["appliedAt"] < demonstrated.clock.now.isoformat()
        assert node["resume"]["name"] == node["user"]["name"]
        assert bool(node["reason"]) is (node["status"] == "REJECTED")
        assert (node["terms"] is not None) is (node["status"] in {"AWAITING_SIGNATURE", "SIGNED"})
        assert (node["signedAt"] is not None) is (node["status"] == "SIGNED")
        lines = [line["status"] for log in node["user"]["workLogs"]["nodes"] for line in log["statusLines"]]
        assert ("已签约" in lines) is (node["status"] == "SIGNED")
        if node["terms"]:
            assert node["contract"]["company"] == node["company"]
            assert hashlib.sha256(node["terms"].encode()).hexdigest() == node["termsHash"]
        if node["status"] == "SIGNED":
            assert node["user"]["employmentGoal"]["status"] == "OFFER_RECEIVED"
    assert {node["handler"]["name"] for node in nodes if node["handler"]} == set(HANDLERS.values())
    assert any(node["handler"] is None for node in nodes)


@pytest.mark.parametrize("code", HANDLERS)
async def test_a_handler_signs_in_and_decides(demonstrated: Product, code: str) -> None:
    handler = await wechat(demonstrated, code)

    viewer = (await demonstrated.data(HANDLED, person=handler))["viewer"]
    waiting = [node["id"] for node in viewer["handledApplications"]["nodes"] if node["status"] == "APPLIED"]
    for application in waiting:
        await done(demonstrated, REJECT, handler, applicationId=application, reason="岗位已招满")

    assert viewer["name"] == HANDLERS[code]
    assert len(viewer["handledApplications"]["nodes"]) >= 4
    assert "SIGN_APPLICATION_SUBMITTED" in {node["kind"] for node in viewer["notifications"]["nodes"]}


async def test_the_mini_program_has_something_to_show(demonstrated: Product) -> None:
    statuses = {}
    for code in WECHAT_PEOPLE:
        person = await wechat(demonstrated, code)
        statuses[code] = (await told(demonstrated, person, "GET", "/em_status"))["status"]
    companies = await told(demonstrated, person, "GET", "/companies")

    assert statuses == {"dev-tang": 0, "dev-lu": 0, "dev-mei": 2, "dev-bo": 1, "dev-qiu": 5}
    assert [company["company_name"] for company in companies] == list(EMPLOYERS)
    assert (await told(demonstrated, person, "GET", "/employee"))["real_name"] == "邱晓山"
