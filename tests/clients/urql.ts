// urql with its cache; queries go by GET where they are short. Subscriptions by graphql-ws.
import { cacheExchange, Client as Urql, fetchExchange, subscriptionExchange, type OperationResult } from '@urql/core';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { headersOf, socketOf, tell, type Client } from './story.js';

function connect(url: string, token?: string): Client {
  const socket = createClient({ url: socketOf(url), connectionParams: headersOf(token), webSocketImpl: WebSocket });
  const urql = new Urql({
    url,
    preferGetMethod: 'within-url-limit',
    fetchOptions: { headers: headersOf(token) },
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query: query!, variables }, sink) }),
        }),
      }),
    ],
  });
  const there = <Data>({ data, error }: OperationResult<Data, any>): Data => {
    if (error || data === undefined) throw error ?? new Error('No data.');
    return data;
  };
  return {
    query: async (document, variables) => there(await urql.query(document, variables)),
    mutate: async (document, variables) => there(await urql.mutation(document, variables)),
    subscribe: (document, variables, next, failed) =>
      urql.subscription(document, variables).subscribe(({ data, error }) => (data ? next(data) : failed(error))),
  };
}

await tell(connect);
