"""Teachers: what administrators assign, and what a teacher sees of a class."""

from typing import Any

from schema.engine.node_id import encode
from tests.schema.replies import done, refused, top_level, user_id
from tests.support.clients import Person, Product

ASSIGN = """mutation($input: AssignTeacherInput!) { assignTeacher(input: $input) {
  user { name roles classes { name } } errors { code message path }
} }"""
UNASSIGN = """mutation($input: UnassignTeacherInput!) { unassignTeacher(input: $input) {
  user { name roles classes { name } } errors { code message path }
} }"""
CLASSES = """{ viewer { classes { name
  students { totalCount nodes { databaseId account name className directions
    employmentGoal { targetCompany } postgraduateGoal { targetMajor } workLogs { nodes { job } }
    currentClockIn { slot } clockIns { totalCount } attendanceStreak { current longest lastDay } } }
  workLogs { totalCount nodes { job user { databaseId } statusLines { status } } }
  clockIns { totalCount nodes { location user { databaseId } } }
  absentees(day: "2026-03-02", slot: MORNING) { totalCount nodes { databaseId } }
  attendance(firstDay: "2026-03-01", lastDay: "2026-03-02") { expected attended rate }
} } schoolClasses { name } }"""


async def test_x(product: Product) -> None:
    teacher, one, other = await product.students(3)
    administrator = await product.administrator()
    await done(product, 'mutation { updateProfile(input: {className: " ２班 ", major: "数学"}) { errors { code } } }', person=teacher)
    assigned = {"userId": user_id(teacher), "className": "１ 班"}
    print(await done(product, ASSIGN, {"input": assigned}, person=administrator))
    await done(product, 'mutation { clockIn(input: {location: "教室"}) { errors { code } } }', person=one)
    print(await product.graphql(CLASSES, person=teacher))
    for q in ("attendance", "attendance(by: [CLASS])", "attendance(by: [CLASS, DAY, SLOT], filter: {firstDay: \"2026-02-28\"})", "attendance(by: [DAY])","attendance(by: [SLOT])"):
        print(q, await product.graphql("{ statistics { %s { className day slot expected attended rate } } }" % q, person=teacher))
    print(await product.graphql("{ statistics { streaks(by: [CLASS, CURRENT]) { className current studentCount streakingCount longest streakingRate meanCurrent meanLongest } } }", person=teacher))
    print(await product.graphql("{ statistics { goals(by: [CLASS, PURSUIT, EMPLOYMENT_STATUS]) { className pursuit employmentStatus studentCount goalCount employmentGoalCount postgraduateGoalCount offerCount goalRate offerRate } goalTargets(of: COMPANY) { target studentCount } } }", person=teacher))
    print(await product.graphql("{ statistics { offers(by: [CLASS, PURSUIT]) { className pursuit studentCount employmentGoalCount applicantCount applicationCount inProgressCount failedCount succeededCount signApplicantCount signedCount successRate signingRate } } }", person=teacher))
    print(await product.graphql("{ statistics { credits(by: [DAY, KIND, RULE, ACCOUNT]) { day kind rule account entryCount userCount change } } }", person=teacher))
    print(await product.graphql("{ statistics { feeds(by: [DAY, FEED, COMPANY]) { day feed { title } company { name } shownCount readCount markedCount } } }", person=teacher))
    print(await product.graphql("{ statistics { feeds { shownCount readRate } credits { change } goals { studentCount } streaks { studentCount } offers { studentCount }} }", person=administrator))
