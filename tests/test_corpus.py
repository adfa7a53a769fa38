"""What is fuzzed (`make faults-nightly`) stands on seeds of our own; they, and what once broke a reader, are read here."""

import pytest

from crawler.discover.sitemaps import read_sitemap
from tests.faults.targets import CORPUS, NOW, TARGETS, seeds


@pytest.mark.parametrize("name", TARGETS)
def test_a_reader_keeps_its_promises_on_every_seed(name):
    assert len(seeds(name)) >= 2
    for seed in seeds(name):
        TARGETS[name](seed)


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("odd", [b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"<" * 2_000, b"[" * 2_000, "\u202e\u200c".encode(), bytes(range(256))], ids=lambda one: repr(one)[:20])  # fmt: skip
def test_a_reader_keeps_its_promises_on_what_is_nothing(name, odd):
    TARGETS[name](odd)


def test_names_that_are_none_do_not_hide_what_a_sitemap_lists():
    found = read_sitemap((CORPUS / "sitemap" / "names.xml").read_bytes(), "https://www.namune.ir/", now=NOW, limit=10)
    assert [link.url for link in found.links] == ["https://www.namune.ir/news/12"]
