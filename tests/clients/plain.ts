// No client library: fetch, a form by the multipart request specification, and graphql-ws.
import { print, type DocumentNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { headersOf, socketOf, tell, type Client } from './story.js';

function connect(url: string, token?: string): Client {
  const socket = createClient({ url: socketOf(url), connectionParams: headersOf(token), webSocketImpl: WebSocket });

  async function send(document: DocumentNode, variables: Record<string, any>): Promise<any> {
    const body = { query: print(document), variables };
    const file = variables.input?.file;
    const headers = { ...headersOf(token), Accept: 'application/graphql-response+json' };
    const response = await fetch(url, {
      method: 'POST',
      headers: file ? headers : { ...headers, 'Content-Type': 'application/json' },
      body: file ? form(body, file) : JSON.stringify(body),
    });
    const { data, errors } = await response.json();
    if (!response.ok || errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  return {
    query: send,
    mutate: send,
    subscribe: (document, variables, next, failed) =>
      socket.subscribe<any>(
        { query: print(document), variables },
        { next: ({ data, errors }) => (errors ? failed(errors) : next(data)), error: failed, complete: () => {} },
      ),
  };
}

function form(body: { variables: Record<string, any> }, file: File): FormData {
  const data = new FormData();
  data.set('operations', JSON.stringify({ ...body, variables: { input: { ...body.variables.input, file: null } } }));
  data.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
  data.set('0', file);
  return data;
}

await tell(connect);
