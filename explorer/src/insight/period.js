// Days as the statistics count them: those of business, which begin at 04:00 in Shanghai, as texts such as 2026-03-02.
const DAY = 24 * 3600e3;
const AHEAD = (8 - 4) * 3600e3; // Shanghai is eight hours before UTC, and its business day begins four hours after midnight

export const today = () => textOf(Date.now() + AHEAD);

/** The day so many days before another. */
export const before = (day, count) => textOf(Date.parse(day) - count * DAY);

export const daysOf = ({ from, to }) => Math.round((Date.parse(to) - Date.parse(from)) / DAY) + 1;

export const PRESETS = [
  { days: 7, title: 'Last 7 days' },
  { days: 30, title: 'Last 30 days' },
  { days: 90, title: 'Last 90 days' },
  { days: 366, title: 'Last 366 days' },
];

export const lastDays = (days) => ({ from: before(today(), days - 1), to: today() });

/** What the address asks for, so that a view can be sent to a colleague; whatever is no day is left out, and all classes are ''. */
export function ofAddress() {
  const asked = new URLSearchParams(window.location.search);
  const [from, to] = ['from', 'to'].map((name) => asked.get(name));
  const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text ?? '') && !Number.isNaN(Date.parse(text));
  return { className: asked.get('class'), period: isDay(from) && isDay(to) ? { from, to } : lastDays(30) };
}

export function intoAddress(className, { from, to }) {
  const parameters = new URLSearchParams({ class: className, from, to });
  window.history.replaceState(null, '', `?${parameters}`);
}

function textOf(instant) {
  return new Date(instant).toISOString().slice(0, 10);
}
