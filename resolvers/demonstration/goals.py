"""The goals of the students."""

from sqlalchemy import insert

from models.goals import EmploymentGoal, EmploymentStatus, PostgraduateGoal
from models.statements import table_of
from resolvers.demonstration.employers import AREAS, COMPANIES, JOBS, salary_of
from resolvers.demonstration.story import Story

_UNIVERSITIES = (
    ("浙江大学", 385),
    ("华中科技大学", 370),
    ("电子科技大学", 368),
    ("西安电子科技大学", 355),
    ("东南大学", 372),
    ("重庆大学", 345),
    ("四川大学", 350),
    ("北京邮电大学", 374),
)
_MAJORS = ("计算机科学与技术", "软件工程", "人工智能", "网络空间安全", "电子信息")

_ADD_EMPLOYMENT = insert(table_of(EmploymentGoal))
_ADD_POSTGRADUATE = insert(table_of(PostgraduateGoal))


async def load(story: Story) -> None:
    """A goal for each direction that a student pursues; one job hunt in five has an offer."""
    chance = story.chance("goals")
    employment, postgraduate = [], []
    for student in story.students:
        created_at = story.at(chance.choice(story.days[:10]), chance.randint(9, 22), chance.randint(0, 59))
        if student.pursues_employment:
            job = chance.choice(JOBS)
            has_offer = student is not story.students[0] and chance.random() < 0.2
            employment.append(
                {
                    "user_id": student.id,
                    "status": EmploymentStatus.OFFER_RECEIVED if has_offer else EmploymentStatus.SEEKING,
                    "target_company": chance.choice(COMPANIES),
                    "target_job": job.title,
                    "target_salary": salary_of(job, chance),
                    "target_area": chance.choice(AREAS),
                    "created_at": created_at,
                }
            )
        if student.pursues_postgraduate:
            university, score = chance.choice(_UNIVERSITIES)
            postgraduate.append(
                {
                    "user_id": student.id,
                    "target_university": university,
                    "target_major": chance.choice(_MAJORS),
                    "target_score": score + chance.randint(-10, 25),
                    "created_at": created_at,
                }
            )
    await story.add(_ADD_EMPLOYMENT, employment)
    await story.add(_ADD_POSTGRADUATE, postgraduate)
