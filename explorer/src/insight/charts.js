// Drawings: each takes rows and a width and answers an SVG element. Text has the colour of the page, marks have colours that are told
// apart on white, on black, on paper and by the colour-blind.
import { axisX, barX, barY, cell, dot, lineY, plot, rectY, ruleX, ruleY, text } from '@observablehq/plot';
import { t } from '../language.js';
import { number, percent, tick } from './format.js';

export const FONT = 'system-ui, "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';
export const COLOURS = ['#0072b2', '#d98c00', '#009e73', '#cc79a7', '#56b4e9'];
const DAY = 24 * 3600e3;
const style = { background: 'none', fontFamily: FONT, fontSize: '12px', overflow: 'visible' };

/** A share in one of five steps: from low, warm, to high, blue. */
const STEPS = [
  { below: 0.3, colour: '#b2182b' },
  { below: 0.5, colour: '#ef8a62' },
  { below: 0.7, colour: '#f7d9a8' },
  { below: 0.9, colour: '#92c5de' },
  { below: Infinity, colour: '#2166ac' },
];
/** The same for a share of which much is not better than little. */
const DEPTHS = [
  { below: 0.1, colour: '#e6effa', ink: '#000' },
  { below: 0.25, colour: '#b9d4ec', ink: '#000' },
  { below: 0.5, colour: '#7fb4dc', ink: '#000' },
  { below: 0.75, colour: '#2171b5', ink: '#fff' },
  { below: Infinity, colour: '#08407f', ink: '#fff' },
];
const NOTHING = { colour: '#bbb', ink: '#000' };
const stepOf = (scale, value) => (value == null ? NOTHING : scale.find(({ below }) => value < below));
export const steps = () => legendOf(STEPS);
export const depths = () => legendOf(DEPTHS);

function legendOf(scale) {
  return scale.map(({ below, colour }, position) => {
    const from = scale[position - 1]?.below;
    if (from === undefined) return { colour, label: t('legend.below', { share: percent(below) }) };
    return { colour, label: below === Infinity ? t('legend.above', { share: percent(from) }) : t('legend.between', { from: percent(from), to: percent(below) }) };
  });
}

const said = (name, value) => t('said', { name, value });
/** There are no halves of what is counted. */
const whole = (value) => (Number.isInteger(value) ? number(value) : '');
const fits = (label, most) => (label.length > most ? `${label.slice(0, most - 1)}…` : label);
/** About how wide a text of 12 pixels is: a Chinese character is twice as wide as a letter. */
export const widthOf = (label) => [...label].reduce((sum, letter) => sum + (letter > '\u2e80' ? 13 : 7), 0);
/** The room that the labels of an axis need. */
function roomFor(labels, most) {
  return Math.max(24, ...labels.map((label) => widthOf(fits(label, most)))) + 14;
}

/** Days from left to right, and rows that a group of them may have for itself: `x` is a Date, `y` a row, `group` what stands above. */
export function heatMap(cells, rows, width) {
  const groups = [...new Set(cells.map(({ group }) => group))];
  const marginLeft = roomFor(rows, 12);
  const parts = groups.length > 1 ? { fy: 'group' } : {};
  return plot({
    width,
    height: 40 + groups.length * (rows.length * (rows.length > 3 ? 20 : 26) + (groups.length > 1 ? 26 : 4)),
    marginLeft,
    marginRight: 8,
    marginTop: groups.length > 1 ? 24 : 6,
    style,
    x: { type: 'utc', label: null },
    y: { domain: rows, label: null, tickSize: 0, tickFormat: (row) => fits(row, 12), padding: 0.06 },
    fy: { domain: groups, label: null, axis: null, padding: 0.22 },
    color: { type: 'identity' },
    marks: [
      axisOfDays(cells, width - marginLeft - 8, { isBars: true }),
      groups.length < 2 ? null : text(groups, { fy: (group) => group, text: (group) => group, frameAnchor: 'top-left', dy: -14, fontWeight: 600 }),
      barX(cells, {
        ...parts,
        x: 'x',
        interval: 'day',
        y: 'y',
        fill: ({ rate }) => stepOf(STEPS, rate).colour,
        inset: 0.5,
        rx: 2,
        title: ({ label, rate, attended, expected }) => `${label}\n${percent(rate)} · ${t('attendance.counts', { attended: number(attended), expected: number(expected) })}`,
        tip: true,
      }),
    ],
  });
}

/** The axis of days: some are written, the first among them; below the middle of its bar where a day is as wide as one. */
function axisOfDays(rows, width, { isBars }) {
  const instants = rows.map(({ x }) => x.getTime());
  const first = Math.min(...instants);
  const days = (Math.max(...instants) - first) / DAY + 1;
  const step = Math.ceil(days / Math.max(2, Math.floor(width / 84)));
  const ticks = Array.from({ length: Math.ceil(days / step) }, (_, position) => new Date(first + position * step * DAY));
  return axisX(ticks, { tickFormat: tick, dx: isBars ? width / days / 2 : 0 });
}

/** One bar for each row: `label`, `value`, and what is written beside it. */
export function bars(rows, width, { colour = COLOURS[0], beside = ({ value }) => number(value) } = {}) {
  const labels = rows.map(({ label }) => label);
  const longest = Math.max(...rows.map((row) => widthOf(beside(row))));
  return plot({
    width,
    height: Math.max(60, rows.length * 28 + 10),
    marginLeft: roomFor(labels, 18),
    marginRight: 12 + longest * 1.08,
    marginTop: 4,
    marginBottom: 4,
    style,
    x: { axis: null, domain: [0, Math.max(1, ...rows.map(({ value }) => value))] },
    y: { domain: labels, label: null, tickSize: 0, tickFormat: (label) => fits(label, 18), padding: 0.25 },
    marks: [
      barX(rows, { x: 'value', y: 'label', fill: colour, rx: 2, title: (row) => said(row.label, beside(row)), tip: true }),
      text(rows, { x: 'value', y: 'label', text: beside, dx: 6, textAnchor: 'start', fill: 'currentColor' }),
      ruleX([0], { stroke: 'currentColor', strokeOpacity: 0.4 }),
    ],
  });
}

/** Rows by columns: each cell says a number, and its colour which share of the row's first it is. */
export function matrix(cells, rows, columns, width) {
  const columnWidth = (width - roomFor(rows, 16)) / columns.length;
  const isNarrow = columnWidth < 66;
  return plot({
    width,
    height: (isNarrow ? 64 : 34) + rows.length * 30,
    marginLeft: roomFor(rows, isNarrow ? 9 : 16),
    marginRight: isNarrow ? 24 : 4, // a slanted heading ends there
    marginTop: isNarrow ? 60 : 30,
    marginBottom: 4,
    style,
    x: { domain: columns, label: null, axis: null, padding: 0.04 },
    y: { domain: rows, label: null, tickSize: 0, tickFormat: (row) => fits(row, isNarrow ? 9 : 16), padding: 0.08 },
    color: { type: 'identity' },
    marks: [
      axisX({ anchor: 'top', tickSize: 0, ...(isNarrow ? { tickRotate: -40, fontSize: 11 } : { lineWidth: columnWidth / 13 }) }), // in ems: headings are broken rather than overlap
      cell(cells, {
        x: 'column',
        y: 'row',
        fill: ({ share }) => stepOf(DEPTHS, share).colour,
        rx: 3,
        title: ({ row, column, value, share }) => `${row}\n${said(column, number(value))}${share == null ? '' : ` · ${percent(share)}`}`,
        tip: true,
      }),
      text(cells, { x: 'column', y: 'row', text: ({ value }) => number(value), fill: ({ share }) => stepOf(DEPTHS, share).ink }),
    ],
  });
}

/** What came and went, day by day: each kind has its colour, and what was taken is below the line. */
export function columns(rows, kinds, width) {
  return plot({
    width,
    height: 230,
    marginLeft: 48,
    marginRight: 24,
    style,
    x: { type: 'utc', label: null },
    y: { grid: true, label: null, ticks: 5, tickFormat: whole },
    color: { domain: kinds, range: COLOURS },
    marks: [
      axisOfDays(rows, width - 48 - 24, { isBars: true }),
      rectY(rows, { x: 'x', interval: 'day', y: 'value', fill: 'kind', inset: 0.5, title: ({ label, value }) => said(label, number(value)), tip: true }),
      ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
    ],
  });
}

/** Shares over days, a line for each kind. */
export function lines(rows, kinds, width) {
  return plot({
    width,
    height: 230,
    marginLeft: 48,
    marginRight: 24,
    style,
    x: { type: 'utc', label: null },
    y: { grid: true, label: null, ticks: 5, domain: [0, 1], tickFormat: percent },
    color: { domain: kinds, range: COLOURS },
    marks: [
      axisOfDays(rows, width - 48 - 24, { isBars: false }),
      ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
      lineY(rows, { x: 'x', y: 'value', stroke: 'kind', strokeWidth: 2 }),
      dot(rows, { x: 'x', y: 'value', fill: 'kind', r: 2.5, title: ({ label, value }) => said(label, percent(value)), tip: true }),
    ],
  });
}

/** How many students have each length of a streak. */
export function histogram(rows, width) {
  const lengths = Array.from({ length: Math.max(...rows.map(({ value }) => value)) + 1 }, (_, length) => length);
  const hasRoom = lengths.length < width / 30;
  return plot({
    width,
    height: 230,
    marginLeft: 40,
    marginRight: 8,
    marginBottom: 40,
    style,
    x: { label: t('column.current'), labelAnchor: 'center', labelArrow: 'none', domain: lengths, tickSize: 0, tickFormat: (days) => (hasRoom || days % 5 === 0 ? days : '') },
    y: { grid: true, label: null, ticks: 5, tickFormat: whole },
    marks: [
      barY(rows, { x: 'value', y: 'count', fill: COLOURS[2], rx: 2, title: ({ value, count }) => `${said(t('column.current'), number(value))}\n${said(t('column.studentCount'), number(count))}`, tip: true }),
      ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
    ],
  });
}
