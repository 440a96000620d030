// How every page of ours reaches the graph by HTTP; without GraphiQL, which the pages for teachers do not load.
import { spokenHeaders, t } from './language.js';

export const ENDPOINT = new URL('graphql', window.location.href); // beside the page, so that a path prefix does no harm

/** The answer to an operation, of which the document names one. */
export async function post(query, variables, token) {
  const response = await readable(ENDPOINT.href, {
    method: 'POST',
    // By this media type a refusal is no failed request, of which the browser would tell.
    headers: { accept: 'application/json', 'content-type': 'application/json', ...spokenHeaders(), ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, operationName: /\w+ (\w+)/.exec(query)[1], variables }),
  });
  return response.json();
}

/** Not every answer is JSON (a proxy's page, a refusal in plain text): say so, rather than "Unexpected token <". */
export async function readable(url, options) {
  const response = await fetch(url, options);
  const type = response.headers.get('content-type') ?? 'no media type';
  if (/\bjson\b/.test(type)) return response;
  const said = type.startsWith('text/plain') ? await response.text() : t('answer.notJson', { type });
  const error = new Error(t('answer.refused', { status: response.status, said }));
  error.stack = undefined; // GraphiQL would show it
  throw error;
}
