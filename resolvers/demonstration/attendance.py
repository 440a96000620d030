"""Clock-ins: mornings and afternoons on weekdays mostly, evenings in the library."""

from typing import Any

from sqlalchemy import insert

from models.attendance import ClockIn, ClockInSlot
from models.statements import table_of
from resolvers.demonstration.story import Story

_PLACES = {
    ClockInSlot.MORNING: ("第一教学楼 A203", "第一教学楼 B105", "图书馆三楼", "实验楼 502"),
    ClockInSlot.AFTERNOON: ("第二教学楼 C301", "实验楼 502", "图书馆三楼", "创新创业中心"),
    ClockInSlot.EVENING: ("图书馆三楼", "图书馆自习区", "考研自习室", "宿舍楼学习间"),
}
_HOURS = {
    ClockInSlot.MORNING: (7, 10),
    ClockInSlot.AFTERNOON: (13, 16),
    ClockInSlot.EVENING: (19, 22),
}
_WEEKDAY = {ClockInSlot.MORNING: 1.0, ClockInSlot.AFTERNOON: 0.9, ClockInSlot.EVENING: 0.75}
_WEEKEND = {ClockInSlot.MORNING: 0.35, ClockInSlot.AFTERNOON: 0.5, ClockInSlot.EVENING: 0.45}
SATURDAY = 5

_ADD = insert(table_of(ClockIn))


async def load(story: Story) -> None:
    """In the order of time, so that the newest has the highest id."""
    chance = story.chance("attendance")
    rows: list[dict[str, Any]] = []
    for day in story.days:
        likelihood = _WEEKEND if day.weekday() >= SATURDAY else _WEEKDAY
        for student in story.students:
            for slot, (first, last) in _HOURS.items():
                if chance.random() > student.diligence * likelihood[slot]:
                    continue
                clocked_in_at = story.at(day, chance.randint(first, last), chance.randint(0, 59), chance.randint(0, 59))
                rows.append(
                    {
                        "user_id": student.id,
                        "business_date": day,
                        "slot": slot,
                        "clocked_in_at": clocked_in_at,
                        "location": chance.choice(_PLACES[slot]),
                        "created_at": clocked_in_at,
                    }
                )
    rows.sort(key=lambda row: row["clocked_in_at"])
    await story.add(_ADD, rows)
