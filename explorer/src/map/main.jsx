// The graph itself as a picture: types, where their fields lead, and who may read them; for whoever may see the schema.
import '../sign-in.css';
import '../page.css';
import './map.css';
import { useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Bar } from '../bar.jsx';
import { speak, spokenHeaders, t, useLanguage } from '../language.js';
import { seesSchema } from '../operations.js';
import { readable } from '../post.js';
import { server } from '../server.js';
import { SignInForm } from '../sign-in.jsx';
import { useSession } from '../session.js';
import zh from '../texts/zh.json';
import { AREAS, layOut } from './layout.js';
import { Panel } from './panel.jsx';
import { Picture } from './picture.jsx';

speak({ zh });
createRoot(document.getElementById('map')).render(<App />);

function App() {
  const { token } = useSession();
  useLanguage();
  const isOpen = server.isSchemaOpen;
  const [found, setFound] = useState({});
  useEffect(() => {
    if (!isOpen && !token) return undefined;
    let isCurrent = true;
    const keep = (result) => isCurrent && setFound({ token, ...result });
    load(isOpen ? null : token).then((types) => keep({ types }), ({ message }) => keep({ problem: message }));
    return () => (isCurrent = false);
  }, [isOpen, isOpen ? null : token]);
  const isKnown = isOpen ? found.types || found.problem : found.token === token;
  return (
    <>
      <Bar title="map.title" pages={{ graphql: 'bar.explorer', insight: 'insight.name', 'schema.graphql': 'bar.sdl' }} />
      <main>
        {!isOpen && !token && (
          <section className="cg-sign-in in-sign-in" aria-labelledby="map-sign-in">
            <h1 id="map-sign-in">{t('map.name')}</h1>
            <p>{t('map.hidden')}</p>
            <SignInForm />
          </section>
        )}
        {(isOpen || token) && !isKnown && <p className="in-loading" role="status">{t('loading')}</p>}
        {(isOpen || token) && isKnown && (found.types ? <SchemaMap types={found.types} /> : <p className="in-refusal" role="alert">{found.problem}</p>)}
      </main>
    </>
  );
}

/** The types. Throws an Error with what there is to say to the person. */
async function load(token) {
  // Asked for first, since a refused file is a failed request, of which the browser would tell.
  if (token && !(await seesSchema(token))) throw new Error(t('map.hidden'));
  const response = await readable('schema-map.json', { headers: { ...spokenHeaders(), ...(token && { Authorization: `Bearer ${token}` }) } });
  const { types, errors } = await response.json();
  if (errors) throw new Error(errors.map(({ message }) => message).join(' '));
  return types;
}

function SchemaMap({ types }) {
  const picture = useMemo(() => layOut(types), [types]);
  const names = useMemo(() => new Set(types.map(({ name }) => name)), [types]);
  const [chosen, setChosen] = useState(() => known(window.location.hash.slice(1)));
  const [sought, setSought] = useState('');
  useEffect(() => {
    const follow = () => setChosen(known(window.location.hash.slice(1)));
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, [names]);

  function known(name) {
    return names.has(name) ? name : 'User';
  }
  function choose(name) {
    setSought('');
    window.location.hash = name;
  }
  function seek(event) {
    event.preventDefault();
    const text = sought.trim().toLowerCase();
    const found = types.find(({ name }) => name.toLowerCase() === text) ?? types.find(({ name }) => text && name.toLowerCase().includes(text));
    if (found) choose(found.name);
  }

  const type = types.find(({ name }) => name === chosen);
  return (
    <div className="map-page">
      <div className="map-head">
        <h1>{t('map.name')}</h1>
        <form role="search" onSubmit={seek}>
          <label htmlFor="map-seek">{t('map.seek')}</label>
          <input id="map-seek" list="map-names" value={sought} autoComplete="off" onChange={({ target }) => (names.has(target.value) ? choose(target.value) : setSought(target.value))} />
          <datalist id="map-names">{types.map(({ name }) => <option key={name} value={name} />)}</datalist>
          <button type="submit" className="in-button">{t('map.find')}</button>
        </form>
        <ul className="in-legend" aria-label={t('map.areas')}>
          {AREAS.map(({ name, colour }) => <li key={name}><svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" rx="2" fill={colour} /></svg>{t(`area.${name}`)}</li>)}
        </ul>
      </div>
      <div className="map-both">
        <Picture {...picture} chosen={chosen} onChoose={choose} />
        {type && <Panel type={type} types={types} onChoose={choose} />}
      </div>
    </div>
  );
}
