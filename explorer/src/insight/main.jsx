// Insight: what the statistics of the graph say, for teachers of their classes and for administrators of all.
import '../sign-in.css';
import '../page.css';
import './insight.css';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { signOut } from '../operations.js';
import { SignInForm } from '../sign-in.jsx';
import { useSession } from '../session.js';
import { Dashboard } from './dashboard.jsx';
import { ask, VIEWER } from './queries.js';

createRoot(document.getElementById('insight')).render(<App />);

function App() {
  const { token, name } = useSession();
  const [found, setFound] = useState({});
  useEffect(() => {
    if (!token) return undefined;
    let isCurrent = true;
    const keep = (result) => isCurrent && setFound({ token, ...result });
    ask(VIEWER).then((data) => keep({ data }), ({ message }) => keep({ problem: message }));
    return () => (isCurrent = false);
  }, [token]);
  const isKnown = found.token === token;
  return (
    <>
      <header className="in-bar">
        <a className="cg-brand" href="./"><img src="favicon.svg" alt="" width="24" height="24" />Careergraph</a>
        <nav aria-label="Pages"><a href="graphql">Explorer</a><a href="schema-map">Schema</a></nav>
        {token && <span className="cg-who" role="status"><span>Signed in as </span>{name}</span>}
        {token && <button type="button" className="in-button" onClick={signOut}>Sign out</button>}
      </header>
      <main>
        {!token && <SignIn />}
        {token && !isKnown && <p className="in-loading" role="status">Loading…</p>}
        {token && isKnown && <Entitled {...found} />}
      </main>
    </>
  );
}

function SignIn() {
  return (
    <section className="cg-sign-in in-sign-in" aria-labelledby="in-sign-in">
      <h1 id="in-sign-in">Insight</h1>
      <p>Attendance, goals and offers at a glance: teachers see their classes, administrators all.</p>
      <SignInForm roles={['teacher', 'administrator']} />
    </section>
  );
}

function Entitled({ data, problem }) {
  const roles = data?.viewer?.roles ?? [];
  const isAdministrator = roles.includes('ADMINISTRATOR');
  if (data && (isAdministrator || roles.includes('TEACHER'))) {
    return <Dashboard classNames={data.classNames} isAdministrator={isAdministrator} />;
  }
  return (
    <section className="in-refusal">
      <h1>Insight</h1>
      <p role="alert">Insight is for teachers and administrators. {problem}</p>
    </section>
  );
}
