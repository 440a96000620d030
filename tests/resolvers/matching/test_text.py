"""Texts as terms."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.matching import areas, lexicon, text


def test_words_that_the_segmenter_splits_are_kept_whole() -> None:
    assert text.terms("负责后端开发") == ["r:后端开发"]
    assert text.terms("熟悉.NET") == ["s:.NET"]


def test_forms_of_a_character_are_one() -> None:
    assert text.terms("ＰＹＴＨＯＮ") == text.terms("python") == ["s:Python"]


def test_stop_words_numbers_and_single_characters_are_left_out() -> None:
    assert text.terms("我们 在 2019 年 的 a 7 天") == []


@pytest.mark.parametrize(
    "personal",
    [
        "男",
        "女",
        "性别：女",
        "男女不限",
        "限女性",
        "35岁以下",
        "年龄：28-35岁",
        "三十五岁",
        "汉族",
        "民族：维吾尔族",
        "中共党员",
        "政治面貌：群众",
        "共青团员",
        "已婚已育",
        "未婚",
        "1990年5月出生",
        "90后",
        "female",
        "married",
        "28 years old",
    ],
)
def test_what_tells_gender_age_and_the_like_is_dropped(personal: str) -> None:
    assert text.terms(f"{personal}，熟悉后端，{personal}。") == ["r:后端开发"]


@pytest.mark.parametrize("kept", ["女装", "男鞋", "妇女儿童", "上班族"])
def test_words_that_only_look_personal_stay(kept: str) -> None:
    assert text.normalise(kept) == kept


@pytest.mark.parametrize("hostile", ["\x00", "\ud800", "a" * 100_000, "c++" * 5000, "((((", "\\", "%", "😀" * 3000])
def test_any_text_is_read(hostile: str) -> None:
    assert all(len(term) <= text.MAX_WORD + 2 for term in text.terms(hostile))


@settings(deadline=None)
@given(st.text())
def test_reading_never_fails(value: str) -> None:
    assert text.terms(value) == text.terms(value)
    areas.places(value)


@pytest.mark.parametrize(
    ("area", "places"),
    [
        ("北京", ("a:北京",)),
        ("北京市朝阳区", ("a:北京",)),
        ("浙江省杭州市", ("a:杭州",)),
        ("Hangzhou", ("a:杭州",)),
        ("广东省", ("p:广东",)),
        ("上海、深圳", ("a:上海", "a:深圳")),
        ("朝阳区", ("a:北京", "a:长春")),
        ("辽宁省朝阳区", ("p:辽宁",)),
        ("通州", ("a:北京", "a:南通")),
        ("通州区, 北京", ("a:北京",)),
        ("江苏省 通州", ("a:南通",)),
        ("上海、通州", ("a:上海", "a:北京", "a:南通")),
        ("不去北京", ()),
        ("not Beijing", ()),
        ("非常想去北京", ("a:北京",)),
        ("只去上海不去北京", ("a:上海",)),
        ("Shanghai or Suzhou, no Beijing", ("a:上海", "a:苏州")),
        ("江苏（不含南京）", ("p:江苏",)),
        ("上海、北京除外", ()),
        ("远程不考虑，杭州", ("a:杭州",)),
        ("辽宁朝阳", ("a:朝阳",)),
        ("北京朝阳", ("a:北京",)),
        ("Chaoyang, Beijing", ("a:北京",)),
        ("大连中山区", ("a:大连",)),
        ("中山区", ("a:中山区",)),
        ("青海海南", ("a:海南州",)),
        ("浦东新区", ("a:上海",)),
        ("海淀区", ("a:北京",)),
        ("江阴市", ("a:无锡",)),
        ("北上广深", ("a:北京", "a:上海", "a:广州", "a:深圳")),
        ("阿拉善盟", ("a:阿拉善",)),
        ("延边朝鲜族自治州", ("a:延边",)),
        ("海南", ("p:海南",)),
        ("海南州", ("a:海南州",)),
        ("宿州", ("a:宿州",)),
        ("喀什地区", ("a:喀什",)),
        ("  ", ()),
    ],
)
def test_places(area: str, places: tuple[str, ...]) -> None:
    assert areas.places(area) == places


@pytest.mark.parametrize("area", ["全国（北京除外）", "除北京外都可以", "Anywhere except Beijing"])
def test_anywhere_but_a_city_is_every_other_city(area: str) -> None:
    assert not areas.is_anywhere(area)
    assert set(areas.places(area)) == lexicon.PROVINCES.keys() - {"a:北京"}


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("護士", "护士"),
        ("後端開發", "后端开发"),
        ("資深軟體工程師", "资深软件工程师"),
        ("資料庫", "数据库"),
        ("檔案管理", "文件管理"),
        ("元件选型", "元件选型"),
    ],
)
def test_traditional_characters_are_read_like_simplified_ones(traditional: str, simplified: str) -> None:
    assert text.normalise(traditional) == simplified
