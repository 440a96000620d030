"""Titles: near misses are told apart, other words for the same job are not."""

import pytest

from models.talent.vocabulary import TalentLevel
from resolvers.matching.titles import Wanted, level_of, parse


def nearness(wanted: str, other: str) -> float:
    return Wanted(parse(wanted)).nearness(parse(other))


@pytest.mark.parametrize(
    ("wanted", "other"),
    [
        ("后端开发工程师", "服务端研发"),
        ("后端开发工程师", "Backend Engineer"),
        ("后端开发", "高级Java开发工程师"),
        ("前端开发", "Web前端工程师"),
        ("前端", "Front-end Developer"),
        ("产品经理", "Senior Product Manager"),
        ("数据分析师", "Data Analyst"),
        ("护士", "ICU护士长"),
        ("会计", "总账会计"),
        ("UI设计师", "视觉设计师"),
        ("K12数学老师", "初中数学教师"),
    ],
)
def test_the_same_job(wanted: str, other: str) -> None:
    assert nearness(wanted, other) >= 0.8


@pytest.mark.parametrize(
    ("wanted", "other"),
    [
        ("前端开发", "后端开发"),
        ("后端开发", "前端开发"),
        ("产品经理", "产品运营"),
        ("数据分析师", "数据开发工程师"),
        ("测试工程师", "后端开发工程师"),
        ("护士", "护肤顾问"),
        ("芯片数字前端", "前端开发"),
        ("医生", "护士"),
        ("招聘专员", "销售专员"),
        ("UI设计师", "前端开发"),
        ("Python开发", "Java开发"),
        ("Python开发", "前端/后端/测试/产品经理/运营/UI设计"),
    ],
)
def test_near_misses(wanted: str, other: str) -> None:
    assert nearness(wanted, other) < 0.5


def test_nearer_is_more() -> None:
    order = ["后端开发", "全栈开发", "前端开发", "护士"]
    found = [nearness("后端开发", other) for other in order]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(order)


def test_unknown_titles_are_compared_by_their_words() -> None:
    assert nearness("陶艺修复", "陶艺修复师") > nearness("陶艺修复", "陶艺") > nearness("陶艺修复", "钟表收藏") == 0


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("高级前端工程师", TalentLevel.SENIOR),
        ("Java实习生", TalentLevel.JUNIOR),
        ("技术总监", TalentLevel.EXPERT),
        ("Senior Engineer", TalentLevel.SENIOR),
        ("会计", None),
        ("Staff Software Engineer", TalentLevel.EXPERT),
        ("Staff Nurse", None),
        ("Head of Sales", TalentLevel.EXPERT),
        ("总经理", TalentLevel.EXPERT),
        ("总经理助理", TalentLevel.JUNIOR),
        ("客户主任", None),
        ("主任医师", TalentLevel.SENIOR),
        ("Lead Generation Executive", None),
        ("Senior Care Aide", None),
        ("Senior Living Manager", None),
        ("Junior High Teacher", None),
        ("Graduate School Coordinator", None),
        ("Graduate Nurse", TalentLevel.JUNIOR),
        ("高级中学教师", None),
        ("高级技工学校教师", None),
        ("班主任", None),
    ],
)
def test_levels(title: str, level: TalentLevel | None) -> None:
    assert level_of(title) == level
