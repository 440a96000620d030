// The part of the graph that is measured, as Mercurius and Apollo Server take it.
import { GraphQLError } from "graphql";

import { isoTime, loadPosts, loadUsers } from "./data.js";

export const typeDefs = /* GraphQL */ `
  type Query {
    viewer: User
    posts(first: Int! = 20): PostConnection!
  }
  type User {
    databaseId: Int!
    name: String!
    account: String
    className: String!
  }
  type Post {
    title: String!
    content: String!
    createdAt: String!
    anonymous: Boolean!
    author: User
    comments(first: Int! = 20): CommentConnection!
  }
  type PostConnection {
    nodes: [Post!]!
  }
  type Comment {
    content: String!
    createdAt: String!
    anonymous: Boolean!
    author: User
  }
  type CommentConnection {
    nodes: [Comment!]!
  }
`;

function signedIn(viewer) {
  if (viewer === null) throw new GraphQLError("Sign in first.", { extensions: { code: "UNAUTHENTICATED" } });
  return viewer;
}

/** The resolvers that need no loader. */
export const resolvers = {
  Query: {
    viewer: (_root, _arguments, { viewer }) => loadUsers([signedIn(viewer).userId])[0],
    posts: (_root, { first }, { viewer }) => signedIn(viewer) && { nodes: loadPosts(first) },
  },
  User: { databaseId: (user) => user.id, className: (user) => user.class_name },
  Post: { createdAt: (post) => isoTime(post.created_at), anonymous: (post) => post.anonymous === 1 },
  Comment: { createdAt: (comment) => isoTime(comment.created_at), anonymous: (comment) => comment.anonymous === 1 },
};
