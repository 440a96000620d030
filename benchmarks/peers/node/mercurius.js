// Mercurius with its JIT and its loaders.
import Fastify from "fastify";
import mercurius from "mercurius";

import { authenticate, loadComments, loadUsers } from "./data.js";
import { resolvers, typeDefs } from "./graph.js";

const app = Fastify();
// The loaders ask for nothing twice themselves, which costs less than Mercurius's cache of a request.
const opts = { cache: false };

async function authors(queries) {
  const ids = [...new Set(queries.map(({ obj }) => obj.author_id))].filter((id) => id !== null);
  const users = new Map(loadUsers(ids).map((user, index) => [ids[index], user]));
  return queries.map(({ obj }) => users.get(obj.author_id) ?? null);
}

async function comments(queries) {
  const { first } = queries[0].params;
  const pages = loadComments(queries.map(({ obj }) => obj.id), first);
  return pages.map((nodes) => ({ nodes }));
}

await app.register(mercurius, {
  schema: typeDefs,
  resolvers,
  loaders: {
    Post: {
      author: { loader: authors, opts },
      comments: { loader: comments, opts },
    },
    Comment: { author: { loader: authors, opts } },
  },
  context: (request) => ({ viewer: authenticate(request.headers.authorization) }),
  jit: 1,
});
app.get("/readyz", async () => "");
await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) });
