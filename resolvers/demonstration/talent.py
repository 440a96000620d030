"""Talent: about two hundred people who look for a job, and a recruiter with three feeds."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import bindparam, insert, select

from models.identity import Credential, CredentialKind, Role, User, UserRole
from models.signing.companies import Company
from models.signing.resumes import (
    Gender,
    HouseholdType,
    MaritalStatus,
    PoliticalStatus,
    Resume,
    ResumeEducation,
    ResumeVisibility,
    WorkExperience,
)
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recruiters import CompanyProfile, MembershipStatus, Package, Recruiter
from models.talent.targets import JobTarget, TargetArea
from models.talent.vocabulary import HuntingState, JobCategory, TalentLevel
from resolvers.demonstration import RECRUITER_EMAIL, RECRUITER_PASSWORD
from resolvers.demonstration.employers import COMPANIES
from resolvers.demonstration.professions import (
    CITIES,
    EMPLOYERS,
    GIVEN_NAMES,
    PROFESSIONS,
    SCHOOLS,
    SURNAMES,
    Profession,
)
from resolvers.demonstration.story import Story, returning_ids
from resolvers.scope import Scope
from resolvers.signing import resumes
from resolvers.talent import tasks

CANDIDATES = 200
SECRET = 17
"""Every so many-th resume is secret."""
_LEVELS = ((TalentLevel.JUNIOR, 0), (TalentLevel.INTERMEDIATE, 3), (TalentLevel.SENIOR, 6), (TalentLevel.EXPERT, 11))
_PROVINCES = {
    "深圳": "广东省",
    "杭州": "浙江省",
    "成都": "四川省",
    "广州": "广东省",
    "武汉": "湖北省",
    "南京": "江苏省",
    "西安": "陕西省",
}

_FEEDS: Sequence[dict[str, Any]] = (
    {
        "title": "Python后端工程师",
        "keywords": ["Python", "Django", "Redis", "Kubernetes"],
        "job_description": "负责招聘平台的服务端开发：接口设计、数据库与缓存优化、微服务治理。",
        "skill_required": "三年以上 Python 经验，熟悉 MySQL、Redis，了解 Docker 与 k8s。",
        "salary_min": 15000,
        "salary_max": 28000,
        "areas": ["杭州", "上海"],
        "levels": [TalentLevel.INTERMEDIATE, TalentLevel.SENIOR],
        "domains": [14, 13],
    },
    {
        "title": "产品经理",
        "keywords": ["需求分析", "原型设计", "数据分析"],
        "job_description": "负责企业服务产品的规划与迭代，能独立完成用户访谈与 PRD。",
        "skill_required": "有 B 端经验优先。",
        "salary_min": 12000,
        "salary_max": 24000,
        "areas": ["北京"],
        "levels": [TalentLevel.INTERMEDIATE],
        "domains": [13],
    },
    {
        "title": "数据分析师",
        "keywords": ["SQL", "A/B测试", "Tableau"],
        "job_description": "搭建指标体系，设计实验，为增长团队提供分析支持。",
        "skill_required": "熟练使用 SQL 与 Python。",
        "salary_min": 10000,
        "salary_max": 20000,
        "areas": ["深圳", "广州"],
        "levels": [TalentLevel.JUNIOR, TalentLevel.INTERMEDIATE],
        "domains": [10],
    },
)

_ADD_USERS = returning_ids(table_of(User))
_ADD_RESUMES = returning_ids(table_of(Resume))
_ADD_JOBS = insert(table_of(WorkExperience))
_ADD_STUDIES = insert(table_of(ResumeEducation))
_ADD_TARGETS = insert(table_of(JobTarget))
_ADD_AREAS = insert(table_of(TargetArea))
_ADD_CREDENTIALS = insert(table_of(Credential))
_ADD_ROLES = insert(table_of(UserRole))
_ADD_RECRUITERS = insert(table_of(Recruiter))
_ADD_PROFILES = insert(table_of(CompanyProfile))
_ADD_PACKAGES = returning_ids(table_of(Package))
_ADD_FEEDS = returning_ids(table_of(Feed))
_companies = table_of(Company)
_COMPANY = select(_companies.c.id).where(_companies.c.name == bindparam("name"))


async def load(story: Story) -> None:
    """The people first; then the recruiter, whose feeds are matched once the server runs."""
    scope = Scope(story.services, now=story.at(story.days[-1], 12), current_transaction=story.transaction)
    await tasks.resumes_changed(scope, await _people(story))
    await tasks.feeds_changed(scope, await _recruiter(story))


async def _people(story: Story) -> list[int]:
    chance = story.chance("talent")
    created = [{"created_at": story.at(chance.choice(story.days), chance.randint(8, 20))} for _ in range(CANDIDATES)]
    names = [f"{chance.choice(SURNAMES)}{chance.choice(GIVEN_NAMES)}" for _ in range(CANDIDATES)]
    users = [{"name": name, "password_hash": None, **when} for name, when in zip(names, created, strict=True)]
    user_ids = await story.add_returning(_ADD_USERS, users)
    people = [
        _Person(story, chance, number, user_id, name)
        for number, (user_id, name) in enumerate(zip(user_ids, names, strict=True))
    ]
    rows = [{**person.resume(), **when} for person, when in zip(people, created, strict=True)]
    resume_ids = await story.add_returning(_ADD_RESUMES, rows)
    owned = [
        (person, {"resume_id": resume_id, **when})
        for person, resume_id, when in zip(people, resume_ids, created, strict=True)
    ]
    await story.add(_ADD_JOBS, [{**job, **of} for person, of in owned for job in person.jobs()])
    await story.add(_ADD_STUDIES, [{**person.study(), **of} for person, of in owned])
    await story.add(_ADD_TARGETS, [{**person.target(), **of} for person, of in owned])
    await story.add(_ADD_AREAS, [{"area": area, **of} for person, of in owned for area in person.areas])
    return resume_ids


class _Person:
    """Somebody who looks for a job."""

    def __init__(self, story: Story, chance: Random, number: int, user_id: int, name: str) -> None:
        self.story, self.chance, self.number, self.user_id, self.name = story, chance, number, user_id, name
        self.profession: Profession = PROFESSIONS[number % len(PROFESSIONS)]
        self.years = chance.choice((0, 1, 2, 3, 3, 4, 5, 6, 8, 10, 13))
        self.title = chance.choice(self.profession.titles)
        self.skills = chance.sample(self.profession.skills, chance.randint(4, len(self.profession.skills) - 1))
        self.city = chance.choice(CITIES)
        self.areas = list(dict.fromkeys([self.city, *chance.sample(CITIES, chance.randint(0, 2))]))

    def resume(self) -> dict[str, Any]:
        """The row of `resumes`."""
        chance = self.chance
        born = date(self.story.today.year - 22 - self.years, 1, 1) + timedelta(days=chance.randint(0, 364))
        id_number = f"500106{born:%Y%m%d}{chance.randint(0, 999):03}X"
        return {
            "user_id": self.user_id,
            "name": self.name[:16],
            "phone": f"1390003{self.number:04}",
            "phone_verified": chance.random() < 0.7,
            **resumes.encrypted(self.story.services.encryption, self.user_id, id_number),
            "age": 22 + self.years,
            "gender": chance.choice((Gender.MALE, Gender.FEMALE)),
            "ethnicity": "汉族",
            "marital_status": chance.choice((MaritalStatus.SINGLE, MaritalStatus.MARRIED)),
            "political_status": chance.choice((PoliticalStatus.LEAGUE_MEMBER, PoliticalStatus.MASSES)),
            "household_type": chance.choice((HouseholdType.RURAL, HouseholdType.URBAN)),
            "current_province_name": _PROVINCES.get(self.city, f"{self.city}市"),
            "current_city_name": f"{self.city}市",
            "position": self.title[:16],
            "visibility": ResumeVisibility.SECRET if self.number % SECRET == SECRET - 1 else ResumeVisibility.PUBLIC,
        }

    def jobs(self) -> list[dict[str, Any]]:
        """The rows of `resume_work_experiences`, the latest first; an internship for who begins."""
        today, chance = self.story.today, self.chance
        if self.years == 0:
            started = today.replace(day=1) - timedelta(days=240)
            return [self._job(f"{self.title}实习生", started, started + timedelta(days=150))]
        count = 1 + (self.years >= 3) + (self.years >= 8)
        jobs, end = [], None
        for place in range(count):
            length = timedelta(days=365 * self.years // count)
            start = (end or today) - length
            title = self.title if place == 0 else chance.choice(self.profession.titles)
            jobs.append(self._job(title, start, end))
            end = start - timedelta(days=30)
        return jobs

    def _job(self, title: str, start: date, end: date | None) -> dict[str, Any]:
        sentences = [
            sentence.format("、".join(self.chance.sample(self.skills, min(3, len(self.skills)))))
            for sentence in self.profession.work
        ]
        low, high = self.profession.pay
        return {
            "company": self.chance.choice(EMPLOYERS),
            "position": title,
            "start_time": f"{start:%Y-%m}",
            "end_time": f"{end:%Y-%m}" if end else "至今",
            "salary": f"{self.chance.randint(low, high)}k",
            "description": "".join(sentences),
            "extras": {},
        }

    def study(self) -> dict[str, Any]:
        """The row of `resume_educations`."""
        finished = self.story.today.year - self.years
        return {
            "school": self.chance.choice(SCHOOLS),
            "degree": self.chance.choice(("bachelor", "bachelor", "bachelor", "master", "college")),
            "major": self.chance.choice(self.profession.majors),
            "start_time": f"{finished - 4}-09",
            "end_time": f"{finished}-06",
            "extras": {},
        }

    def target(self) -> dict[str, Any]:
        """The row of `job_targets`; some say little."""
        chance = self.chance
        low, high = self.profession.pay
        pay = round(low + (high - low) * min(self.years, 12) / 12) * 1000
        says = chance.random() < 0.85
        level = next(level for level, years in reversed(_LEVELS) if self.years >= years)
        return {
            "level": level if chance.random() < 0.7 else None,
            "category": JobCategory.INTERNSHIP if self.years == 0 else JobCategory.FULL_TIME,
            "hunting_state": chance.choice(list(HuntingState)),
            "salary_min": pay if says else None,
            "salary_max": round(pay * 1.4) if says else None,
            "work_years": self.years if chance.random() < 0.6 else None,
            "domains": chance.sample(self.profession.domains, chance.randint(0, 2)),
            "self_evaluation": f"{self.years} 年经验，擅长{'、'.join(self.skills[:3])}，乐于沟通，注重结果。",
            "qq": f"2099{self.number:05}",
            "email": f"talent{self.number}@careers.example",
            "shows_goals": False,
        }


async def _recruiter(story: Story) -> list[int]:
    """The recruiter of a company that exists, with a package and feeds; the ids of the feeds."""
    created = {"created_at": story.at(story.days[-2], 10)}
    password_hash = await story.services.hasher.hash(RECRUITER_PASSWORD)
    (user_id,) = await story.add_returning(_ADD_USERS, [{"name": "穆青", "password_hash": password_hash, **created}])
    owned = {"user_id": user_id, **created}
    await story.add(_ADD_CREDENTIALS, [{"kind": CredentialKind.EMAIL, "identifier": RECRUITER_EMAIL, **owned}])
    await story.add(_ADD_ROLES, [{"role": Role.RECRUITER, **owned}])
    company_id = await story.transaction.fetch_value(_COMPANY, {"name": COMPANIES[0]})
    membership = {"company_id": company_id, "membership": MembershipStatus.APPROVED, "phone": "02361234567"}
    await story.add(_ADD_RECRUITERS, [{**membership, **owned}])
    profile = {
        "company_id": company_id,
        "url": "https://qinghe.example.com",
        "product_url": "https://qinghe.example.com/product",
        "stage": "B轮",
        "key_points": "弹性工作、技术氛围好",
        "description": "为中小企业提供人事与协作软件。",
        "domains": [13, 14],
    }
    await story.add(_ADD_PROFILES, [{**profile, **created}])
    package = {"name": "年度套餐", "feeds": 10, "feeds_used": len(_FEEDS), "contacts": 100, "contacts_used": 0}
    expires = {"expires_at": story.at(story.today + timedelta(days=365), 0), "is_trial": False}
    (package_id,) = await story.add_returning(_ADD_PACKAGES, [{**package, **expires, **owned}])
    shared = {
        "package_id": package_id,
        "welfare": ["五险一金", "弹性工作"],
        "company_preferences": [1],
        "company_domains": [13],
        "category": JobCategory.FULL_TIME,
        "accepts_partners": True,
        "viewed_at": story.at(story.days[-1], 18),
    }
    return await story.add_returning(_ADD_FEEDS, [{**feed, **shared, **owned} for feed in _FEEDS])
