"""What the owners own: the same kinds of things for each, made through the product."""

from dataclasses import dataclass
from typing import Any

from models.db import Database
from models.statements import table_of
from models.talent.recommendations import RecommendationComment
from schema.engine.node_id import decode_as, encode
from tests.matrix.operations import do
from tests.matrix.people import user_id
from tests.support.clients import Person, Product
from tests.support.feeds import FEED, named, recommended
from tests.support.images import encoded, uploaded_path
from tests.support.platform import DETAILS
from tests.support.signing import resume

SIZES = {"gpu": 0, "cpu": 1, "ram": 1}
TARGET = {
    "level": "JUNIOR",
    "category": "FULL_TIME",
    "huntingState": "LOOKING",
    "salaryMin": 8000,
    "salaryMax": 12000,
    "workYears": 2,
    "areas": ["杭州"],
    "domains": [7],
    "selfEvaluation": "踏实",
    "qq": "10001",
    "showsGoals": True,
}
MORE = {
    "areas": ["北京"],
    "welfare": ["不加班"],
    "levels": ["JUNIOR"],
    "companyPreferences": [2],
    "domains": [7],
    "companyDomains": [7],
    "acceptsPartners": True,
}
"""What a feed may hold besides."""
ADDRESS = {
    "province": {"number": 33, "name": "浙江省"},
    "city": {"number": 330100, "name": "杭州市"},
    "county": {"number": 330106, "name": "西湖区"},
    "detail": "文三路",
}
CONTACT = {"name": "家人", "phone": "02360000000", "relationship": "父母"}


@dataclass(frozen=True)
class Offices:
    """Who looks after applications, and what they offer."""

    company: str
    contract: str
    handler: Person
    handler_id: str


@dataclass(frozen=True)
class Author:
    """Makes things for one owner; `ids` has what was made, by kind and the owner's name."""

    product: Product
    administrator: Person
    name: str
    person: Person
    ids: dict[str, Any]
    number: int

    async def do(self, mutation: str, /, **values: Any) -> dict[str, Any]:
        """A mutation of the owner."""
        return await do(self.product, self.person, mutation, **values)

    async def by_administrator(self, mutation: str, /, **values: Any) -> dict[str, Any]:
        """A mutation of the administrator."""
        return await do(self.product, self.administrator, mutation, **values)

    def keep(self, kind: str, value: Any) -> None:
        """Remember an id."""
        self.ids[f"{kind}_of_{self.name}"] = value

    async def studies(self) -> None:
        """The recorder: clock-ins, goals, logs, posts and comments, some of them anonymous."""
        clock_in = (await self.do("clockIn", location="图书馆"))["clockIn"]["id"]
        self.keep("clock_in", clock_in)
        wrong = {"clockInId": clock_in, "location": "图书馆二楼", "reason": "填错"}
        await self.by_administrator("correctClockIn", **wrong)
        goal = {"targetCompany": "青禾", "targetJob": "开发", "targetSalary": "1万", "targetArea": "杭州"}
        await self.do("setEmploymentGoal", status="SEEKING", **goal)
        await self.do("setPostgraduateGoal", targetUniversity="重庆大学", targetMajor="软件", targetScore=350)
        log = await self.do("createWorkLog", companyName="远山", job="开发", salary="1万", location="杭州")
        self.keep("work_log", log["workLog"]["id"])
        added = {"workLogId": log["workLog"]["id"], "status": "已投递", "stage": "IN_PROGRESS"}
        await self.do("addWorkLogStatus", **added)
        below = "{ viewer { clockIns { nodes { corrections { id } } } workLogs { nodes { statusLines { id } } } } }"
        viewer = (await self.product.data(below, person=self.person))["viewer"]
        self.keep("correction", viewer["clockIns"]["nodes"][0]["corrections"][0]["id"])
        self.keep("status_line", viewer["workLogs"]["nodes"][0]["statusLines"][0]["id"])
        for kind, anonymous in (("post", False), ("secret_post", True)):
            post = await self.do("createPost", title="经验", content="早睡", anonymous=anonymous)
            self.keep(kind, post["post"]["id"])
            await self.do("likePost", postId=post["post"]["id"])
            for hidden in (False, True):
                comment = await self.do("createComment", postId=post["post"]["id"], content="同意", anonymous=hidden)
                self.ids.setdefault(f"comment_of_{self.name}", comment["comment"]["id"])
        gone = (await self.do("createPost", title="错了", content="错了"))["post"]["id"]
        self.keep("deleted_item", (await self.do("deletePost", postId=gone))["deletedItem"]["id"])

    async def develops(self) -> None:
        """The developer platform: details, certifications, a project with a machine, mirrors, credits, grants."""
        image = await uploaded_path(self.product, self.person)
        place = {"province": "浙江省", "city": "杭州市", "county": "西湖区"}
        await self.do("updateDeveloperProfile", avatar=image, isOverseas=False, researchDirections=[1], **place)
        work = {"position": 1, "domains": [1], "projectExperience": "识别"}
        await self.do("saveEducation", institution="重庆大学", level=3, projectExperience="识别")
        await self.do("saveOccupation", organization="青禾", **work)
        photo = await uploaded_path(self.product, self.person, "LICENSED_PHOTO")
        identity = {"actualName": "张三", "certificateType": 1, "idNumber": f"41253619801025{1000 + self.number}"}
        await self.do("submitRealName", picture=photo, **identity)
        picture = await uploaded_path(self.product, self.person, "AWARD_PICTURE")
        award = await self.do("submitAward", competition="CV101", level=1, pictures=[picture])
        self.keep("award", award["award"]["id"])
        self.keep("photo", photo)
        self.keep("picture", picture)
        project = (await self.by_administrator("createProject", project=DETAILS))["project"]["id"]
        self.keep("project", project)
        key = {"key": f"matrix {self.name}"}
        who = {"userId": user_id(self.person), "message": "奖励"}
        await self.by_administrator("grantCredits", **who, account="GENERAL", amount=1000, **key)
        await self.by_administrator("grantExperience", **who, kind="EXPERIENCE", amount=10)
        grants = "{ viewer { developer { standing { grants { nodes { id } } } } } }"
        data = await self.product.data(grants, person=self.person)
        self.keep("grant", data["viewer"]["developer"]["standing"]["grants"]["nodes"][0]["id"])
        await self.do("joinProject", projectId=project)
        instance = await self.do("createInstance", projectId=project, name="识别", **SIZES)
        self.keep("instance", instance["instance"]["id"])
        mirror = await self.do("createMirror", name="pytorch", tag="2.1", size="1.5", remark="自用")
        self.keep("mirror", mirror["mirror"]["id"])

    async def is_certified(self) -> None:
        """The administrator approves the award, and for the first owner the real name too."""
        query = "{ certificationReviews(first: 100) { nodes { id kind revision user { id } } } }"
        found = await self.product.data(query, person=self.administrator)
        for node in found["certificationReviews"]["nodes"]:
            if node["user"]["id"] == user_id(self.person):
                self.keep("claim_" + node["kind"].lower(), node["id"])
                if node["kind"] == "AWARD" or self.number == 0:
                    decided = {"certificationId": node["id"], "revision": node["revision"]}
                    await self.by_administrator("approveCertification", **decided)

    async def applies(self, office: Offices) -> None:
        """The sign cloud: a resume with everything in it, and an application that awaits the signature."""
        front = await uploaded_path(self.product, self.person, "ID_CARD")
        back = await uploaded_path(self.product, self.person, "ID_CARD")
        self.keep("id_card", front)
        whole = resume(
            phone=f"1391234{self.number:04}",
            companyId=office.company,
            idCardFront=front,
            idCardBack=back,
            registeredAddress=ADDRESS,
            currentAddress=ADDRESS,
            emergencyContact=CONTACT,
        )
        submitted = await self.do("submitResume", resume=whole, handlerId=office.handler_id)
        application = submitted["application"]["id"]
        self.keep("application", application)
        offer = {"contractId": office.contract, "entryDate": "2026-07-01", "salary": "12000.50"}
        await do(self.product, office.handler, "approveSignApplication", applicationId=application, **offer)
        await self.do("updateJobTarget", **TARGET, email=f"{self.name}@matrix.example")
        data = await self.product.data("{ viewer { resume { id databaseId } } }", person=self.person)
        self.keep("resume", data["viewer"]["resume"]["id"])
        self.ids[f"resume_number_of_{self.name}"] = data["viewer"]["resume"]["databaseId"]

    async def becomes_recruiter(self) -> None:
        """With an e-mail address to sign in with, a company of their own, and a package."""
        address = {"kind": "EMAIL", "address": f"{self.name}@matrix.example"}
        code = (await self.do("sendCredentialCode", **address))["verificationCode"]
        await self.do("linkCredential", **address, code=code)
        await self.do("becomeRecruiter", companyName=f"用人公司{self.number}", phone="023-60001234")
        wish = {"userId": user_id(self.person), "name": "套餐", "feeds": 9, "contacts": 9}
        granted = await self.by_administrator("grantPackage", **wish, expiresAt="2027-01-01T00:00:00+00:00")
        self.keep("package", granted["package"]["id"])

    async def recruits(self, database: Database, sought: int) -> None:
        """The talent feeds: a feed, a recommendation with all that a recruiter does, a bought contact."""
        feed = (await self.do("createFeed", feed={**FEED, **MORE}))["feed"]["id"]
        self.keep("feed", feed)
        number = decode_as("Feed", feed, field="feed_id")
        self.keep("feed_number", number)
        await recommended(database, self.product.clock, number, sought)
        named_by = named(number, sought)
        self.keep("named", named_by)
        self.keep("candidate", named_by["resumeId"])
        await self.do("readRecommendation", **named_by)
        await self.do("watchResume", **named_by)
        await self.do("commentRecommendation", **named_by, content="合适")
        comments = table_of(RecommendationComment)
        newest = await database.fetch_one(comments.select().order_by(comments.c.id.desc()).limit(1))
        assert newest is not None
        self.keep("comment", encode("RecommendationComment", newest.id))
        await self.do("markRecommendation", **named_by, mark="INVITE_INTERVIEW")


async def old_client_uploads(product: Product, person: Person) -> None:
    """A call of the sign cloud with headers about the client, which the product keeps."""
    headers = {"X-auth-token": person.token, "X-platform-code": "matrix", "X-unique-key": "key", "X-city": "330100"}
    sent = await product.http.post(
        "/image",
        files={"file": ("front.jpg", encoded(), "image/jpeg")},
        headers={**headers, "X-location": "120.1,30.2"},
    )
    assert sent.json()["error_code"] == 0, sent.text
