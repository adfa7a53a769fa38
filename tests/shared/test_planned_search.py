"""A shared archive means what a file means: the tests of plans, on PostgreSQL."""

from tests.test_planned_search import *  # noqa: F403
