// Days as the statistics count them: those of business, which begin at 04:00 in Shanghai, as texts such as 2026-03-02.
const DAY = 24 * 3600e3;
const AHEAD = (8 - 4) * 3600e3; // Shanghai is eight hours before UTC, and its business day begins four hours after midnight

export const today = () => textOf(Date.now() + AHEAD);

/** The day so many days before another. */
export const before = (day, count) => textOf(Date.parse(day) - count * DAY);

export const daysOf = ({ from, to }) => Math.round((Date.parse(to) - Date.parse(from)) / DAY) + 1;

export const PRESETS = [7, 30, 90, 366];

export const SLOTS = ['MORNING', 'AFTERNOON', 'EVENING'];
const ENDS = [9, 15, 24].map((hours) => hours * 3600e3); // at 13:00, 19:00 and 04:00, counted from the beginning of the day

/** The last slot that is over, of those until the end of a day: only then is it known who was absent. */
export function lastEnded(last) {
  const now = Date.now() + AHEAD;
  const day = today();
  if (last < day) return { day: last, slot: 'EVENING' };
  const begun = SLOTS.filter((_, position) => Date.parse(day) + ENDS[position] <= now);
  return begun.length ? { day, slot: begun.at(-1) } : { day: before(day, 1), slot: 'EVENING' };
}

/** Whether a slot is over, is now, or is still to come. */
export function stateOf({ day, slot }) {
  const ended = lastEnded(today());
  const place = (each) => `${each.day} ${SLOTS.indexOf(each.slot)}`;
  if (place({ day, slot }) <= place(ended)) return 'ended';
  const position = (SLOTS.indexOf(ended.slot) + 1) % SLOTS.length;
  const running = { day: position === 0 ? before(ended.day, -1) : ended.day, slot: SLOTS[position] };
  return place({ day, slot }) === place(running) ? 'running' : 'future';
}

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
