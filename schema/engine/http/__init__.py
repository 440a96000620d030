"""`/graphql` over HTTP, according to the GraphQL over HTTP specification."""
