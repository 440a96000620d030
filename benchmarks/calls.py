"""What is asked of the servers."""

import orjson

from benchmarks.load import Call
from schema import node_id

SEARCH = "REST clock_in/search"
VIEWER = "viewer"
POSTS = "nested posts"
ADD = "REST clock_in/add"
FIRST_PAGE = "clockIns, first page"
KEYSET_PAGE = "clockIns, keyset page"

_POSTS = """query Posts {
  posts(first: 10) {
    nodes {
      title createdAt
      author { name }
      comments(first: 5) { nodes { content author { name } } }
    }
  }
}"""
_CLOCK_INS = """query ClockIns($after: String) {
  clockIns(first: 10, after: $after) {
    nodes { clockedInAt location user { name } }
    pageInfo { hasNextPage endCursor }
  }
}"""


def calls(clock_ins: int) -> dict[str, Call]:
    """The calls by name, for a database with so many clock-ins: the keyset page lies in their midst."""
    return {
        SEARCH: Call("GET", "/api/v1/clock_in/search?page=1&page_size=10"),
        VIEWER: _operation("Viewer", "query Viewer { viewer { databaseId name account className } }"),
        POSTS: _operation("Posts", _POSTS),
        ADD: Call("POST", "/api/v1/clock_in/add", orjson.dumps({"location": "图书馆三楼"})),
        FIRST_PAGE: _operation("ClockIns", _CLOCK_INS, after=None),
        KEYSET_PAGE: _operation("ClockIns", _CLOCK_INS, after=node_id.encode_cursor(clock_ins // 2)),
    }


def _operation(name: str, query: str, **variables: object) -> Call:
    return Call("POST", "/graphql", orjson.dumps({"operationName": name, "query": query, "variables": variables}))
