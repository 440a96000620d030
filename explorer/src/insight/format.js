// How numbers are written for people.
const NUMBER = new Intl.NumberFormat('en');
const PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

export const number = (value) => (value == null ? '–' : NUMBER.format(value));
export const percent = (value) => (value == null ? '–' : PERCENT.format(value));
export const share = (part, whole) => (whole ? part / whole : null);

/** `IN_PROGRESS` is "In progress". */
export function words(name) {
  const text = name.replaceAll('_', ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
