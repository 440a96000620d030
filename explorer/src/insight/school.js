// What the statistics of the whole school say, as cards; they know no classes, and administrators alone see them.
import { bars, columns, COLOURS, DEPTHS, lines, matrix } from './charts.js';
import { number, percent, share, words } from './format.js';
import { cellsOf } from './students.js';

const KINDS = ['EARNED', 'GRANTED', 'SPENT', 'WITHDRAWN', 'CORRECTED'];
const legendOf = (kinds) => kinds.map((kind, position) => ({ label: kind, colour: COLOURS[position] }));
const text = (key, title) => ({ key, title });
const counted = (key, title) => ({ key, title, kind: 'number' });

export function credits({ groups }) {
  // Sums of credits are texts in the graph where they may be large.
  const rows = groups.map(({ day, kind, entryCount, userCount, change }) => ({ day, kind, entryCount, userCount, change: Number(change) }));
  const kinds = KINDS.filter((kind) => rows.some((row) => row.kind === kind)).map(words);
  const given = rows.reduce((sum, { change }) => sum + Math.max(0, change), 0);
  const taken = rows.reduce((sum, { change }) => sum - Math.min(0, change), 0);
  const marks = rows.map(({ day, kind, change }) => ({ x: new Date(`${day}T00:00Z`), kind: words(kind), value: change, label: `${day}, ${words(kind)}` }));
  return [{
    id: 'credits',
    title: 'Flow of credits',
    about: `Credits that developers got, and below the line those that they spent: ${number(given)} in, ${number(taken)} out.`,
    legend: legendOf(kinds),
    columns: [text('day', 'Day'), text('kind', 'Kind'), counted('entryCount', 'Entries'), counted('userCount', 'Users'), counted('change', 'Credits')],
    rows,
    draw: (width) => columns(marks, kinds, width),
  }];
}

const STATUSES = { REGISTRATION: 'Open for members', ING: 'In progress', ITERATION: 'In iteration', END: 'Finished' };

export function projects(found) {
  const rows = Object.entries(STATUSES).map(([status, label]) => ({ status, projects: found[status].totalCount, label, value: found[status].totalCount }));
  return [{
    id: 'projects',
    title: 'Projects',
    about: 'Projects of the developers by their present state, whatever the time chosen above.',
    columns: [text('label', 'State'), counted('projects', 'Projects')],
    rows: rows.some(({ value }) => value) ? rows : [],
    draw: (width) => bars(rows, width, { colour: '#d98c00' }),
  }];
}

const QUALITY = [
  ['shownCount', 'Shown'],
  ['readCount', 'Read'],
  ['markedCount', 'Marked'],
  ['progressedCount', 'Progress'],
  ['contactedCount', 'Contacted'],
  ['hiddenCount', 'Hidden'],
];
const HEALTH = [['readCount', 'Read'], ['progressedCount', 'Progress'], ['contactedCount', 'Contacted'], ['hiddenCount', 'Hidden']];

export function feeds({ days, companies }) {
  const kinds = HEALTH.map(([, kind]) => kind);
  const marks = days.flatMap((day) =>
    HEALTH.map(([key, kind]) => ({ x: new Date(`${day.day}T00:00Z`), kind, value: share(day[key], day.shownCount) ?? 0, label: `${day.day}, ${kind}` })));
  const rows = companies.map(({ company, ...counts }) => ({ ...counts, company: company?.name ?? null, label: company?.name ?? 'No company' }))
    .sort((one, other) => other.shownCount - one.shownCount);
  const shown = rows.slice(0, 15);
  const counts = QUALITY.map(([key, title]) => counted(key, title));
  return [
    {
      id: 'feeds',
      title: 'Quality of recommendations',
      about: `Recommendations to recruiters by company, coloured by the share of those shown.${shown.length < rows.length ? ' The fifteen with most; the table has all.' : ''}`,
      isWide: true,
      legend: DEPTHS.map(({ label, colour }) => ({ label, colour })),
      columns: [text('company', 'Company'), ...counts],
      rows,
      draw: (width) => matrix(cellsOf(shown, QUALITY), shown.map(({ label }) => label), QUALITY.map(([, title]) => title), width),
    },
    {
      id: 'matching',
      title: 'Health of matching',
      about: 'Of the recommendations first shown on a day, the share that recruiters read, took further, contacted or hid until now.',
      isWide: true,
      legend: days.length > 1 ? legendOf(kinds) : undefined,
      columns: [text('day', 'Day'), ...counts],
      rows: days,
      // There is no line through a single day.
      draw: (width) => (days.length > 1 ? lines(marks, kinds, width) : bars(marks.map(({ kind, value }) => ({ label: kind, value })), width, { beside: ({ value }) => percent(value) })),
    },
  ];
}
