"""Words mean what they mean in their context."""

import pytest

from resolvers.matching import text
from resolvers.matching.titles import parse


def skills(said: str) -> list[str]:
    return [term[2:] for term in text.terms(said) if term.startswith("s:")]


@pytest.mark.parametrize(
    "said",
    [
        "C35混凝土浇筑",
        "C轮",
        "Type-C",
        "R&D department",
        "vitamin C",
        "class C license",
        "Plan C",
        "维护C区卫生",
        "A/B/C",
        "excel at communication and go above and beyond",
        "react quickly to customers in spring",
        "a credit to the team",
        "maintenance of good relations",
        "活动效果评估",
        "微波炉",
        "数学相关专业",
        "统计学以外，物理、数学等相关专业毕业",
    ],
)
def test_no_skill_is_seen_in_other_words(said: str) -> None:
    assert [skill for skill in skills(said) if skill != "统计学"] == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("熟悉C语言", ["C语言"]),
        ("精通C、Java", ["C语言", "Java"]),
        ("Java, C, R", ["Java", "C语言", "R语言"]),
        ("experience with C and Python", ["C语言", "Python"]),
        ("C", ["C语言"]),
        ("熟悉Go", ["Go"]),
        ("Go, Python and Kubernetes", ["Go", "Python", "Kubernetes"]),
        ("React, Vue and Node", ["React", "Vue", "Node.js"]),
        ("proficient in Word, Excel and PowerPoint", ["办公软件", "Excel", "办公软件"]),
        ("动效设计", ["After Effects"]),
        ("高中数学教学", ["数学教学"]),
        ("使用R-CNN做检测", ["深度学习"]),
    ],
)
def test_the_skill_is_seen_where_it_is_meant(said: str, meant: list[str]) -> None:
    assert skills(said) == meant


@pytest.mark.parametrize(
    ("title", "roles"),
    [
        ("Curtain Wall Engineer", ["幕墙设计师"]),
        ("涂料研发工程师", []),
        ("Test Kitchen Cook", ["餐饮"]),
        ("Business Developer", []),
        ("幕墙设计师", ["幕墙设计师"]),
        ("研发", []),
        ("技术", []),
        ("Engineer", []),
        ("总监", []),
        ("董事长司机", ["司机与配送"]),
        ("总经理助理", ["秘书与助理"]),
        ("Java Engineer", ["后端开发"]),
        ("开发工程师", ["软件开发"]),
        ("数据库开发工程师", ["软件开发"]),
        ("测试", ["软件测试"]),
        ("产品（金融）", ["产品经理"]),
    ],
)
def test_a_bare_word_of_a_title_is_no_role(title: str, roles: list[str]) -> None:
    assert [role[2:] for role in parse(title).roles] == roles
