"""`/graphql` over HTTP, by the specification GraphQL over HTTP."""
