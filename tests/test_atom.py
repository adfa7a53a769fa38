"""Atom feeds: what RFC 4287 asks for, of whatever texts."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.atom import Entry, feed, head

ATOM = {"a": "http://www.w3.org/2005/Atom"}
MOMENT = "2024-09-22T08:30:00Z"


def read(text):
    return ET.fromstring(text.encode())  # noqa: S314 - our own


def one(**changes):
    return Entry(**({"story": 20240922000001, "title": "تیتر", "author": "سپهر", "updated": MOMENT} | changes))


def of(*entries, **changes):
    beginning = head(**({"name": "tag:bayegan,2024:x", "title": "همه", "updated": MOMENT} | changes))
    return read(feed(beginning, entries))


def test_a_feed_has_what_the_standard_asks_for():
    found = of(one(url="https://www.namune.ir/news/1", categories=["فرهنگی"], published=MOMENT), subtitle="برف")
    assert [child.tag.partition("}")[2] for child in found] == [
        "id",
        "title",
        "subtitle",
        "updated",
        "generator",
        "entry",
    ]
    entry = found.find("a:entry", ATOM)
    assert entry.findtext("a:id", namespaces=ATOM) == "tag:bayegan,2024:story:20240922000001"
    assert entry.findtext("a:author/a:name", namespaces=ATOM) == "سپهر"
    assert entry.find("a:link", ATOM).attrib == {"rel": "alternate", "href": "https://www.namune.ir/news/1"}
    assert entry.find("a:category", ATOM).get("term") == "فرهنگی"


@pytest.mark.parametrize(("is_html", "kind"), [(True, "html"), (False, "text")])
def test_a_summary_says_whether_it_is_html(is_html, kind):
    summary = of(one(summary="<mark>برف</mark>", is_html=is_html)).find("a:entry/a:summary", ATOM)
    assert (summary.get("type"), summary.text) == (kind, "<mark>برف</mark>")


def test_a_story_without_a_title_has_one_all_the_same():
    assert of(one(title="")).findtext("a:entry/a:title", namespaces=ATOM) == "–"


@given(st.text(), st.text())
def test_any_text_makes_a_feed_that_can_be_read(text, other):
    found = of(one(title=text, author=other, summary=text, categories=[text], url=other), title=other, subtitle=text)
    assert found.find("a:entry", ATOM) is not None
