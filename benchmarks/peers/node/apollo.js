// Apollo Server behind Fastify, with DataLoader.
import { ApolloServer } from "@apollo/server";
import fastifyApollo, { fastifyApolloDrainPlugin } from "@as-integrations/fastify";
import DataLoader from "dataloader";
import Fastify from "fastify";

import { authenticate, loadComments, loadUsers } from "./data.js";
import { resolvers, typeDefs } from "./graph.js";

const author = (row, _arguments, { users }) => (row.author_id === null ? null : users.load(row.author_id));
const app = Fastify();
const apollo = new ApolloServer({
  typeDefs,
  resolvers: {
    ...resolvers,
    Post: {
      ...resolvers.Post,
      author,
      comments: async (post, { first }, { comments }) => ({ nodes: await comments.load({ id: post.id, first }) }),
    },
    Comment: { ...resolvers.Comment, author },
  },
  introspection: false,
  plugins: [fastifyApolloDrainPlugin(app)],
});

await apollo.start();
await app.register(fastifyApollo(apollo), {
  context: async (request) => ({
    viewer: authenticate(request.headers.authorization),
    users: new DataLoader(async (ids) => loadUsers(ids)),
    comments: new DataLoader(async (keys) => loadComments(keys.map(({ id }) => id), keys[0].first)),
  }),
});
app.get("/readyz", async () => "");
await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) });
