"""The seam of the index: a search asks whatever index its connection brings, and nothing else."""

import sqlite3
from contextlib import closing

import pytest

from archive.search.candidates import counted, matching
from archive.search.deadline import Clock
from archive.search.engine import Fts5, Ids, index_of
from archive.search.expression import Has
from archive.search.fts import Wish
from archive.search.ranking import Measure, ranked

WORD = Has("", ("برف",))


class Shelf:
    """An index of three stories that all match."""

    def walk(self, wanted, ids, limit, *, oldest):
        yield from sorted((one for one in (1, 2, 3) if ids.first <= one <= ids.last), reverse=not oldest)[:limit]

    def count(self, wanted, ids):
        return 3

    def best_of(self, wanted, ids, limit):
        return [(1, 2.0), *((one, 1.0) for one in ids if one != 1)][:limit]


class Bringing(sqlite3.Connection):
    index = Shelf()


@pytest.fixture
def conn():
    with closing(sqlite3.connect(":memory:", factory=Bringing)) as conn:
        yield conn


def test_a_connection_that_brings_no_index_has_that_of_its_file():
    with closing(sqlite3.connect(":memory:")) as conn:
        assert isinstance(index_of(conn), Fts5)


def test_the_index_that_a_connection_brings_is_asked(conn):
    found = matching(conn, WORD, Ids(last=2), 10, Clock(float("inf")))
    assert (found.ids, found.whole) == ([2, 1], True)
    assert matching(conn, WORD, Ids(), 2, Clock(float("inf"))).whole is False
    assert counted(conn, WORD, Ids()) == 3
    assert ranked(conn, Wish(), Measure(words=(WORD,), rare=(WORD,)), [3, 2, 1], 2) == [(1, 2.0), (3, 1.0)]
