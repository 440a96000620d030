// Who is signed in, at the top right, and what keeps the headers tab in step with the session.
import { Button, Dialog, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef, useState } from 'react';
import { tokenIn, withToken } from './headers.js';
import { refresh, signOut } from './operations.js';
import { SignInForm } from './sign-in.jsx';
import { useSession } from './session.js';

const handedOut = new Set(); // tokens this page has put into a headers tab: those it may replace, a pasted one it may not

export function Account() {
  const { name, token } = useSession();
  const [open, setOpen] = useState(false);
  const bar = useRef(null);
  useHeadersOf(token);
  useEffect(() => {
    // The dialog knows no button that opened it, so that the focus would be lost with it.
    if (open) return () => setTimeout(() => bar.current?.querySelector('button')?.focus());
    return undefined;
  }, [open]);
  return (
    <div className="cg-account" ref={bar}>
      <a className="cg-brand" href="./">Careergraph</a>
      {token ? (
        <>
          <span className="cg-who" role="status">Signed in as {name}</span>
          <Refresh key={token} />
          <Button type="button" onClick={signOut}>Sign out</Button>
        </>
      ) : (
        <Button type="button" className="cg-primary" onClick={() => setOpen(true)}>Sign in</Button>
      )}
      <Dialog open={open} onOpenChange={setOpen}>
        <div className="cg-sign-in">
          <div className="cg-sign-in-head">
            <Dialog.Title>Sign in</Dialog.Title>
            <Dialog.Close />
          </div>
          <Dialog.Description>
            Puts a token into the headers of your tabs. It stays in this browser until you sign out or it expires.
          </Dialog.Description>
          <SignInForm onDone={() => setOpen(false)} />
        </div>
      </Dialog>
    </div>
  );
}

function Refresh() {
  const { expiresAt } = useSession();
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

  async function run() {
    setBusy(true);
    await refresh().catch(({ message }) => setProblem(message));
    setBusy(false);
  }

  const until = expiresAt ? `Valid until ${new Date(expiresAt).toLocaleString()}` : undefined;
  return <Button type="button" title={problem || until} disabled={busy} onClick={run}>{problem ? 'Not refreshed' : 'Refresh'}</Button>;
}

/** Every tab has headers of its own: as one comes to the front, a placeholder or an older token of ours gives way. */
function useHeadersOf(token) {
  const { introspect } = useGraphiQLActions();
  const { editor, tab, schemaMissing } = useGraphiQL((state) => ({
    editor: state.headerEditor,
    tab: state.tabs[state.activeTabIndex]?.id,
    schemaMissing: Boolean(state.fetchError),
  }));
  useEffect(() => {
    if (!editor) return;
    if (token) handedOut.add(token);
    const text = editor.getValue();
    const found = tokenIn(text);
    const ours = found === null || handedOut.has(found) || text.trim() === '';
    if (ours && found !== token) editor.setValue(withToken(text, token));
    if (token && schemaMissing) introspect(); // of a server that could not be reached before
  }, [editor, tab, token]);
}
