"""The talent feeds' format of resumes and recommendations."""

from collections.abc import Mapping
from typing import Any

from rest_compat import instants
from rest_compat.hr_feeds.shapes import Joined, object_id, seconds
from rest_compat.reply import Constant, Each, Object, Or, Via, compiled

LEVELS = {"初级": "JUNIOR", "中级": "INTERMEDIATE", "高级": "SENIOR", "专家": "EXPERT"}
CATEGORIES = {"全职": "FULL_TIME", "兼职": "PART_TIME", "实习": "INTERNSHIP"}
HUNTING_STATES = {
    "离职，可立即上岗": "AVAILABLE",
    "在职，正在找工作": "LOOKING",
    "在职，考虑更好的机会": "OPEN",
    "暂时不找工作": "NOT_LOOKING",
}
GENDERS = {"男": "MALE", "女": "FEMALE", "": "UNKNOWN"}
VISIBILITIES = {"public": "PUBLIC", "secret": "SECRET"}
MARKS = {
    "已约到面试": "INVITE_INTERVIEW",
    "已参加面试": "JOIN_INTERVIEW",
    "下一轮面试": "NEXT_INTERVIEW",
    "已发offer": "SEND_OFFER",
    "已入职": "ENTRY",
    "无求职意愿": "NO_WILL",
    "能力不匹配，约面不成功": "INVITE_LOWER_ABILITY",
    "对公司不感兴趣，约面不成功": "INVITE_NO_INTEREST",
    "约面后爽约": "BREAK_INVITE",
    "能力不匹配": "LOWER_ABILITY",
    "对公司项目不感兴趣": "NO_INTEREST",
    "拒绝offer": "REJECT_OFFER",
}
NEGOTIABLE = "面议"


def word(words: Mapping[str, str], path: str) -> Or:
    """The word for the value of the graph at a path; empty where there is none."""
    return Or(Via({value: name for name, value in words.items()}.__getitem__, path), "")


def _salary(target: Mapping[str, Any]) -> str:
    """The range that somebody hopes for; 面议 where they say nothing of it."""
    low, high = target["salaryMin"], target["salaryMax"]
    if low is None and high is None:
        return NEGOTIABLE
    if low is None or high is None:
        return str(low or high)
    return f"{low}-{high}"


def _address(resume: Mapping[str, Any]) -> str:
    """Where somebody lives: the city, and before it the province where that is another."""
    province, city = resume["province"], resume["city"]
    return city if city.startswith(province) else f"{province}{city}"


def _duration(months: int) -> str:
    """How long a job lasted; empty where nobody knows."""
    years, rest = divmod(months, 12)
    return (f"{years}年" if years else "") + (f"{rest}个月" if rest else "")


def _schools(studies: list[dict[str, Any]]) -> list[str]:
    """The schools, the latest first, each once."""
    return list(dict.fromkeys(study["school"] for study in studies if study["school"]))


def _certified(resume: Mapping[str, Any]) -> list[str]:
    """What the platform certified of the person: the name, and with it the school and the degree."""
    has_name = any(held["kind"] == "REAL_NAME" for held in resume["certifications"])
    degrees = [] if resume["education"] is None else [_with_level("institution", resume["education"])]
    return ["实名认证"] * has_name + degrees


def _award(award: dict[str, Any]) -> str:
    return _with_level("competition", award)


def _with_level(name: str, held: Mapping[str, Any]) -> str:
    """What somebody holds, and its level in words."""
    return held[name] if held["level"] is None else f"{held[name]} {held['level']['name']}"


def _read_status(_read_at: str) -> str:
    return "read"


def _contact(resume: Mapping[str, Any]) -> dict[str, Any]:
    """How to reach somebody; empty until it was acquired."""
    return {} if resume["contact"] is None else _acquired(resume)


def _comments(recommendation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The remarks, each with the resume it is about."""
    resume_id = _resume_id(recommendation)
    return [{**_comment(comment), "resume_id": resume_id} for comment in recommendation["comments"]]


def _day(path: str) -> Or:
    """The Unix time of the beginning of a day in Shanghai; 0 where there is none."""
    return Or(Via(_beginning, path), 0)


def _beginning(day: str) -> int:
    return instants.seconds(f"{day}T00:00:00+08:00")


def _extra(name: str) -> Via:
    """What the resume says of a job beyond what everybody says, if it is a text."""

    def text(extras: Mapping[str, Any]) -> str:
        found = extras.get(name)
        return found if isinstance(found, str) else ""

    return Via(text, "extras")


_STUDIES = Each(
    "studies",
    {
        "school": "school",
        "start_time": _day("startedOn"),
        "end_time": _day("endedOn"),
        "degree": "degreeName",
        "major": "major",
    },
)
RESUME: Mapping[str, Any] = {
    "job_target": {
        "job_career": word(LEVELS, "jobTarget.level"),
        "salary": Or(Via(_salary, "jobTarget"), NEGOTIABLE),
        "job_category": word(CATEGORIES, "jobTarget.category"),
        "job_hunting_state": word(HUNTING_STATES, "jobTarget.huntingState"),
        "job_industry": Joined("jobTarget.domains", "name"),
        "enroll_time": seconds("createdAt"),
        "expectation_area": Joined("jobTarget.areas"),
    },
    "education": _STUDIES,
    "educations": _STUDIES,
    "address": Via(_address),
    "id": object_id("databaseId"),
    "last_contact": seconds("contact.acquiredAt"),
    "hr_evaluate": Constant(""),
    "gender": word(GENDERS, "gender"),
    "age": "age",
    "self_evaluation": Or("jobTarget.selfEvaluation", ""),
    "works": Each(
        "jobs",
        {
            "salary": "salary",
            "company_category": _extra("company_category"),
            "start_time": _day("startedOn"),
            "position_category": _extra("position_category"),
            "company_scale": _extra("company_scale"),
            "compnay_name": "company",
            "industry_category": _extra("industry_category"),
            "position_title": "position",
            "job_desc": "description",
            "duration": Via(_duration, "months"),
            "end_time": _day("endedOn"),
        },
    ),
    "work_years": "workYears",
}
"""A resume; nobody writes an evaluation for others to read, so that it is empty."""
TAGS: Mapping[str, Any] = {
    "keywords": Or("keywords", []),
    "schools": Or(Via(_schools, "resume.studies"), []),
    "certifications": Or(Via(_certified, "resume"), []),
    "awards": Each("resume.awards", Via(_award)),
    "signed": Or("resume.isSigned", False),
}
"""What is told of somebody at a glance. Who has `signed` a contract is not available, which is said before the sale."""
CONTACT: Mapping[str, Any] = {
    "qq": Or("contact.qq", ""),
    "phone": Or("contact.phone", ""),
    "name": Or("contact.name", ""),
    "email": Or("contact.email", ""),
}
"""How to reach somebody, of a resume; empty texts until it was acquired."""
_ACQUIRED: Mapping[str, Any] = {**CONTACT, "resume_id": object_id("databaseId")}
_acquired = compiled(_ACQUIRED)
_COMMENT = {"content": "content", "comment_time": seconds("createdAt")}
_comment = compiled(_COMMENT)
_resume_id = compiled(object_id("resume.databaseId"))
RECOMMENDATION: Mapping[str, Any] = {
    "feed": {"keywords": "keywords", "id": object_id("feed.databaseId")},
    "resume": Object("resume", RESUME),
    "favStatus": "isWatched",
    "user_read_status": Or(Via(_read_status, "readAt"), "unread"),
    "pub_time": Via(instants.local_in_shanghai, "displayedAt"),
    "calc_time": Via(instants.local_in_shanghai, "calculatedAt"),
    "id": object_id("databaseId"),
    "tags": TAGS,
    "contact_info": Or(Via(_contact, "resume", shows=(_ACQUIRED, Constant({}))), {}),
    "mark_log": Each(
        "marks",
        {"mark_time": seconds("createdAt"), "good_result": "isGood", "mark_name": word(MARKS, "mark")},
    ),
    "comment_log": Via(_comments, shows=(Each("comments", {**_COMMENT, "resume_id": object_id("")}),)),
}
"""A row of a feed's list."""
WATCHED: Mapping[str, Any] = {
    "feed_id": object_id("feed.databaseId"),
    "add_time": seconds("createdAt"),
    "keywords": "keywords",
    "tags": TAGS,
    "resume": Object("resume", {"contact_info": {**CONTACT, "status": word(VISIBILITIES, "visibility")}, **RESUME}),
}
"""A row of the watch list."""
