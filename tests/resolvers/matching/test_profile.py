"""Profiles: what is kept of a resume, and how it is stored."""

from datetime import date

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.talent.vocabulary import TalentLevel
from resolvers.matching import titles
from resolvers.matching.documents import JobDocument, ResumeDocument, StudyDocument
from resolvers.matching.evidence import STRENGTHS
from resolvers.matching.profile import LEVELS, UNKNOWN, VERSION, Profile
from tests.support.matching import TODAY, job, resume


def strength(profile: Profile, term: str) -> float:
    return float(STRENGTHS[dict(zip(profile.terms, profile.codes, strict=True)).get(term, 0)])


def test_survives_being_stored() -> None:
    profile = Profile.of(
        resume(
            2**52,
            position="高级后端工程师",
            self_evaluation="熟悉 Python\x00 \ud800 与 k8s",
            jobs=[job("Java开发", "负责支付系统", company="腾讯科技"), job("实习生", end=date(2024, 1, 1))],
            studies=[StudyDocument("清华大学", "软件工程")],
            level=TalentLevel.SENIOR,
            years=6,
            salary_min=20_000,
            salary_max=30_000,
            current_area="北京",
            areas=["上海市", "全国"],
            domains=["金融"],
            certificates=["CPA"],
        )
    )
    assert Profile.loads(profile.dumps()) == profile


@given(
    st.builds(
        ResumeDocument,
        resume_id=st.integers(1, 2**53),
        today=st.just(TODAY),
        position=st.text(max_size=20),
        self_evaluation=st.text(max_size=50),
        jobs=st.lists(
            st.builds(
                JobDocument,
                company=st.text(max_size=10),
                position=st.text(max_size=10),
                description=st.text(max_size=30),
                start=st.none() | st.dates(),
                end=st.none() | st.dates(),
            ),
            max_size=30,
        ),
        years=st.none() | st.integers(),
        salary_min=st.none() | st.integers(),
        salary_max=st.none() | st.integers(),
        areas=st.lists(st.text(max_size=5), max_size=3),
    )
)
def test_any_resume_has_one(document: ResumeDocument) -> None:
    profile = Profile.of(document)
    assert Profile.loads(profile.dumps()) == profile == Profile.of(document)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"null",
        b"[1]",
        b"\xff",
        orjson.dumps([VERSION + 1, *orjson.loads(Profile.of(resume()).dumps())[1:]]),
        orjson.dumps([*orjson.loads(Profile.of(resume()).dumps())[:5], "x"]),
        orjson.dumps([VERSION, [1], [[], [], []], [], [], ""]),
    ],
)
def test_what_no_profile_is_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="This is "):
        Profile.loads(content)


def test_says_nothing_where_the_resume_does_not() -> None:
    profile = Profile.of(resume())
    assert (profile.level, profile.years, profile.salary_min, profile.salary_max) == (UNKNOWN,) * 4
    assert profile.flags == 0
    assert not profile.wish
    assert profile.jobs == ()
    assert profile.terms == ()


def test_years_of_jobs_at_once_count_once() -> None:
    jobs = [
        job(start=date(2016, 11, 20), end=date(2020, 11, 20)),
        job(start=date(2018, 11, 20), end=date(2019, 11, 20)),
        job(start=date(2022, 11, 20), end=date(2024, 11, 20)),
    ]
    assert Profile.of(resume(jobs=jobs)).years == 6
    assert Profile.of(resume(jobs=jobs, years=9)).years == 9


def test_what_cannot_be_read_of_a_job_counts_for_nothing() -> None:
    readable = job("Python开发", "用 Python 写接口", start=date(2010, 1, 1), end=date(2012, 1, 1))
    lasting = job("Python开发", "用 Python 写接口", start=date(2010, 1, 1))
    unreadable = job("Python开发", "用 Python 写接口", start=date(2010, 1, 1), has_readable_dates=False)
    nothing = job("Python开发", "用 Python 写接口", start=None, has_readable_dates=False)

    profiles = [Profile.of(resume(jobs=[each])) for each in (readable, lasting, unreadable, nothing)]

    assert [profile.years for profile in profiles] == [2, 17, UNKNOWN, UNKNOWN]
    of_python = [strength(profile, "s:Python") for profile in profiles]
    assert of_python[1] > of_python[0] > of_python[2] == of_python[3] > 0
    assert [profile.jobs[0][1] for profile in profiles] == [85, 100, 72, 72]


def test_a_job_of_an_unknown_time_stands_behind_those_whose_time_is_known() -> None:
    known = job("会计", start=date(2019, 1, 1), end=date(2020, 1, 1))
    unknown = job("出纳", start=None, has_readable_dates=False)
    since_2015 = job("店长", start=date(2015, 1, 1), has_readable_dates=False)

    kept = Profile.of(resume(jobs=[unknown, since_2015, known])).jobs

    assert [title for title, _ in kept] == [titles.parse(name) for name in ("会计", "店长", "出纳")]


def test_a_level_comes_from_the_title_where_nothing_else_tells() -> None:
    assert LEVELS[Profile.of(resume(position="资深测试")).level] == TalentLevel.SENIOR
    assert LEVELS[Profile.of(resume(position="资深测试", level=TalentLevel.EXPERT)).level] == TalentLevel.EXPERT
    assert LEVELS[Profile.of(resume(jobs=[job("实习生")])).level] == TalentLevel.JUNIOR


def test_a_skill_implies_others_with_a_discount() -> None:
    profile = Profile.of(resume(jobs=[job("后端开发", "使用 Django 搭建会员接口，支撑日常订单")]))
    assert strength(profile, "s:Django") > strength(profile, "s:Python") > 0


def test_what_was_done_in_a_job_counts_more_than_what_is_listed() -> None:
    done = Profile.of(resume(jobs=[job("后端开发", "使用 Redis 搭建会员接口，支撑日常订单")]))
    listed = Profile.of(resume(jobs=[job("后端开发", "搭建会员接口，支撑日常订单")], self_evaluation="Redis"))
    other_trade = Profile.of(resume(jobs=[job("护士", "照顾病人")], self_evaluation="Redis"))
    assert strength(done, "s:Redis") > strength(listed, "s:Redis") > strength(other_trade, "s:Redis") > 0


def test_longer_and_later_is_stronger() -> None:
    def using(start: date, end: date | None) -> float:
        profile = Profile.of(resume(jobs=[job("后端", "使用 Redis 搭建接口，支撑订单", start=start, end=end)]))
        return strength(profile, "s:Redis")

    assert using(date(2023, 1, 1), None) > using(date(2026, 9, 1), None)
    assert using(date(2023, 1, 1), None) > using(date(2012, 1, 1), date(2016, 1, 1))


MANY = "Python Java Go PHP Rust Scala Vue React Angular MySQL Redis MongoDB Kafka Docker Kubernetes Spark Hive Flink \
Photoshop Figma Excel Tableau PLC FPGA Verilog STM32 AutoCAD SAP CRM SEO"


def test_a_list_of_dozens_of_skills_counts_little() -> None:
    few, many = (Profile.of(resume(self_evaluation=listed)) for listed in ("Python Redis Docker", MANY))
    assert strength(many, "s:Python") < strength(few, "s:Python") / 2
    described, stuffed = (Profile.of(resume(jobs=[job("", text)])) for text in ("用 Python 写脚本处理报表", MANY))
    assert strength(stuffed, "s:Python") < strength(described, "s:Python") / 2


def test_saying_it_again_and_again_does_not_help() -> None:
    once, often = (Profile.of(resume(self_evaluation="陶艺与 Python " * times)) for times in (1, 50))
    assert strength(often, "s:Python") < strength(once, "s:Python")
    assert often.length <= 3 * once.length
