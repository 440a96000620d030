// The operations of the page: every number on it comes by one of these, with the rights of whoever is signed in.
import { post } from '../post.js';
import { isRefused } from '../refusals.js';
import { session, signedOut } from '../session.js';

const RATE = 'expected attended rate';
const FUNNEL = 'studentCount employmentGoalCount applicantCount applicationCount succeededCount signApplicantCount signedCount';
const QUALITY = 'shownCount readCount hiddenCount markedCount progressedCount contactedCount';
const TARGETS = ['COMPANY', 'JOB', 'AREA', 'UNIVERSITY', 'MAJOR'];
const STATUSES = ['REGISTRATION', 'ING', 'ITERATION', 'END'];

/** More classes take the database seconds: of those the page knows that they are more, and the first. */
export const MANY = 100;
export const VIEWER = `query InsightViewer($asked: String!, $isAsked: Boolean!) {
  viewer { name roles language }
  classNames(atMost: ${MANY + 1})
  asked: schoolClass(name: $asked) @include(if: $isAsked) { name }
}`;

/** The classes that a text is part of, and whether there are more. */
export const OFFERED = 20;
export const CLASSES = `query InsightClasses($search: String!) { classNames(search: $search, atMost: ${OFFERED + 1}) }`;

export const ATTENDANCE = `query InsightAttendance($filter: AttendanceStatisticsFilter, $by: [AttendanceDimension!]) {
  statistics {
    all: attendance(filter: $filter) { ${RATE} }
    groups: attendance(filter: $filter, by: $by) { className day slot ${RATE} }
    classes: attendance(filter: $filter, by: [CLASS]) { className ${RATE} }
    slots: attendance(filter: $filter, by: [SLOT]) { slot ${RATE} }
  }
}`;

export const ABSENTEES = `query InsightAbsentees($className: String!, $day: Date!, $slot: ClockInSlot!) {
  schoolClass(name: $className) { absentees(day: $day, slot: $slot, first: 100) { totalCount nodes { name account } } }
}`;

export const STREAKS = `query InsightStreaks($filter: StreakStatisticsFilter) {
  statistics {
    all: streaks(filter: $filter) { studentCount streakingCount longest meanCurrent }
    groups: streaks(filter: $filter, by: [CURRENT]) { current studentCount }
  }
}`;

export const GOALS = `query InsightGoals($filter: GoalStatisticsFilter) {
  statistics {
    all: goals(filter: $filter) { studentCount goalCount goalRate employmentGoalCount postgraduateGoalCount offerCount }
    pursuits: goals(filter: $filter, by: [PURSUIT]) { pursuit studentCount goalCount offerCount }
    ${TARGETS.map((of) => `${of}: goalTargets(of: ${of}, filter: $filter) { target studentCount }`).join('\n    ')}
  }
}`;

export const OFFERS = `query InsightOffers($filter: OfferStatisticsFilter) {
  statistics {
    all: offers(filter: $filter) { ${FUNNEL} }
    classes: offers(filter: $filter, by: [CLASS]) { className ${FUNNEL} }
  }
}`;

/** All of the students' statistics in one operation, each as the operation of its own answers it. */
export const PAGE = `query InsightPage($attendance: AttendanceStatisticsFilter, $by: [AttendanceDimension!], $offers: OfferStatisticsFilter, $goals: GoalStatisticsFilter, $streaks: StreakStatisticsFilter) {
  ${Object.entries({ attendance: ATTENDANCE, offers: OFFERS, goals: GOALS, streaks: STREAKS }).map(([name, query]) => `${name}: ${selectionOf(query).replaceAll('$filter', `$${name}`)}`).join('\n  ')}
}`;

export const CREDITS = `query InsightCredits($filter: CreditStatisticsFilter) {
  statistics { groups: credits(filter: $filter, by: [DAY, KIND]) { day kind entryCount userCount change } }
}`;

export const PROJECTS = `query InsightProjects {
  ${STATUSES.map((status) => `${status}: projects(status: ${status}) { totalCount }`).join('\n  ')}
}`;

export const FEEDS = `query InsightFeeds($filter: FeedStatisticsFilter) {
  statistics {
    days: feeds(filter: $filter, by: [DAY]) { day ${QUALITY} }
    companies: feeds(filter: $filter, by: [COMPANY]) { company { name } ${QUALITY} }
  }
}`;

/** What a query selects, without its braces. */
function selectionOf(query) {
  return query.slice(query.indexOf('{') + 1, query.lastIndexOf('}')).trim();
}

/** The data of an operation. Throws an Error with what there is to say to the person, once; a token that ended ends the session. */
export async function ask(query, variables = {}) {
  const { token } = session();
  const { data, errors } = await post(query, variables, token);
  if (isRefused(errors) && session().token === token) signedOut();
  if (errors?.length) throw new Error([...new Set(errors.map(({ message }) => message))].join(' '));
  return data;
}
