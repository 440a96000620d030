// What the statistics of students say, as cards and figures: attendance, streaks, goals and offers.
import { t } from '../language.js';
import { bars, depths, heatMap, histogram, matrix, steps } from './charts.js';
import { counted, dayed, named, rated, text } from './columns.js';
import { dated, day, joined, number, percent, sentences, share } from './format.js';
import { daysOf, SLOTS } from './period.js';

const MOST_GROUPS = 2500; // of a statistic
const MOST_MAPS = 6; // classes that have a map of their own
const MOST_ROWS = 25;

export const slotName = (slot) => t(`slot.${slot}`);
const countOf = ({ className, classNames }) => (className ? 1 : classNames.length);
const rate = () => [counted('attended'), counted('expected'), rated('rate')];

/** What a map can tell apart: all three where that is not too much. */
export function attendanceVariables(view, filter) {
  const classes = countOf(view);
  const count = daysOf(view.period);
  let by = ['DAY', 'SLOT'];
  if (classes <= MOST_MAPS && classes * count * SLOTS.length <= MOST_GROUPS) by = ['CLASS', 'DAY', 'SLOT'];
  else if (classes <= MOST_ROWS && classes * count <= MOST_GROUPS) by = ['CLASS', 'DAY'];
  return { filter, by };
}

export function attendance(view, { all: [all], groups, classes, slots }) {
  const hasClasses = groups[0]?.className != null;
  const hasSlots = groups[0]?.slot != null;
  const rows = hasSlots ? SLOTS.map(slotName) : [...new Set(groups.map(({ className }) => className))];
  const cells = groups.map((group) => ({
    ...group,
    x: dated(group.day),
    y: hasSlots ? slotName(group.slot) : group.className,
    group: hasSlots && hasClasses ? group.className : '',
    label: joined(group.className, day(group.day), group.slot && slotName(group.slot)),
  }));
  const map = {
    id: 'attendance-map',
    title: t('attendance.map.title'),
    about: t(hasSlots ? 'attendance.map.bySlot' : 'attendance.map.byClass'),
    said: all ? t('attendance.map.said', { rate: percent(all.rate) }) : '',
    isWide: true,
    legend: steps(),
    columns: [hasClasses && text('className'), dayed('day'), hasSlots && named('slot', slotName), ...rate()].filter(Boolean),
    rows: groups,
    draw: (width) => heatMap(cells, rows, width),
  };
  return [map, ...(countOf(view) > 1 ? [byClass(classes)] : []), bySlot(slots)];
}

function byClass(groups) {
  const rows = groups
    .map((group) => ({ ...group, missed: group.expected - group.attended, label: group.className, value: group.rate ?? 0 }))
    .sort((one, other) => one.value - other.value);
  const lowest = rows.slice(0, MOST_ROWS);
  return {
    id: 'attendance-classes',
    title: t('attendance.classes.title'),
    about: lowest.length < rows.length ? t('attendance.classes.some', { shown: lowest.length, all: number(rows.length) }) : t('attendance.classes.all'),
    columns: [text('className'), ...rate(), counted('missed')],
    rows,
    draw: (width) => bars(lowest, width, { beside: (row) => percent(row.rate) }),
  };
}

function bySlot(groups) {
  const rows = groups.map((group) => ({ ...group, missed: group.expected - group.attended, label: slotName(group.slot), value: group.rate ?? 0 }));
  return {
    id: 'attendance-slots',
    title: t('attendance.slots.title'),
    about: t('attendance.slots.about'),
    columns: [named('slot', slotName), ...rate(), counted('missed')],
    rows,
    draw: (width) => bars(rows, width, { beside: (row) => t('attendance.slots.beside', { rate: percent(row.rate), missed: number(row.missed) }) }),
  };
}

export function streaks(view, { all: [all], groups }) {
  const rows = groups.map(({ current, studentCount }) => ({ current, studentCount, value: current, count: studentCount }));
  const counts = all && { streaking: number(all.streakingCount), students: number(all.studentCount), longest: number(all.longest) };
  return [{
    id: 'streaks',
    title: t('streaks.title'),
    isWide: countOf(view) > 1,
    about: sentences(t('streaks.about'), counts && t('streaks.counts', counts)),
    columns: [counted('current'), counted('studentCount')],
    rows,
    draw: (width) => histogram(rows, width),
  }];
}

const GOAL_STEPS = ['studentCount', 'goalCount', 'offerCount'];

export function goals({ pursuits }) {
  const rows = pursuits.map((group) => ({ ...group, label: t(`pursuit.${group.pursuit}`) }));
  const columns = GOAL_STEPS.map((key) => counted(key));
  return [{
    id: 'goals',
    title: t('goals.title'),
    about: t('goals.about'),
    legend: depths(),
    columns: [text('label', t('column.pursuit')), ...columns],
    rows,
    draw: (width) => matrix(cellsOf(rows, columns), rows.map(({ label }) => label), columns.map(({ title }) => title), width),
  }];
}

export const TARGETS = ['COMPANY', 'JOB', 'AREA', 'UNIVERSITY', 'MAJOR'];

export function targets(of, found) {
  const rows = found.map(({ target, studentCount }) => ({ target, studentCount, label: target, value: studentCount }));
  const most = rows.slice(0, 10);
  return {
    id: `goal-targets-${of.toLowerCase()}`,
    title: t(`targets.title.${of}`),
    isWide: true,
    about: sentences(t('targets.about'), most.length < rows.length && t('targets.more', { shown: most.length })),
    columns: [text('target', t(`target.${of}`)), counted('studentCount')],
    rows,
    draw: (width) => bars(most, width, { colour: '#8856a7' }),
  };
}

const FUNNEL = ['studentCount', 'employmentGoalCount', 'applicantCount', 'succeededCount', 'signApplicantCount', 'signedCount'];

export function offers(view, { all: [all], classes }) {
  const funnel = FUNNEL.map((key) => ({ key, title: t(`funnel.${key}`) }));
  const counts = funnel.map(({ key, title }) => ({ step: title, students: all[key], share: share(all[key], all.studentCount), label: title, value: all[key] }));
  const rows = classes.slice(0, MOST_ROWS).map((row) => ({ ...row, label: row.className }));
  const cards = [{
    id: 'offers',
    title: t('offers.title'),
    about: t('offers.about'),
    columns: [text('step'), counted('students'), rated('share')],
    rows: all.studentCount ? counts : [],
    draw: (width) => bars(counts, width, { colour: '#009e73', beside: (step) => `${number(step.value)} · ${percent(step.share)}` }),
  }];
  if (countOf(view) > 1) cards.push({
    id: 'offers-classes',
    title: t('offers.classes.title'),
    about: sentences(t('offers.classes.about'), rows.length < classes.length && t('offers.classes.some', { shown: rows.length })),
    isWide: true,
    legend: depths(),
    columns: [text('className'), ...funnel.map(({ key, title }) => counted(key, title)), counted('applicationCount')],
    rows: classes,
    draw: (width) => matrix(cellsOf(rows, funnel), rows.map(({ label }) => label), funnel.map(({ title }) => title), width),
  });
  return cards;
}

/** Cells of rows with a `label`: what each column counts, and its share of the first. */
export function cellsOf(rows, columns) {
  return rows.flatMap((row) => columns.map(({ key, title }) => ({ row: row.label, column: title, value: row[key], share: share(row[key], row[columns[0].key]) })));
}
