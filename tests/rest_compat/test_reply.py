"""Templates of replies, and the functions made of them."""

from typing import Any

import pytest

from rest_compat.hr_feeds.shapes import Joined
from rest_compat.reply import Constant, Each, Keyed, Object, Or, Part, Source, Via, compiled
from rest_compat.sign_cloud.shapes import First, WithExtras

DATA: dict[str, Any] = {
    "name": "甲",
    "none": None,
    "zero": 0,
    "user": {"id": 1, "resume": {"city": "重庆"}, "company": None},
    "rows": [
        {"id": 1, "of": {"id": 7}, "tags": [{"t": "a"}, {"t": "b"}], "extras": {"x": 1, "id": 9}},
        {"id": 2, "of": None, "tags": None, "extras": {}},
    ],
    "holes": [None, {"id": 3}],
    "texts": ["a", "b"],
    "empty": [],
    "$": {"page": 2},
}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (None, None),
        ("name", "甲"),
        ("$.page", 2),
        ("user.resume.city", "重庆"),
        ("none", None),
        ("none.more", None),
        ("none.more.and.more", None),
        ("user.company.name", None),
        ({}, {}),
        ({"b": "name", "a": {"c": "user.id", "d": None}}, {"b": "甲", "a": {"c": 1, "d": None}}),
        (Constant([1]), [1]),
        (Constant(None), None),
        (Via(str.lower, "none.more"), None),
        (Via(str, "zero"), "0"),
        (Via(lambda data: data["name"] * 2), "甲甲"),
        (Via(lambda _: None, "name"), None),
        (Or("none.more", "x"), "x"),
        (Or("zero", "x"), 0),
        (Or(Via(lambda _: None, "name"), []), []),
        (Or({"a": "none"}, "x"), {"a": None}),
        (Each("empty", "id"), []),
        (Each("none", "id"), []),
        (Each("none.more", "id"), []),
        (Each("rows", "of.id"), [7, None]),
        (Each("texts", ""), ["a", "b"]),
        (Each("rows", {"i": "id", "t": Each("tags", "t")}), [{"i": 1, "t": ["a", "b"]}, {"i": 2, "t": []}]),
        (Each("rows", Each("tags", {"t": Or("t", "")})), [[{"t": "a"}, {"t": "b"}], []]),
        (Each("holes", {"i": "id", "o": Or("id", 0), "c": Constant(1)}), [
            {"i": None, "o": 0, "c": 1},
            {"i": 3, "o": 3, "c": 1},
        ]),
        (Object("user", {"c": "resume.city", "n": Object("company", {"n": "name"})}), {"c": "重庆", "n": None}),
        (Object("none.more", {"c": "city"}), None),
        (Keyed("rows", "id", {"o": "of.id"}), {1: {"o": 7}, 2: {"o": None}}),
        (Keyed("none", "id", "of"), {}),
        (Joined("texts"), "a,b"),
        (Joined("none.more"), ""),
        (First("rows", {"i": "id"}), {"i": 1}),
        (First("empty", {"i": "id"}), None),
        (First("none.more", "id"), None),
        (Each("rows", WithExtras({"id": "id", "n": "of.id"})), [{"x": 1, "id": 1, "n": 7}, {"id": 2, "n": None}]),
    ],
)  # fmt: skip
def test_what_a_template_makes_of_the_data(template: Any, expected: Any) -> None:
    before = repr(DATA)
    made = compiled(template)(DATA)

    assert made == expected
    assert repr(made) == repr(expected), "in the order of the template"
    assert repr(DATA) == before


def test_a_function_holds_nothing_of_the_data_that_it_was_called_with() -> None:
    shown = compiled({"rows": Each("rows", {"id": "id", "of": Object("of", {"id": "id"})})})

    first, again = shown(DATA), shown(DATA)
    assert first == again
    assert first is not again
    assert first["rows"] is not again["rows"]
    assert shown({"rows": []}) == {"rows": []}


@pytest.mark.parametrize("name", ["a'b", 'a"b', "a\\", "{a}", "[0]", "\n", "data", "entries", "k0", "v1", "__import__"])
def test_names_are_no_source(name: str) -> None:
    row = {name: {name: 1}}
    template = {name: f"{name}.{name}", "each": Each("rows", {name: name}), "keyed": Keyed("rows", name, name)}

    made = compiled(template)({**row, "rows": [{name: 1}]})

    assert made == {name: 1, "each": [{name: 1}], "keyed": {1: 1}}


def test_what_the_data_lacks_altogether_is_a_fault_of_the_table() -> None:
    with pytest.raises(KeyError):
        compiled({"a": "user.nothing"})(DATA)


def test_a_part_of_ones_own() -> None:
    class Doubled(Part):
        def expression(self, source: Source, data: str) -> str:
            return f"{source.at(data, 'user.id')} * {source.constant(2)}"

    assert compiled({"doubled": Doubled()})(DATA) == {"doubled": 2}
