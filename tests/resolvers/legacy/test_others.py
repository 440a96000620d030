"""The platform, the HR system and the sign cloud move in; ids of there go on to lead to what they became."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.db import Database
from models.settings import Settings
from schema.engine import node_id
from tests.support.clients import Clock, Product
from tests.support.images import encoded
from tests.support.legacy import move, verified

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # no SQL that the recorder has not

BCRYPT = "$2a$04$4.dQfX.f50nP25sLk12aeuQADTQBEotZMD1g55E5qxfIZMW3Ed3we"
"""Of `secret1`."""
SIGN_IN = """mutation { signIn(input: {identifier: "dev.one", password: "secret1"}) { token errors { code } } }"""
ALICE, RESUME, SECRET, FEED = (f"55cbfe688230db351899829{digit}" for digit in "1234")
SIGN_CLOUD = """
CREATE TABLE user_wechat (id int, openid varchar(64), unionid varchar(64), created_at datetime, updated_at datetime);
CREATE TABLE company (id int, company_name varchar(255), status int, created_at datetime, updated_at datetime);
CREATE TABLE ad_user (id int, username varchar(32), name varchar(16), password varchar(72), phone varchar(16),
  email varchar(32), status int, created_at datetime, updated_at datetime);
CREATE TABLE contract (id int, company_id int, contract_name varchar(32), contract_body varchar(32), sign_year int(2),
  file_url varchar(64), status int(1), created_at datetime, updated_at datetime);
CREATE TABLE employee (id int, user_wechat_id int, real_name varchar(16), phone varchar(16), id_number varchar(32),
  age int, gender int, nation varchar(12), marital_sts int, political_sts int, acct_type int, acct_prc_id int,
  acct_prc_name varchar(16), acct_city_id int, acct_city_name varchar(12), acct_coy_id int, acct_coy_name varchar(255),
  acct_addr varchar(16), province_id int, province_name varchar(12), city_id int, city_name varchar(12), county_id int,
  county_name varchar(255), addr varchar(255), em_contact_name varchar(16), em_contact_phone varchar(32),
  em_contact_relationship varchar(32),
  id_card_front varchar(256), id_card_back varchar(256), company_id int, work_pos varchar(16), work_exp json,
  employee_edu json, created_at datetime, updated_at datetime);
CREATE TABLE sign_apply (id int, em_id int, company_id int, ad_user_id int, contract_id int, work_pos varchar(16),
  status int, apply_time timestamp, reason varchar(256), entry_date date, salary decimal(15,2), created_at datetime,
  updated_at datetime);
INSERT INTO user_wechat VALUES (5,'dev-o-5','u-5','2025-01-01 08:00:00','2025-01-01 08:00:00'),(6,'o-6',NULL,NULL,NULL);
INSERT INTO company VALUES (3,'青禾软件',1,NULL,NULL),(4,'青禾软件',1,NULL,NULL),(9,'',1,NULL,NULL);
INSERT INTO ad_user VALUES (1,'hr.wang','王处理','x','','',1,NULL,NULL);
INSERT INTO contract VALUES (8,4,'劳动合同','青禾软件','3','http://x',1,NULL,NULL),(9,77,'无主','无','1','',1,NULL,NULL);
INSERT INTO employee VALUES (21,5,'李青','138 0013 8000','50010119900307803X',25,1,'汉',1,2,1,NULL,'重庆',NULL,'',NULL,
  NULL,NULL,NULL,'重庆',NULL,'渝中',NULL,NULL,NULL,'','','','/image/front.jpg','',4,'后端','[{"company":"甲","team":"乙"}]',
  '[{"school":"重庆邮电大学","degree":"bachelor"}]','2025-01-02 08:00:00','2025-01-02 08:00:00'),
  (22,6,'王五','1','50010119900307803X',25,1,'汉',7,2,1,NULL,'',NULL,'',NULL,NULL,NULL,NULL,'',NULL,'',NULL,NULL,NULL,'',
  '','',NULL,NULL,0,'','[]','[]',NULL,NULL);
INSERT INTO sign_apply VALUES (31,21,4,1,8,'后端',3,'2025-01-03 08:00:00','','2025-02-01','8000.50',NULL,NULL),
  (32,21,4,1,NULL,'后端',1,'2025-01-04 08:00:00','','0000-00-00','0.00',NULL,NULL),
  (33,21,4,1,NULL,'后端',2,'2025-01-05 08:00:00','',NULL,'0.00',NULL,NULL);
"""


def csv(folder: Path, name: str, *lines: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def documents(folder: Path, name: str, *found: dict[str, Any]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in found) + "\n")


def oid(digits: str) -> dict[str, str]:
    return {"$oid": digits}


async def test_the_platform_moves_in_beside_the_recorder(
    product: Product, settings: Settings, database: Database, clock: Clock, tmp_path: Path
) -> None:
    folder, pictures = tmp_path / "platform", tmp_path / "pictures"
    csv(
        folder,
        "developers",
        "id,name,mobile,email,password,avatar,province,city,county,is_overseas,research_direction_id,created_at,updated_at",
        f"7,dev.one,13800138007,one@dev.example,{BCRYPT},http://old.example/storage/avatar/me.jpg?v=1,重庆,,南岸,0,"
        '"[""1"",2]",2025-01-01 08:00:00,2025-01-01 08:00:00',
        "8,dev.two,13800138008,,argon2,/storage/avatar/none.jpg,火星,,,1,99,0000-00-00 00:00:00,",
        "9,,,,,,,,,,,,",
    )
    (pictures / "avatar").mkdir(parents=True)
    (pictures / "avatar" / "me.jpg").write_bytes(encoded(size=(90, 60)))
    (pictures / "photo.png").write_bytes(encoded("PNG"))
    (pictures / "broken.png").write_bytes(b"no picture")
    (tmp_path / "secret.png").write_bytes(encoded("PNG"))
    csv(
        folder,
        "developer_real_names",
        "id,developer_id,actual_name,certificate_type_id,id_number,authenticate_picture,authenticate_status,"
        "authenticate_message,created_at,updated_at",
        "1,7,张三,1,50010119900307803X,/storage/licensed-photo/photo.png,已通过,,2025-01-01 08:00:00,",
        "2,8,李四,1,50010119900307803X,photo.png,待审核,,,",  # somebody else's number
        "3,8,李四,1,123,photo.png,待审核,,,",
        "4,8,李四,2,G12345678,../secret.png,待审核,,,",
        "5,8,李四,2,G12345678,broken.png,待审核,,,",
        "6,8,李四,护照,G12345678,photo.png,未通过,看不清,,",
    )
    csv(
        folder,
        "developer_awards",
        "id,developer_id,competition_name,award_level_id,status,message,award_picture,created_at,updated_at",
        '1,7,CV101,1,已通过,,"[""/storage/award-picture/photo.png"",""x.png""]",,',
    )
    csv(
        folder,
        "projects",
        "id,name,status,purchase_budget,introduction,domain_id,research_direction_id,level,delivery_at,created_at,updated_at",
        "51,安全帽识别,ing,2000,工地安全帽佩戴识别,1,1,1,2026-12-31 18:00:00,2025-01-01 08:00:00,",
        "52,无领域,ing,2000,,999,1,1,,,",
        "53,无状态,gone,2000,,1,1,1,,,",
    )
    csv(folder, "developer_projects", "id,developer_id,project_id,created_at,updated_at", "1,7,51,,", "2,8,52,,")
    csv(
        folder,
        "instances",
        "id,developer_id,project_id,name,gpu,cpu,ram,status,time_consuming,consumption_points,created_at,updated_at",
        "1,7,51,安全帽,1,2,4,coding,2h30min,1200,,",
        "2,8,51,别人的,1,2,4,stop,5,7,,",
    )
    csv(
        folder,
        "developer_educations",
        "id,developer_id,institution,education_id,project_experience,created_at,updated_at",
        "1,7,重庆大学,1,,,",
        "2,7,重庆大学,1,,,",
        "3,8,重庆大学,9999,,,",
    )
    csv(
        folder,
        "credit_logs",
        "id,developer_id,change,is_positive_growth,message,created_at,updated_at",
        "1,7,100,1,注册,,",
        "2,7,30,0,实例,,",
        "3,7,71,0,实例,,",
        "4,9,5,1,无主,,",
        "5,8,x,1,,,",
    )

    report = tmp_path / "refused.jsonl"
    moved = await move(settings, clock, "platform", folder, batch_rows=2, files=pictures, report=report)

    assert moved == {
        "developers": {
            "read": 3,
            "imported": 2,
            "refused": 1,
            "avatar imported": 1,
            "avatar refused": 1,
            "research directions refused": 1,
        },
        "educations": {"read": 3, "imported": 1, "refused": 2},
        "real_names": {"read": 6, "imported": 2, "refused": 4},
        "awards": {"read": 1, "imported": 1, "pictures imported": 1, "pictures refused": 1},
        "projects": {"read": 3, "imported": 1, "refused": 2},
        "participations": {"read": 2, "imported": 1, "refused": 1},
        "instances": {"read": 2, "imported": 1, "refused": 1},
        "credits": {"read": 5, "imported": 2, "refused": 3},
    }
    both = {each.kind: each for each in await verified(settings, clock, "platform", folder)}
    assert (both["credits"].agrees, both["credits"].sum_there, both["credits"].sum_here) == (True, 70, 70)
    balances = await database.fetch(text("SELECT account, balance FROM credit_balances"))
    assert [tuple(row) for row in balances] == [("general", 70)]
    reasons = [json.loads(line)["reason"] for line in report.read_text(encoding="utf-8").splitlines()]
    about = (".png", ".jpg", "this number", "number of such")
    assert [reason for reason in reasons if any(words in reason for words in about)] == [
        "/storage/avatar/none.jpg is not in the folder of pictures.",
        "Somebody else has this number.",
        "This is not a number of such a document.",
        "../secret.png is not in the folder of pictures.",
        "broken.png: The file is not a PNG, JPEG or WEBP image.",
        "x.png is not in the folder of pictures.",
    ]
    names = "SELECT r.user_id, actual_name, claimed_number IS NULL, status FROM real_names r JOIN certifications c"
    found = await database.fetch(text(f"{names} ON c.id = certification_id ORDER BY r.id"))
    assert [tuple(row) for row in found] == [(7, "张三", 0, "approved"), (8, "李四", 1, "rejected")]
    instances = await database.fetch(text("SELECT status, minutes, consumed, running FROM instances"))
    assert [tuple(row) for row in instances] == [("stop", 150, 1200, None)]
    # A bcrypt hash is replaced at the first sign-in too.
    signed_in = await product.data(SIGN_IN)
    assert signed_in["signIn"]["errors"] == []
    hashes = await database.fetch(text("SELECT password_hash FROM users WHERE id = 7"))
    assert hashes[0].password_hash.startswith("$2b$")
    login = await product.http.post("/api/login", json={"username": "dev.one", "password": "secret1"})
    token = {"Authorization": f"Bearer {login.json()['data']['token_info']['access_token']}"}
    base = (await product.http.get("/api/user/base", headers=token)).json()["data"]
    assert (base["province"], base["county"], base["is_overseas"], base["research_direction_id"]) == (
        "重庆",
        "南岸",
        0,
        [1, 2],
    )
    assert (await product.http.get(base["avatar"])).headers["content-type"] == "image/jpeg"
    claims = (await product.http.get("/api/user/authenticate", headers=token)).json()["data"]
    assert (claims["real_name"]["id_number"], claims["real_name"]["authenticate_status"]) == (
        "50010119900307803X",
        "已通过",
    )
    assert (await product.http.get(claims["real_name"]["authenticate_picture"])).status_code == 200
    assert len(claims["award_info"][0]["award_picture"]) == 1
    (project,) = (await product.http.get("/api/user/participate-project", headers=token)).json()["data"]
    assert (project["id"], project["name"], project["status"]) == (51, "安全帽识别", "ing")


async def test_the_hr_system_moves_in_and_its_ids_lead_to_what_they_became(
    product: Product, settings: Settings, database: Database, clock: Clock, tmp_path: Path
) -> None:
    folder = tmp_path / "hr"
    person = {"name": "张三", "phone": "13900139000", "email": "z3@x.example", "status": "public"}
    documents(
        folder,
        "users",
        {
            "_id": oid(ALICE),
            "user_email": "Alice@HR.example",
            "password": BCRYPT,
            "company_name": "青禾软件",
            "phone": "023-60001234",
            "created_at": {"$date": "2025-01-01T00:00:00Z"},
        },
    )
    documents(
        folder,
        "resumes",
        {
            "_id": oid(RESUME),
            "contact_info": person,
            "gender": "男",
            "age": {"$numberInt": "25"},
            "work_years": 3,
            "works": [{"compnay_name": "甲", "position_title": "后端", "duration": "2 年"}],
            "education": [{"school": "重庆邮电大学", "major": "软件工程"}],
            "job_target": {"expectation_area": "北京,上海"},
        },
        {"_id": oid(SECRET), "contact_info": {**person, "phone": ""}},
    )
    documents(
        folder,
        "feeds",
        {
            "_id": oid(FEED),
            "user_id": oid(ALICE),
            "title": "Python 开发",
            "job_desc": "HTML",
            "salary_min": 3000,
            "salary_max": {"$numberLong": "5000"},
            "keywords": "python",
            "expect_area": "北京，上海",
            "talent_level": "中级,高级",
            "start_time": {"$date": {"$numberLong": "1735689600000"}},
        },
    )
    documents(
        folder,
        "feed_results",
        {
            "_id": oid("a" * 24),
            "feed_id": oid(FEED),
            "resume_id": oid(RESUME),
            "score": 72.4,
            "send": 1,
            "user_read_status": "read",
            "mark_log": [{"mark_name": "已约到面试", "mark_time": 1735776000}, {"mark_name": "?"}],
            "comment_log": [{"content": "不错", "comment_time": 1735776000}],
        },
        {"_id": oid("b" * 24), "feed_id": oid(FEED), "resume_id": oid(SECRET)},
    )
    with (folder / "feed_results.json").open("a") as file:
        file.write('{"_id": {"$oid": \n')
    documents(
        folder, "watches", {"_id": oid("c" * 24), "user_id": oid(ALICE), "feed_id": oid(FEED), "resume_id": oid(RESUME)}
    )

    moved = await move(settings, clock, "hr", folder)

    assert moved == {
        "recruiters": {"read": 1, "imported": 1},
        "resumes": {"read": 2, "imported": 1, "refused": 1},
        "feeds": {"read": 1, "imported": 1},
        "recommendations": {
            "read": 3,
            "imported": 1,
            "refused": 2,
            "marks imported": 1,
            "marks refused": 1,
            "comments imported": 1,
        },
        "watches": {"read": 1, "imported": 1},
    }
    login = (await product.http.post("/hr/login/", data={"username": "alice@hr.example", "password": "secret1"})).json()
    assert login["status"] == "ok", login
    token = base64.b64encode(f"{login['auth_info']['user']}:{login['auth_info']['token']}".encode()).decode()
    headers = {"Authorization": f"Basic {token}"}
    # Links with the old object ids.
    feed = (await product.http.get(f"/special_feed/edit_feed/{FEED}/", headers=headers)).json()
    assert (feed["status"], feed["data"]["feed"]["title"]) == ("ok", "Python 开发")
    listed = (await product.http.get(f"/special_feed/feed_list/{FEED}?latest=0", headers=headers)).json()
    assert [(row["mark_log"][0]["mark_name"], row["resume"]["works"][0]["compnay_name"]) for row in listed["data"]] == [
        ("已约到面试", "甲")
    ]
    read = (await product.http.get(f"/feed/get/{FEED}/{RESUME}", headers=headers)).json()
    assert read["status"] == "ok"
    unknown = (await product.http.get(f"/special_feed/edit_feed/{'f' * 24}/", headers=headers)).json()
    assert unknown["status"] == "feed_error"
    # The same id in the graph.
    mutation = """mutation { signIn(input: {identifier: "alice@hr.example", password: "secret1"}) { token } }"""
    bearer = {"Authorization": f"Bearer {(await product.data(mutation))['signIn']['token']}"}
    query = "query($id: ID!) { node(id: $id) { id } }"
    asked = {"query": query, "variables": {"id": node_id.encode("Feed", int(FEED, 16))}}
    found = (await product.http.post("/graphql", json=asked, headers=bearer)).json()
    new_id = await database.fetch_value(text("SELECT id FROM feeds"))
    assert found == {"data": {"node": {"id": node_id.encode("Feed", new_id)}}}


async def test_the_sign_cloud_moves_in(product: Product, settings: Settings, clock: Clock, tmp_path: Path) -> None:
    dump = tmp_path / "sign_cloud.sql"
    dump.write_text(SIGN_CLOUD, encoding="utf-8")

    (tmp_path / "front.jpg").write_bytes(encoded())
    moved = await move(settings, clock, "sign_cloud", dump, files=tmp_path)

    assert moved == {
        "users": {"read": 2, "imported": 2},
        "companies": {"read": 3, "imported": 1, "joined": 1, "refused": 1},
        "handlers": {"read": 1, "imported": 1},
        "contracts": {"read": 2, "imported": 1, "refused": 1},
        "resumes": {"read": 2, "imported": 1, "refused": 1, "id cards imported": 1},
        "applications": {"read": 3, "imported": 2, "refused": 1},
    }
    assert [each.kind for each in await verified(settings, clock, "sign_cloud", dump) if not each.agrees] == []
    signed_in = (await product.http.post("/weixin/login", data={"code": "dev-o-5"})).json()
    assert signed_in["status"] == 0, signed_in
    token = {"X-auth-token": signed_in["data"]["session_token"]}
    resume = (await product.http.get("/employee", headers=token)).json()["data"]
    assert (resume["real_name"], resume["phone"], resume["id_number"]) == ("李青", "13800138000", "50010119900307803X")
    assert resume["work_exp"][0] | {"company": "甲", "team": "乙"} == resume["work_exp"][0]
    assert resume["company"]["company_name"] == "青禾软件"
    status = (await product.http.get("/em_status", headers=token)).json()["data"]
    assert (status["status"], status["company_name"]) == (1, "青禾软件")


async def test_ids_that_are_too_large_go_on_to_lead_to_what_they_became(
    product: Product, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    snowflake = 131_072_000_000_000_001
    users = "id,account,password,name,class,major,permission,direction,created_at,updated_at"
    csv(tmp_path / "recorder", "users", users, f"{snowflake},2000000002,,王二,,,1,null,,")
    clock_ins = "id,uid,clock_in_time,clock_in_location,created_at"
    csv(tmp_path / "recorder", "clock_ins", clock_ins, f"{snowflake + 1},{snowflake},1735689600,图书馆,")
    moved = await move(settings, clock, "recorder", tmp_path / "recorder")
    assert moved["clock_ins"] == {"read": 1, "imported": 1}
    administrator = await product.administrator()

    query = {"uid": str(snowflake)}
    found = await product.rest("GET", "/api/v1/clock_in/search", person=administrator, query=query)

    (row,) = found.json()["data"]["rows"]
    assert (row["user"]["account"], row["id"] < 2**53, row["uid"] < 2**53) == ("2000000002", True, True)
    query = {"uid": str(snowflake + 2)}
    unknown = await product.rest("GET", "/api/v1/clock_in/search", person=administrator, query=query)
    assert unknown.json()["data"]["rows"] == []
