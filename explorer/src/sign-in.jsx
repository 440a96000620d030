// Signing in with any kind of credential, and in development as a person of the demonstration data. The API asks for no captcha here.
import { useId, useState } from 'react';
import { changePassword, signIn } from './operations.js';
import { server, titleOf } from './server.js';
import { useSession } from './session.js';

const WECHAT = 'WECHAT';
const KINDS = [
  { kind: '', title: 'Detect automatically', label: 'Account, user name, mobile or e-mail' },
  { kind: 'STUDENT_ACCOUNT', title: 'Student account', label: 'Account' },
  { kind: 'USERNAME', title: 'User name', label: 'User name' },
  { kind: 'MOBILE', title: 'Mobile number', label: 'Mobile number' },
  { kind: 'EMAIL', title: 'E-mail address', label: 'E-mail address' },
  ...(server.takesWechatNames ? [{ kind: WECHAT, title: 'WeChat (development)', label: 'Code: dev- and a name' }] : []),
];

/** `roles`: of the persons of the demonstration data only these. */
export function SignInForm({ onDone, roles }) {
  const [confined, setConfined] = useState(null);
  return confined ? (
    <NewPassword {...confined} onDone={onDone} />
  ) : (
    <>
      <Visitors onDone={onDone} roles={roles} />
      <Credentials onDone={onDone} onConfined={setConfined} />
    </>
  );
}

/** One button for each person of the demonstration data: in production there are none. */
export function Visitors({ onDone, roles }) {
  const id = useId();
  const visitors = server.visitors.filter(({ role }) => roles?.includes(role) ?? true);
  const { role: current } = useSession();
  const [busy, setBusy] = useState(null);
  const [problem, setProblem] = useState('');
  if (visitors.length === 0) return null;

  async function enter({ role, signIn: input }) {
    setBusy(role);
    setProblem('');
    try {
      await signIn(input, role);
      onDone?.();
    } catch (error) {
      setProblem(error.message);
    }
    setBusy(null);
  }

  return (
    <div className="cg-visitors" role="group" aria-labelledby={id}>
      <span id={id}>Sign in as</span>
      {visitors.map((visitor) => (
        <button
          key={visitor.role}
          type="button"
          aria-pressed={visitor.role === current}
          disabled={busy !== null}
          onClick={() => enter(visitor)}
        >
          {titleOf(visitor.role)}
        </button>
      ))}
      <p className="cg-problem" role="alert">{problem}</p>
    </div>
  );
}

function Credentials({ onDone, onConfined }) {
  const id = useId();
  const [chosen, setChosen] = useState(KINDS[0]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');

  async function submit(event) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const identifier = form.get('identifier').trim();
    const password = form.get('password');
    const byPassword = { identifier, password, ...(chosen.kind && { kind: chosen.kind }) };
    setBusy(true);
    setProblem('');
    try {
      const token = await signIn(chosen.kind === WECHAT ? { program: 'SIGN_CLOUD', code: identifier } : byPassword);
      if (token) onConfined({ token, oldPassword: password });
      else onDone?.();
    } catch (error) {
      setProblem(error.message);
      setBusy(false);
    }
  }

  return (
    <form className="cg-form" onSubmit={submit}>
      <label htmlFor={`${id}kind`}>Sign in with</label>
      <select id={`${id}kind`} value={chosen.kind} onChange={({ target }) => setChosen(KINDS.find(({ kind }) => kind === target.value))}>
        {KINDS.map(({ kind, title }) => <option key={kind} value={kind}>{title}</option>)}
      </select>
      <label htmlFor={`${id}identifier`}>{chosen.label}</label>
      <input id={`${id}identifier`} name="identifier" autoComplete="username" autoCapitalize="none" spellCheck="false" required />
      {chosen.kind !== WECHAT && (
        <>
          <label htmlFor={`${id}password`}>Password</label>
          <input id={`${id}password`} name="password" type="password" autoComplete="current-password" required />
        </>
      )}
      <p className="cg-problem" role="alert">{problem}</p>
      <button type="submit" className="graphiql-button cg-primary" disabled={busy}>{busy ? 'Signing in…' : 'Sign in'}</button>
    </form>
  );
}

/** Shown to who signed in with a password that others know, and may do nothing before it is changed. */
function NewPassword({ token, oldPassword, onDone }) {
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');

  async function submit(event) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    if (form.get('password') !== form.get('again')) return setProblem('The two passwords differ.');
    setBusy(true);
    setProblem('');
    try {
      await changePassword(token, oldPassword, form.get('password'));
      onDone?.();
    } catch (error) {
      setProblem(error.message);
      setBusy(false);
    }
  }

  return (
    <form className="cg-form" onSubmit={submit}>
      <p role="status">Somebody else knows this password. Choose a new one; it is asked for once.</p>
      <label htmlFor={`${id}password`}>New password</label>
      <input id={`${id}password`} name="password" type="password" autoComplete="new-password" required autoFocus />
      <label htmlFor={`${id}again`}>New password, again</label>
      <input id={`${id}again`} name="again" type="password" autoComplete="new-password" required />
      <p className="cg-problem" role="alert">{problem}</p>
      <button type="submit" className="graphiql-button cg-primary" disabled={busy}>{busy ? 'Changing…' : 'Change the password'}</button>
    </form>
  );
}
