"""What every GraphQL service needs, whatever its domain: execution, HTTP, WebSocket, limits, paging, fields."""
