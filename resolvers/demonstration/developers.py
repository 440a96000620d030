"""The students who are developers: profiles and awards."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from models.platform.certification import Award, Certification, CertificationKind, Education, ReviewStatus
from models.platform.credits import DeveloperGrant, GrantKind
from models.platform.profile import DeveloperProfile, DeveloperResearchDirection
from models.reference import DictionaryEntry, DictionaryKind
from models.statements import table_of
from resolvers.demonstration.story import Story, Student, returning_ids

DEVELOPERS = 16
"""How many of the students are developers; the first students are."""
FAMILIAR = 2
"""How many of them visitors sign in as, and have something everywhere: the first."""
DAY_OF_REGISTRATION = 2

_PLACES = (
    ("浙江省", "杭州市", "西湖区"),
    ("四川省", "成都市", "武侯区"),
    ("湖北省", "武汉市", "洪山区"),
    ("江苏省", "南京市", "江宁区"),
    ("广东省", "广州市", "天河区"),
)
_EXPERIENCE = (
    "课程设计：用目标检测统计食堂排队人数，准确率约九成。",
    "大创项目：校园共享单车乱停识别，负责数据标注与训练。",
    "实验室项目：手写公式识别，把推理时间缩短了一半。",
    "毕业设计：基于图像分割的叶片病害识别。",
)
_COMPETITIONS = ("校园算法马拉松", "青年软件创新赛", "智慧城市视觉挑战", "数据科学新秀赛")
_OUTCOMES = (
    (ReviewStatus.APPROVED, ""),
    (ReviewStatus.PENDING, ""),
    (ReviewStatus.APPROVED, ""),
    (ReviewStatus.REJECTED, "证书上的姓名看不清楚，请补充说明后再提交。"),
)
UNDERGRADUATE, PROVINCIAL, OF_A_SCHOOL = 3, 3, 5
"""Numbers in the dictionaries of educations and award levels."""

_entries = table_of(DictionaryEntry)
_ENTRIES = select(_entries.c.kind, _entries.c.number, _entries.c.id)
_ADD_PROFILES = insert(table_of(DeveloperProfile))
_ADD_DIRECTIONS = insert(table_of(DeveloperResearchDirection))
_ADD_EDUCATIONS = insert(table_of(Education))
_ADD_CERTIFICATIONS = returning_ids(table_of(Certification))
_ADD_AWARDS = insert(table_of(Award))
_ADD_GRANTS = insert(table_of(DeveloperGrant))


def developers(story: Story) -> Sequence[Student]:
    """The students who are developers."""
    return story.students[:DEVELOPERS]


async def entry_ids(story: Story) -> dict[tuple[str, int], int]:
    """The row id of each dictionary entry, by its kind and number."""
    return {(row.kind, row.number): row.id for row in await story.transaction.fetch(_ENTRIES)}


async def load(story: Story) -> None:
    """Details and education of each, an award of every other one, and what counts towards levels."""
    chance = story.chance("developers")
    entries = await entry_ids(story)
    registered = story.at(story.days[DAY_OF_REGISTRATION], 10)
    profiles, directions, educations, grants = [], [], [], []
    for number, developer in enumerate(developers(story)):
        owner: dict[str, Any] = {"user_id": developer.id, "created_at": registered}
        province, city, county = chance.choice(_PLACES)
        place = {"province": province, "city": city, "county": county, "is_overseas": False}
        profiles.append({**owner, "avatar_path": "", **place})
        directions += [
            {**owner, "entry_id": entries[DictionaryKind.RESEARCH_DIRECTION, chosen]}
            for chosen in chance.sample(range(1, 14), chance.randint(1, 3))
        ]
        educations.append(
            {
                **owner,
                "institution": "云山大学",
                "level_id": entries[DictionaryKind.EDUCATION, UNDERGRADUATE],
                "project_experience": chance.choice(_EXPERIENCE),
            }
        )
        # Those whom visitors sign in as have what the second level asks for.
        experience = 1500 if number < FAMILIAR else chance.randrange(100, 2500, 50)
        grants.append({**owner, "kind": GrantKind.EXPERIENCE, "amount": experience, "message": "训练营积分兑换"})
    await story.add(_ADD_PROFILES, profiles)
    await story.add(_ADD_DIRECTIONS, directions)
    await story.add(_ADD_EDUCATIONS, educations)
    await story.add(_ADD_GRANTS, grants)
    await _load_awards(story, entries)


async def _load_awards(story: Story, entries: dict[tuple[str, int], int]) -> None:
    """One for the first and every other developer: some approved, some waiting, some rejected."""
    chance = story.chance("awards")
    winners = (*developers(story)[:FAMILIAR], *developers(story)[FAMILIAR::2])
    submitted = [story.at(day, 15) for day in sorted(chance.sample(story.days[5:-1], len(winners)))]
    certifications = []
    for number, (winner, submitted_at) in enumerate(zip(winners, submitted, strict=True)):
        status, message = _OUTCOMES[number % len(_OUTCOMES)]
        certifications.append(
            {
                "user_id": winner.id,
                "kind": CertificationKind.AWARD,
                "status": status,
                "revision": 1,
                "submitted_at": submitted_at,
                "message": message,
                "reviewer_id": None,
                "reviewed_at": None if status is ReviewStatus.PENDING else submitted_at,
                "created_at": submitted_at,
            }
        )
    ids = await story.add_returning(_ADD_CERTIFICATIONS, certifications)
    await story.add(
        _ADD_AWARDS,
        [
            {
                "user_id": winner.id,
                "certification_id": certification_id,
                "competition": chance.choice(_COMPETITIONS),
                "level_id": entries[DictionaryKind.AWARD_LEVEL, chance.choice((PROVINCIAL, OF_A_SCHOOL))],
                "created_at": submitted_at,
            }
            for winner, certification_id, submitted_at in zip(winners, ids, submitted, strict=True)
        ],
    )
