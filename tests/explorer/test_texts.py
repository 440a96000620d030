"""The texts of Insight and of the map: in both languages the same, all of them used, and none beside them."""

import json
import re
from collections.abc import Iterator
from typing import Any

from resolvers.demonstration.visitors import VISITORS
from schema.engine.explorer import DIST
from schema.engine.schema_map import schema_map
from schema.schema import build_schema

SOURCES = DIST.parent / "src"
CATALOGUES = {name: json.loads((SOURCES / f"texts/{name}.json").read_text(encoding="utf-8")) for name in ("en", "zh")}
PAGES = [*SOURCES.glob("insight/*.js*"), *SOURCES.glob("map/*.js*"), SOURCES / "bar.jsx", SOURCES / "sign-in.jsx"]
VALUE, HAN = re.compile(r"\{\w+\}"), re.compile("[\u4e00-\u9fff]")
# What is text between tags, or an attribute that is read aloud, rather than taken from the catalogue.
WRITTEN = re.compile(r'>\s*([A-Za-z][^<>{}=;()]*)</|(?:aria-label|title|alt|placeholder)="([^"]+)"')


def test_the_languages_say_the_same() -> None:
    english, chinese = CATALOGUES["en"], CATALOGUES["zh"]
    assert list(english) == list(chinese)
    for key, text in english.items():
        assert sorted(VALUE.findall(text)) == sorted(VALUE.findall(chinese[key])), key
        assert HAN.search(chinese[key]) or key == "bar.sdl" or not re.search("[A-Za-z]", VALUE.sub("", text)), key
        assert not HAN.search(text), key


def test_every_text_is_used_and_none_stands_beside_them() -> None:
    sources = [path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.js*") if path.parent.name != "texts"]
    together = "\n".join(sources) + (SOURCES.parent / "build.mjs").read_text(encoding="utf-8")
    literals = set(re.findall(r"'([a-z]\w*(?:\.\w+)+|[a-z]\w*)'", together)) | {
        f"column.{key}" for key in columns(together)
    }
    prefixes = set(re.findall(r"t\(`([\w.]+\.)\$\{", together)) - {"column."}
    used = literals | {key for key in CATALOGUES["en"] if key.startswith(tuple(prefixes))}
    used |= {f"{page}.{part}" for page in ("insight", "map") for part in ("title", "noscript")}  # of build.mjs
    assert set(CATALOGUES["en"]) - used == set()
    assert set(re.findall(r"\bt\('([^']+)'", together)) - set(CATALOGUES["en"]) == set()
    beside = {
        text.strip() for path in PAGES for found in WRITTEN.findall(path.read_text(encoding="utf-8")) for text in found
    }
    assert beside - {"", *CATALOGUES["en"]} == {"Careergraph", "SVG", "PNG", "CSV"}


def columns(sources: str) -> Iterator[str]:
    """The keys of columns, which are called after them."""
    for found in re.findall(r"(?:text|counted|rated|dayed|named)\('(\w+)'[,)]", sources):
        yield found
    for listed in re.findall(r"const (?:GOAL_STEPS|QUALITY|HEALTH) = \[([^\]]+)\]", sources):
        yield from re.findall(r"'(\w+)'", listed)


def values(enum: Any) -> set[str]:
    return {value["name"] for value in enum["fields"]}


def test_what_the_graph_names_has_a_text() -> None:
    types = {each["name"]: each for each in json.loads(schema_map(build_schema(is_compiled=False)._schema))["types"]}  # noqa: SLF001
    readers = {field["readers"] for each in types.values() for field in each["fields"] if "readers" in field}
    names = {
        "for": readers,
        "kind": {each["kind"] for each in types.values()},
        "slot": values(types["ClockInSlot"]),
        "credits.kind": values(types["CreditFlowKind"]),
        "project": values(types["ProjectStatus"]),
        "pursuit": values(types["Pursuit"]),
        "target": values(types["GoalTarget"]),
        "role": {"administrator", *(visitor.role for visitor in VISITORS)},
    }
    for prefix, expected in names.items():
        found = {key[len(prefix) + 1 :] for key in CATALOGUES["en"] if re.match(rf"{re.escape(prefix)}\.", key)}
        assert found == expected, prefix
