"""A shared archive means what a file means: the tests of clusters, on PostgreSQL."""

from tests.test_clusters import *  # noqa: F403
