"""Errors say where, what and why on one line, and travel between processes without losing it."""

import pickle

import pytest

from archive.errors import BayeganError, BusyError, DiscoveryError, SettingsError, StoryNotFoundError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(DiscoveryError("https://namune.ir/rss", "no feed", "it is empty"), "https://namune.ir/rss: no feed: it is empty", id="three-parts"),
        pytest.param(BusyError("news.db", "another bayegan writes to it"), "news.db: another bayegan writes to it", id="two-parts"),
        pytest.param(StoryNotFoundError("news.db", 12), "no story 12 in news.db", id="made-of-other-facts"),
        pytest.param(SettingsError.unknown("settings.toml", "crawler.dealy_s", ["delay_s"]), "settings.toml: crawler.dealy_s: no such setting; did you mean delay_s?", id="with-a-guess"),
    ],
)  # fmt: skip
def test_an_error_says_the_same_after_a_journey(error: BayeganError, said):
    assert str(error) == said
    came = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (type(came), str(came), came.where, came.what, came.why) == (
        type(error),
        said,
        error.where,
        error.what,
        error.why,
    )
