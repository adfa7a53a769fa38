"""Tests of the archive that hold for a shared one too: every archive they open by a path is a database."""

from pathlib import Path

import pytest

# What is said of a file, of SQLite or of FTS5 alone.
ONE_MACHINE = {
    "test_store": (
        "test_the_archive_is_durable_and_strict",
        "test_an_archive_is_for_its_owner_alone",
        "test_only_one_process_writes",
        "test_a_killed_migration_leaves_the_older_version_whole",
        "test_a_file_that_is_not_ours_is_left_alone",
        "test_a_file_that_is_no_database_is_left_alone",
        "test_an_archive_below_a_file_is_an_error_of_one_line",
        "test_the_index_equals_what_the_view_would_write",  # the index of a shared archive has a test of its own
        "test_another_analysis_writes_the_index_anew",  # likewise
        "test_a_batch_goes_in_whole_or_not_at_all",  # breaks off by a value that SQLite alone refuses so
        "test_another_version_of_identity_works_out_addresses_hashes_and_sums_anew",  # writes a blob as SQLite spells it
    ),
    "test_clusters": ("test_a_batch_of_copies_is_one_segment_of_the_index",),
    "test_withdrawals": ("test_a_crawl_sees_what_was_taken_down_and_asks_for_the_rest_conditionally",),  # json_extract
    "test_search": (
        "test_no_query_breaks_the_search",  # asks FTS5 itself
        "test_a_missing_archive_says_what_to_do",  # of a file
    ),
    "test_planned_search": (  # ask FTS5 itself, SQLite's plan of a query, or the file
        "test_the_simpler_expression_finds_the_same",
        "test_facets_are_counted_without_reading_rows",
        "test_twenty_thousand_random_queries_raise_nothing",
        "test_a_search_is_right_when_nobody_counted_words",
        "test_what_is_learnt_later_of_an_unchanged_story_is_found_too",
    ),
}


def pytest_collection_modifyitems(config, items):
    """Leave out what is said of one machine alone."""
    ours = [one for one in items if Path(__file__).parent in one.path.parents]
    out = [one for one in ours if one.originalname in ONE_MACHINE.get(one.path.stem, ())]
    items[:] = [one for one in items if one not in out]
    config.hook.pytest_deselected(items=out)


@pytest.fixture(autouse=True, scope="module")
def _on_postgresql(shared_archives):
    """Let them be shared."""
