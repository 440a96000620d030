"""Files as people's tools write them, in all encodings and forms; what is broken is said with its place."""

import bz2
import gzip
import lzma
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from resolvers.legacy.reading.opening import opened
from resolvers.legacy.reading.rows import Broken, UnreadableSource

MARIADB = b"""/*M!999999\\- enable the sandbox mode */
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
/*!40101 SET NAMES utf8mb4 */;
CREATE TABLE `t` (
  `a` uuid NOT NULL DEFAULT uuid(),
  `b)` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'x,`y` z' CHECK (json_valid(`b)`)),
  `s` timestamp(6) GENERATED ALWAYS AS ROW START INVISIBLE,
  `e` timestamp(6) GENERATED ALWAYS AS ROW END INVISIBLE,
  PRIMARY KEY (`a`), KEY `k` (`b)`(10)), PERIOD FOR SYSTEM_TIME (`s`, `e`)
) ENGINE=InnoDB WITH SYSTEM VERSIONING;
INSERT INTO `t` (`a`, `b)`) VALUES
('1','{}');
-- Dump completed on 2026-06-30  3:00:01
"""
SQL = b"CREATE TABLE t (a int, b text);INSERT INTO t VALUES (1,'x');"
X = [{"a": "1", "b": "x"}]
DOCUMENTS = [{"a": 1}, {"a": 2}]
GOOD: list[tuple[str, bytes, Any]] = [
    # Dumps: a byte order mark, MariaDB's own types, ANSI quotes, words in small letters, doubled quotes in names.
    ("t.sql", b"\xef\xbb\xbf" + SQL, X),
    ("t.sql", SQL.replace(b";", b";\r\n"), X),
    ("t.SQL", b'CREATE TABLE "t" ("a" int, "b" text);INSERT INTO "t" VALUES (1,"x");', X),
    ("t.sql", MARIADB, [{"a": "1", "b)": "{}"}]),
    (
        "t.sql",
        b'INSERT INTO t (`a(1)`,`b``c`) VALUES (null,true),(DEFAULT,"a\'""\\n");',
        [{"a(1)": None, "b`c": "1"}, {"a(1)": None, "b`c": "a'\"\n"}],
    ),
    # latin1 is what is no UTF-8: old programs keep UTF-8 in columns of latin1.
    (
        "t.sql",
        b"/*!40101 SET NAMES latin1 */;INSERT INTO t (a) VALUES ('caf\xe9'),('\xe5\xa5\xbd \\'x');",
        [{"a": "café"}, {"a": "好 'x"}],
    ),
    ("t.sql", b"INSERT INTO t (a,b) VALUES (_latin1'\xe9',_binary 'x');", [{"a": "é", "b": "x"}]),
    # Times of TIMESTAMP are in UTC there, and those of DATETIME are not.
    (
        "t.sql",
        (
            b"/*!40103 SET TIME_ZONE='+00:00' */;CREATE TABLE t (a datetime, b timestamp(6)) WITH SYSTEM VERSIONING;"
            b"INSERT INTO t VALUES ('2024-01-01 00:00:00','2024-01-01 00:00:00.5'),(NULL,'0000-00-00 00:00:00');"
        ),
        [
            {"a": "2024-01-01 00:00:00", "b": "2024-01-01 00:00:00.5+00:00"},
            {"a": None, "b": "0000-00-00 00:00:00"},
        ],
    ),
    ("t.sql.gz", gzip.compress(SQL, mtime=0), X),
    ("t.sql.bz2", bz2.compress(SQL), X),
    ("t.sql.xz", lzma.compress(SQL), X),
    # Spreadsheets: semicolons, a line for Excel, GBK, UTF-16 with tabs, line breaks in values, long ones.
    ("t.csv", b'a;b\r\n1;"x, y;\r\nz"\r\n', [{"a": "1", "b": "x, y;\r\nz"}]),
    ("t.csv", b"sep=;\r\na;b\r\n1;x\r\n", X),
    ("t.csv", "a,b\r\n1,王青\r\n\r\n2,李\r\n".encode("gbk"), [{"a": "1", "b": "王青"}, {"a": "2", "b": "李"}]),
    ("t.csv", "a\tb\r\n1\t王青\r\n".encode("utf-16"), [{"a": "1", "b": "王青"}]),
    ("t.csv", '\ufeff"a","b"\n1,王\n2,\\N\n'.encode(), [{"a": "1", "b": "王"}, {"a": "2", "b": None}]),
    ("t.csv", b"a,b\n1," + b"x" * 200_000, [{"a": "1", "b": "x" * 200_000}]),
    ("t.csv", b"a,b\n1,x,y\n", [Broken("The row has 3 values, and the first line 2 names.")]),
    # Documents: one a line, in an array of any form, with the types of MongoDB, and the last one cut.
    ("t.json", b'[{"a":1},\n{"a":2}]\n', DOCUMENTS),
    ("t.json", b'[{"a":1},{"a":2}]', DOCUMENTS),
    ("t.json", b'\xef\xbb\xbf[\n  {\n    "a": 1\n  },\n  {\n    "a": 2\n  }\n]\n', DOCUMENTS),
    ("t.json", b'{\n  "a": 1\n}\n{\n  "a": 2\n}', DOCUMENTS),
    ("t.json", b"[\n]\n", []),
    (
        "t.jsonl",
        (
            b'{"_id":{"$oid":"55cbfe688230db3518998291"},"n":{"$numberLong":"5"},"d":{"$date":{"$numberLong":"1000"}}}\n'
            b'{"d":{"$date":{"$numberLong":"-62135596800001000"}},"m":{"$numberDecimal":"1.5"}}\n'
        ),
        [
            {"_id": "55cbfe688230db3518998291", "n": 5, "d": datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)},
            {"d": -62135596800001000, "m": "1.5"},
        ],
    ),
    (
        "t.jsonl",
        b'{"a":1}\n{"a":',
        [{"a": 1}, Broken("The line is no JSON: Expecting value: line 1 column 6 (char 5)")],
    ),
]
BAD: list[tuple[str, bytes, str]] = [
    ("t.sql", SQL.decode().encode("utf-16"), "The dump is in UTF-16, as PowerShell's > makes it"),
    ("t.sql", b"/*!40101 SET NAMES gbk */;" + SQL, "The dump is in gbk: write it with --default-character-set=utf8mb4"),
    ("t.sql", SQL[:-1], "The INSERT at byte 31 has no end: is the dump complete"),
    ("t.sql", MARIADB[: MARIADB.rindex(b"--")], 'it does not end with "-- Dump completed"'),
    ("t.sql", SQL + b"INSERT INTO t SET a=5;", "The INSERT at byte 60 cannot be read: 'INSERT INTO t SET a=5'"),
    ("t.sql.gz", gzip.compress(SQL * 9, mtime=0)[:-9], "cannot be unpacked: Compressed file ended before"),
    ("t.sql.gz", SQL, "cannot be unpacked: Not a gzipped file"),
    ("t.sql.xz", SQL, "cannot be unpacked: Input format not supported"),
    ("t.csv.gz", gzip.compress(SQL, mtime=0), r"is no .sql, .sql.gz, .sql.bz2, .sql.xz, .csv"),
    ("t.csv", b"", "t.csv has no line of names"),
    ("t.csv", b"a,b,a\n1,2,3\n", "t.csv has two columns a"),
    ("t.csv", b'a,b\n1,"x\n2,y\n', "t.csv, line 3: unexpected end of data"),
    ("t.json", b'[{\n"a":1},\n {"a"\n]', "t.json is no JSON: Expecting ':' delimiter"),
    ("t.json", b'[{"a":1},\n{"a":2},\n', "t.json is an array without an end"),
    ("t.json", '{"a":1}\n'.encode("utf-16"), "t.json is in UTF-16"),
]


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def rows(path: Path, table: str = "t") -> list[Any]:
    with opened(path) as source:
        found = source.table(table)
        assert found is not None
        whole = list(found.rows())
        assert list(found.rows(skip=1)) == whole[1:]
        return whole


@pytest.mark.parametrize(("name", "data", "expected"), GOOD)
def test_what_tools_write_is_read(tmp_path: Path, name: str, data: bytes, expected: Any) -> None:
    assert rows(written(tmp_path, name, data)) == expected


@pytest.mark.parametrize(("name", "data", "message"), BAD)
def test_what_is_broken_is_said(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    with pytest.raises(UnreadableSource, match=message):
        rows(written(tmp_path, name, data))


def test_a_table_that_several_databases_have_is_named_with_its_database(tmp_path: Path) -> None:
    dump = b"USE `a`;%b USE b;%b" % (SQL, SQL.replace(b"1", b"2"))
    path = written(tmp_path, "all.sql", dump)

    assert (rows(path, "A.T"), rows(path, "b.t")) == (X, [{"a": "2", "b": "x"}])
    with opened(path) as source, pytest.raises(UnreadableSource, match=r"write which is meant, of a\.t, b\.t"):
        source.table("t")


def test_a_folder_of_mysqldump_tab(tmp_path: Path) -> None:
    written(tmp_path, "t.sql", SQL.partition(b"INSERT")[0])
    written(tmp_path, "t.txt", b"1\tit''s\\\tso\\nx\\\\\n2\t\\N\n3\n4\ta\\\nb\n5\t")

    assert rows(tmp_path) == [
        {"a": "1", "b": "it''s\tso\nx\\"},
        {"a": "2", "b": None},
        Broken("The row has 1 values, and the table 2 columns."),
        {"a": "4", "b": "a\nb"},
        {"a": "5", "b": ""},
    ]
