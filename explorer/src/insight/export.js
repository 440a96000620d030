// What a chart is downloaded as: a table for spreadsheets, and a picture with its title and legend.
import { t, tag } from '../language.js';
import { FONT, widthOf } from './charts.js';
import { plain } from './columns.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 900;
const INK = '#1b1f24';

/** RFC 4180 with a mark by which Excel knows UTF-8. Names are typed by people, so that none may begin as a formula does. */
export function csvOf({ columns, rows }) {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => columns.map((column) => plain(column, row)))];
  return `\ufeff${lines.map((cells) => cells.map(cellOf).join(',')).join('\r\n')}\r\n`;
}

function cellOf(value) {
  if (value == null) return '';
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The chart on white, as the text of an SVG file that needs no other. */
export function svgOf({ title, draw, legend = [] }, subtitle) {
  const chart = draw(WIDTH - 40);
  const top = legend.length ? 92 : 66;
  const height = top + Number(chart.getAttribute('height')) + 16;
  const outer = element('svg', { width: WIDTH, height, viewBox: `0 0 ${WIDTH} ${height}`, color: INK, fill: INK, 'font-family': FONT, lang: tag(), role: 'img' });
  outer.append(
    element('title', {}, t('said', { name: title, value: subtitle })),
    element('rect', { width: WIDTH, height, fill: '#fff' }),
    element('text', { x: 20, y: 32, 'font-size': 18, 'font-weight': 600 }, title),
    element('text', { x: 20, y: 54, 'font-size': 13, fill: '#4c5563' }, subtitle),
  );
  let x = 20;
  for (const { label, colour } of legend) {
    outer.append(element('rect', { x, y: 68, width: 12, height: 12, rx: 2, fill: colour }));
    outer.append(element('text', { x: x + 17, y: 78.5, 'font-size': 12 }, label));
    x += 34 + widthOf(label);
  }
  const inner = element('svg', { x: 20, y: top, width: WIDTH - 40, height: chart.getAttribute('height'), overflow: 'visible', 'font-size': 12 });
  inner.append(...[...chart.childNodes].filter(({ localName }) => localName !== 'style'));
  outer.append(inner);
  return new XMLSerializer().serializeToString(outer);
}

/** The same as a PNG with two pixels for each, which is sharp on paper. */
export async function pngOf(card, subtitle) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgOf(card, subtitle))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: image.width * 2, height: image.height * 2 });
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

export function save(content, type, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function element(name, attributes, content) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (content) made.textContent = content;
  return made;
}
