// The columns of tables and of CSV files: what each is called, and how its values are written.
import { t } from '../language.js';
import { day, number, percent } from './format.js';

const column = (kind) => (key, title = t(`column.${key}`)) => ({ key, title, kind });
export const text = column();
export const counted = column('number');
export const rated = column('share');
export const dayed = column('day');
/** Of values that the graph has names for: `name` of one is what people call it. */
export const named = (key, name) => ({ ...text(key), name });

const KINDS = { number, share: percent, day: (value) => (value == null ? null : day(value)) };

/** For people; `–` is nothing. */
export const shown = ({ key, kind, name }, row) => (kind ? KINDS[kind](row[key]) : plain({ key, name }, row)) ?? '–';

/** For spreadsheets: numbers, shares and days as the graph answers them. */
export const plain = ({ key, name }, row) => (name && row[key] != null ? name(row[key]) : row[key]);
