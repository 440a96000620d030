"""Lists and objects in forms: by brackets in the names of fields, and as JSON in a field."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rest_compat.binding import BindingError, Parameter, Rows, bind
from rest_compat.converters import Text
from rest_compat.forms import MAX_DEPTH, structured
from rest_compat.structured import Structured

WORK = Parameter("work", Structured(Rows({"company": Parameter("company", Text(), required=True)})), required=True)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param([("a", "1"), ("b", "2")], {"a": "1", "b": "2"}, id="plain"),
        pytest.param([("a", "1"), ("a", "2")], {"a": "2"}, id="the last counts"),
        pytest.param([("a[0]", "1"), ("a[1]", "2")], {"a": ["1", "2"]}, id="numbers"),
        pytest.param([("a[1]", "2"), ("a[0]", "1")], {"a": ["1", "2"]}, id="in their order"),
        pytest.param([("a[10]", "2"), ("a[9]", "1")], {"a": ["1", "2"]}, id="as numbers, not as texts"),
        pytest.param([("a[3]", "1"), ("a[999999]", "2")], {"a": ["1", "2"]}, id="with gaps"),
        pytest.param([("a[]", "1"), ("a[]", "2")], {"a": ["1", "2"]}, id="appended"),
        pytest.param([("a[x]", "1"), ("a[y]", "2")], {"a": {"x": "1", "y": "2"}}, id="object"),
        pytest.param([("a[0]", "1"), ("a[x]", "2")], {"a": {"0": "1", "x": "2"}}, id="mixed keys"),
        pytest.param(
            [("w[0][company]", "甲"), ("w[0][position]", "工程师"), ("w[1][company]", "乙")],
            {"w": [{"company": "甲", "position": "工程师"}, {"company": "乙"}]},
            id="rows",
        ),
        pytest.param([("a[0][x]", "1"), ("a[0][x]", "2")], {"a": [{"x": "2"}]}, id="the last counts inside"),
        pytest.param([("a[", "1"), ("b]", "2"), ("[c]", "3"), ("d]e[", "4")], None, id="brackets that do not pair"),
        pytest.param([("a[1234567]", "1")], {"a": {"1234567": "1"}}, id="a long number is a name"),
    ],
)
def test_brackets(fields: list[tuple[str, str]], expected: dict[str, Any] | None) -> None:
    assert structured(fields) == (dict(fields) if expected is None else expected)


@pytest.mark.parametrize(
    "names",
    [("a", "a[0]"), ("a[0]", "a"), ("a[0]", "a[0][x]"), ("a[0][x]", "a[0]"), ("a[x][y]", "a[x]")],
)
def test_names_that_contradict_each_other_are_refused(names: tuple[str, str]) -> None:
    with pytest.raises(BindingError) as refusal:
        structured([(name, "1") for name in names])

    assert str(refusal.value) == "a 的字段互相矛盾"


def test_nesting_is_bounded() -> None:
    assert structured([("a" + "[x]" * MAX_DEPTH, "1")])
    with pytest.raises(BindingError, match="嵌套过深"):
        structured([("a" + "[x]" * (MAX_DEPTH + 1), "1")])


@given(st.lists(st.tuples(st.text(alphabet="a[]0x", max_size=12), st.text(max_size=3)), max_size=8))
def test_any_names_bind_or_are_refused(fields: list[tuple[str, str]]) -> None:
    with contextlib.suppress(BindingError):
        found = structured(fields)
        assert set(found) <= {name.partition("[")[0] or name for name, _ in fields} | {name for name, _ in fields}


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param([{"company": "甲"}], id="a list in JSON"),
        pytest.param('[{"company": "甲"}]', id="JSON in a field"),
        pytest.param(structured([("work[0][company]", "甲")])["work"], id="brackets"),
    ],
)
def test_the_three_notations_mean_the_same(sent: object) -> None:
    assert bind({"work": WORK}, {"work": sent}) == {"work": [{"company": "甲"}]}


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ('[{"company": "甲"}', "work 不是合法的 JSON"),
        ("", "work 不是合法的 JSON"),
        ("[" * 10_000, "work 不是合法的 JSON"),
        ("NaN", "work 不是合法的 JSON"),
        ('{"company": "甲"}', "work 必须是列表"),
        ('"[]"', "work 必须是列表"),
        ("[1]", "work 第 1 项必须是对象"),
        ('[{"position": "x"}]', "work 第 1 项的 company 不能为空"),
        (None, "work 不能为空"),
    ],
)
def test_what_is_wrong_is_told(sent: object, message: str) -> None:
    with pytest.raises(BindingError) as refusal:
        bind({"work": WORK}, {"work": sent})

    assert str(refusal.value) == message
