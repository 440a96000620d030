// What the statistics of the whole school say, as cards; they know no classes, and administrators alone see them.
import { t } from '../language.js';
import { bars, columns, COLOURS, depths, lines, matrix } from './charts.js';
import { counted, dayed, named, text } from './columns.js';
import { dated, day, joined, number, percent, sentences, share } from './format.js';
import { cellsOf } from './students.js';

const KINDS = ['EARNED', 'GRANTED', 'SPENT', 'WITHDRAWN', 'CORRECTED'];
const MOST_ROWS = 15;
const kindName = (kind) => t(`credits.kind.${kind}`);
const legendOf = (kinds) => kinds.map((kind, position) => ({ label: kind, colour: COLOURS[position] }));

export function credits({ groups }) {
  // Sums of credits are texts in the graph where they may be large.
  const rows = groups.map((group) => ({ ...group, change: Number(group.change) }));
  const kinds = KINDS.filter((kind) => rows.some((row) => row.kind === kind)).map(kindName);
  const given = rows.reduce((sum, { change }) => sum + Math.max(0, change), 0);
  const taken = rows.reduce((sum, { change }) => sum - Math.min(0, change), 0);
  const marks = rows.map(({ day: on, kind, change }) => ({ x: dated(on), kind: kindName(kind), value: change, label: joined(day(on), kindName(kind)) }));
  return [{
    id: 'credits',
    title: t('credits.title'),
    about: t('credits.about', { given: number(given), taken: number(taken) }),
    legend: legendOf(kinds),
    columns: [dayed('day'), named('kind', kindName), counted('entryCount'), counted('userCount'), counted('change')],
    rows,
    draw: (width) => columns(marks, kinds, width),
  }];
}

const STATUSES = ['REGISTRATION', 'ING', 'ITERATION', 'END'];

export function projects(found) {
  const rows = STATUSES.map((status) => ({ status, projects: found[status].totalCount, label: t(`project.${status}`), value: found[status].totalCount }));
  return [{
    id: 'projects',
    title: t('projects.title'),
    about: t('projects.about'),
    columns: [text('label', t('column.status')), counted('projects')],
    rows: rows.some(({ value }) => value) ? rows : [],
    draw: (width) => bars(rows, width, { colour: '#d98c00' }),
  }];
}

const QUALITY = ['shownCount', 'readCount', 'markedCount', 'progressedCount', 'contactedCount', 'hiddenCount'];
const HEALTH = ['readCount', 'progressedCount', 'contactedCount', 'hiddenCount'];

export function feeds({ days, companies }) {
  const quality = QUALITY.map((key) => counted(key));
  const rows = companies.map(({ company, ...counts }) => ({ ...counts, company: company?.name ?? null, label: company?.name ?? t('feeds.noCompany') }))
    .sort((one, other) => other.shownCount - one.shownCount);
  const most = rows.slice(0, MOST_ROWS);
  return [
    {
      id: 'feeds',
      title: t('feeds.title'),
      about: sentences(t('feeds.about'), most.length < rows.length && t('feeds.some', { shown: most.length })),
      isWide: true,
      legend: depths(),
      columns: [text('company'), ...quality],
      rows,
      draw: (width) => matrix(cellsOf(most, quality), most.map(({ label }) => label), quality.map(({ title }) => title), width),
    },
    matching(days, quality),
  ];
}

/** While recruiters have done nothing with what was shown, shares of 0 % would say that they liked none of it. */
function matching(days, quality) {
  const shown = number(days.reduce((sum, { shownCount }) => sum + shownCount, 0));
  const rows = days.some((row) => HEALTH.some((key) => row[key] > 0)) ? days : [];
  const health = HEALTH.map((key) => counted(key));
  const kinds = health.map(({ title }) => title);
  const marks = rows.flatMap((row) =>
    health.map(({ key, title }) => ({ x: dated(row.day), kind: title, value: share(row[key], row.shownCount), label: joined(day(row.day), title) })));
  const isLine = rows.length > 1; // there is none through a single day
  return {
    id: 'matching',
    title: t('matching.title'),
    about: sentences(t('matching.about'), rows.length === 1 && t('matching.oneDay', { day: day(rows[0].day), shown })),
    nothing: days.length > 0 && t('matching.untouched', { shown }),
    isWide: true,
    legend: isLine ? legendOf(kinds) : undefined,
    columns: [dayed('day'), ...quality],
    rows,
    draw: (width) => (isLine ? lines(marks, kinds, width) : bars(marks.map(({ kind, value }) => ({ label: kind, value })), width, { beside: ({ value }) => percent(value) })),
  };
}
