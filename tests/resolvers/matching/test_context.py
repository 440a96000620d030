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
        "容器清洗",
        "压力容器与容器吊装",
        "ps:请携带简历",
        "front office, back office and head office",
        "the Delphi method",
        "maven of style",
        "flutter valve",
        "airflow in ducts",
        "helm of the ship",
        "illustrator of children's books",
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
        ("R programmer", ["R语言"]),
        ("总帐", ["会计核算"]),
        ("日语翻译", ["日语", "笔译"]),
        ("容器化部署", ["Docker"]),
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
        ("行政总厨", ["餐饮"]),
        ("日语翻译", ["翻译"]),
        ("有机合成研究员", ["药物研发"]),
        ("行业研究员", ["证券研究"]),
        ("房地产开发经理", ["房地产开发专业人员"]),
        ("Property Developer", ["房地产开发专业人员"]),
        ("渠道开发经理", []),
        ("组织架构专员", []),
        ("电池测试工程师", ["产品测试工程师"]),
        ("科员", ["公务员"]),
        ("RN", ["护士"]),
    ],
)
def test_a_bare_word_of_a_title_is_no_role(title: str, roles: list[str]) -> None:
    assert [role[2:] for role in parse(title).roles] == roles
