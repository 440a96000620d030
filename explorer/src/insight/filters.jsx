// What the page is about: a class and days.
import { useId } from 'react';
import { t } from '../language.js';
import { ClassSearch } from './class-search.jsx';
import { lastDays, PRESETS, today } from './period.js';

export function Filters({ className, period, onChange }) {
  const id = useId();
  const preset = PRESETS.find((count) => period.to === today() && period.from === lastDays(count).from);
  const dated = (name) => ({
    id: `${id}${name}`,
    type: 'date',
    value: period[name],
    required: true,
    onChange: ({ target }) => target.value && onChange({ period: { ...period, [name]: target.value } }),
  });
  return (
    <form className="in-filters" aria-label={t('filters')} onSubmit={(event) => event.preventDefault()}>
      <ClassSearch className={className} onChoose={(chosen) => onChange({ className: chosen })} />
      <p>
        <label htmlFor={`${id}period`}>{t('filters.time')}</label>
        <select id={`${id}period`} value={preset ?? ''} onChange={({ target }) => target.value && onChange({ period: lastDays(Number(target.value)) })}>
          {!preset && <option value="">{t('filters.chosen')}</option>}
          {PRESETS.map((count) => <option key={count} value={count}>{t('filters.last', { count })}</option>)}
        </select>
      </p>
      <p><label htmlFor={`${id}from`}>{t('filters.from')}</label><input {...dated('from')} max={period.to} /></p>
      <p><label htmlFor={`${id}to`}>{t('filters.to')}</label><input {...dated('to')} min={period.from} /></p>
      <button type="button" className="in-button" onClick={() => window.print()}>{t('filters.print')}</button>
    </form>
  );
}
