"""English names of the lexicon's terms, which explanations in English use."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from resolvers.matching import english, lexicon
from resolvers.matching.documents import Component

FOLDER = Path(lexicon.__file__).parent


@pytest.mark.parametrize(
    ("component", "name", "said"),
    [
        (Component.TITLE, "后端开发 · Java", "Back-end developer · Java"),
        (Component.TITLE, "iOS开发", "iOS developer"),
        (Component.TITLE, "经济学家", "Economist"),
        (Component.TITLE, "数据挖掘", "Data scientist"),
        (Component.SKILLS, "数据挖掘", "Data mining"),
        (Component.TEXT, "容器编排与窑炉", "容器编排与窑炉"),
        (Component.TEXT, "接口测试", "API testing"),
        (Component.AREA, "榆林", "Yulin (Shaanxi)"),
        (Component.AREA, "香港", "Hong Kong"),
        (Component.AREA, "广东", "Guangdong"),
        (Component.DOMAIN, "电子商务", "E-commerce"),
        (Component.COMPANY, "大型国企人才", "Large state-owned companies"),
        (Component.LEVEL, "会计", "会计"),
        (Component.SKILLS, "Kubernetes", "Kubernetes"),
    ],
)
def test_a_term_has_an_english_name(component: str, name: str, said: str) -> None:
    assert english.named(component, name) == said


def test_all_terms_but_some_occupations_have_one() -> None:
    terms = [*lexicon.FAMILIES, *lexicon.PROVINCES, *lexicon.PROVINCES.values()]
    terms += [lexicon.DOMAIN + name for name in tomllib.loads(FOLDER.joinpath("domains.toml").read_text("utf-8"))]
    terms += [lexicon.GROUP + name for name in lexicon.GROUPS]
    components = {
        lexicon.ROLE: Component.TITLE,
        lexicon.SKILL: Component.SKILLS,
        lexicon.AREA: Component.AREA,
        lexicon.PROVINCE: Component.AREA,
        lexicon.DOMAIN: Component.DOMAIN,
        lexicon.GROUP: Component.COMPANY,
    }
    said = {term: english.named(components[term[:2]], lexicon.name_of(term)) for term in terms}
    assert [term for term, name in said.items() if any("一" <= character <= "鿿" for character in name)] == []


def test_the_file_names_only_terms_of_the_lexicon() -> None:
    own: dict[str, Any] = tomllib.loads(FOLDER.joinpath("english.toml").read_text("utf-8"))
    kinds = {
        "roles": lexicon.ROLE,
        "skills": lexicon.SKILL,
        "cities": lexicon.AREA,
        "provinces": lexicon.PROVINCE,
        "preferences": lexicon.GROUP,
    }
    known = {*lexicon.FAMILIES, *lexicon.PROVINCES, *lexicon.PROVINCES.values()}
    known |= {lexicon.GROUP + name for name in lexicon.GROUPS}
    assert [kind + name for table, kind in kinds.items() for name in own[table] if kind + name not in known] == []
    assert all(lexicon.DOMAINS.meant(name) for name in own["domains"])
