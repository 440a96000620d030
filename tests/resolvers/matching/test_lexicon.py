"""The lexicon: files whose names agree, and phrases found whole."""

import pytest

from resolvers.matching import lexicon
from resolvers.matching.lexicon.phrases import Phrases


def found(text: str) -> list[str]:
    return [term for _, meant in lexicon.TEXTS.split(text) for term in meant if not term.startswith(lexicon.DOMAIN)]


def test_files_name_only_what_they_define() -> None:
    assert lexicon.check() == []


def test_knows_many_trades() -> None:
    skills = [term for term in lexicon.FAMILIES if term.startswith(lexicon.SKILL)]
    roles = [term for term in lexicon.FAMILIES if term.startswith(lexicon.ROLE)]
    assert len(skills) > 400
    assert len(roles) > 100
    assert len(lexicon.PROVINCES) > 100
    assert len(set(lexicon.FAMILIES.values())) > 10


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("k8s", ["s:Kubernetes"]),
        ("kubernetes集群", ["s:Kubernetes"]),
        ("node js、node.js、nodejs", ["s:Node.js"] * 3),
        ("spring-boot", ["s:Spring Boot"]),
        ("java8和python3.11", ["s:Java", "s:Python"]),
        ("javascript", ["s:JavaScript"]),
        ("asp.net", ["s:.NET"]),
        ("c#、c++", ["s:C#", "s:C++"]),
        ("c/c++", ["s:C++", "s:C语言"]),
        ("后端", ["r:后端开发"]),
        ("back-end", ["r:后端开发"]),
        ("服务端", ["r:后端开发"]),
        ("front end", ["r:前端开发"]),
        ("c端产品", ["s:C端产品"]),
        ("django", ["s:Django"]),
        ("djangos", []),
    ],
)
def test_one_skill_has_many_names(text: str, terms: list[str]) -> None:
    assert found(text) == terms


def test_the_longest_phrase_wins_and_the_rest_stays() -> None:
    phrases = Phrases({"数据": ["a"], "数据分析": ["b"]})
    assert list(phrases.split("做数据分析与数据")) == [
        ("做", ()),
        ("数据分析", ("b",)),
        ("与", ()),
        ("数据", ("a",)),
    ]


def test_nearness_of_roles_has_no_direction() -> None:
    roles = [term for term in lexicon.FAMILIES if term.startswith(lexicon.ROLE)]
    for role in roles:
        for other, nearness in lexicon.related_roles(role).items():
            assert lexicon.related_roles(other)[role] == nearness
            assert 0 < nearness <= 1


def test_every_city_of_prefecture_level_has_its_province() -> None:
    assert len(lexicon.PROVINCES) == 350
    provinces = set(lexicon.PROVINCES.values())
    assert len(provinces) == 35  # 海外 is one
    assert lexicon.PROVINCES["a:铜仁"] == "p:贵州"
