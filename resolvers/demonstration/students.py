"""The class: thirty-six students in two groups, some aiming for a job, some for a degree, some for both."""

from typing import Any

from sqlalchemy import bindparam, insert, select

from models.identity import Credential, CredentialKind, User
from models.settings import ConfigurationError
from models.statements import table_of
from resolvers.demonstration import DEMONSTRATION_ACCOUNT, DEMONSTRATION_TEACHER
from resolvers.demonstration.story import Story, Student, returning_ids

NAMES = (
    "林知夏",
    "周以宁",
    "许嘉言",
    "沈星河",
    "顾南乔",
    "叶清和",
    "苏砚秋",
    "程予安",
    "陆景行",
    "姜若溪",
    "方远舟",
    "唐婉清",
    "韩牧野",
    "秦书瑶",
    "宋怀瑾",
    "江映雪",
    "何承泽",
    "谢明棠",
    "罗逸飞",
    "梁思齐",
    "温语桐",
    "白子昂",
    "孟晓岚",
    "傅云舒",
    "夏侯宁",
    "季长风",
    "余念真",
    "邹文轩",
    "范可欣",
    "潘若愚",
    "戴诗涵",
    "钟毓秀",
    "黎晨曦",
    "贺兰亭",
    "章以沫",
    "乔安然",
)
_GROUPS = (("计算机2201班", "计算机科学与技术"), ("软件2202班", "软件工程"))
CLASSES = tuple(class_name for class_name, _major in _GROUPS)

_ADD_USERS = returning_ids(table_of(User))
_credentials = table_of(Credential)
_ADD_ACCOUNTS = insert(_credentials)
_TAKEN = select(_credentials.c.identifier).where(
    _credentials.c.kind == CredentialKind.STUDENT_ACCOUNT,
    _credentials.c.identifier.in_(bindparam("accounts", expanding=True)),
)


async def load(story: Story) -> None:
    """Users with their accounts; the password of each is the last six characters of the account.

    Raises ConfigurationError where somebody has one of the accounts already.
    """
    accounts = [str(int(DEMONSTRATION_ACCOUNT) + number) for number in range(len(NAMES))]
    if taken := await story.transaction.fetch_value(_TAKEN, {"accounts": [*accounts, DEMONSTRATION_TEACHER]}):
        raise ConfigurationError(
            f"The account {taken} exists, which the demonstration data needs: set DEMO_DATA=0, or use another database."
        )
    chance = story.chance("students")
    enrolled = story.at(story.days[0], 8)
    people: list[dict[str, Any]] = []
    for number, name in enumerate(NAMES):
        class_name, major = _GROUPS[number * len(_GROUPS) // len(NAMES)]
        # The first pursues both, so that whoever signs in as them finds something everywhere.
        postgraduate, employment = (
            (True, True)
            if number == 0
            else chance.choices([(False, True), (True, False), (True, True), (False, False)], weights=[50, 30, 12, 8])[
                0
            ]
        )
        people.append(
            {
                "name": name,
                "class_name": class_name,
                "major": major,
                "password_hash": None,
                "has_initial_password": True,
                "must_change_password": False,
                "pursues_postgraduate": postgraduate,
                "pursues_employment": employment,
                "created_at": enrolled,
            }
        )
    ids = await story.add_returning(_ADD_USERS, people)
    await story.add(
        _ADD_ACCOUNTS,
        [
            {
                "user_id": user_id,
                "kind": CredentialKind.STUDENT_ACCOUNT,
                "identifier": account,
                "created_at": enrolled,
            }
            for account, user_id in zip(accounts, ids, strict=True)
        ],
    )
    story.students = [
        Student(
            user_id,
            person["name"],
            0.85 if number == 0 else chance.uniform(0.25, 0.95),
            person["pursues_postgraduate"],
            person["pursues_employment"],
        )
        for number, (user_id, person) in enumerate(zip(ids, people, strict=True))
    ]
