"""A shared archive means what a file means: the tests of the frontier, on PostgreSQL."""

from tests.test_frontier import *  # noqa: F403
