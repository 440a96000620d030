// The text of the headers tab: JSON with comments, kept readable, and safe to send before anyone has signed in.
import { parseJSONC } from '@graphiql/react';

const PLACEHOLDER = /<[^>]*>/; // nothing a real header of ours contains

export const DEFAULT_HEADERS = `{
  // "Sign in" (top right) puts your
  // token here; or paste one.
  "Authorization": "Bearer <token>"
}`;

/** What may be sent: a header that is still a placeholder is left out. */
export function sendable(headers = {}) {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => !PLACEHOLDER.test(value)));
}

/** The token in this text; null while it is the placeholder, undefined if there is none (someone removed it, on purpose). */
export function tokenIn(text) {
  const value = headersIn(text)?.Authorization;
  if (typeof value !== 'string') return undefined;
  return PLACEHOLDER.test(value) ? null : value.replace(/^Bearer\s+/i, '');
}

/** The same headers with this token, or with the placeholder for null. */
export function withToken(text, token) {
  const { Authorization: _, ...others } = headersIn(text) ?? {};
  if (token === null && Object.keys(others).length === 0) return DEFAULT_HEADERS;
  return JSON.stringify({ Authorization: `Bearer ${token ?? '<token>'}`, ...others }, null, 2);
}

function headersIn(text) {
  try {
    const value = parseJSONC(text);
    return value && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
