"""Scores: sums of parts that can be explained, from what a resume says and from nothing else."""

from typing import Any

import pytest

from models.talent.vocabulary import TalentLevel
from resolvers.matching.bounds import MAX_EVIDENCE, MAX_EVIDENCE_LENGTH
from resolvers.matching.documents import Component, Fact, FactKind, FeedDocument, Reason, ResumeDocument, StudyDocument
from resolvers.matching.engine import compile_feed
from resolvers.matching.scoring import MAXIMA
from tests.support.matching import feed, job, match, resume

WANTED = feed(
    "Python后端开发",
    keywords=["Python", "Django", "k8s"],
    job_description="负责电商后端服务的设计与开发",
    salary_min=15_000,
    salary_max=25_000,
    levels=[TalentLevel.SENIOR],
    areas=["杭州"],
    domains=["电子商务"],
    company_preferences=["一线互联网人才"],
)
FITTING = resume(
    position="Python开发",
    jobs=[job("服务端工程师", "使用 Python、Django 设计电商订单服务，部署在 Kubernetes 集群", company="阿里巴巴")],
    level=TalentLevel.SENIOR,
    years=6,
    salary_min=18_000,
    salary_max=24_000,
    areas=["杭州"],
    domains=["电子商务"],
)
EMPTY = resume()


def reason(component: Component, wanted: FeedDocument, document: ResumeDocument) -> Reason:
    return next(each for each in match(wanted, document).reasons if each.component == component)


def share(component: Component, wanted: FeedDocument, document: ResumeDocument) -> float:
    part = reason(component, wanted, document)
    return part.points / part.max


def test_the_parts_make_the_score() -> None:
    assert sum(MAXIMA.values()) == 100
    for document in (FITTING, EMPTY, resume(position="护士", areas=["北京"])):
        found = match(WANTED, document)
        assert [each.component for each in found.reasons] == list(Component)
        assert found.score == int(sum(each.points for each in found.reasons) + 0.5)
        assert all(0 <= each.points <= each.max == MAXIMA[each.component] for each in found.reasons)


def test_who_fits_gets_most_of_it_and_is_told_why() -> None:
    found = match(WANTED, FITTING)
    assert found.score > 85
    assert found.title_score > 80
    assert found.keywords[:3] == ("Python", "Django", "Kubernetes")
    evidence = {each.component: each.evidence for each in found.reasons}
    assert "后端开发 · Python" in evidence[Component.TITLE]
    assert evidence[Component.SKILLS] == ("Python", "Django", "Kubernetes")
    assert evidence[Component.LEVEL] == (Fact(FactKind.LEVEL, ("senior",)), Fact(FactKind.YEARS, (6,)))
    assert evidence[Component.AREA] == ("杭州",)
    assert evidence[Component.SALARY] == (Fact(FactKind.SALARY, (18_000, 24_000)),)
    assert evidence[Component.DOMAIN] == ("电子商务",)
    assert evidence[Component.COMPANY] == ("一线互联网人才",)


def test_missing_data_counts_half_and_is_flagged() -> None:
    for part in match(WANTED, EMPTY).reasons:
        assert part.missing
        assert part.points == part.max / 2
        assert part.evidence == ()
    for part in match(feed(), FITTING).reasons:
        assert part.missing
        assert part.points == part.max / 2


@pytest.mark.parametrize(
    "component", [Component.LEVEL, Component.AREA, Component.SALARY, Component.DOMAIN, Component.COMPANY]
)
def test_what_the_feed_leaves_open_is_missing(component: Component) -> None:
    wanted = feed("Python开发", keywords=["Python"])
    assert reason(component, wanted, FITTING).missing
    assert not reason(Component.TITLE, wanted, FITTING).missing


def test_skills_count_by_their_rarity() -> None:
    others = [resume(number, self_evaluation="Excel 报表") for number in range(2, 30)]
    wanted = feed(keywords=["Excel", "Verilog"])

    def points(said: str) -> float:
        found = match(wanted, resume(jobs=[job("", f"用 {said} 完成日常交付")]), *others)
        return next(each.points for each in found.reasons if each.component == Component.SKILLS)

    assert points("Verilog") > points("Excel") > 0


def test_skills_are_told_apart_by_how_they_are_shown() -> None:
    evidence = reason(Component.SKILLS, feed(keywords=["Django", "Python"]), resume(self_evaluation="Django"))
    assert evidence.evidence == (Fact(FactKind.LISTED, ("Django",)), Fact(FactKind.INFERRED, ("Python",)))


def test_words_that_no_lexicon_knows_are_skills_too() -> None:
    wanted = feed(keywords=["陶艺修复"])
    assert share(Component.SKILLS, wanted, resume(jobs=[job("", "负责馆藏陶艺修复与登记")])) > 0.5
    assert share(Component.SKILLS, wanted, resume(jobs=[job("", "负责钟表登记")])) == 0
    assert match(wanted, resume(jobs=[job("", "负责馆藏陶艺修复与登记")])).keywords == ("陶艺修复",)


def test_stuffed_keywords_do_not_pay() -> None:
    honest = resume(
        position="后端开发", jobs=[job("后端开发", "使用 Python 和 Django 搭建订单接口，把服务部署到 k8s 集群")]
    )
    keywords = "Python Django k8s 后端 电商 服务 设计 开发 "
    for stuffed in (
        resume(position="Python后端开发", jobs=[job("行政专员", "收发文件")], self_evaluation=keywords * 30),
        resume(position="行政专员", jobs=[job("行政专员", keywords * 30)]),
    ):
        assert match(WANTED, stuffed, honest).score < match(WANTED, honest, stuffed).score - 10


def area(*areas: str, current: str = "") -> ResumeDocument:
    return resume(areas=areas, current_area=current)


def test_areas() -> None:
    wanted = feed(areas=["杭州"])
    order = [
        area("浙江省杭州市"),
        area("全国"),
        area(current="Hangzhou"),
        area("北京", current="杭州"),
        area("宁波"),
        area("北京"),
    ]
    found = [share(Component.AREA, wanted, document) for document in order]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found)
    assert found[0] == 1
    assert found[-1] == 0
    assert share(Component.AREA, feed(areas=["全国"]), area("北京")) == 1
    assert share(Component.AREA, feed(areas=["广东"]), area("深圳市")) == 1


def wish(low: int | None, high: int | None) -> ResumeDocument:
    return resume(salary_min=low, salary_max=high)


def test_salaries() -> None:
    wanted = feed(salary_min=10_000, salary_max=20_000)
    order = [wish(12_000, 18_000), wish(18_000, 26_000), wish(8_000, 9_000), wish(22_000, 30_000), wish(40_000, 50_000)]
    found = [share(Component.SALARY, wanted, document) for document in order]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found)
    assert found[0] == 1
    assert found[-1] == 0
    assert share(Component.SALARY, wanted, wish(None, 15_000)) == 1


def test_levels_and_years() -> None:
    wanted = feed(levels=[TalentLevel.SENIOR])
    order = [TalentLevel.SENIOR, TalentLevel.EXPERT, TalentLevel.INTERMEDIATE, TalentLevel.JUNIOR]
    found = [share(Component.LEVEL, wanted, resume(level=level)) for level in order]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found)
    asked = feed(skill_required="5年以上工作经验")
    assert share(Component.LEVEL, asked, resume(years=6)) == 1
    assert 0 < share(Component.LEVEL, asked, resume(years=4)) < 1
    assert share(Component.LEVEL, asked, resume(years=1)) == 0


def test_companies_and_schools_of_a_preference() -> None:
    wanted = feed(company_preferences=["一线互联网人才", "重点高校人才"])
    assert share(Component.COMPANY, wanted, resume(jobs=[job(company="北京字节跳动科技有限公司")])) == 1
    assert share(Component.COMPANY, wanted, resume(studies=[StudyDocument("清华大学")])) == 1
    assert share(Component.COMPANY, wanted, resume(studies=[StudyDocument("北京大学（本科）")])) == 1
    for school in (
        "北京大学计算机系",
        "北京大学医学部",
        "University of Oxford",
        "Nanjing University",
        "Peking University, Beijing",
    ):
        assert share(Component.COMPANY, wanted, resume(studies=[StudyDocument(school)])) == 1, school
    for school in (
        "北京大学青鸟职业技术学院",
        "北京大学附属中学",
        "清华大学出版社",
        "Zhejiang University of Technology",
        "Oxford Brookes University",
        "Cambridge High School",
        "Tsinghua University Press",
    ):
        assert share(Component.COMPANY, wanted, resume(studies=[StudyDocument(school)])) == 0, school
    assert share(Component.COMPANY, wanted, resume(jobs=[job(company="张三小吃店")])) == 0


@pytest.mark.parametrize(
    ("said", "years"),
    [
        ("3年以上工作经验", (3, 60)),
        ("三年以上相关经验", (3, 60)),
        ("十二年以上经验", (12, 60)),
        ("3-5年经验", (3, 5)),
        ("三到五年工作经验", (3, 5)),
        ("at least 2 years of experience", (2, 60)),
        ("接受2018年应届毕业生", (0, 3)),
        ("应届毕业生", (0, 3)),
        ("公司2008年成立", None),
        ("公司有20年历史", None),
        ("第3年", None),
        ("不少于5年", (5, 60)),
        ("工作年限：5-10年", (5, 10)),
        ("5+ years", (5, 60)),
        ("three years of hands-on professional software experience", (3, 60)),
        ("two to four years experience", (2, 4)),
        ("2 years in sales", (2, 60)),
        ("执业满五年", (5, 60)),
        ("二十五年以上经验", (25, 60)),
        ("两三年工作经验", (2, 3)),
        ("3年以下经验", (0, 3)),
        ("3年以上、5年以下经验", (3, 5)),
        ("有上市公司3年以上财务经验", (3, 60)),
        ("2025届", (0, 3)),
        ("第25届大会志愿者", None),
        ("不接受应届生", None),
        ("应届生勿扰，3年以上经验", (3, 60)),
        ("本公司有20年经验", None),
        ("公司成立15年以上", None),
        ("Our firm has 25 years of experience", None),
        ("入职满1年以上享受年假", None),
        ("18 years of age", None),
        ("合同管理3年以上经验", (3, 60)),
        ("合同期3年，经验不限", None),
        ("join our team with 5+ years of experience", (5, 60)),
        ("over 20 years in business", None),
    ],
)
def test_years_of_work_are_told_from_others(said: str, years: tuple[int, int] | None) -> None:
    assert compile_feed(feed("会计", skill_required=said)).years == years


def test_who_has_just_left_school_is_before_others_where_such_people_are_wanted() -> None:
    wanted = feed("会计", skill_required="接受2018年应届毕业生")
    assert share(Component.LEVEL, wanted, resume(years=0)) > share(Component.LEVEL, wanted, resume(years=7))


def test_many_years_of_work_are_no_fault() -> None:
    for wanted in (
        feed(levels=[TalentLevel.INTERMEDIATE]),
        feed(levels=[TalentLevel.SENIOR]),
        feed(skill_required="5年以上工作经验"),
    ):
        assert share(Component.LEVEL, wanted, resume(years=25)) == share(Component.LEVEL, wanted, resume(years=8))


PERSONAL = [
    "男",
    "女性",
    "性别：男",
    "男女不限",
    "35岁以下",
    "年龄：28岁",
    "汉族",
    "藏族",
    "中共党员",
    "政治面貌：群众",
    "已婚已育",
    "未婚",
    "1990年出生",
    "90后",
    "female, 28 years old, married",
    "群众",
    "民盟盟员",
    "九三学社社员",
    "无党派人士",
    "农村户口",
    "户籍：河南",
    "王女士",
    "李先生（男）",
    "she / her",
    "Mrs.",
]


@pytest.mark.parametrize("personal", PERSONAL)
def test_gender_age_ethnicity_marriage_and_politics_move_nothing(personal: str) -> None:
    def saying(words: str) -> tuple[FeedDocument, ResumeDocument]:
        fields: dict[str, Any] = {"keywords": ["Python", "Django"], "levels": [TalentLevel.SENIOR]}
        wanted = feed(f"后端开发（{words}）", job_description=f"{words}，负责订单服务，{words}", **fields)
        jobs = [job(f"后端工程师（{words}）", f"使用 Python 搭建订单服务，{words}")]
        return wanted, resume(position=f"后端（{words}）", jobs=jobs, self_evaluation=f"{words}。踏实。{words}")

    plain_feed, plain = saying("")
    telling_feed, telling = saying(personal)
    expected = match(plain_feed, plain)
    assert match(plain_feed, telling) == expected
    assert match(telling_feed, plain) == expected
    assert match(telling_feed, telling) == expected


def test_evidence_is_bounded() -> None:
    words = "，".join(f"工艺{chr(0x4E00 + number)}{'料' * 60}" for number in range(200))
    wanted = feed("测试", keywords=words.split("，"), job_description=words)
    for part in match(wanted, resume(self_evaluation=words, position=words)).reasons:
        for told in (part.evidence, part.asked, part.held, part.met, part.unmet):
            assert len(told) <= MAX_EVIDENCE
            names = [value for each in told for value in ([each] if isinstance(each, str) else each.values)]
            assert all(0 < len(str(name)) <= MAX_EVIDENCE_LENGTH for name in names)


@pytest.mark.parametrize("hostile", ["\x00", "\ud800", "'\"; --", "NEAR(", "%", "(" * 5000, "a" * 50_000, " "])
def test_any_feed_is_matched(hostile: str) -> None:
    wanted = feed(
        hostile,
        keywords=[hostile],
        job_description=hostile,
        skill_required=hostile,
        areas=[hostile],
        domains=[hostile],
        company_preferences=[hostile],
        salary_min=-(10**30),
        salary_max=10**30,
    )
    assert 0 <= match(wanted, FITTING).score <= 100
