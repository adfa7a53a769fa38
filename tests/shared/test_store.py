"""A shared archive means what a file means: the tests of the store, on PostgreSQL."""

from tests.test_store import *  # noqa: F403
