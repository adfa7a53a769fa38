"""A shared archive means what a file means: the tests of withdrawals, on PostgreSQL."""

from tests.test_withdrawals import *  # noqa: F403
