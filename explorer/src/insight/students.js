// What the statistics of students say, as cards and figures: attendance, streaks, goals and offers.
import { bars, heatMap, histogram, matrix, STEPS, DEPTHS } from './charts.js';
import { number, percent, share, words } from './format.js';
import { daysOf } from './period.js';

const MOST_GROUPS = 2500; // of a statistic
const MOST_MAPS = 6; // classes that have a map of their own
const MOST_ROWS = 25;
const SLOTS = ['MORNING', 'AFTERNOON', 'EVENING'];

const legendOf = (steps) => steps.map(({ label, colour }) => ({ label, colour }));
const dated = (day) => new Date(`${day}T00:00Z`);
const countOf = ({ className, classNames }) => (className ? 1 : classNames.length);
const text = (key, title) => ({ key, title });
const counted = (key, title) => ({ key, title, kind: 'number' });
const rated = (key, title) => ({ key, title, kind: 'share' });
const RATE = [counted('attended', 'Attended'), counted('expected', 'Expected'), rated('rate', 'Rate')];

/** What a map can tell apart: all three where that is not too much. */
export function attendanceVariables(view, filter) {
  const classes = countOf(view);
  const days = daysOf(view.period);
  let by = ['DAY', 'SLOT'];
  if (classes <= MOST_MAPS && classes * days * SLOTS.length <= MOST_GROUPS) by = ['CLASS', 'DAY', 'SLOT'];
  else if (classes <= MOST_ROWS && classes * days <= MOST_GROUPS) by = ['CLASS', 'DAY'];
  return { filter, by };
}

export function attendance(view, { all: [all], groups, classes, slots }) {
  const hasClasses = groups[0]?.className != null;
  const hasSlots = groups[0]?.slot != null;
  const rows = hasSlots ? SLOTS.map(words) : [...new Set(groups.map(({ className }) => className))];
  const cells = groups.map((group) => ({
    ...group,
    x: dated(group.day),
    y: hasSlots ? words(group.slot) : group.className,
    group: hasSlots && hasClasses ? group.className : '',
    label: [group.className, group.day, group.slot && words(group.slot)].filter(Boolean).join(', '),
  }));
  const map = {
    id: 'attendance-map',
    title: 'Attendance day by day',
    about: `Clock-ins of those expected, for each ${hasSlots ? 'slot of a day' : 'class and day'}.`,
    said: all ? `Altogether ${percent(all.rate)}.` : '',
    isWide: true,
    legend: legendOf(STEPS),
    columns: [hasClasses && text('className', 'Class'), text('day', 'Day'), hasSlots && text('slot', 'Slot'), ...RATE].filter(Boolean),
    rows: groups,
    draw: (width) => heatMap(cells, rows, width),
  };
  return [map, ...(countOf(view) > 1 ? [byClass(classes)] : []), bySlot(slots)];
}

function byClass(groups) {
  const rows = groups
    .map((group) => ({ ...group, missed: group.expected - group.attended, label: group.className, value: group.rate ?? 0 }))
    .sort((one, other) => one.value - other.value);
  const shown = rows.slice(0, MOST_ROWS);
  return {
    id: 'attendance-classes',
    title: 'Attendance by class',
    about: shown.length < rows.length ? `The ${MOST_ROWS} lowest of ${number(rows.length)} classes; the table has all.` : 'The lowest first.',
    columns: [text('className', 'Class'), ...RATE, counted('missed', 'Absences')],
    rows,
    draw: (width) => bars(shown, width, { beside: ({ rate }) => percent(rate) }),
  };
}

function bySlot(groups) {
  const rows = groups.map((group) => ({ ...group, missed: group.expected - group.attended, label: words(group.slot), value: group.rate ?? 0 }));
  return {
    id: 'attendance-slots',
    title: 'Attendance by slot',
    about: 'Clock-ins of those expected, at each time of the day.',
    columns: [text('slot', 'Slot'), ...RATE, counted('missed', 'Absences')],
    rows,
    draw: (width) => bars(rows, width, { beside: ({ rate, missed }) => `${percent(rate)}, ${number(missed)} missed` }),
  };
}

export function streaks(view, { all: [all], groups }) {
  const rows = groups.map(({ current, studentCount }) => ({ current, studentCount, value: current, count: studentCount }));
  return [{
    id: 'streaks',
    title: 'Streaks',
    isWide: countOf(view) > 1,
    about: all
      ? `Students by the number of days in a row with a clock-in, up to now. ${number(all.streakingCount)} of ${number(all.studentCount)} have a streak; the longest of this time was ${number(all.longest)} days.`
      : 'Students by the number of days in a row with a clock-in.',
    columns: [counted('current', 'Days in a row'), counted('studentCount', 'Students')],
    rows,
    draw: (width) => histogram(rows, width),
  }];
}

const PURSUITS = { NOTHING: 'Undecided', POSTGRADUATE: 'Postgraduate', EMPLOYMENT: 'Employment', BOTH: 'Both' };
const GOAL_STEPS = [['studentCount', 'Students'], ['goalCount', 'With a goal'], ['offerCount', 'With an offer']];

export function goals({ pursuits }) {
  const rows = pursuits.map((group) => ({ ...group, label: PURSUITS[group.pursuit] }));
  return [{
    id: 'goals',
    title: 'Goals by direction',
    about: 'What students pursue, and how many of them have written down a goal and have an offer.',
    legend: legendOf(DEPTHS),
    columns: [text('label', 'Direction'), ...GOAL_STEPS.map(([key, title]) => counted(key, title))],
    rows,
    draw: (width) => matrix(cellsOf(rows, GOAL_STEPS), rows.map(({ label }) => label), GOAL_STEPS.map(([, title]) => title), width),
  }];
}

export const TARGETS = { COMPANY: 'Companies', JOB: 'Jobs', AREA: 'Places', UNIVERSITY: 'Universities', MAJOR: 'Majors' };

export function targets(of, found) {
  const rows = found.map(({ target, studentCount }) => ({ target, studentCount, label: target, value: studentCount }));
  const shown = rows.slice(0, 10);
  return {
    id: `goal-targets-${of.toLowerCase()}`,
    title: 'Where goals lead',
    isWide: true,
    about: `${TARGETS[of]} that most students name${shown.length < rows.length ? ', the first ten; the table has more' : ''}.`,
    columns: [text('target', TARGETS[of]), counted('studentCount', 'Students')],
    rows,
    draw: (width) => bars(shown, width, { colour: '#8856a7' }),
  };
}

const FUNNEL = [
  ['studentCount', 'Students'],
  ['employmentGoalCount', 'Job goal'],
  ['applicantCount', 'Applied'],
  ['succeededCount', 'Offer'],
  ['signApplicantCount', 'Sign-up'],
  ['signedCount', 'Signed'],
];
const FUNNEL_ABOUT = 'Each student counts once in each step: a job goal, a work log, one that succeeded, an application to sign, a signed contract.';

export function offers(view, { all: [all], classes }) {
  const steps = FUNNEL.map(([key, step]) => ({ step, students: all[key], share: share(all[key], all.studentCount), label: step, value: all[key] }));
  const rows = classes.slice(0, MOST_ROWS);
  const cards = [{
    id: 'offers',
    title: 'From goal to contract',
    about: FUNNEL_ABOUT,
    columns: [text('step', 'Step'), counted('students', 'Students'), rated('share', 'Of all')],
    rows: all.studentCount ? steps : [],
    draw: (width) => bars(steps, width, { colour: '#009e73', beside: (step) => `${number(step.value)} · ${percent(step.share)}` }),
  }];
  if (countOf(view) > 1) cards.push({
    id: 'offers-classes',
    title: 'From goal to contract, by class',
    about: `Students, coloured by their share of the class.${rows.length < classes.length ? ` The first ${MOST_ROWS} classes; the table has all.` : ''}`,
    isWide: true,
    legend: legendOf(DEPTHS),
    columns: [text('className', 'Class'), ...FUNNEL.map(([key, title]) => counted(key, title)), counted('applicationCount', 'Work logs')],
    rows: classes,
    draw: (width) => matrix(cellsOf(rows.map((row) => ({ ...row, label: row.className })), FUNNEL), rows.map(({ className }) => className), FUNNEL.map(([, title]) => title), width),
  });
  return cards;
}

/** Cells of rows with a `label`: what each step counts, and its share of the first. */
export function cellsOf(rows, steps) {
  return rows.flatMap((row) => steps.map(([key, column]) => ({ row: row.label, column, value: row[key], share: share(row[key], row[steps[0][0]]) })));
}
