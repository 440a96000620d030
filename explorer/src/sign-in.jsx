// Signing in with any kind of credential, and in development as a person of the demonstration data. The API asks for no captcha here.
import { useId, useState } from 'react';
import { t } from './language.js';
import { changePassword, signIn } from './operations.js';
import { server } from './server.js';
import { useSession } from './session.js';

const WECHAT = 'WECHAT';
const KINDS = ['DETECTED', 'STUDENT_ACCOUNT', 'USERNAME', 'MOBILE', 'EMAIL', ...(server.takesWechatNames ? [WECHAT] : [])];

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
      <span id={id}>{t('signIn.as')}</span>
      {visitors.map((visitor) => (
        <button
          key={visitor.role}
          type="button"
          aria-pressed={visitor.role === current}
          disabled={busy !== null}
          onClick={() => enter(visitor)}
        >
          {t(`role.${visitor.role}`)}
        </button>
      ))}
      <p className="cg-problem" role="alert">{problem}</p>
    </div>
  );
}

function Credentials({ onDone, onConfined }) {
  const id = useId();
  const [kind, setKind] = useState(KINDS[0]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');

  async function submit(event) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const identifier = form.get('identifier').trim();
    const password = form.get('password');
    const byPassword = { identifier, password, ...(kind !== 'DETECTED' && { kind }) };
    setBusy(true);
    setProblem('');
    try {
      const token = await signIn(kind === WECHAT ? { program: 'SIGN_CLOUD', code: identifier } : byPassword);
      if (token) onConfined({ token, oldPassword: password });
      else onDone?.();
    } catch (error) {
      setProblem(error.message);
      setBusy(false);
    }
  }

  return (
    <form className="cg-form" onSubmit={submit}>
      <label htmlFor={`${id}kind`}>{t('signIn.with')}</label>
      <select id={`${id}kind`} value={kind} onChange={({ target }) => setKind(target.value)}>
        {KINDS.map((each) => <option key={each} value={each}>{t(`signIn.kind.${each}`)}</option>)}
      </select>
      <label htmlFor={`${id}identifier`}>{t(`signIn.identifier.${kind}`)}</label>
      <input id={`${id}identifier`} name="identifier" autoComplete="username" autoCapitalize="none" spellCheck="false" required />
      {kind !== WECHAT && (
        <>
          <label htmlFor={`${id}password`}>{t('signIn.password')}</label>
          <input id={`${id}password`} name="password" type="password" autoComplete="current-password" required />
        </>
      )}
      <p className="cg-problem" role="alert">{problem}</p>
      <button type="submit" className="graphiql-button cg-primary" disabled={busy}>{t(busy ? 'signIn.signingIn' : 'signIn.signIn')}</button>
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
    if (form.get('password') !== form.get('again')) return setProblem(t('password.differ'));
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
      <p role="status">{t('password.why')}</p>
      <label htmlFor={`${id}password`}>{t('password.new')}</label>
      <input id={`${id}password`} name="password" type="password" autoComplete="new-password" required autoFocus />
      <label htmlFor={`${id}again`}>{t('password.again')}</label>
      <input id={`${id}again`} name="again" type="password" autoComplete="new-password" required />
      <p className="cg-problem" role="alert">{problem}</p>
      <button type="submit" className="graphiql-button cg-primary" disabled={busy}>{t(busy ? 'password.changing' : 'password.change')}</button>
    </form>
  );
}
