"""The engine: the best first, and the same score whichever side asks."""

from random import Random

from models.talent.vocabulary import TalentLevel
from resolvers.matching import lexicon
from resolvers.matching.documents import FeedDocument, ResumeDocument
from resolvers.matching.engine import MINIMUM_SCORE, Engine, compile_feed
from resolvers.matching.profile import Profile
from tests.support.matching import feed, job, resume

ROLES = ["后端开发", "前端开发", "产品经理", "产品运营", "护士", "会计", "硬件工程师"]
SKILLS = [lexicon.name_of(term) for term in lexicon.FAMILIES if term.startswith(lexicon.SKILL)][::9]
CITIES = ["北京", "杭州", "宁波", "", "全国"]


def someone(draw: Random, resume_id: int) -> ResumeDocument:
    return resume(
        resume_id,
        position=draw.choice(["", *ROLES]),
        jobs=[
            job(draw.choice(ROLES), f"负责{draw.choice(SKILLS)}与{draw.choice(SKILLS)}的日常交付")
            for _ in range(draw.randrange(3))
        ],
        self_evaluation="、".join(draw.sample(SKILLS, draw.randrange(6))),
        level=draw.choice([None, *TalentLevel]),
        years=draw.choice([None, 1, 5, 12]),
        salary_min=draw.choice([None, 8_000, 20_000]),
        areas=[draw.choice(CITIES)],
    )


def something(draw: Random, feed_id: int) -> FeedDocument:
    return feed(
        draw.choice(ROLES),
        feed_id=feed_id,
        keywords=draw.sample(SKILLS, 3),
        job_description=f"负责{draw.choice(SKILLS)}的交付，{draw.randrange(1, 8)}年以上经验",
        levels=[draw.choice(list(TalentLevel))],
        salary_min=9_000,
        salary_max=15_000,
        areas=[draw.choice(CITIES)],
    )


def test_both_directions_agree() -> None:
    draw = Random(7)  # noqa: S311 no secrets here
    engine = Engine()
    profiles = [Profile.of(someone(draw, number)) for number in range(1, 201)]
    for profile in profiles:
        engine.put(profile)
    feeds = [compile_feed(something(draw, number)) for number in range(1, 21)]
    by_resume = {profile.resume_id: engine.match_resume(profile, feeds) for profile in profiles}
    recommended = 0
    for place, wanted in enumerate(feeds):
        found = engine.match_feed(wanted, 200)
        assert found == sorted(found, key=lambda match: -match.score)
        assert {match.resume_id: match for match in found} == {
            resume_id: match for resume_id, matches in by_resume.items() if (match := matches[place]) is not None
        }
        recommended += len(found)
    assert 0 < recommended < 20 * 200


def test_the_best_come_first_and_equals_by_their_ids() -> None:
    engine = Engine()
    for resume_id in (5, 3, 9):
        engine.put(Profile.of(resume(resume_id, position="会计", jobs=[job("会计", "负责审计与报税的日常交付")])))
    engine.put(Profile.of(resume(7, position="会计", jobs=[job("会计", "负责审计、报税与报表的日常交付")])))
    wanted = feed("会计", keywords=["审计", "税务", "财务报表"])
    assert [match.resume_id for match in engine.match_feed(wanted, 10)] == [7, 3, 5, 9]
    assert [match.resume_id for match in engine.match_feed(wanted, 2)] == [7, 3]
    assert engine.match_feed(wanted, 0) == []
    assert Engine().match_feed(wanted, 10) == []


def test_who_does_other_work_is_not_recommended() -> None:
    engine = Engine()
    wanted = feed(
        "后端开发",
        keywords=["Python"],
        areas=["杭州"],
        salary_min=9_000,
        salary_max=15_000,
        levels=[TalentLevel.SENIOR],
    )
    near: dict[str, object] = {"areas": ["杭州"], "salary_min": 10_000, "level": TalentLevel.SENIOR, "years": 7}
    engine.put(Profile.of(resume(1, position="护士", jobs=[job("护士", "照顾病人")], **near)))
    engine.put(Profile.of(resume(2)))
    engine.put(Profile.of(resume(3, position="后端开发", jobs=[job("后端开发", "使用 Python 搭建接口")], **near)))
    assert [match.resume_id for match in engine.match_feed(wanted, 10)] == [3]
    assert {match.resume_id for match in engine.match_feed(wanted, 10, minimum=0)} == {1, 2, 3}
    profile = Profile.of(resume(1, position="护士", jobs=[job("护士", "照顾病人")], **near))
    assert engine.match_resume(profile, [compile_feed(wanted)]) == [None]
    assert all(match.score >= MINIMUM_SCORE for match in engine.match_feed(wanted, 10))


def test_a_changed_resume_is_matched_as_it_is_now() -> None:
    engine = Engine()
    wanted = feed("护士", keywords=["护理"])
    engine.put(Profile.of(resume(1, position="护士", jobs=[job("护士", "负责护理与照顾病人")])))
    assert [match.resume_id for match in engine.match_feed(wanted, 10)] == [1]
    engine.put(Profile.of(resume(1, position="会计", jobs=[job("会计", "负责报税")])))
    assert engine.match_feed(wanted, 10) == []
    assert len(engine) == 1
    engine.remove(1)
    assert 1 not in engine
    assert len(engine) == 0


def best(wanted: FeedDocument, *others: ResumeDocument) -> list[int]:
    engine = Engine()
    for held in others:
        engine.put(Profile.of(held))
    return [found.resume_id for found in engine.match_feed(wanted, 10)]


def test_a_title_alone_is_no_match() -> None:
    java = resume(
        1, position="Java Engineer", jobs=[job("Java Engineer", "Built back ends with Spring Boot and MySQL.")]
    )
    facade = resume(
        2,
        position="Facade Designer",
        jobs=[job("Facade Designer", "Curtain wall drawings, glass and aluminium facades.")],
    )
    manager = resume(3, position="总经理", jobs=[job("总经理", "主持公司全面工作，制定经营战略。")])
    driver = resume(4, position="司机", jobs=[job("公司司机", "接送客户，车辆保养，安全驾驶。")])
    tester = resume(5, position="Test Engineer", jobs=[job("Test Engineer", "Automated tests with Selenium.")])
    cook = resume(6, position="Cook", jobs=[job("Line Cook", "Kitchen preparation, recipes and food safety.")])
    everybody = (java, facade, manager, driver, tester, cook)

    assert best(feed("Curtain Wall Engineer", skill_required="Curtain wall and facade drawings"), *everybody) == [2]
    assert best(feed("董事长司机", skill_required="驾驶技术好，接送客户"), *everybody) == [4]
    assert best(feed("Test Kitchen Cook", skill_required="Kitchen recipes"), *everybody)[0] == 6
    assert best(feed("后端开发"), resume(7, position="Java Engineer")) == []
    held = resume(7, position="Java Engineer", jobs=[job("Java Engineer", "后端开发，接口设计")])
    assert best(feed("后端开发"), held) == [7]


def test_a_lecturer_of_c_is_not_a_worker_of_concrete() -> None:
    concrete = resume(1, position="混凝土工", jobs=[job("混凝土工", "C35混凝土浇筑，C30养护。")])
    lecturer = resume(2, position="讲师", jobs=[job("大学讲师", "讲授C语言程序设计。")])

    assert best(feed("C语言讲师", keywords=["C"], skill_required="讲授C语言"), concrete, lecturer) == [2]
