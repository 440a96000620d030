"""Dumps are read as MySQL and sqlglot read them, wherever a chunk ends."""

import io
from typing import Any

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from models.errors import InvalidInput
from models.texts import free_text
from resolvers import checks
from resolvers.legacy import values
from resolvers.legacy.reading import mysql, statements
from resolvers.legacy.reading.mysql import Dump
from resolvers.legacy.reading.rows import Broken, UnreadableSource
from resolvers.legacy.values import Refused

HEAD = """-- it's a dump; of MySQL
/*!40101 SET NAMES utf8mb4 */;
CREATE TABLE `odd` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT COMMENT 'a; b', # a comment that isn't one
  `text` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci,
  `data` blob, `flag` bit(1) DEFAULT b'0', `at` datetime DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (`id`), KEY `k` (`flag`), CONSTRAINT `c` FOREIGN KEY (`id`) REFERENCES `other` (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=9 DEFAULT CHARSET=utf8mb4;
/*!40000 ALTER TABLE `odd` DISABLE KEYS */;
DELIMITER ;;
/*!50003 CREATE TRIGGER `t` BEFORE INSERT ON `odd` FOR EACH ROW BEGIN SET NEW.flag = 1; END */;;
DELIMITER ;
"""
ROWS = r"""INSERT INTO `odd` VALUES (1,'it''s \'so\'; \\ \n\t\0 -- 好 "x"',0xE5A5BD,b'1','0000-00-00 00:00:00'),
 (2, _utf8mb4'x)', x'', b'0', NULL) , (3,NULL,_binary 'a\\',NULL,'2024-02-30');
insert ignore into shop.odd (`id`, at) values (-4,NOW()),(5,'2024-01-01') on duplicate key update id = 1;
"""


def read(dump: str, table: str = "odd", *, skip: int = 0) -> list[Any]:
    found = Dump(io.BytesIO(dump.encode()), "").table(table)
    assert found is not None
    return list(found.rows(skip=skip))


@pytest.mark.parametrize("chunk", [64, 65, 71, 1 << 20])
def test_every_kind_of_literal(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(statements, "CHUNK", chunk)
    monkeypatch.setattr(mysql, "CHUNK", chunk)

    assert read(HEAD + ROWS) == [
        {
            "id": "1",
            "text": "it's 'so'; \\ \n\t\0 -- 好 \"x\"",
            "data": "好".encode(),
            "flag": "1",
            "at": "0000-00-00 00:00:00",
        },
        {"id": "2", "text": "x)", "data": b"", "flag": "0", "at": None},
        {"id": "3", "text": None, "data": "a\\", "flag": None, "at": "2024-02-30"},
        {"id": "-4", "at": None},
        {"id": "5", "at": "2024-01-01"},
    ]
    assert [row["id"] for row in read(HEAD + ROWS, skip=3)] == ["-4", "5"]


TEXTS = st.text(st.sampled_from("'\"\\`;,()-#/* \n\0aN好é"), max_size=12)
VALUES = st.one_of(st.none(), st.integers(-(2**63), 2**63), TEXTS)


def literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\0", "\\0")
    return f"'{escaped}'"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=4))
def test_rows_are_what_sqlglot_reads(rows: list[tuple[Any, Any]]) -> None:
    written = ",".join(f"({literal(a)},{literal(b)})" for a, b in rows)
    statement = f"INSERT INTO t (a, b) VALUES {written};"  # noqa: S608 -- it is read

    found = [tuple(row.values()) for row in read(statement, "t")]

    assert found == [tuple(None if each is None else str(each) for each in row) for row in rows]
    if not any("\0" in str(each) for row in rows for each in row):  # which sqlglot leaves as it is written
        parsed = sqlglot.parse_one(statement, read="mysql").expression
        assert isinstance(parsed, exp.Values)
        theirs = [[_plain(each) for each in row.expressions] for row in parsed.expressions]
        assert theirs == [list(row) for row in found]


ODD = "a好é \t\n\0\x7f\u00a0\u00ad\u200b\u2028\u3000\ufeff\ud800😀"


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from(ODD), max_size=5), st.booleans())
def test_a_text_is_what_the_forms_make_of_it(text: str, required: bool) -> None:
    def outcome(read: Any) -> Any:
        try:
            return read()
        except (Refused, InvalidInput) as refused:
            return str(refused)

    found = outcome(lambda: values.text(text, "name", max_length=4, required=required))

    assert found == outcome(lambda: checks.text(free_text(text), "name", max_length=4, required=required))


def _plain(value: exp.Expression) -> str | None:
    if isinstance(value, exp.Null):
        return None
    return f"-{value.this.this}" if isinstance(value, exp.Neg) else str(value.this)


def test_what_is_wrong_is_told_with_its_place() -> None:
    with pytest.raises(UnreadableSource, match="at byte 26 has no end: is the dump complete"):
        read("INSERT INTO t (a) VALUES ('x")
    with pytest.raises(UnreadableSource, match="does not name the columns of t"):
        read("INSERT INTO t VALUES (1);", "t")
    with pytest.raises(UnreadableSource, match="A row cannot be read in the statement that ends at byte 34"):
        read("INSERT INTO t (a) VALUES (1),, (2);", "t")
    assert read("INSERT INTO t (a, b) VALUES (1);", "t") == [
        Broken("The row does not have the 2 values of its columns.")
    ]
