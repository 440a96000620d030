"""What is asked of the servers."""

from dataclasses import replace
from urllib.parse import quote

import orjson

from benchmarks.load import Call
from schema.engine import node_id

SEARCH = "REST clock_in/search"
VIEWER = "viewer"
POSTS = "nested posts"
ALL_POSTS = "nested posts as PostGraphile names them"
"""Its list has another name, and begins with the oldest unless told otherwise."""
ADD = "REST clock_in/add"
FIRST_PAGE = "clockIns, first page"
KEYSET_PAGE = "clockIns, keyset page"
PACED_SEARCH = "REST clock_in/search, paced"
SCAN = "REST user/search by keyword"

_PAUSE_MS = (10, 30)
"""Of 16 connections: some 750 requests a second, which leaves a core to the scan."""
_KEYWORD = "学生10000"
"""The first users have it in their names: the page is found at once; the total is a statement that reads all users."""
_POSTS = """query Posts {
  posts(first: 10) {
    nodes {
      title createdAt
      author { name }
      comments(first: 5) { nodes { content author { name } } }
    }
  }
}"""
_ALL_POSTS = """query Posts {
  posts: allPosts(first: 10, orderBy: PRIMARY_KEY_DESC) {
    nodes {
      title createdAt
      author { name }
      comments(first: 5, orderBy: PRIMARY_KEY_DESC) { nodes { content author { name } } }
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
    search = Call("GET", "/api/v1/clock_in/search?page=1&page_size=10")
    return {
        SEARCH: search,
        VIEWER: _operation("Viewer", "query Viewer { viewer { databaseId name account className } }"),
        POSTS: _operation("Posts", _POSTS),
        ALL_POSTS: _operation("Posts", _ALL_POSTS),
        ADD: Call("POST", "/api/v1/clock_in/add", orjson.dumps({"location": "图书馆三楼"})),
        FIRST_PAGE: _operation("ClockIns", _CLOCK_INS, after=None),
        KEYSET_PAGE: _operation("ClockIns", _CLOCK_INS, after=node_id.encode_cursor(clock_ins // 2)),
        PACED_SEARCH: replace(search, pause_ms=_PAUSE_MS),
        SCAN: Call("GET", f"/api/v1/user/search?page=1&page_size=10&keyword={quote(_KEYWORD)}"),
    }


def _operation(name: str, query: str, **variables: object) -> Call:
    return Call("POST", "/graphql", orjson.dumps({"operationName": name, "query": query, "variables": variables}))
