"""Job hunts: work logs with their status lines."""

from random import Random
from typing import Any

from sqlalchemy import insert

from models.journal import WorkLog, WorkLogStage, WorkLogStatusLine
from models.statements import table_of
from resolvers.demonstration.employers import AREAS, COMPANIES, JOBS, salary_of
from resolvers.demonstration.story import Story, returning_ids

_STEPS = ("投递简历", "通过简历筛选", "完成在线笔试", "一面通过，聊了项目经历", "二面通过，聊了系统设计", "完成 HR 面")
_OUTCOMES = {
    WorkLogStage.SUCCEEDED: ("收到 offer",),
    WorkLogStage.FAILED: ("未通过简历筛选", "笔试未通过", "一面未通过", "二面未通过，算法题没写完"),
}
_MAX_DAYS_BETWEEN_STEPS = 4

_ADD_LOGS = returning_ids(table_of(WorkLog))
_ADD_LINES = insert(table_of(WorkLogStatusLine))


async def load(story: Story) -> None:
    """One to five applications for each student on a job hunt; the first student's come first."""
    chance = story.chance("journal")
    hunts = [student for student in story.students if student.pursues_employment]
    logs, lines_of_logs = [], []
    for student in hunts:
        companies = chance.sample(COMPANIES, 4 if student is hunts[0] else chance.randint(1, 5))
        histories = sorted((_lines(story, chance) for _ in companies), key=lambda lines: lines[0]["created_at"])
        for company, lines in zip(companies, histories, strict=True):
            job = chance.choice(JOBS)
            logs.append(
                {
                    "user_id": student.id,
                    "company_name": company,
                    "job": job.title,
                    "salary": salary_of(job, chance),
                    "location": chance.choice(AREAS),
                    "created_at": lines[0]["created_at"],
                    "updated_at": lines[-1]["created_at"],
                }
            )
        lines_of_logs += histories
    ids = await story.add_returning(_ADD_LOGS, logs)
    await story.add(
        _ADD_LINES,
        [{"work_log_id": log_id, **line} for log_id, lines in zip(ids, lines_of_logs, strict=True) for line in lines],
    )


def _lines(story: Story, chance: Random) -> list[dict[str, Any]]:
    """The status lines of one application: some steps, and perhaps an outcome, before the story ends."""
    day = chance.randrange(len(story.days) // 2)
    outcome = chance.choices([None, *_OUTCOMES], weights=[45, 20, 35])[0]
    steps = len(_STEPS) if outcome is WorkLogStage.SUCCEEDED else chance.randint(1, len(_STEPS) - 1)
    texts = [(step, WorkLogStage.IN_PROGRESS) for step in _STEPS[:steps]]
    if outcome is WorkLogStage.SUCCEEDED:
        texts.append((_OUTCOMES[outcome][0], outcome))
    elif outcome is WorkLogStage.FAILED:
        texts.append((_OUTCOMES[outcome][min(steps, len(_OUTCOMES[outcome])) - 1], outcome))
    lines = []
    for status, stage in texts:
        if day >= len(story.days):
            break
        recorded_at = story.at(story.days[day], chance.randint(9, 20), chance.randint(0, 59))
        lines.append({"recorded_at": recorded_at, "status": status, "stage": stage, "created_at": recorded_at})
        day += chance.randint(1, _MAX_DAYS_BETWEEN_STEPS)
    return lines
