"""Projects in every status, with participants, instances and the resulting credits."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert

from models.platform.credits import CreditAccount, CreditBalance, CreditEntry, CreditRule
from models.platform.mirrors import Mirror
from models.platform.projects import Instance, InstanceStatus, Participation, Project, ProjectStatus
from models.reference import DictionaryKind
from models.statements import table_of
from resolvers.demonstration.developers import DAY_OF_REGISTRATION, FAMILIAR, developers, entry_ids
from resolvers.demonstration.story import Story, Student, returning_ids
from resolvers.platform.credits import SPENT_FIRST


@dataclass(frozen=True, slots=True)
class _Sketch:
    """A project, the numbers of its domain and research direction, and the days on which it opened and ended."""

    name: str
    introduction: str
    status: ProjectStatus
    budget: int
    domain: int
    direction: int
    level: int
    opened: int
    ended: int | None = None


_SKETCHES = (
    _Sketch("食堂排队人数统计", "从监控画面估计排队人数，供同学错峰就餐。", ProjectStatus.END, 6000, 11, 6, 1, 3, 20),
    _Sketch("共享单车停放识别", "识别校门口乱停的单车，给出整理建议。", ProjectStatus.END, 9000, 3, 6, 1, 5, 26),
    _Sketch("试卷手写分数识别", "扫描件上的手写分数识别与汇总。", ProjectStatus.END, 8000, 11, 4, 1, 8, 33),
    _Sketch("叶片病害识别", "手机拍照识别常见病害，并给出防治建议。", ProjectStatus.ITERATION, 15000, 10, 8, 1, 12),
    _Sketch("实验室护目镜佩戴识别", "进入实验室前检查是否佩戴护目镜。", ProjectStatus.ING, 12000, 5, 6, 1, 18),
    _Sketch("跌倒行为识别", "养老机构公共区域的跌倒检测与告警。", ProjectStatus.ING, 26000, 8, 9, 2, 22),
    _Sketch("货架缺货识别", "便利店货架的缺货与错放识别。", ProjectStatus.REGISTRATION, 18000, 4, 6, 1, 34),
    _Sketch("车位占用识别", "露天停车场空余车位统计。", ProjectStatus.REGISTRATION, 22000, 3, 3, 2, 38),
)
_RUNNING = (
    InstanceStatus.CREATING,
    InstanceStatus.CODING,
    InstanceStatus.TRAINING,
    InstanceStatus.TRAINING_COMPLETED,
    InstanceStatus.TESTING,
    InstanceStatus.FINISHED_TEST,
)
_MIRRORS = (
    ("pytorch训练镜像", "2.1-cuda12", 18_500, "训练用，已装常用数据增强库"),
    ("推理镜像", "1.4.0", 6_250, "只含运行时，部署用"),
    ("标注工具镜像", "0.9.2", 3_800, "小组共用的标注环境"),
)
_PARTICIPANTS = (3, 7)
_CREDITS_PER_HOUR = 88
"""A GPU, four CPUs and sixteen gigabytes at the prices of a new platform."""
_SMALL_PER_HOUR = 4
"""A CPU and a gigabyte: what runs at the end of the story goes on costing."""
_REGISTRATION, _CAMP, _COMPLETED = 100, 500, 200

_ADD_PROJECTS = returning_ids(table_of(Project))
_ADD_PARTICIPATIONS = returning_ids(table_of(Participation))
_ADD_INSTANCES = returning_ids(table_of(Instance))
_ADD_ENTRIES = insert(table_of(CreditEntry))
_ADD_BALANCES = insert(table_of(CreditBalance))
_ADD_MIRRORS = insert(table_of(Mirror))


@dataclass(slots=True)
class _Move:
    """Something that happened to somebody's credits; a loss is paid from the dedicated ones first."""

    user_id: int
    at: datetime
    amount: int
    message: str
    key: str
    account: CreditAccount = CreditAccount.GENERAL
    rule: CreditRule | None = None


@dataclass(slots=True)
class _Ledger:
    """The moves so far."""

    moves: list[_Move] = field(default_factory=list)

    def entries(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The entries in the order of time, and the balances that they lead to."""
        balances: dict[tuple[int, CreditAccount], int] = {}
        changed: dict[tuple[int, CreditAccount], datetime] = {}
        entries = []
        for move in sorted(self.moves, key=lambda move: move.at):
            owed = move.amount
            for account in SPENT_FIRST if owed < 0 else (move.account,):
                change = owed if owed > 0 else -min(-owed, balances.get((move.user_id, account), 0))
                if not change:
                    continue
                owed -= change
                balances[move.user_id, account] = balances.get((move.user_id, account), 0) + change
                changed[move.user_id, account] = move.at
                entries.append(
                    {
                        "user_id": move.user_id,
                        "account": account,
                        "change": change,
                        "balance_after": balances[move.user_id, account],
                        "message": move.message,
                        "rule": move.rule,
                        "key": f"{move.key}:{account}",
                        "created_at": move.at,
                    }
                )
            if owed:
                raise AssertionError("nobody in the story runs out of credits")
        rows = [
            {"user_id": user_id, "account": account, "balance": balance, "created_at": changed[user_id, account]}
            for (user_id, account), balance in balances.items()
        ]
        return entries, rows


async def load(story: Story) -> None:
    """In the order of time; the first students take part in all projects of the first level."""
    chance = story.chance("projects")
    ledger = _Ledger()
    registered = story.at(story.days[DAY_OF_REGISTRATION], 10)
    for developer in developers(story):
        ledger.moves.append(
            _Move(
                developer.id,
                registered,
                _REGISTRATION,
                "完成注册获取积分",
                "registration:once",
                rule=CreditRule.REGISTRATION,
            )
        )
        camp = registered + timedelta(hours=6)
        ledger.moves.append(_Move(developer.id, camp, _CAMP, "新手训练营奖励", "administrator:camp"))
    project_ids = await _load_projects(story)
    joined = await _load_participations(story, project_ids, chance)
    await _load_instances(story, joined, ledger, chance)
    for sketch, project_id, student, _ in joined:
        if sketch.ended is not None:
            ledger.moves.append(
                _Move(
                    student.id,
                    story.at(story.days[sketch.ended], 18),
                    _COMPLETED,
                    "完成项目获取积分",
                    f"project_completed:{project_id}",
                    CreditAccount.DEDICATED,
                    CreditRule.PROJECT_COMPLETED,
                )
            )
    entries, balances = ledger.entries()
    await story.add(_ADD_ENTRIES, entries)
    await story.add(_ADD_BALANCES, balances)
    await _load_mirrors(story, chance)


async def _load_projects(story: Story) -> list[int]:
    entries = await entry_ids(story)
    return await story.add_returning(
        _ADD_PROJECTS,
        [
            {
                "name": sketch.name,
                "status": sketch.status,
                "purchase_budget": sketch.budget,
                "introduction": sketch.introduction,
                "domain_id": entries[DictionaryKind.DOMAIN, sketch.domain],
                "research_direction_id": entries[DictionaryKind.RESEARCH_DIRECTION, sketch.direction],
                "level": sketch.level,
                "delivery_at": story.at(story.today + timedelta(days=30 + sketch.opened), 18),
                "created_at": story.at(story.days[sketch.opened], 9),
            }
            for sketch in _SKETCHES
        ],
    )


async def _load_participations(
    story: Story, project_ids: list[int], chance: Random
) -> list[tuple[_Sketch, int, Student, int]]:
    """Who joined what: the sketch, the project, the developer and the participation."""
    familiar, others = developers(story)[:FAMILIAR], developers(story)[FAMILIAR:]
    chosen = [
        (sketch, project_id, student)
        for sketch, project_id in zip(_SKETCHES, project_ids, strict=True)
        if sketch.level == 1
        for student in (*familiar, *chance.sample(others, chance.randint(*_PARTICIPANTS)))
    ]
    ids = await story.add_returning(
        _ADD_PARTICIPATIONS,
        [
            {
                "user_id": student.id,
                "project_id": project_id,
                "created_at": story.at(story.days[sketch.opened], 12, number % 60),
            }
            for number, (sketch, project_id, student) in enumerate(chosen)
        ],
    )
    return [(*row, participation_id) for row, participation_id in zip(chosen, ids, strict=True)]


async def _load_instances(
    story: Story, joined: list[tuple[_Sketch, int, Student, int]], ledger: _Ledger, chance: Random
) -> None:
    """One for each participant of what has begun: settled in what has ended, running in the rest."""
    rows, costs = [], []
    for number, (sketch, _, student, participation_id) in enumerate(joined):
        if sketch.status is ProjectStatus.REGISTRATION:
            continue
        row: dict[str, Any] = {"participation_id": participation_id, "name": f"{sketch.name}-{student.name}"}
        if sketch.ended is None:
            started = story.at(story.days[-1], 20, number % 60)
            row |= {"gpu": 0, "cpu": 1, "ram": 1, "credits_per_hour": _SMALL_PER_HOUR, "running": True}
            row |= {"status": _RUNNING[number % len(_RUNNING)], "stopped_at": None, "minutes": 0, "consumed": 0}
            costs.append(0)
        else:
            minutes = chance.randint(20, 110)
            started = story.at(story.days[sketch.ended], 18) - timedelta(minutes=minutes)
            cost = -(-minutes * _CREDITS_PER_HOUR // 60)
            row |= {"gpu": 1, "cpu": 4, "ram": 16, "credits_per_hour": _CREDITS_PER_HOUR, "running": None}
            row |= {"status": InstanceStatus.PROJECT_DEADLINE, "minutes": minutes, "consumed": cost}
            row |= {"stopped_at": story.at(story.days[sketch.ended], 18)}
            costs.append(cost)
        rows.append({**row, "unpaid": 0, "created_at": started, "owner": student.id})
    owners = [row.pop("owner") for row in rows]
    ids = await story.add_returning(_ADD_INSTANCES, rows)
    ledger.moves += [
        _Move(owner, row["stopped_at"], -cost, f"实例「{row['name']}」消耗积分", f"instance:{instance_id}")
        for owner, row, cost, instance_id in zip(owners, rows, costs, ids, strict=True)
        if cost
    ]


async def _load_mirrors(story: Story, chance: Random) -> None:
    await story.add(
        _ADD_MIRRORS,
        [
            {
                "user_id": developer.id,
                "name": name,
                "tag": tag,
                "size_thousandths": size,
                "remark": remark,
                "created_at": story.at(story.days[15 + number], 16),
            }
            for developer in developers(story)
            for number, (name, tag, size, remark) in enumerate(
                _MIRRORS if developer in developers(story)[:FAMILIAR] else _MIRRORS[: chance.randint(0, 2)]
            )
        ],
    )
