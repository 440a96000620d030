// Apollo Client with its cache, uploads by apollo-upload-client, subscriptions by graphql-ws.
import { ApolloClient, ApolloLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
// @ts-expect-error: its types are comments, which tsc reads only for projects that allow JavaScript
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { headersOf, socketOf, tell, type Client } from './story.js';

function connect(url: string, token?: string): Client {
  const socket = createClient({ url: socketOf(url), connectionParams: headersOf(token), webSocketImpl: WebSocket });
  const apollo = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      new UploadHttpLink({ uri: url, headers: headersOf(token) }),
    ),
  });
  const there = <Data>(data: Data | undefined): Data => {
    if (data === undefined) throw new Error('No data.');
    return data;
  };
  return {
    query: async (query, variables) => there((await apollo.query<any>({ query, variables })).data),
    mutate: async (mutation, variables) => there((await apollo.mutate<any>({ mutation, variables })).data),
    subscribe: (query, variables, next, failed) =>
      apollo.subscribe<any>({ query, variables }).subscribe(({ data, error }) => (error ? failed(error) : next(data))),
  };
}

await tell(connect);
