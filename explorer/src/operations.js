// The operations of the page itself: signing in and out, and what whoever is signed in may see.
import { t } from './language.js';
import { post as answer } from './post.js';
import { isRefused } from './refusals.js';
import { session, signedIn, signedOut } from './session.js';

const USER = 'user { name roles language }';
const SIGNED_IN = `token expiresAt ${USER} errors { message }`;
const SIGN_IN = `mutation SignIn($input: SignInInput!) { signIn(input: $input) { passwordChangeRequired ${SIGNED_IN} } }`;
const SIGN_IN_WITH_WECHAT = `mutation SignInWithWechat($input: WechatInput!) { signInWithWechat(input: $input) { ${SIGNED_IN} } }`;
const CHANGE_PASSWORD = `mutation ChangePassword($input: ChangePasswordInput!) {
  changePassword(input: $input) { ${USER} errors { message } }
}`;
const REFRESH = 'mutation Refresh { refresh { token expiresAt errors { message } } }';
const SIGN_OUT = 'mutation SignOut { signOut { errors { message } } }';
const WHO = 'query Who { viewer { id } }';
const MAY_INTROSPECT = 'query MayIntrospect { __schema { queryType { name } } }';

/**
 * Sign in with an input of signIn, or of signInWithWechat if it has a program. The session begins, unless the password has to be
 * changed first: then this answers the token that allows only that. Throws an Error with what there is to say to the person.
 */
export async function signIn(input, role) {
  const { errors, data } = await answer('program' in input ? SIGN_IN_WITH_WECHAT : SIGN_IN, { input });
  const payload = Object.values(data ?? {})[0];
  if (payload?.token && payload.passwordChangeRequired) return payload;
  check(errors, payload);
  begin(payload, payload.user, role);
  return null;
}

/** Set the password that has to be changed, and begin the session. Throws as `signIn` does. */
export async function changePassword(confined, oldPassword, newPassword) {
  const { errors, data } = await answer(CHANGE_PASSWORD, { input: { oldPassword, newPassword } }, confined.token);
  check(errors, data?.changePassword);
  begin(confined, data.changePassword.user);
}

/** Replace the token by a new one. Throws as `signIn` does. */
export async function refresh() {
  const { name, roles, language, role, token } = session();
  const { errors, data } = await answer(REFRESH, {}, token);
  if (isRefused(errors)) signedOut();
  check(errors, data?.refresh);
  begin(data.refresh, { name, roles, language }, role);
}

/** Ends the session on the server too, as far as that can be reached; here it ends in any case. */
export async function signOut() {
  const { token } = session();
  signedOut();
  await answer(SIGN_OUT, {}, token).catch(() => undefined);
}

/** Whether a token opens the schema; the session ends here when the server no longer knows it. */
export async function seesSchema(token) {
  const { errors } = await answer(WHO, {}, token);
  if (isRefused(errors)) {
    signedOut();
    return false;
  }
  return !(await answer(MAY_INTROSPECT, {}, token)).errors;
}

function check(errors, payload) {
  const problems = [...(errors ?? []), ...(payload?.errors ?? [])].map(({ message }) => message);
  if (problems.length) throw new Error(problems.join(' '));
  if (!payload) throw new Error(t('answer.nothing'));
}

function begin({ token, expiresAt }, user, role) {
  signedIn({ name: user?.name ?? '', roles: user?.roles ?? [], language: user?.language ?? null, role: role ?? null, token, expiresAt });
}
