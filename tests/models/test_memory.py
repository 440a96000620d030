"""Memories bounded by the bytes of what they hold."""

import gc
import tracemalloc

import pytest
from sqlalchemy.dialects import sqlite

from models.db.prepared import Preparer
from models.memory import Kept, Shares
from resolvers import community
from resolvers.identity import users
from resolvers.loaders import PagesByForeignKey, RowBatch
from resolvers.ordering import PageRequest
from resolvers.paging import BYTES_OF_SELECTION


def test_what_was_used_last_is_kept_and_no_more_than_there_is_room_for() -> None:
    kept: Kept[str, int] = Kept(80)
    for number, key in enumerate("abcdefgh"):
        kept.put(key, number, 10)
    assert (len(kept), kept.size) == (8, 80)
    assert kept.get("a") == 0

    kept.put("i", 8, 10)

    assert [key for key in "abcdefghi" if key in kept] == list("acdefghi")
    kept.put("a", 9, 4)  # replaces what it was
    assert (kept.get("a"), kept.size) == (9, 74)


def test_what_is_too_large_is_not_kept_and_pushes_nothing_out() -> None:
    kept: Kept[str, int] = Kept(80)
    kept.put("a", 1, 10)
    kept.put("b", 2, 10)

    kept.put("c", 3, 11)
    kept.put("a", 4, 11)  # nor is what it would have replaced, which is outdated

    assert [kept.get(key) for key in "abc"] == [None, 2, None]


def test_anonymous_clients_push_out_nothing_of_others() -> None:
    shares: Shares[int, str] = Shares(400)
    shares.put(0, "signed in", 10, is_signed_in=True)
    for number in range(1, 1000):
        shares.put(number, "anonymous", 10, is_signed_in=False)

    assert shares.get(0, is_signed_in=True) == "signed in"
    assert shares.get(0, is_signed_in=False) == "signed in"  # they may use it all the same
    assert (len(shares.anonymous), shares.size) == (10, 110)


def test_what_signed_in_clients_use_becomes_theirs() -> None:
    shares: Shares[int, str] = Shares(400)
    shares.put(0, "first anonymous", 10, is_signed_in=False)
    assert shares.get(0, is_signed_in=True) == "first anonymous"
    for number in range(1, 1000):
        shares.put(number, "anonymous", 10, is_signed_in=False)

    assert 0 in shares
    assert shares.get(0, is_signed_in=False) == "first anonymous"


@pytest.mark.parametrize(
    ("batch", "columns"),
    [(users.by_id, [{"name"}, {"account"}, {"major", "name"}]), (community.comments_of_posts, [{"content"}, {"id"}])],
    ids=["by key", "by page"],
)
def test_a_statement_takes_no_more_than_is_counted(batch: RowBatch, columns: list[set[str]]) -> None:
    preparer = Preparer(sqlite.dialect())
    taken = []
    for some in columns:
        gc.collect()
        tracemalloc.start()
        narrow = batch.project(frozenset(some))
        if isinstance(narrow, PagesByForeignKey):
            pages = narrow.statements(PageRequest().shape(newest_first=True))
            statements = [pages.of_one, pages.on_sqlite]
        else:
            statements = [narrow._of_keys._on_sqlite]  # type: ignore[attr-defined]
        for statement in statements:
            preparer.bind(statement, {"asked": "[]", "viewer_id": 1, "after_id": 1, "size": 1, "key": 1})
        gc.collect()
        taken.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()

    assert max(taken[1:]) < BYTES_OF_SELECTION
