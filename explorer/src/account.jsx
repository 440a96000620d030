// The name and the "Sign in" button at the top right, and what keeps the headers tab in step with the session.
import { Button, Dialog, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useId, useState } from 'react';
import { signIn, signOut } from './fetcher.js';
import { tokenIn, withToken } from './headers.js';
import { signedIn, useSession } from './session.js';

const handedOut = new Set(); // tokens this page has put into a headers tab: those it may replace, a pasted one it may not

export function Account() {
  const { name, token } = useSession();
  const [open, setOpen] = useState(false);
  useHeadersOf(token);
  return (
    <div className="cg-account">
      <span className="cg-brand">Careergraph</span>
      {token ? (
        <>
          <span className="cg-who" role="status">Signed in as {name}</span>
          <Button type="button" onClick={signOut}>Sign out</Button>
        </>
      ) : (
        <Button type="button" className="cg-primary" onClick={() => setOpen(true)}>Sign in</Button>
      )}
      <Dialog open={open} onOpenChange={setOpen}>
        <SignIn onDone={() => setOpen(false)} />
      </Dialog>
    </div>
  );
}

function SignIn({ onDone }) {
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');

  async function submit(event) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const account = form.get('account').trim();
    setBusy(true);
    setProblem('');
    try {
      const { token, expiresAt } = await signIn(account, form.get('password'));
      signedIn({ name: account, token, expiresAt });
      onDone();
    } catch (error) {
      setProblem(error.message);
      setBusy(false);
    }
  }

  return (
    <form className="cg-sign-in" onSubmit={submit}>
      <div className="cg-sign-in-head">
        <Dialog.Title>Sign in</Dialog.Title>
        <Dialog.Close />
      </div>
      <Dialog.Description>
        Runs the <code>signIn</code> mutation and puts the token into the headers of your tabs. It stays in this browser until
        you sign out or it expires.
      </Dialog.Description>
      <label htmlFor={`${id}account`}>Account</label>
      <input id={`${id}account`} name="account" autoComplete="username" autoCapitalize="none" spellCheck="false" required />
      <label htmlFor={`${id}password`}>Password</label>
      <input id={`${id}password`} name="password" type="password" autoComplete="current-password" required />
      <p className="cg-problem" role="alert">{problem}</p>
      <Button type="submit" className="cg-primary" disabled={busy}>{busy ? 'Signing in…' : 'Sign in'}</Button>
    </form>
  );
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
    if (token && schemaMissing) introspect(); // a server may show its schema only to those who signed in
  }, [editor, tab, token]);
}
