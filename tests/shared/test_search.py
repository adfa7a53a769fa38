"""A shared archive means what a file means: the tests of searches, on PostgreSQL."""

from tests.test_search import *  # noqa: F403
