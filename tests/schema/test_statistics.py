"""Statistics: exact numbers of a small school, the same on both databases."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from models.attendance import ClockIn
from models.db import Database
from models.goals import EmploymentGoal, PostgraduateGoal
from models.identity import User
from models.journal import WorkLog, WorkLogStatusLine
from models.platform.credits import CreditEntry
from models.signing.applications import SignApplication
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import AcquiredContact, Recommendation
from schema.engine.node_id import encode
from tests.matrix.operations import do
from tests.schema.replies import top_level, user_id
from tests.support.clients import MORNING, Person, Product
from tests.support.statements import counted

YEAR = timedelta(days=366)
TIMES = {"created_at": MORNING, "updated_at": MORNING}
ATTENDANCE = "className day slot expected attended rate"
STREAKS = "className current studentCount streakingCount longest streakingRate meanCurrent meanLongest"
GOALS = """className pursuit employmentStatus studentCount goalCount employmentGoalCount postgraduateGoalCount
  offerCount goalRate offerRate"""
OFFERS = """className pursuit studentCount employmentGoalCount applicantCount applicationCount inProgressCount
  failedCount succeededCount signApplicantCount signedCount successRate signingRate"""
CREDITS = "day kind rule account entryCount userCount change"
FEEDS = """feed { title } company { name } day shownCount readCount hiddenCount markedCount progressedCount
  contactedCount readRate progressRate contactRate"""


async def add(database: Database, model: type, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Rows as they are, with their ids."""
    table = table_of(model)
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    async with database.transaction() as transaction:
        return [row.id for row in await transaction.fetch_many(statement, [{**TIMES, **row} for row in rows])]


async def change(database: Database, user_id: int, **values: Any) -> None:
    users = table_of(User)
    async with database.transaction() as transaction:
        await transaction.execute(update(users).where(users.c.id == user_id).values(**values))


async def asked(product: Product, person: Person, field: str, selected: str) -> list[tuple[Any, ...]]:
    """The groups of a statistic, each as its values, with one statement besides that for the caller."""
    with counted() as statements:
        data = await product.data(f"{{ statistics {{ {field} {{ {selected} }} }} }}", person=person)
    assert len(statements) == 2, statements
    (rows,) = data["statistics"].values()
    return [tuple(row.values()) for row in rows]


def day_of(number: int) -> date:
    """The day of March 2026; the clock stands at 10:00 of the second."""
    return date(2026, 3, 1) + timedelta(days=number - 1)


async def test_attendance_and_streaks(product: Product, database: Database) -> None:
    teacher, one, two, new, gone, other = await product.students(6)
    administrator = await product.administrator()
    long_ago = MORNING - timedelta(days=400)
    for person, name in ((teacher, ""), (one, "甲班"), (two, "甲班"), (new, "甲班"), (gone, "甲班"), (other, "乙班")):
        await change(database, person.id, class_name=name, created_at=long_ago)
    # In Shanghai it was 03:30 of 2 March, of which the business day is the first.
    await change(database, new.id, created_at=datetime(2026, 3, 1, 19, 30, tzinfo=UTC))
    await change(database, gone.id, disabled_at=MORNING)
    await do(product, administrator, "assignTeacher", userId=user_id(teacher), className="甲班")
    clocked = {
        one: [(day, "morning") for day in (-4, -3, -2, 1, 2)] + [(1, "evening")],
        two: [(1, "afternoon")],
        new: [(-1, "morning"), (1, "morning")],
        gone: [(1, "morning")],
        other: [(2, "morning")],
    }
    await add(
        database,
        ClockIn,
        [
            {
                "user_id": person.id,
                "business_date": day_of(day),
                "slot": slot,
                "clocked_in_at": MORNING,
                "location": "x",
            }
            for person, moments in clocked.items()
            for day, slot in moments
        ],
    )
    two_days = 'filter: {firstDay: "2026-03-01", lastDay: "2026-03-02"}'

    by_all = await asked(product, teacher, f"attendance({two_days}, by: [SLOT, DAY, CLASS])", ATTENDANCE)
    assert by_all == [
        ("甲班", "2026-03-01", "MORNING", 3, 2, 2 / 3),
        ("甲班", "2026-03-01", "AFTERNOON", 3, 1, 1 / 3),
        ("甲班", "2026-03-01", "EVENING", 3, 1, 1 / 3),
        ("甲班", "2026-03-02", "MORNING", 3, 1, 1 / 3),  # the later slots have not begun
    ]
    for field, person, groups in (
        (f"attendance({two_days})", teacher, [(None, None, None, 12, 5, 5 / 12)]),
        (f"attendance({two_days})", administrator, [(None, None, None, 16, 6, 6 / 16)]),
        (
            f"attendance({two_days}, by: [CLASS])",
            administrator,
            [("乙班", None, None, 4, 1, 0.25), ("甲班", None, None, 12, 5, 5 / 12)],
        ),
        # Of the whole school; neither who is disabled counts, nor a clock-in from before the account was created.
        (
            f"attendance({two_days}, by: [DAY, SLOT])",
            administrator,
            [
                (None, "2026-03-01", "MORNING", 4, 2, 0.5),
                (None, "2026-03-01", "AFTERNOON", 4, 1, 0.25),
                (None, "2026-03-01", "EVENING", 4, 1, 0.25),
                (None, "2026-03-02", "MORNING", 4, 2, 0.5),
            ],
        ),
        (
            'attendance(filter: {firstDay: "2026-02-27", lastDay: "2026-02-27"}, by: [DAY])',
            administrator,
            [(None, "2026-02-27", None, 9, 0, 0.0)],
        ),
        (
            'attendance(filter: {firstDay: "2026-03-01", slots: [EVENING]}, by: [DAY])',
            teacher,
            [(None, "2026-03-01", None, 3, 1, 1 / 3)],
        ),
        # A day without a clock-in, before the new student came; and days that have not begun.
        (
            'attendance(filter: {firstDay: "2026-02-28", lastDay: "2026-02-28"}, by: [DAY])',
            teacher,
            [(None, "2026-02-28", None, 6, 0, 0.0)],
        ),
        (
            'attendance(filter: {firstDay: "2026-03-03", lastDay: "2026-03-04"})',
            teacher,
            [(None, None, None, 0, 0, None)],
        ),
        ('attendance(filter: {firstDay: "2026-03-03", lastDay: "2026-03-04"}, by: [CLASS, DAY])', teacher, []),
        # Without the first day there are thirty: two students, of whom one clocked in on three more days.
        ("attendance", teacher, [(None, None, None, 2 * 88 + 4, 8, 8 / 180)]),
        ('attendance(filter: {classNames: [" 乙 班"]})', teacher, [(None, None, None, 0, 0, None)]),
        ('attendance(filter: {classNames: ["丙班"]}, by: [CLASS])', administrator, []),
        (
            'attendance(filter: {firstDay: "2025-03-02", classNames: ["甲班"]}, by: [CLASS])',
            administrator,
            [("甲班", None, None, 2 * (365 * 3 + 1) + 4, 8, 8 / 2196)],
        ),
        ("streaks", teacher, [(None, None, 3, 3, 3, 1.0, 4 / 3, 5 / 3)]),
        (
            "streaks(by: [CLASS, CURRENT])",
            administrator,
            [
                ("乙班", 1, 1, 1, 1, 1.0, 1.0, 1.0),
                ("甲班", 1, 2, 2, 1, 1.0, 1.0, 1.0),
                ("甲班", 2, 1, 1, 3, 1.0, 2.0, 3.0),
            ],
        ),
        ('streaks(filter: {lastDay: "2026-02-27"}, by: [CURRENT])', teacher, [(None, 0, 3, 0, 3, 0.0, 0.0, 4 / 3)]),
        ('streaks(filter: {classNames: ["丙班"]})', administrator, [(None, None, 0, 0, 0, None, None, None)]),
    ):
        found = await asked(product, person, field, STREAKS if field.startswith("streaks") else ATTENDANCE)
        assert found == groups, (field, found)

    # The class and the absentees agree with it; a streak of yesterday goes on until the end of today.
    query = """query($name: String!) { schoolClass(name: $name) {
      morning: absentees(day: "2026-03-01", slot: MORNING) { totalCount nodes { databaseId } }
      later: absentees(day: "2026-03-02", slot: AFTERNOON) { totalCount nodes { databaseId } }
      attendance(firstDay: "2026-03-01", slot: MORNING) { expected attended rate }
      clockIns(firstDay: "2026-02-26", lastDay: "2026-02-28", slot: MORNING) { totalCount nodes { businessDate } }
    } }"""
    assert (await product.data(query, {"name": "甲班"}, person=teacher))["schoolClass"] == {
        "morning": {"totalCount": 1, "nodes": [{"databaseId": two.id}]},
        "later": {"totalCount": 0, "nodes": []},
        "attendance": {"expected": 6, "attended": 3, "rate": 0.5},
        "clockIns": {"totalCount": 2, "nodes": [{"businessDate": "2026-02-27"}, {"businessDate": "2026-02-26"}]},
    }
    own = "{ viewer { attendanceStreak { current longest lastDay } } }"
    for person, streak in ((one, (2, 3, "2026-03-02")), (two, (1, 1, "2026-03-01")), (teacher, None)):
        found_streak = (await product.data(own, person=person))["viewer"]["attendanceStreak"]
        assert (found_streak and tuple(found_streak.values())) == streak
    product.clock.advance(days=1)
    two = await product.login(two.account, two.account[-6:])
    assert (await product.data(own, person=two))["viewer"]["attendanceStreak"]["current"] == 0


async def test_goals_and_offers(product: Product, database: Database) -> None:
    one, two, three, four = await product.students(4)
    administrator = await product.administrator()
    pursuits = {one: (True, True), two: (False, True), three: (True, False), four: (False, False)}
    for person, (postgraduate, employment) in pursuits.items():
        await change(
            database, person.id, class_name="甲班", pursues_postgraduate=postgraduate, pursues_employment=employment
        )
    goal = {"target_job": "", "target_salary": "", "target_area": "重庆"}
    await add(
        database,
        EmploymentGoal,
        [
            {**goal, "user_id": one.id, "status": "seeking", "target_company": "青禾"},
            {**goal, "user_id": two.id, "status": "offer_received", "target_company": "青禾"},
            {**goal, "user_id": four.id, "status": "seeking", "target_company": "远山"},  # who pursues it no more
        ],
    )
    place = {"user_id": three.id, "target_university": "重庆大学", "target_major": "软件", "target_score": 1.0}
    await add(database, PostgraduateGoal, [place])
    log = {"company_name": "青禾", "job": "", "salary": "", "location": ""}
    # The second begins at midnight in Shanghai, the first of them a moment before.
    midnight = datetime(2026, 3, 1, 16, tzinfo=UTC)
    logs = await add(
        database,
        WorkLog,
        [
            {**log, "user_id": one.id},
            {**log, "user_id": one.id, "created_at": midnight},
            {**log, "user_id": two.id, "created_at": midnight - timedelta(microseconds=1)},
            {**log, "user_id": two.id, "created_at": MORNING - YEAR},
        ],
    )
    lines = [(0, "failed"), (0, "succeeded"), (0, None), (1, "in_progress"), (2, "failed"), (3, "succeeded")]
    line = {"recorded_at": MORNING, "status": "x"}
    await add(database, WorkLogStatusLine, [{**line, "work_log_id": logs[log], "stage": stage} for log, stage in lines])
    resume = {"name": "x", "phone": "1", "encrypted_id_number": b"", "id_number_lookup": "x"}
    resume |= {"marital_status": "single", "political_status": "masses", "household_type": "urban"}
    resumes = await add(database, Resume, [{**resume, "user_id": person.id} for person in (one, two)])
    application: dict[str, Any] = {"applied_at": MORNING, "open": None}
    await add(
        database,
        SignApplication,
        [
            {**application, "user_id": one.id, "resume_id": resumes[0], "status": "cancelled"},
            {**application, "user_id": one.id, "resume_id": resumes[0], "status": "signed"},
            {**application, "user_id": two.id, "resume_id": resumes[1], "status": "rejected"},
        ],
    )
    today = 'firstDay: "2026-03-02", lastDay: "2026-03-02"'

    for field, groups in (
        ('goals(filter: {classNames: ["甲班"]})', [(None, None, None, 4, 4, 3, 1, 1, 1.0, 1 / 3)]),
        (
            'goals(filter: {classNames: ["甲班"]}, by: [CLASS, PURSUIT, EMPLOYMENT_STATUS])',
            [
                ("甲班", "BOTH", "SEEKING", 1, 1, 1, 0, 0, 1.0, 0.0),
                ("甲班", "EMPLOYMENT", "OFFER_RECEIVED", 1, 1, 1, 0, 1, 1.0, 1.0),
                ("甲班", "NOTHING", "SEEKING", 1, 1, 1, 0, 0, 1.0, 0.0),
                ("甲班", "POSTGRADUATE", None, 1, 1, 0, 1, 0, 1.0, None),
            ],
        ),
        ("goals(filter: {pursuits: [BOTH, NOTHING]})", [(None, None, None, 2, 2, 2, 0, 0, 1.0, 0.0)]),
        ('goals(filter: {classNames: ["丙班"]}, by: [CLASS])', []),
        ("goalTargets(of: COMPANY)", [("青禾", 2)]),
        ("goalTargets(of: UNIVERSITY)", [("重庆大学", 1)]),
        ("goalTargets(of: JOB)", []),
        ("offers", [(None, None, 4, 3, 2, 3, 1, 1, 1, 2, 1, 0.5, 0.5)]),
        (
            f"offers(filter: {{{today}}}, by: [CLASS, PURSUIT])",
            [
                ("甲班", "BOTH", 1, 1, 1, 2, 1, 0, 1, 1, 1, 1.0, 1.0),
                ("甲班", "EMPLOYMENT", 1, 1, 0, 0, 0, 0, 0, 1, 0, None, 0.0),
                ("甲班", "NOTHING", 1, 1, 0, 0, 0, 0, 0, 0, 0, None, None),
                ("甲班", "POSTGRADUATE", 1, 0, 0, 0, 0, 0, 0, 0, 0, None, None),
            ],
        ),
    ):
        selected = {"goals": GOALS, "goalTargets": "target studentCount", "offers": OFFERS}[field.partition("(")[0]]
        assert await asked(product, administrator, field, selected) == groups, field


async def test_credits_and_feeds(product: Product, database: Database) -> None:
    one, two, recruiter = await product.students(3)
    administrator = await product.administrator()
    late = datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC)  # of the day before, in Shanghai
    entries = [
        (one, "general", 100, "registration", "registration:once", MORNING),
        (two, "general", 100, "registration", "registration:once", late),
        (one, "general", 2_000_000_000, None, "administrator:a", MORNING),
        (two, "general", 2_000_000_000, None, "merged:9:administrator:b", MORNING),
        (one, "dedicated", -5, None, "administrator:c", MORNING),
        (one, "general", -7, None, "instance:1:general", MORNING),
        (one, "general", -100, None, "merged:9:registration:once:taken-back", MORNING),
    ]
    await add(
        database,
        CreditEntry,
        [
            {"user_id": person.id, "account": account, "change": change, "balance_after": 0, "message": ""}
            | {"rule": rule, "key": key, "created_at": at}
            for person, account, change, rule, key, at in entries
        ],
    )
    day = "2026-03-02"
    for field, person, groups in (
        ("credits", administrator, [(None, None, None, None, 7, 2, 4_000_000_088)]),
        ("credits", one, [(None, None, None, None, 5, 1, 1_999_999_988)]),
        ("credits(by: [DAY, KIND])", recruiter, []),
        (
            "credits(by: [DAY, KIND, RULE])",
            administrator,
            [
                ("2026-03-01", "EARNED", "REGISTRATION", None, 1, 1, 100),
                (day, "CORRECTED", None, None, 1, 1, -100),
                (day, "EARNED", "REGISTRATION", None, 1, 1, 100),
                (day, "GRANTED", None, None, 2, 2, 4_000_000_000),
                (day, "SPENT", None, None, 1, 1, -7),
                (day, "WITHDRAWN", None, None, 1, 1, -5),
            ],
        ),
        (
            "credits(filter: {kinds: [WITHDRAWN], accounts: [DEDICATED]}, by: [ACCOUNT])",
            one,
            [(None, None, None, "DEDICATED", 1, 1, -5)],
        ),
        (
            f'credits(filter: {{firstDay: "{day}", rules: [REGISTRATION]}})',
            administrator,
            [(None, None, None, None, 1, 1, 100)],
        ),
    ):
        assert await asked(product, person, field, CREDITS) == groups, field

    await do(product, administrator, "grantRole", userId=user_id(recruiter), role="RECRUITER")
    feed = {"job_description": "", "salary_min": 1, "salary_max": 2, "viewed_at": MORNING}
    lists = ("keywords", "areas", "welfare", "levels", "company_preferences", "domains", "company_domains")
    feed |= {name: [] for name in lists}
    feed |= {"category": "full_time", "accepts_partners": False, "skill_required": "", "deleted_at": None}
    feeds = await add(
        database,
        Feed,
        [
            {**feed, "user_id": recruiter.id, "title": "后端"},
            {**feed, "user_id": recruiter.id, "title": "旧的", "deleted_at": MORNING},
            {**feed, "user_id": two.id, "title": "别人的"},
        ],
    )
    resume = {"name": "x", "phone": "1", "encrypted_id_number": b"", "id_number_lookup": "x"}
    resume |= {"marital_status": "single", "political_status": "masses", "household_type": "urban"}
    resumes = await add(database, Resume, [{**resume, "user_id": person.id} for person in (one, two)])
    shown = {"score": 1, "title_score": 1, "reasons": [], "keywords": [], "calculated_at": MORNING, "mark": None}
    shown |= {"read_at": None, "hidden_at": None, "displayed_at": MORNING, "sent": False, "by_partner": False}
    await add(
        database,
        Recommendation,
        [
            {**shown, "feed_id": feeds[0], "resume_id": resumes[0], "read_at": MORNING, "mark": "send_offer"},
            {**shown, "feed_id": feeds[0], "resume_id": resumes[1], "displayed_at": late, "mark": "no_will"},
            {**shown, "feed_id": feeds[1], "resume_id": resumes[0]},
            {**shown, "feed_id": feeds[2], "resume_id": resumes[0], "hidden_at": MORNING},
        ],
    )
    await add(database, AcquiredContact, [{"user_id": recruiter.id, "resume_id": resumes[0]}])
    of_feeds: list[tuple[str, Person, list[tuple[Any, ...]]]] = [
        ("feeds", recruiter, [(None, None, None, 2, 1, 0, 2, 1, 1, 0.5, 0.5, 0.5)]),
        ("feeds", administrator, [(None, None, None, 3, 1, 1, 2, 1, 1, 1 / 3, 1 / 3, 1 / 3)]),
        ("feeds", one, [(None, None, None, 0, 0, 0, 0, 0, 0, None, None, None)]),
        (
            f'feeds(filter: {{firstDay: "{day}"}}, by: [DAY])',
            recruiter,
            [(None, None, day, 1, 1, 0, 1, 1, 1, 1.0, 1.0, 1.0)],
        ),
        (f'feeds(filter: {{feedIds: ["{encode("Feed", feeds[2])}"]}}, by: [DAY])', recruiter, []),
        (
            "feeds(by: [COMPANY, DAY])",
            administrator,
            [
                (None, None, "2026-03-01", 1, 0, 0, 1, 0, 0, 0.0, 0.0, 0.0),
                (None, None, day, 2, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5),
            ],
        ),
        # The contact was acquired through what was shown on the day after.
        (
            'feeds(filter: {lastDay: "2026-03-01"})',
            administrator,
            [(None, None, None, 1, 0, 0, 1, 0, 0, 0.0, 0.0, 0.0)],
        ),
        (
            f'feeds(filter: {{feedIds: ["{encode("Feed", feeds[0])}"]}})',
            administrator,
            [(None, None, None, 2, 1, 0, 2, 1, 1, 0.5, 0.5, 0.5)],
        ),
    ]
    for field, person, counts in of_feeds:
        assert await asked(product, person, field, FEEDS) == counts, field
    by_feed = "{ statistics { feeds(by: [FEED]) { feed { title } shownCount } } }"
    found = [await product.data(by_feed, person=person) for person in (recruiter, administrator)]
    assert [each["statistics"]["feeds"] for each in found] == [
        [{"feed": {"title": "后端"}, "shownCount": 2}],
        [{"feed": None, "shownCount": 2}, {"feed": None, "shownCount": 1}],
    ]


async def test_what_is_asked_for_is_bounded_and_for_whom_it_is(product: Product) -> None:
    student = await product.student()
    administrator = await product.administrator()
    for field in ("attendance { rate }", "streaks { longest }", "goals { goalRate }", "offers { signedCount }"):
        reply = await product.graphql(f"{{ statistics {{ {field} }} }}", person=student)
        assert top_level(reply) == [("FORBIDDEN", ["statistics", field.split()[0]])]
    assert top_level(await product.graphql("{ statistics { credits { change } } }")) == [
        ("UNAUTHENTICATED", ["statistics"])
    ]
    for given in (
        'firstDay: "2025-03-01", lastDay: "2026-03-02"',
        'firstDay: "2026-03-03", lastDay: "2026-03-02"',
        'lastDay: "0001-01-01"',
        'lastDay: "9999-12-30"',
        "classNames: []",
        "classNames: [" + ", ".join(f'"{n}"' for n in range(101)) + "]",
    ):
        reply = await product.graphql(
            f"{{ statistics {{ offers(filter: {{{given}}}) {{ signedCount }} }} }}", person=administrator
        )
        assert top_level(reply) == [("INVALID_INPUT", ["statistics", "offers"])], given
    no_slot = "{ statistics { attendance(filter: {slots: []}) { attended } } }"
    assert top_level(await product.graphql(no_slot, person=administrator)) == [
        ("INVALID_INPUT", ["statistics", "attendance"])
    ]
    by = '{ statistics { attendance(by: [CLASS, DAY, SLOT], filter: {firstDay: "2025-03-02"}) { attended } } }'
    assert len((await product.data(by, person=administrator))["statistics"]["attendance"]) == 1  # the first slot of all
