// Runs the audits of GraphQL over HTTP against the server whose URL is the argument; prints one JSON object an audit.
import { serverAudits } from 'graphql-http';

const [url] = process.argv.slice(2);
const headers = process.env.AUTHORIZATION ? { authorization: process.env.AUTHORIZATION } : {};

const fetchFn = (address, options = {}) => fetch(address, { ...options, headers: { ...options.headers, ...headers } });

const results = [];
for (const { id, name, fn } of serverAudits({ url, fetchFn })) {
  const { status, reason } = await fn();
  results.push({ id, name, status, reason });
}
console.log(JSON.stringify(results));
