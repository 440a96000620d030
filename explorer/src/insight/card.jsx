// A card: a chart with a sentence about it, the same numbers as a table, and downloads.
import { useEffect, useId, useRef, useState } from 'react';
import { t } from '../language.js';
import { shown } from './columns.js';
import { csvOf, pngOf, save, svgOf } from './export.js';
import { sentences } from './format.js';

const LONG = 20; // rows, with which a table may be longer than a page

/** `card`: id, title, about, columns, rows, draw(width), and perhaps legend, controls, isWide, nothing. `subtitle`: what it is of; `name`: the same for files. */
export function Card({ card, subtitle, name, children }) {
  const { id, title, about, columns, rows, legend, isWide, nothing } = card;
  const heading = useId();
  const [isOpen, setOpen] = useState(false); // thousands of rows are made when somebody wants to see them
  const file = `${title} ${name}`.replaceAll(/[^\p{L}\p{N}-]+/gu, '-');
  const isEmpty = rows.length === 0;
  return (
    <section className={isWide ? 'in-card in-wide' : 'in-card'} aria-labelledby={heading} data-card={id}>
      <header>
        <h3 id={heading}>{title}</h3>
        {!isEmpty && (
          <div className="in-tools" role="group" aria-label={t('card.download', { title })}>
            <button type="button" onClick={() => save(svgOf(card, subtitle), 'image/svg+xml', `${file}.svg`)}>SVG</button>
            <button type="button" onClick={async () => save(await pngOf(card, subtitle), 'image/png', `${file}.png`)}>PNG</button>
            <button type="button" onClick={() => save(csvOf(card), 'text/csv;charset=utf-8', `${file}.csv`)}>CSV</button>
          </div>
        )}
      </header>
      <p className="in-about">{about}</p>
      {children}
      {isEmpty ? <p className="in-nothing">{nothing || t('card.nothing')}</p> : (
        <>
          {legend && <Legend entries={legend} />}
          <Chart card={card} />
          <details className={rows.length > LONG ? 'in-table in-long' : 'in-table'} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
            <summary><span aria-hidden="true">{t('card.table')}</span><span className="cg-unseen">{t('card.tableOf', { title })}</span></summary>
            {isOpen && <Table caption={title} columns={columns} rows={rows} />}
          </details>
        </>
      )}
    </section>
  );
}

/** Drawn anew when its width changes; a screen reader is told the title and the sentence, and finds the numbers in the table. */
function Chart({ card }) {
  const id = useId();
  const holder = useRef(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watch = new ResizeObserver(([{ contentRect }]) => setWidth(Math.floor(contentRect.width)));
    watch.observe(holder.current);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    if (width === 0 || window.matchMedia('print').matches) return undefined;
    const draw = (room) => holder.current.replaceChildren(described(card, id, room));
    const onPaper = () => draw(card.isWide ? 660 : 310); // so that letters are as large there as those around them
    const onScreen = () => draw(width);
    onScreen();
    window.addEventListener('beforeprint', onPaper);
    window.addEventListener('afterprint', onScreen);
    return () => {
      window.removeEventListener('beforeprint', onPaper);
      window.removeEventListener('afterprint', onScreen);
    };
  }, [card, id, width]);
  return <div className="in-chart" ref={holder} />;
}

function described(card, id, width) {
  const drawn = card.draw(width);
  const [title, desc] = ['title', 'desc'].map((name) => document.createElementNS('http://www.w3.org/2000/svg', name));
  Object.assign(title, { id: `${id}title`, textContent: card.title });
  Object.assign(desc, { id: `${id}desc`, textContent: sentences(card.about, card.said, t('card.seeTable')) });
  drawn.prepend(title, desc);
  drawn.setAttribute('role', 'img');
  drawn.setAttribute('aria-labelledby', title.id);
  drawn.setAttribute('aria-describedby', desc.id);
  for (const labelled of drawn.querySelectorAll('[aria-label]')) labelled.removeAttribute('aria-label'); // parts of one picture
  return drawn;
}

function Legend({ entries }) {
  return (
    <ul className="in-legend" aria-label={t('card.legend')}>
      {entries.map(({ label, colour }) => (
        <li key={label}>
          <svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" rx="2" fill={colour} /></svg>
          {label}
        </li>
      ))}
    </ul>
  );
}

export function Table({ caption, columns, rows }) {
  return (
    <div className="in-scroll" role="region" aria-label={t('card.tableOf', { title: caption })} tabIndex={0}>
      <table>
        <caption className="cg-unseen">{caption}</caption>
        <thead>
          <tr>{columns.map(({ key, title }) => <th key={key} scope="col">{title}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row, position) => (
            <tr key={position}>
              {columns.map((column) => <td key={column.key} className={column.kind && 'in-number'}>{shown(column, row)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
