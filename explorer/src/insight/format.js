// How numbers and days are written for people, in their language.
import { t, tag } from '../language.js';

const number_ = written((spoken) => new Intl.NumberFormat(spoken));
const percent_ = written((spoken) => new Intl.NumberFormat(spoken, { style: 'percent', maximumFractionDigits: 1 }));
const day_ = written((spoken) => new Intl.DateTimeFormat(spoken, { dateStyle: 'medium', timeZone: 'UTC' }));
const tick_ = written((spoken) => new Intl.DateTimeFormat(spoken, { month: 'short', day: 'numeric', timeZone: 'UTC' }));

export const number = (value) => (value == null ? '–' : number_().format(value));
export const percent = (value) => (value == null ? '–' : percent_().format(value));
export const share = (part, whole) => (whole ? part / whole : null);

/** A day such as 2026-03-02 as an instant, of which only the day is shown. */
export const dated = (day) => new Date(`${day}T00:00Z`);
export const day = (text) => day_().format(dated(text));
export const days = ({ from, to }) => (from === to ? day(from) : t('days', { from: day(from), to: day(to) }));
export const tick = (instant) => tick_().format(instant);

/** What belongs together in one line: "Class 1, Mar 2, 2026". */
export const joined = (...parts) => parts.filter(Boolean).join(t('comma'));

/** What is said of one thing, without what there is not to say. */
export const sentences = (...said) => said.filter(Boolean).join(t('betweenSentences'));

/** Making a format takes longer than using it: there is one for each language. */
function written(make) {
  const made = new Map();
  return () => {
    const spoken = tag();
    if (!made.has(spoken)) made.set(spoken, make(spoken));
    return made.get(spoken);
  };
}
