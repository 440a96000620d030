"""Explanations: what was asked beside what is held, in words worth reading."""

from typing import Any

from models.talent.vocabulary import TalentLevel
from resolvers.matching.documents import Component, Fact, FactKind, FeedDocument, Reason, ResumeDocument, StudyDocument
from tests.support.matching import feed, job, match, resume


def parts(wanted: FeedDocument, held: ResumeDocument, *others: ResumeDocument) -> dict[Component, Reason]:
    return {part.component: part for part in match(wanted, held, *others).reasons}


def comparison(part: Reason) -> dict[str, Any]:
    return {name: getattr(part, name) for name in ("asked", "held", "met", "unmet")}


SENIOR, JUNIOR = (Fact(FactKind.LEVEL, (level.value,)) for level in (TalentLevel.SENIOR, TalentLevel.JUNIOR))


def test_what_is_asked_stands_beside_what_is_held() -> None:
    wanted = feed(
        "Java开发",
        keywords=["Java", "Kubernetes", "Redis"],
        skill_required="3-5年经验，本科及以上学历",
        levels=[TalentLevel.SENIOR],
        areas=["杭州", "宁波"],
        salary_min=10_000,
        salary_max=15_000,
        domains=["电子商务"],
        company_preferences=["一线互联网人才"],
    )
    held = resume(
        position="会计",
        jobs=[job("会计", "用 Java 与 Redis 写报表工具", company="腾讯")],
        studies=[StudyDocument("某大学", degree="college")],
        level=TalentLevel.JUNIOR,
        years=4,
        areas=["北京"],
        salary_min=20_000,
        salary_max=30_000,
        domains=["游戏"],
    )
    found = {component: comparison(part) for component, part in parts(wanted, held).items()}
    years, degree = Fact(FactKind.YEARS_ASKED, (3, 5)), Fact(FactKind.DEGREE_ASKED, ("bachelor",))
    pay, wish = Fact(FactKind.SALARY, (10_000, 15_000)), Fact(FactKind.SALARY, (20_000, 30_000))

    title = ("后端开发 · Java",)
    assert found[Component.TITLE] == {"asked": title, "held": ("会计",), "met": (), "unmet": title}
    assert found[Component.SKILLS] == {
        "asked": ("Java", "Kubernetes", "Redis"),
        "held": ("Java", "Redis"),
        "met": ("Java", "Redis"),
        "unmet": ("Kubernetes",),
    }
    assert found[Component.LEVEL] == {
        "asked": (SENIOR, years),
        "held": (JUNIOR, Fact(FactKind.YEARS_OF_TRADE, (0, 4))),
        "met": (),
        "unmet": (SENIOR, years),
    }
    assert found[Component.DEGREE] == {
        "asked": (degree,),
        "held": (Fact(FactKind.DEGREE, ("college",)),),
        "met": (),
        "unmet": (degree,),
    }
    cities = ("杭州", "宁波")
    assert found[Component.AREA] == {"asked": cities, "held": ("北京",), "met": (), "unmet": cities}
    assert found[Component.SALARY] == {"asked": (pay,), "held": (wish,), "met": (), "unmet": (pay,)}
    domain = ("电子商务",)
    assert found[Component.DOMAIN] == {"asked": domain, "held": ("游戏",), "met": (), "unmet": domain}
    group = ("一线互联网人才",)
    companies = {"asked": group, "held": (*group, "上市公司人才"), "met": group, "unmet": ()}
    assert found[Component.COMPANY] == companies


def test_what_is_not_known_is_neither_met_nor_unmet() -> None:
    wanted = feed(
        "会计",
        levels=[TalentLevel.SENIOR],
        skill_required="硕士",
        areas=["杭州"],
        salary_min=10_000,
        salary_max=15_000,
        domains=["电子商务"],
    )
    for component, part in parts(wanted, resume()).items():
        assert (part.held, part.met, part.unmet) == ((), (), ()) or component == Component.SKILLS
    usual = Fact(FactKind.YEARS_USUAL, (5,))
    assert parts(wanted, resume())[Component.LEVEL].asked == (SENIOR, usual)


def test_one_of_several_places_is_enough_and_a_province_has_its_cities() -> None:
    wanted = feed("会计", areas=["杭州", "宁波"])
    found = parts(wanted, resume(areas=["宁波"]))[Component.AREA]
    assert (found.met, found.unmet) == (("宁波",), ())
    anywhere = parts(wanted, resume(areas=["全国"]))[Component.AREA]
    assert (anywhere.held, anywhere.met) == ((Fact(FactKind.ANYWHERE),), ("杭州", "宁波"))
    province = parts(feed("会计", areas=["广东"]), resume(areas=["深圳市"]))[Component.AREA]
    assert (province.met, province.unmet) == (("广东",), ())


def test_the_words_of_texts_are_worth_reading() -> None:
    others = [resume(number, self_evaluation="负责客户沟通与陶瓷采购的工作") for number in range(2, 30)]
    wanted = feed(
        "后端开发",
        job_description="负责后端开发的工作，提供陶瓷窑炉监测，沟通客户，采购陶瓷，较强的责任心，沟通能力，烧结曲线建模",
    )
    held = resume(jobs=[job("后端开发", "后端开发的工作，窑炉监测，采购陶瓷，责任心强，沟通能力好")])
    full = parts(wanted, held, *others)[Component.TEXT]
    assert (full.points, full.unmet) == (24, ())  # nobody lacks anything with all points
    others += [resume(number, self_evaluation="窑炉监测，后端开发，采购陶瓷") for number in range(30, 60)]
    found = parts(wanted, held, *others)[Component.TEXT]
    assert found.points == 20.56
    # Neither 后端 and 开发 beside the role, nor what stands in every text; the rare words first.
    assert found.evidence == ("后端开发", "窑炉", "监测", "陶瓷", "采购")
    assert set(found.unmet) == {"烧结", "曲线", "建模", "客户"}
    assert len(found.asked) == 8


def test_more_than_is_read_is_told_and_of_jobs_the_last_are_read() -> None:
    wanted = feed("会计", keywords=["审计"])
    old = [job("出纳", "收付款", start=None)] * 60
    found = parts(wanted, resume(jobs=[*old, job("会计", "负责年度审计与报税的交付")]))
    assert [component for component, part in found.items() if part.truncated] == [Component.SKILLS, Component.TEXT]
    assert found[Component.SKILLS].met == ("审计",)
    assert any(part.truncated for part in parts(wanted, resume(self_evaluation="稳" * 8_001)).values())
    whole = resume(jobs=[job("会计", "负责年度审计与报税的交付")] * 30, self_evaluation="稳" * 8_000)
    assert not any(part.truncated for part in parts(wanted, whole).values())


def test_no_word_is_both_met_and_unmet() -> None:
    others = [resume(number, self_evaluation="陶瓷采购") for number in range(2, 30)]
    wanted = feed(
        "销售经理",
        skill_required="销售能力，sales management，招投标，渠道管理，展会，零售，客户开发",
        keywords=["销售"],
    )
    found = parts(wanted, resume(position="销售经理", jobs=[job("销售经理", "跑客户")]), *others)[Component.TEXT]
    assert found.met == ("销售",)
    assert found.unmet


def test_anywhere_but_a_city_counts_as_anywhere_does() -> None:
    wanted = feed("会计", areas=["杭州"])
    areas = ("杭州", "全国", "全国（北京除外）", "全国（杭州除外）")
    points = {area: parts(wanted, resume(areas=[area]))[Component.AREA].points for area in areas}
    assert points == {"杭州": 10, "全国": 9, "全国（北京除外）": 9.05, "全国（杭州除外）": 2.26}
