// How the page talks to the server: POST for queries and mutations, a graphql-transport-ws socket for subscriptions.
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { Kind, parse } from 'graphql';
import { sendable } from './headers.js';
import { ENDPOINT, readable } from './post.js';
import { isRefused } from './refusals.js';
import { server } from './server.js';
import { session, signedOut } from './session.js';

const SOCKET = new URL(ENDPOINT);
SOCKET.protocol = ENDPOINT.protocol === 'https:' ? 'wss:' : 'ws:';

// A subscription's headers travel as the payload of connection_init: the toolkit does that.
const send = createGraphiQLFetcher({
  enableIncrementalDelivery: false,
  fetch: readable,
  subscriptionUrl: SOCKET.href,
  url: ENDPOINT.href,
});

export async function fetcher(parameters, options = {}) {
  const headers = sendable(options.headers);
  // GraphiQL asks for the schema before the headers tab has the token.
  if (parameters.operationName === 'IntrospectionQuery' && !server.isSchemaOpen) headers.Authorization ??= `Bearer ${session().token}`;
  const result = await send(...inStep(parameters, { ...options, headers }));
  if (isRefused(result?.errors) && headers.Authorization === `Bearer ${session().token}`) signedOut();
  return result;
}

/** The editor names its operation a moment after the text has changed; whoever runs it at once must not send the name before. */
function inStep(parameters, options) {
  try {
    const documentAST = parse(parameters.query);
    const operations = documentAST.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    const known = operations.some(({ name }) => name?.value === parameters.operationName);
    const operationName = known || operations.length !== 1 ? parameters.operationName : operations[0].name?.value;
    return [{ ...parameters, operationName }, { ...options, documentAST }];
  } catch {
    return [parameters, options]; // the server says best what is wrong with the syntax
  }
}
