// A type in words: what it is, where it leads, what leads to it, and its fields with who may read them.
import { t } from '../language.js';
import { areaOf } from './layout.js';

export function Panel({ type, types, onChoose }) {
  const known = new Map(types.map((each) => [each.name, each]));
  const to = [...new Set(type.fields.map(({ leadsTo }) => leadsTo))].filter((name) => name !== type.name && known.get(name)?.isDrawn);
  const from = types.filter(({ name, isDrawn, fields }) => isDrawn && name !== type.name && fields.some(({ leadsTo }) => leadsTo === type.name)).map(({ name }) => name);
  const hasReaders = type.fields.some(({ readers }) => readers);
  const Go = ({ name, children }) => <button type="button" className="map-go" onClick={() => onChoose(name)}>{children ?? name}</button>;
  return (
    <section className="map-panel" aria-labelledby="map-type">
      <h2 id="map-type" tabIndex={-1}>{type.name}</h2>
      <p className="map-kind">{t(`kind.${type.kind}`)}{type.isDrawn && `${t('comma')}${t(`area.${areaOf(type).name}`)}`}</p>
      <p lang="en">{type.description}</p>
      {[[t('map.leadsTo'), to], [t('map.reachedFrom'), from]].map(([title, names]) => names.length > 0 && (
        <p key={title} className="map-names"><b>{title}</b> {names.map((name) => <Go key={name} name={name} />)}</p>
      ))}
      <h3>{t(type.kind === 'enum' ? 'map.values' : 'map.fields')}</h3>
      <ul>
        {type.fields.map((field) => (
          <li key={field.name}>
            <code>{field.name}</code>
            {field.type && <>: {known.has(field.leadsTo) ? <Go name={field.leadsTo}><code>{field.type}</code></Go> : <code>{field.type}</code>}</>}
            {field.isDeprecated && <em> {t('map.deprecated')}</em>}
            {hasReaders && <span className="map-readers"><b>{t('map.for')}</b> {t(`for.${field.readers}`)}</span>}
            {field.description && <span lang="en">{field.description}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
