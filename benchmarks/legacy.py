"""A predecessor's database as it may be found: a MySQL dump of the recorder, of any size, with the dirt of years.

    python -m benchmarks.legacy recorder.sql --users 100000

The dump has the tables of the recorder's last version as mysqldump writes them. The dirt is regular, so that what has
to become of it can be told: see `Dirt`.
"""

import argparse
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TextIO

STATEMENT = 1_000_000
"""About so many characters have the INSERT statements of mysqldump."""
CLOCK_INS = 10
"""Clock-ins of a user; other kinds are in proportion."""
FIRST_DAY = datetime(2024, 9, 2, tzinfo=UTC)
_PLACES = ("重庆邮电大学 红高粱教学楼", "图书馆 3 楼", 'I\'m at "S1"; -- 304', "宿舍\\ 千喜鹤")
_HEAD = """-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
/*!40101 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
"""
_TABLES = {
    "clock_ins": "`uid` bigint DEFAULT NULL, `clock_in_time` bigint DEFAULT NULL,"
    " `clock_in_location` varchar(255) DEFAULT NULL",
    "employment_goals": "`uid` bigint DEFAULT NULL, `status` int DEFAULT NULL, `target_company` varchar(255),"
    " `target_job` varchar(255), `target_salary` varchar(255), `target_area` varchar(255)",
    "postgraduate_goals": "`uid` bigint DEFAULT NULL, `target_university` varchar(255), `target_major` varchar(255),"
    " `target_score` double DEFAULT NULL",
    "posts": "`uid` bigint DEFAULT NULL, `title` text NOT NULL, `content` text NOT NULL,"
    " `anonymous` tinyint(1) NOT NULL, `comments` json DEFAULT NULL",
    "users": "`account` varchar(255) NOT NULL COMMENT '账号; 10 位', `password` varchar(255) NOT NULL,"
    " `name` varchar(255) NOT NULL, `class` varchar(255) DEFAULT NULL, `major` varchar(255) DEFAULT NULL,"
    " `permission` int NOT NULL, `direction` json DEFAULT NULL, `session_id` varchar(255) DEFAULT NULL",
    "work_logs": "`uid` bigint DEFAULT NULL, `company_name` varchar(255) NOT NULL, `job` varchar(255) NOT NULL,"
    " `salary` varchar(255) NOT NULL, `location` varchar(255) NOT NULL, `status_time_line` json DEFAULT NULL",
}
"""The columns of each table after the first three, in the order of mysqldump: by name, so that users come late."""


@dataclass(frozen=True, slots=True)
class Dirt:
    """Every so many-th row is wrong in a way; 0 is never.

    A duplicate account repeats the one before: every second time with the same name, which is the same person.
    """

    duplicate_accounts: int = 500
    short_accounts: int = 700
    zero_dates: int = 50
    broken_json: int = 300
    orphaned_comments: int = 200
    orphaned_clock_ins: int = 1000
    repeated_slots: int = 1000


def password_of(number: int) -> str:
    """The password of the user with this number, where it is not the end of the account."""
    return f"secret{number}"


def account_of(number: int) -> str:
    """The account of the user with this number."""
    return f"20{number:08d}"


def write_recorder(file: TextIO, *, users: int, dirt: Dirt | None = None) -> None:
    """Write a dump of the recorder."""
    made = _Recorder(users, dirt or Dirt())
    file.write(_HEAD)
    for table, columns in _TABLES.items():
        file.write(
            f"DROP TABLE IF EXISTS `{table}`;\nCREATE TABLE `{table}` (\n  `id` bigint NOT NULL AUTO_INCREMENT,\n"
            f"  `created_at` datetime DEFAULT NULL, `updated_at` datetime DEFAULT NULL,\n  {columns},\n"
            "  PRIMARY KEY (`id`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n"
            f"LOCK TABLES `{table}` WRITE;\n/*!40000 ALTER TABLE `{table}` DISABLE KEYS */;\n"
        )
        _insert(file, table, getattr(made, table)())
        file.write(f"/*!40000 ALTER TABLE `{table}` ENABLE KEYS */;\nUNLOCK TABLES;\n")
    file.write("-- Dump completed on 2026-06-30  3:00:01\n")


def _insert(file: TextIO, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    begin = f"INSERT INTO `{table}` VALUES "  # noqa: S608 -- written to a file
    length = 0
    for row in rows:
        text = f"({','.join(map(_literal, row))})"
        file.write(f",{text}" if length else begin + text)
        length += len(text)
        if length > STATEMENT:
            file.write(";\n")
            length = 0
    if length:
        file.write(";\n")


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int | float):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\0", "\\0")
    return f"'{escaped}'"


def _is(every: int, number: int) -> bool:
    return every > 0 and number % every == every - 1


class _Recorder:
    """The rows of the recorder's tables."""

    def __init__(self, users: int, dirt: Dirt) -> None:
        self._users, self._dirt = users, dirt
        self._random = Random(20)  # noqa: S311 -- no secret

    def _time(self, number: int) -> str:
        """A time as MySQL writes it, now and then none."""
        if _is(self._dirt.zero_dates, number):
            return "0000-00-00 00:00:00"
        return (FIRST_DAY + timedelta(minutes=number % 500_000)).strftime("%Y-%m-%d %H:%M:%S")

    def users(self) -> Iterator[tuple[object, ...]]:
        """Every tenth user has the first password still; the first is an administrator."""
        for number in range(1, self._users + 1):
            account, name = account_of(number), f"王{chr(0x4E00 + number % 2000)}{chr(0x5100 + number // 2000)}"
            if _is(self._dirt.duplicate_accounts, number):
                account = account_of(number - 1)
                if number // self._dirt.duplicate_accounts % 2 == 0:
                    before = number - 1
                    name = f"王{chr(0x4E00 + before % 2000)}{chr(0x5100 + before // 2000)}"
            if _is(self._dirt.short_accounts, number):
                account = account[:9]
            password = account[-6:] if number % 10 == 0 else password_of(number)
            direction = "[1,2]" if number % 3 == 0 else "[2]" if number % 3 == 1 else "null"
            yield (
                number,
                self._time(number),
                self._time(number),
                account,
                hashlib.sha256(password.encode()).hexdigest(),
                name,
                f"13{number % 300:06d}",
                "软件工程",
                2 if number == 1 else 1,
                direction,
                "",
            )

    def clock_ins(self) -> Iterator[tuple[object, ...]]:
        """Three a day at most, so that none is in the slot of another but where it is meant to be."""
        number = 0
        for turn in range(CLOCK_INS):
            for user in range(1, self._users + 1):
                number += 1
                moment = FIRST_DAY + timedelta(days=turn, hours=(0, 6, 12)[turn % 3], minutes=user % 240)
                if _is(self._dirt.repeated_slots, number) and turn:
                    moment -= timedelta(days=1, hours=(0, 6, 12)[turn % 3] - (0, 6, 12)[(turn - 1) % 3])
                owner = self._users * 7 + number if _is(self._dirt.orphaned_clock_ins, number + 7) else user
                made = self._time(number)
                yield number, made, made, owner, int(moment.timestamp()), _PLACES[number % len(_PLACES)]

    def employment_goals(self) -> Iterator[tuple[object, ...]]:
        """Of those who look for a job."""
        for number, user in enumerate((each for each in range(1, self._users + 1) if each % 3 != 2), 1):
            made = self._time(number)
            yield number, made, made, user, 1 + number % 2, "华为", "后端开发", f"{10 + number % 20}k", "成都"

    def postgraduate_goals(self) -> Iterator[tuple[object, ...]]:
        """Of those who want to go on studying."""
        for number, user in enumerate(range(3, self._users + 1, 3), 1):
            made = self._time(number)
            yield number, made, made, user, "重庆大学", "计算机科学与技术", 300 + number % 150 + 0.5

    def work_logs(self) -> Iterator[tuple[object, ...]]:
        """Of every second user, with two lines."""
        for number, user in enumerate(range(1, self._users + 1, 2), 1):
            made = self._time(number)
            moment = int((FIRST_DAY + timedelta(hours=number)).timestamp() * 1000)
            lines = json.dumps(
                [
                    {"created_at": moment, "status": "投递简历", "stage": 1},
                    {"created_at": moment + 86_400_000, "status": '面试\n"二面"', "stage": 2 + number % 2},
                ],
                ensure_ascii=False,
            )
            if _is(self._dirt.broken_json, number):
                lines = lines[:-5]
            yield number, made, made, user, f"公司{number % 997}", "测试", "8k", "重庆", lines

    def posts(self) -> Iterator[tuple[object, ...]]:
        """Of every fifth user, with two comments, the newest first."""
        for number, user in enumerate(range(1, self._users + 1, 5), 1):
            made = self._time(number)
            moment = FIRST_DAY + timedelta(hours=number % 5000)
            authors = [user % self._users + 1, user]
            if _is(self._dirt.orphaned_comments, number):
                authors[0] = self._users * 9
            comments = json.dumps(
                [
                    {
                        "user": {"id": author, "account": account_of(author)},
                        "created_at": (moment + timedelta(hours=2 - place)).isoformat(),
                        "content": f"加油！{place}",
                        "anonymous": place == 1,
                    }
                    for place, author in enumerate(authors)
                ],
                ensure_ascii=False,
            )
            if _is(self._dirt.broken_json, number):
                comments = comments[1:]
            yield (
                number,
                made,
                made,
                user,
                f"面经 {number}",
                "一面问了 MySQL 索引。\n" * 3,
                int(number % 7 == 0),
                comments,
            )


def main() -> None:
    """Write a dump."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--users", type=int, default=100_000)
    given = parser.parse_args()
    with given.file.open("w", encoding="utf-8") as file:
        write_recorder(file, users=given.users)
    print(f"{given.file}: {given.file.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
