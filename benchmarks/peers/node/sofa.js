// sofa-api: REST over a GraphQL schema, on Node's own HTTP server.
import { createServer } from "node:http";

import { makeExecutableSchema } from "@graphql-tools/schema";
import DataLoader from "dataloader";
import { GraphQLError } from "graphql";
import { useSofa } from "sofa-api";

import { authenticate, countClockIns, loadClockIns, loadUsers, milliseconds, shanghaiTime } from "./data.js";

const schema = makeExecutableSchema({
  typeDefs: /* GraphQL */ `
    type Query {
      searchClockIns(page: Int! = 1, page_size: Int! = 20): ClockInReply!
    }
    type ClockInReply {
      code: Int!
      msg: String!
      data: ClockInPage!
    }
    type ClockInPage {
      page: Int!
      page_size: Int!
      rows: [ClockIn!]!
      total: Int!
    }
    type ClockIn {
      id: Int!
      created_at: String!
      updated_at: String!
      uid: Int!
      clock_in_time: Int!
      clock_in_location: String!
      user: Person
    }
    type Person {
      id: Int!
      account: String!
      name: String!
    }
  `,
  resolvers: {
    Query: {
      searchClockIns: (_root, { page, page_size }, { viewer }) => {
        if (viewer === null) throw new GraphQLError("Sign in first.", { extensions: { http: { status: 401 } } });
        return { code: 0, msg: "success", data: { page, page_size } };
      },
    },
    ClockInPage: {
      rows: ({ page, page_size }) => loadClockIns(page, page_size),
      total: () => countClockIns(),
    },
    ClockIn: {
      created_at: (row) => shanghaiTime(row.created_at),
      updated_at: (row) => shanghaiTime(row.updated_at),
      uid: (row) => row.user_id,
      clock_in_time: (row) => Math.floor(milliseconds(row.clocked_in_at) / 1000),
      clock_in_location: (row) => row.location,
      user: (row, _arguments, { people }) => people.load(row.user_id),
    },
  },
});
const sofa = useSofa({
  basePath: "/api",
  schema,
  routes: { "Query.searchClockIns": { method: "GET", path: "/v1/clock_in/search" } },
  context: ({ request }) => ({
    viewer: authenticate(request.headers.get("authorization"), ["work_progress"]),
    people: new DataLoader(async (ids) => loadUsers(ids).map((user) => user && { ...user, account: user.account ?? "" })),
  }),
});

createServer((request, response) => {
  if (request.url === "/readyz") response.end();
  else sofa(request, response);
}).listen(Number(process.env.PORT), "127.0.0.1");
