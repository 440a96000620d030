"""A front end's whole story on the developer platform, against a real server.

From registration by SMS to a finished project: over REST where the platform has an endpoint, and over
GraphQL for what its document leaves out.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.images import encoded
from tests.support.outbox import Outbox
from tests.support.platform import (
    CREATE_INSTANCE,
    CREATE_PROJECT,
    JOIN_PROJECT,
    MOVE_INSTANCE,
    MOVE_PROJECT,
)
from tests.support.processes import Server, running_server

MOBILE, USERNAME, PASSWORD = "13800138000", "xiaolin", "xiaolin2026"
DEVELOPER = """{ viewer { username developer {
  level
  credits { balance entries { nodes { change message } } }
  realName { actualName certification { status } } awards { competition certification { status } }
  projects { nodes { project { name status } instance { status consumed } } }
} } }"""
QUEUE = """{ certificationReviews(filter: {status: PENDING}) { nodes { id kind revision user { username } } } }"""
APPROVE = """mutation($input: ApproveCertificationInput!) { approveCertification(input: $input) {
  certification { status } errors { code }
} }"""
PARTICIPANTS = """query($search: String) { projects(search: $search) { nodes {
  status participants { totalCount nodes { user { username } } }
} } }"""


@dataclass
class Front:
    """A front end: it keeps the token of whoever is signed in, and expects every call to succeed."""

    http: httpx2.AsyncClient
    token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The data of a reply of the platform."""
        return (await self.reply(method, path, body, **more))["data"]

    async def reply(self, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        """A reply of the platform."""
        response = await self.http.request(method, path, json=body, headers=self.headers, **more)
        reply: dict[str, Any] = response.json()
        assert (response.status_code, reply["status_code"], reply["message"]) == (200, 200, "操作成功"), reply
        return reply

    async def upload(self, path: str) -> str:
        """The path that an uploaded picture has from now on."""
        files = {"file": ("photo.jpg", encoded(), "image/jpeg")}
        response = await self.http.post(path, files=files, headers=self.headers)
        assert response.status_code == 200, response.text
        shown: str = response.json()["data"]["path"]
        return shown

    async def graphql(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The data of an operation."""
        response = await self.http.post(
            "/graphql", json={"query": query, "variables": variables or {}}, headers=self.headers
        )
        reply = response.json()
        assert "errors" not in reply, reply
        data: dict[str, Any] = reply["data"]
        return data

    async def done(self, mutation: str, **values: Any) -> Any:
        """What a mutation changed."""
        (payload,) = (await self.graphql(mutation, {"input": values})).values()
        assert payload.pop("errors") == []
        (changed,) = payload.values()
        return changed


@pytest.fixture
async def server(database_url: str, tmp_path: Path) -> AsyncIterator[Server]:
    """A server process with a database of its own, on both databases."""
    with running_server(tmp_path / "server", DATABASE_URL=database_url) as started:
        yield started


@pytest.fixture
async def http(server: Server) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=server.url, timeout=30) as client:
        yield client


@pytest.fixture
async def office(http: httpx2.AsyncClient, server: Server) -> Front:
    """The administrator's front end."""
    account, password = server.administrator
    login = await http.post("/api/v1/user/login", json={"account": account, "password": password})
    return Front(http, login.json()["data"]["token"])


async def registered(http: httpx2.AsyncClient, server: Server) -> Front:
    """The developer's front end, once they registered by SMS and signed in."""
    front = Front(http)
    assert await front.call("GET", "/api/register-sms", params={"mobile": MOBILE}) == ""
    code = Outbox(server.data_dir).code(MOBILE)
    new = {"username": USERNAME, "mobile": MOBILE, "password": PASSWORD, "verification_code": code}
    user = await front.call("POST", "/api/register", new)
    assert (user["username"], user["level"], user["integral"], user["avatar"]) == (USERNAME, 1, 100, "")
    session = await front.call("POST", "/api/login", {"username": USERNAME, "password": PASSWORD})
    assert (session["token_info"]["token_type"], session["token_info"]["expires_in"]) == ("bearer", 7200)
    front.token = session["token_info"]["access_token"]
    assert await front.call("GET", "/api/me") == user
    return front


async def certified(front: Front, office: Front) -> None:
    """The developer submits who they are and what they won, and the administrator approves it."""
    types = await front.call("GET", "/api/user/authenticate/certificate-type")
    levels = await front.call("GET", "/api/user/authenticate/award-level")
    identity = {
        "actual_name": "林小",
        "certificate_type_id": next(entry["id"] for entry in types if entry["name"] == "身份证"),
        "id_number": "110101199003074258",
        "authenticate_picture": await front.upload("/api/user/authenticate/upload/licensed-photo"),
    }
    award = {
        "competition": "青年软件创新赛",
        "award_level_id": levels[0]["id"],
        "award_picture": [await front.upload("/api/user/authenticate/upload/award-prove")],
    }
    submitted = await front.call("PUT", "/api/user/authenticate/real-name", identity)
    assert submitted["authenticate_status"] == "待审核"
    await front.call("POST", "/api/user/authenticate/award-info", award)
    study = {"institution": "云山大学", "education_id": 3, "project_experience": "毕业设计"}
    await front.call("PUT", "/api/user/authenticate/educational-info", study)

    waiting = (await office.graphql(QUEUE))["certificationReviews"]["nodes"]
    assert [(claim["kind"], claim["user"]["username"]) for claim in waiting] == [
        ("REAL_NAME", USERNAME),
        ("AWARD", USERNAME),
    ]
    for claim in waiting:
        decided = await office.done(APPROVE, certificationId=claim["id"], revision=claim["revision"])
        assert decided == {"status": "APPROVED"}

    sections = await front.call("GET", "/api/user/authenticate")
    assert sections["real_name"]["authenticate_status"] == "已通过"
    assert sections["award_info"][0]["authenticate_status"] == "已通过"
    assert sections["educational_info"] == study
    assert sections["job_info"]["organization"] == ""
    picture = await front.http.get(sections["real_name"]["authenticate_picture"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")


async def introduced(front: Front) -> None:
    """The developer fills in their profile."""
    directions = await front.call("GET", "/api/user/base/research-direction")
    details: dict[str, Any] = {
        "avatar": await front.upload("/api/user/base/upload/avatar"),
        "province": "浙江省",
        "city": "杭州市",
        "county": "西湖区",
        "is_overseas": 0,
        "research_direction_id": [entry["id"] for entry in directions[:2]],
    }
    changed = await front.call("PUT", "/api/user/base", details)
    assert changed == await front.call("GET", "/api/user/base")
    assert {name: changed[name] for name in details} == details
    assert (changed["mobile"], changed["email"]) == (MOBILE, "")
    assert (await front.http.get(details["avatar"])).status_code == 200


async def credits_of(front: Front) -> tuple[int, list[tuple[int, int, str]]]:
    """The balance and the entries that level-credit shows."""
    shown = await front.call("GET", "/api/user/level-credit")
    rows = [(row["change"], row["is_positive_growth"], row["message"]) for row in shown["integral_record"]]
    assert shown["integral"] == shown["general_integral"] + shown["dedicated_integral"]
    assert shown["gpu_available_time"] == f"{shown['integral']}min"
    return shown["integral"], rows


async def test_from_registration_to_a_finished_project(http: httpx2.AsyncClient, server: Server, office: Front) -> None:
    front = await registered(http, server)
    await certified(front, office)
    await introduced(front)
    earned = [(50, 1, "完成实名认证获取积分"), (100, 1, "完成注册获取积分")]
    assert await credits_of(front) == (150, earned)

    domains = await front.call("GET", "/api/user/authenticate/domain")
    details = {
        "name": "车位占用识别",
        "purchaseBudget": 22000,
        "introduction": "露天停车场空余车位统计",
        "domain": next(entry["id"] for entry in domains if entry["name"] == "交通"),
        "researchDirection": 3,
    }
    project = (await office.done(CREATE_PROJECT, project=details))["id"]
    page = await front.reply("GET", "/api/project/paginate", params={"per_page": 10, "q": "车位"})
    (found,) = page["data"]
    assert (found["name"], found["status"], found["domain"]) == ("车位占用识别", "registration", "交通")
    assert page["meta"]["pagination"]["total"] == 1
    base = await front.call("GET", f"/api/project/base/{found['id']}")
    assert base == {**found, "delivery_at": ""}

    await front.done(JOIN_PROJECT, projectId=project)
    (joined,) = await front.call("GET", "/api/user/participate-project")
    assert (joined["id"], joined["instance"]["id"], joined["instance"]["status"]) == (found["id"], 0, "")
    instance = (await front.done(CREATE_INSTANCE, projectId=project, name="基线", gpu=1, cpu=4, ram=16))["id"]
    await office.done(MOVE_PROJECT, projectId=project, status="ING")
    for status in ("CODING", "TRAINING", "TRAINING_COMPLETED", "TESTING", "FINISHED_TEST"):
        moved = await front.done(MOVE_INSTANCE, instanceId=instance, status=status)
        assert moved["status"] == status
        (joined,) = await front.call("GET", "/api/user/participate-project")
        assert (joined["status"], joined["instance"]["status"]) == ("ing", status.lower())
    ended = await office.done(MOVE_PROJECT, projectId=project, status="END")
    assert ended["status"] == "END"

    (finished,) = await front.call("GET", "/api/user/participate-project")
    used = finished["instance"]
    minutes = int(used["time_consuming"].removesuffix("min"))
    cost = -(-minutes * 88 // 60)
    assert (finished["status"], used["status"]) == ("end", "project_deadline")
    assert (used["gpu"], used["cpu"], used["ram"], used["consumption_points"]) == (1, 4, 16, cost)
    settled = [(200, 1, "完成项目获取积分"), (cost, 0, "实例「基线」消耗积分"), *earned]
    assert await credits_of(front) == (350 - cost, settled)
    progress = (await front.call("GET", "/api/user/level-credit"))["upgrade_condition"]
    assert (progress["project"], progress["current_project"]) == (1, 1)

    told = (await front.graphql(DEVELOPER))["viewer"]
    assert told == {
        "username": USERNAME,
        "developer": {
            "level": 1,
            "credits": {
                "balance": 350 - cost,
                "entries": {
                    "nodes": [
                        {"change": change if gain else -change, "message": message} for change, gain, message in settled
                    ]
                },
            },
            "realName": {"actualName": "林小", "certification": {"status": "APPROVED"}},
            "awards": [{"competition": "青年软件创新赛", "certification": {"status": "APPROVED"}}],
            "projects": {
                "nodes": [
                    {
                        "project": {"name": "车位占用识别", "status": "END"},
                        "instance": {"status": "PROJECT_DEADLINE", "consumed": cost},
                    }
                ]
            },
        },
    }
    shown = (await office.graphql(PARTICIPANTS, {"search": "车位"}))["projects"]["nodes"]
    assert shown == [{"status": "END", "participants": {"totalCount": 1, "nodes": [{"user": {"username": USERNAME}}]}}]

    old = front.token
    front.token = (await front.call("PUT", "/api/refresh"))["token_info"]["access_token"]
    assert (await front.http.get("/api/me", headers={"Authorization": f"Bearer {old}"})).status_code == 401
    assert await front.call("DELETE", "/api/logout") == ""
    assert (await front.http.get("/api/me", headers=front.headers)).status_code == 401
