// What a server shows that hides its schema: a page to sign in first, and the editor without documentation to who may not see it.
import { Button, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useState } from 'react';
import { isNarrow } from './narrow.js';
import { seesSchema } from './operations.js';
import { server } from './server.js';
import { useSession } from './session.js';
import { SignInForm } from './sign-in.jsx';

/** `schema`, `no-schema`, `signed-out`, or `asking` while the server is being asked. */
export function useAccess() {
  const { token } = useSession();
  const [anonymous, setAnonymous] = useState(false);
  const [found, setFound] = useState({});
  useEffect(() => {
    if (server.isSchemaOpen || !token) return undefined;
    let current = true;
    seesSchema(token).catch(() => false).then((sees) => current && setFound({ token, sees }));
    return () => (current = false);
  }, [token]);
  useEffect(() => {
    if (token) setAnonymous(false);
  }, [token]);
  if (server.isSchemaOpen) return ['schema'];
  if (!token) return [anonymous ? 'no-schema' : 'signed-out', () => setAnonymous(true)];
  if (found.sees === undefined) return ['asking'];
  return [found.sees ? 'schema' : 'no-schema'];
}

export function SignInPage({ onSkip }) {
  return (
    <div className="graphiql-container cg-page">
      <section className="cg-sign-in" aria-labelledby="cg-sign-in">
        <h2 id="cg-sign-in">Sign in to <a href="./">Careergraph</a></h2>
        <p>Sign in to run operations. Administrators see the documentation of the schema, too.</p>
        <SignInForm />
        <p className="cg-others">
          <button type="button" onClick={onSkip}>Go on without signing in</button>
          <a href="docs">REST documentation</a>
        </p>
      </section>
    </div>
  );
}

/** In the place of GraphiQL's documentation. */
export const NO_DOCS_PLUGIN = { title: 'Documentation', icon: Icon, content: NoDocs };

function NoDocs() {
  const { setVisiblePlugin } = useGraphiQLActions();
  return (
    <section className="cg-examples" aria-label="Documentation">
      <h2>Documentation</h2>
      <NoDocsNote />
      {isNarrow() && <Button type="button" onClick={() => setVisiblePlugin(null)}>Go to the editor</Button>}
    </section>
  );
}

/** Nothing where there is documentation. */
export function NoDocsNote() {
  const isHidden = useGraphiQL((state) => state.referencePlugin === NO_DOCS_PLUGIN);
  return isHidden && (
    <p role="note">
      This server shows its schema to administrators only. The editor runs your operations all the same, but it completes no names and
      marks no mistakes.
    </p>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" aria-hidden="true">
      <path d="M6 4h10a2 2 0 0 1 2 2v14H8a2 2 0 0 1-2-2zM6 18a2 2 0 0 1 2-2h10M4 4l16 16" />
    </svg>
  );
}
