// What each client does against a server, told with the generated types; the outcome is printed as JSON.
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import {
  CommentAddedDocument,
  CreateCommentDocument,
  CreatePostDocument,
  OwnPostsDocument,
  SignInDocument,
  UploadImageDocument,
  ViewerDocument,
  type CommentAddedSubscription,
  type OwnPostsQuery,
} from './generated.js';

type Variables = Record<string, any>;

/** A client of somebody, in the words of the story. Whatever is no payload of the graph is thrown. */
export interface Client {
  query<Data, V extends Variables>(document: TypedDocumentNode<Data, V>, variables: V): Promise<Data>;
  mutate<Data, V extends Variables>(document: TypedDocumentNode<Data, V>, variables: V): Promise<Data>;
  subscribe<Data, V extends Variables>(
    document: TypedDocumentNode<Data, V>,
    variables: V,
    next: (data: Data) => void,
    failed: (error: unknown) => void,
  ): void;
}

/** Makes a client of the server at `url`; without a token it is nobody's. */
export type Connect = (url: string, token?: string) => Client;

/** The headers of a client: those of who is signed in, and the one that an upload needs. */
export const headersOf = (token?: string): Record<string, string> => ({
  'Apollo-Require-Preflight': 'true',
  ...(token && { Authorization: `Bearer ${token}` }),
});

export const socketOf = (url: string): string => url.replace('http', 'ws');

export async function tell(connect: Connect): Promise<void> {
  const [url, writer, reader, picture] = process.argv.slice(2);
  const author = connect(url, await signIn(connect(url), writer));
  const commenter = connect(url, await signIn(connect(url), reader));

  const { viewer } = await author.query(ViewerDocument, {});
  for (let number = 1; number <= 7; number += 1) await post(author, `Post ${number}`);
  const pages = await ownPosts(author);
  const told = {
    viewer: { name: viewer?.name, account: viewer?.account },
    pages: pages.map((page) => page.map(({ title }) => title)),
    refused: await post(author, ''),
    uploaded: await upload(author, picture),
    heard: await hear(author, commenter, pages[0][0].id),
  };
  console.log(JSON.stringify(told));
  process.exit(0); // whatever sockets are open
}

async function signIn(client: Client, account: string): Promise<string> {
  const input = { identifier: account, password: account.slice(-6) };
  const { token, errors } = (await client.mutate(SignInDocument, { input })).signIn;
  if (token === null) throw new Error(`Not signed in: ${errors.map(({ code }) => code).join()}`);
  return token;
}

async function post(client: Client, title: string) {
  const { post: created, errors } = (
    await client.mutate(CreatePostDocument, { input: { title, content: 'Written by a client.' } })
  ).createPost;
  return { title: created?.title ?? null, errors: errors.map(({ code, path }) => ({ code, path })) };
}

async function ownPosts(client: Client) {
  const pages: { id: string; title: string }[][] = [];
  let after: string | null = null;
  do {
    const { viewer }: OwnPostsQuery = await client.query(OwnPostsDocument, { first: 3, after });
    if (viewer === null) throw new Error('Signed out.');
    pages.push(viewer.posts.nodes);
    after = viewer.posts.pageInfo.hasNextPage ? viewer.posts.pageInfo.endCursor : null;
  } while (after !== null);
  return pages;
}

async function upload(client: Client, picture: string) {
  const file = new File([await readFile(picture)], 'me.png', { type: 'image/png' });
  const { image, errors } = (await client.mutate(UploadImageDocument, { input: { folder: 'AVATAR', file } })).uploadImage;
  return { folder: image?.folder, name: image?.originalName, errors: errors.length };
}

async function hear(client: Client, commenter: Client, postId: string) {
  const heard = new Promise<CommentAddedSubscription>((next, failed) => {
    client.subscribe(CommentAddedDocument, { postId }, next, failed);
  });
  // Nobody is told when a subscription has begun, so there are comments until one is heard of.
  for (;;) {
    await commenter.mutate(CreateCommentDocument, { input: { postId, content: 'Good luck!' } });
    const event = await Promise.race([heard, pause(200)]);
    if (event) {
      const { content, author, post: commented } = event.commentAdded;
      return { content, author: author?.name, post: commented?.title };
    }
  }
}
