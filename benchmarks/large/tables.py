"""What a large database holds: for each table how many rows a user, and an SQL expression for each column.

In an expression `n` is the number of the row, from 1. The expressions are in the SQL that both databases know.
Every hundredth row belongs to one person, where that is allowed: lists of one owner grow too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FIRST_USER = 1_000_000
"""The id before the first user's."""
STUDENT, ADMINISTRATOR, HANDLER, STAFF, RECRUITER, DEVELOPER, TEACHER = range(FIRST_USER + 1, FIRST_USER + 8)
"""Who the calls are made by; the student owns every hundredth row, and the recruiter every tenth of a recruiter's."""
CLASS_SIZE = 50
RECRUITERS = 0.01
"""Recruiters for each user."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table: how many for each user, and what their columns hold."""

    table: str
    rate: float
    """With 0 there is one row."""
    columns: Mapping[str, str]
    source: str = "numbers"


def _entry(kind: str) -> str:
    return f"(SELECT min(id) FROM dictionary_entries WHERE kind = '{kind}')"  # noqa: S608 -- a constant


_SPREAD = f"{FIRST_USER + 1} + n * 7919 % {{users}}"
_OWNER = f"CASE WHEN n % 100 = 0 THEN {STUDENT} ELSE {_SPREAD} END"
_EACH = f"{FIRST_USER} + n"
_RECRUITER = f"CASE WHEN n % 10 = 0 OR n <= 10 THEN {RECRUITER} ELSE {RECRUITER} + n % {{of_{RECRUITERS:g}}} END"
_TEXT = "'今天的学习与求职记录，也写给以后的同学。今天的学习与求职记录，也写给以后的同学。' || n"
_API = (
    f"CASE {FIRST_USER} + n WHEN {HANDLER} THEN 'sign_cloud' WHEN {STAFF} THEN 'attendance'"
    f" WHEN {RECRUITER} THEN 'hr_feeds' WHEN {DEVELOPER} THEN 'developer_platform' ELSE 'work_progress' END"
)
_DOMAIN, _DIRECTION = _entry("domain"), _entry("research_direction")
_SIGN_STATUS = (
    "CASE n % 50 WHEN 0 THEN 'applied' WHEN 1 THEN 'awaiting_signature' WHEN 2 THEN 'rejected'"
    " WHEN 3 THEN 'cancelled' ELSE 'signed' END"
)
_RECOMMENDED = (
    "numbers JOIN recommendations ON recommendations.id = numbers.n JOIN feeds ON feeds.id = recommendations.feed_id"
)
_NO_LIST, _NO_OBJECT = "'[]'", "'{}'"

TABLES = (
    Rows(
        "users",
        1,
        {
            "id": _EACH,
            "name": "'学生' || n",
            "class_name": f"(n / {CLASS_SIZE}) || '班'",
            "major": "'软件工程'",
            "has_initial_password": "true",
            "must_change_password": "false",
            "pursues_postgraduate": "n % 3 = 0",
            "pursues_employment": "n % 2 = 0",
            "created_at": "{earlier}",
        },
    ),
    Rows(
        "credentials",
        1,
        {"user_id": _EACH, "kind": "'student_account'", "identifier": "CAST(3000000000 + n AS VARCHAR(20))"},
    ),
    Rows(
        "sessions",
        1,
        {
            "user_id": _EACH,
            "api": _API,
            "jti": "'large-' || n",
            "expires_at": "{later}",
        },
    ),
    Rows("user_roles", 0, {"user_id": f"{ADMINISTRATOR}", "role": "'administrator'"}),
    Rows("user_roles", 0, {"user_id": f"{STAFF}", "role": "'attendance_staff'"}),
    Rows("user_roles", 0, {"user_id": f"{TEACHER}", "role": "'teacher'"}),
    Rows("teacher_classes", 0, {"user_id": f"{TEACHER}", "class_name": "'1班'"}),
    Rows("user_roles", 0.001, {"user_id": f"{HANDLER} + (n - 1) * 10", "role": "'handler'"}),
    Rows("user_roles", RECRUITERS, {"user_id": f"{RECRUITER} + n - 1", "role": "'recruiter'"}),
    Rows(
        "employment_goals",
        0.5,
        {
            "user_id": _EACH,
            "status": "'seeking'",
            "target_company": "'某公司'",
            "target_job": "'后端'",
            "target_salary": "'20'",
            "target_area": "'重庆'",
        },
    ),
    Rows(
        "postgraduate_goals",
        0.5,
        {"user_id": _EACH, "target_university": "'重邮'", "target_major": "'软件工程'", "target_score": "380"},
    ),
    Rows(
        "clock_ins",
        10,
        {
            "user_id": f"{FIRST_USER + 1} + n % {{users}}",
            "business_date": "days.business_date",
            "slot": "CASE n / {users} % 3 WHEN 0 THEN 'morning' WHEN 1 THEN 'afternoon' ELSE 'evening' END",
            "clocked_in_at": "days.began_at",
            "location": "'图书馆三楼'",
        },
        "numbers JOIN days ON days.number = numbers.n / {users} / 3",
    ),
    Rows(
        "posts",
        2,
        {
            "id": "n",
            "author_id": _OWNER,
            "title": "'第 ' || n || ' 篇心得'",
            "content": _TEXT,
            "anonymous": "n % 5 = 0",
        },
    ),
    Rows(
        "comments",
        6,
        {
            "post_id": "CASE WHEN n % 100 = 0 THEN {of_2} ELSE 1 + n * 7919 % {of_2} END",
            "author_id": _OWNER,
            "content": "'谢谢分享，正好需要！'",
            "anonymous": "n % 5 = 0",
        },
    ),
    Rows(
        "work_logs",
        2,
        {"id": "n", "user_id": _SPREAD, "company_name": "'公司' || n", "job": "'后端'", "salary": "'20'"}
        | {"location": "'重庆'"},
    ),
    Rows(
        "work_log_status_lines",
        4,
        {"work_log_id": "1 + n % {of_2}", "recorded_at": "{now}", "status": "'已投递'", "stage": "'in_progress'"},
    ),
    Rows(
        "notifications",
        3,
        {
            "user_id": _OWNER,
            "kind": "'sign_application_submitted'",
            "text": "'提交了签约申请。'",
            "subject_type": "'SignApplication'",
            "subject_id": "n",
        },
    ),
    Rows(
        "audit_events",
        5,
        {
            "actor_id": f"CASE WHEN n % 2 = 0 THEN {ADMINISTRATOR} ELSE {_SPREAD} END",
            "action": "'export_users'",
            "subject_type": "CASE WHEN n % 2 = 0 THEN 'User' ELSE 'Certification' END",
            "subject_id": _OWNER,
            "client": "'10.0.0.1'",
            "request_id": "'0123456789abcdef'",
        }  # without a place in the chain, as rows from before there was one
        | dict.fromkeys(("details", "before", "after"), _NO_OBJECT),
    ),
    Rows(
        "client_requests",
        2,
        {"user_id": _OWNER, "operation": "'createResume'", "client": "'10.0.0.1'"}
        | {"platform_code": "'x'", "unique_key": "'y'", "city": "'重庆'"},
    ),
    Rows(
        "verification_codes",
        1,
        {"purpose": "'register'", "kind": "'mobile'", "address": "'+86' || (13000000000 + n)"}
        | {"code_hash": "'0'", "expires_at": "{now}", "tries": "0"},
    ),
    Rows(
        "outgoing_messages",
        1,
        {"kind": "'mobile'", "address": "'+86' || (13000000000 + n)", "status": "'sent'", "attempts": "1"}
        | {"next_attempt_at": "{now}", "expires_at": "{now}", "error": "''"},
    ),
    Rows("captchas", 0.1, {"token_hash": "'token-' || n", "answer_hash": "'0'", "expires_at": "{later}"}),
    Rows(
        "staff_applications",
        0.02,
        {"user_id": f"{STAFF} + n - 1", "status": "CASE WHEN n % 10 = 0 THEN 'pending' ELSE 'approved' END"}
        | {"reason": "''"},
    ),
    Rows(
        "uploads",
        1,
        {"id": "n", "user_id": _OWNER, "folder": "'id-card'", "name": "'upload-' || n || '.jpg'"}
        | {"original_name": "'a.jpg'", "media_type": "'image/jpeg'", "kilobytes": "100", "client": "'10.0.0.1'"},
    ),
    Rows(
        "certifications",
        0.6,
        {
            "id": "n",
            "user_id": f"{STUDENT} + n % {{of_0.5}}",
            "kind": "CASE WHEN n <= {of_0.5} THEN 'real_name' ELSE 'award' END",
            "status": "CASE n % 100 WHEN 0 THEN 'pending' WHEN 1 THEN 'rejected' ELSE 'approved' END",
            "revision": "1",
            "submitted_at": "{now}",
            "message": "''",
        },
    ),
    Rows(
        "real_names",
        0.5,
        {
            "user_id": f"{STUDENT} + n % {{of_0.5}}",
            "certification_id": "n",
            "actual_name": "'张三'",
            "certificate_type_id": _entry("certificate_type"),
            "encrypted_number": "'0'",
            "claimed_number": "'number-' || n",
            "upload_id": "n",
        },
    ),
    Rows(
        "awards",
        0.1,
        {"id": "n", "user_id": f"{STUDENT} + (n + {{of_0.5}}) % {{of_0.5}}", "certification_id": "n + {of_0.5}"}
        | {"competition": "'数学建模'", "level_id": _entry("award_level")},
    ),
    Rows(
        "educations",
        0.5,
        {"user_id": _EACH, "institution": "'重邮'", "level_id": _entry("education"), "project_experience": _TEXT},
    ),
    Rows(
        "occupations",
        0.5,
        {"user_id": _EACH, "organization": "'某公司'", "position_id": _entry("position"), "project_experience": _TEXT},
    ),
    Rows("occupation_domains", 0.5, {"user_id": _EACH, "entry_id": _DOMAIN}),
    Rows(
        "developer_profiles",
        0.5,
        {"user_id": _EACH, "avatar_path": "''", "province": "'重庆'", "city": "'重庆'", "county": "''"}
        | {"is_overseas": "false"},
    ),
    Rows("developer_research_directions", 0.5, {"user_id": _EACH, "entry_id": _DIRECTION}),
    Rows(
        "credit_entries",
        3,
        {"user_id": f"CASE WHEN n % 100 = 0 THEN {DEVELOPER} ELSE {_SPREAD} END", "account": "'general'"}
        | {"change": "1", "balance_after": "1", "message": "'奖励'", "key": "'key-' || n"},
    ),
    Rows("credit_balances", 1, {"user_id": _EACH, "account": "'general'", "balance": "10000"}),
    Rows(
        "developer_grants",
        0.2,
        {"user_id": f"CASE WHEN n % 100 = 0 THEN {DEVELOPER} ELSE {_SPREAD} END", "kind": "'experience'"}
        | {"amount": "1", "message": "'奖励'"},
    ),
    Rows(
        "projects",
        0.05,
        {
            "id": "n",
            "name": "'河流识别 ' || n",
            "status": "CASE n % 4 WHEN 0 THEN 'registration' WHEN 1 THEN 'ing' WHEN 2 THEN 'iteration' ELSE 'end' END",
            "purchase_budget": "1000",
            "introduction": _TEXT,
            "domain_id": _DOMAIN,
            "research_direction_id": _DIRECTION,
            "level": "1",
        },
    ),
    Rows(
        "participations",
        1,
        {"id": "n", "user_id": "CASE WHEN n <= {of_0.05} THEN " + f"{DEVELOPER} ELSE {_EACH} END"}
        | {"project_id": "1 + n % {of_0.05}"},
    ),
    Rows(
        "instances",
        1,
        {"participation_id": "CASE WHEN n % 100 = 0 THEN 1 ELSE n END", "name": "'实例' || n"}
        | {"gpu": "0", "cpu": "1", "ram": "1", "status": "'已停止'", "credits_per_hour": "1"}
        | {"stopped_at": "{now}", "minutes": "60", "consumed": "1", "unpaid": "0"},
    ),
    Rows(
        "mirrors",
        0.2,
        {"user_id": f"CASE WHEN n <= 20 THEN {DEVELOPER} ELSE {_SPREAD} END", "name": "'镜像' || n", "tag": "'v1'"}
        | {"size_thousandths": "1", "remark": "''"},
    ),
    Rows("companies", 0.05, {"id": "n", "name": "'公司' || n", "enabled": "n % 10 <> 0"}),
    Rows(
        "contracts",
        0.1,
        {"id": "n", "company_id": "CASE WHEN n % 10 = 0 THEN 1 ELSE 1 + n % {of_0.05} END", "name": "'合同'"}
        | {"body": "'公司'", "years": "3", "file_url": "'a'", "enabled": "n % 10 <> 1"},
    ),
    Rows(
        "handlers",
        0.001,
        {"id": "n", "user_id": f"{HANDLER} + (n - 1) * 10", "name": "'经办人'", "phone": "''", "email": "''"}
        | {"enabled": "n % 10 <> 9"},
    ),
    Rows(
        "resumes",
        0.5,
        {
            "id": "n",
            "user_id": _EACH,
            "name": "'张三'",
            "phone": "'13100000000'",
            "phone_verified": "true",
            "encrypted_id_number": "'0'",
            "id_number_lookup": "'lookup-' || n",
            "age": "22",
            "gender": "'male'",
            "ethnicity": "'汉'",
            "marital_status": "'single'",
            "political_status": "'masses'",
            "household_type": "'urban'",
            "company_id": "1 + n % {of_0.05}",
            "position": "'后端'",
            "visibility": "CASE WHEN n % 10 = 0 THEN 'secret' ELSE 'public' END",
        }
        | dict.fromkeys(
            [
                *(f"registered_{part}" for part in ("province_name", "city_name", "county_name", "detail")),
                *(f"current_{part}" for part in ("province_name", "city_name", "county_name", "detail")),
                *(f"emergency_{part}" for part in ("name", "phone", "relationship")),
            ],
            "'重庆'",
        ),
    ),
    Rows(
        "resume_work_experiences",
        1,
        {"resume_id": "1 + n % {of_0.5}", "company": "'某公司'", "position": "'后端'", "start_time": "'2024-01'"}
        | {"end_time": "''", "salary": "''", "description": _TEXT, "extras": _NO_OBJECT},
    ),
    Rows(
        "resume_educations",
        0.5,
        {"resume_id": "n", "school": "'重邮'", "degree": "'本科'", "major": "'软件工程'", "start_time": "'2020-09'"}
        | {"end_time": "'2024-06'", "extras": _NO_OBJECT},
    ),
    Rows(
        "job_targets",
        0.5,
        {"resume_id": "n", "salary_min": "8000", "salary_max": "12000", "domains": _NO_LIST}
        | {"self_evaluation": _TEXT, "qq": "''", "email": "''", "shows_goals": "true"},
    ),
    Rows("job_target_areas", 0.5, {"resume_id": "n", "area": "'重庆'"}),
    Rows(
        "sign_applications",
        0.6,
        {
            "user_id": f"{STUDENT} + n % {{of_0.5}}",
            "resume_id": "1 + n % {of_0.5}",
            "company_id": "CASE WHEN n % 10 = 0 THEN 1 ELSE 1 + n % {of_0.05} END",
            "handler_id": "CASE WHEN n % 5 = 0 THEN NULL WHEN n % 5 = 1 THEN 1 ELSE 1 + n % {of_0.001} END",
            "position": "'后端'",
            "status": _SIGN_STATUS,
            "open": "CASE WHEN n % 50 < 2 AND n <= {of_0.5} THEN true END",
            "applied_at": "{now}",
            "reason": "''",
            "contract_id": "1 + n % {of_0.1}",
        },
    ),
    Rows(
        "recruiters",
        RECRUITERS,
        {"user_id": f"{RECRUITER} + n - 1", "company_id": "CASE WHEN n % 10 = 0 THEN 1 ELSE n END", "phone": "''"}
        | {"membership": "CASE WHEN n % 10 = 0 THEN 'pending' ELSE 'approved' END"},
    ),
    Rows(
        "packages",
        RECRUITERS,
        {"id": "n", "user_id": f"{RECRUITER} + n - 1", "name": "'试用'", "is_trial": "true", "feeds": "1000"}
        | {"feeds_used": "5", "contacts": "1000", "contacts_used": "5", "expires_at": "{later}"},
    ),
    Rows(
        "feeds",
        0.05,
        {
            "id": "n",
            "user_id": _RECRUITER,
            "package_id": "1",
            "title": "'后端工程师'",
            "job_description": _TEXT,
            "skill_required": "'Python'",
            "salary_min": "8000",
            "salary_max": "12000",
            "category": "'full_time'",
            "accepts_partners": "false",
            "viewed_at": "{now}",
            "calculated_at": "{now}",
        }
        | dict.fromkeys(
            ("keywords", "areas", "welfare", "levels", "company_preferences", "domains", "company_domains"), _NO_LIST
        ),
    ),
    Rows(
        "recommendations",
        5,
        {
            # A feed has at most 500.
            "id": "n",
            "feed_id": "CASE WHEN n <= 500 THEN 1 ELSE 2 + (n / 101) % ({of_0.05} - 1) END",
            "resume_id": "1 + n % {of_0.5}",
            "score": "n % 100",
            "title_score": "n % 97",
            "reasons": _NO_LIST,
            "keywords": _NO_LIST,
            "is_current": "true",
            "displayed_at": "{now}",
            "calculated_at": "{now}",
            "sent": "n % 50 = 0",
            "by_partner": "false",
        },
    ),
    Rows("recommendation_marks", 0.5, {"recommendation_id": "n", "mark": "'invite_interview'"}),
    Rows("recommendation_comments", 0.5, {"recommendation_id": "n", "content": "'不错'"}),
    # Of the first feeds, so that a watch list has at most 1,000.
    Rows(
        "watched_resumes",
        0.014,
        {"user_id": "feeds.user_id", "feed_id": "recommendations.feed_id", "resume_id": "recommendations.resume_id"},
        _RECOMMENDED,
    ),
    Rows(
        "acquired_contacts",
        0.005,
        {"user_id": "feeds.user_id", "resume_id": "recommendations.resume_id", "package_id": "1"},
        _RECOMMENDED,
    ),
)
"""In the order of their references."""
