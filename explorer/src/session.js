// Who is signed in. Kept in localStorage, because a person has one session at a time: signing in once more for every
// browser tab would end the session of the others. It goes when it expires, on signing out, and when the server refuses it.
import { useSyncExternalStore } from 'react';

const KEY = 'careergraph:session';
const NOBODY = Object.freeze({ name: null, roles: [], role: null, language: null, token: null, expiresAt: null });

const listeners = new Set();
let current = stored();

window.addEventListener('storage', ({ key }) => {
  if (key === KEY || key === null) announce(stored());
});

export const session = () => current;

export function useSession() {
  return useSyncExternalStore(whenSessionChanges, session);
}

/** `role` is that of the person of the demonstration data whom a button signed in, `language` the one chosen in the graph. */
export function signedIn(next) {
  keep((storage) => storage.setItem(KEY, JSON.stringify(next)));
  announce(next);
}

export function signedOut() {
  keep((storage) => storage.removeItem(KEY));
  announce(NOBODY);
}

/** Has `listener` called at each change; answers what ends that. */
export function whenSessionChanges(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function announce(next) {
  current = next;
  for (const listener of listeners) listener();
}

function stored() {
  return keep((storage) => {
    const found = JSON.parse(storage.getItem(KEY));
    const expired = found?.expiresAt && Date.parse(found.expiresAt) <= Date.now();
    return found?.token && !expired ? { ...NOBODY, ...found } : NOBODY;
  }) ?? NOBODY;
}

/** A browser may refuse storage, and what is in it may be anything: then what is kept lasts as long as the page. */
export function keep(action) {
  try {
    return action(window.localStorage);
  } catch {
    return undefined;
  }
}
