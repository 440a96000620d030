"""The old REST APIs, as data: each row of an endpoint table translates a call into a GraphQL operation."""
