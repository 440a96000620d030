// Who was absent: names, which are for the teacher and stay off the paper.
import { useEffect, useId, useState } from 'react';
import { t } from '../language.js';
import { Table } from './card.jsx';
import { text } from './columns.js';
import { day as written, number, sentences } from './format.js';
import { lastEnded, SLOTS, stateOf } from './period.js';
import { ABSENTEES, ask } from './queries.js';
import { slotName } from './students.js';

/** It opens with the last slot that is over, until the day `last`: while a slot runs, whoever has not come yet would be among the absent. */
export function Absentees({ className, last }) {
  const id = useId();
  const [{ day, slot }, setChosen] = useState(() => lastEnded(last));
  const [found, setFound] = useState({});
  useEffect(() => {
    let isCurrent = true;
    const keep = (result) => isCurrent && setFound(result);
    ask(ABSENTEES, { className, day, slot }).then((data) => keep({ absentees: data.schoolClass?.absentees }), ({ message }) => keep({ problem: message }));
    return () => (isCurrent = false);
  }, [className, day, slot]);
  const { absentees, problem } = found;
  const state = stateOf({ day, slot });
  const isNewest = day === lastEnded(last).day && slot === lastEnded(last).slot;
  const title = t('absentees.title');
  return (
    <section className="in-card in-wide in-unprinted" aria-labelledby={`${id}title`} data-card="absentees">
      <header><h3 id={`${id}title`}>{title}</h3></header>
      <p className="in-about">{t('absentees.about')}</p>
      <p className="in-choice">
        <label htmlFor={`${id}day`}>{t('column.day')}</label>
        <input id={`${id}day`} type="date" value={day} required onChange={({ target }) => target.value && setChosen({ day: target.value, slot })} />
        <label htmlFor={`${id}slot`}>{t('column.slot')}</label>
        <select id={`${id}slot`} value={slot} onChange={({ target }) => setChosen({ day, slot: target.value })}>
          {SLOTS.map((each) => <option key={each} value={each}>{slotName(each)}</option>)}
        </select>
      </p>
      {problem && <p className="cg-problem" role="alert">{problem}</p>}
      {absentees && (
        <p role="status">
          {sentences(
            t(isNewest ? 'absentees.newest' : 'absentees.slot', { day: written(day), slot: slotName(slot) }),
            state === 'ended' ? t(absentees.totalCount ? 'absentees.count' : 'absentees.nobody', { count: number(absentees.totalCount) }) : t(`absentees.${state}`, { count: number(absentees.totalCount) }),
            absentees.totalCount > absentees.nodes.length && t('absentees.first', { shown: absentees.nodes.length }),
          )}
        </p>
      )}
      {absentees?.nodes.length > 0 && (
        <Table caption={title} columns={[text('name'), text('account')]} rows={absentees.nodes} />
      )}
    </section>
  );
}
