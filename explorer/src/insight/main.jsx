// Insight: what the statistics of the graph say, for teachers of their classes and for administrators of all.
import '../sign-in.css';
import '../page.css';
import './insight.css';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Bar } from '../bar.jsx';
import { speak, t, useLanguage } from '../language.js';
import { session, signedIn, useSession } from '../session.js';
import { SignInForm } from '../sign-in.jsx';
import zh from '../texts/zh.json';
import { Dashboard } from './dashboard.jsx';
import { sentences } from './format.js';
import { ofAddress } from './period.js';
import { ask, VIEWER } from './queries.js';

speak({ zh });
createRoot(document.getElementById('insight')).render(<App />);

function App() {
  const { token } = useSession();
  useLanguage();
  const [found, setFound] = useState({});
  useEffect(() => {
    if (!token) return undefined;
    let isCurrent = true;
    const keep = (result) => isCurrent && setFound({ token, ...result });
    const { className } = ofAddress();
    ask(VIEWER, { asked: className ?? '', isAsked: Boolean(className) }).then((data) => {
      // Chosen elsewhere since this session began
      if (isCurrent && data.viewer) signedIn({ ...session(), language: data.viewer.language });
      keep({ data, className: className === '' ? '' : data.asked?.name });
    }, ({ message }) => keep({ problem: message }));
    return () => (isCurrent = false);
  }, [token]);
  const isKnown = found.token === token;
  return (
    <>
      <Bar title="insight.title" pages={{ graphql: 'bar.explorer', 'schema-map': 'bar.map' }} />
      <main>
        {!token && <SignIn />}
        {token && !isKnown && <p className="in-loading" role="status">{t('loading')}</p>}
        {token && isKnown && <Entitled {...found} />}
      </main>
    </>
  );
}

function SignIn() {
  return (
    <section className="cg-sign-in in-sign-in" aria-labelledby="in-sign-in">
      <h1 id="in-sign-in">{t('insight.name')}</h1>
      <p>{t('insight.about')}</p>
      <SignInForm roles={['teacher', 'administrator']} />
    </section>
  );
}

function Entitled({ data, className, problem }) {
  const roles = data?.viewer?.roles ?? [];
  const isAdministrator = roles.includes('ADMINISTRATOR');
  if (data && (isAdministrator || roles.includes('TEACHER'))) {
    return <Dashboard asked={className} classNames={data.classNames} isAdministrator={isAdministrator} />;
  }
  return (
    <section className="in-refusal">
      <h1>{t('insight.name')}</h1>
      <p role="alert">{sentences(t('insight.refused'), problem)}</p>
    </section>
  );
}
