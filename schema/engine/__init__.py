"""The domain-independent GraphQL engine: execution, HTTP, WebSocket, limits, paging and fields."""
