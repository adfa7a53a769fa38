"""What a sitemap announces."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import DiscoveryError
from archive.link import Link
from crawler.discover.sitemaps import Sitemap, read_sitemap

NOW = datetime(2024, 9, 23, 12, tzinfo=UTC)
URL = "https://www.example.ir/sitemap/news/sitemap.xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
NAMES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def urlset(*entries):
    return f"{HEAD}<urlset {NAMES}>{''.join(entries)}</urlset>"


def entry(number=1, lastmod="", more=""):
    stamp = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    return f"<url><loc>https://www.example.ir/news/{number}/خبر</loc>{stamp}{more}</url>"


def read(sitemap, limit=100, **more):
    return read_sitemap(sitemap if isinstance(sitemap, bytes) else sitemap.encode(), URL, now=NOW, limit=limit, **more)


def numbers(sitemap):
    return [int(link.url.split("/")[4]) for link in sitemap.links]


def test_a_news_sitemap_says_when_a_story_ran_and_when_it_changed():
    news = """<news:news><news:publication><news:name>نمونه</news:name></news:publication>
    <news:publication_date>2024-09-22T08:30:00+03:30</news:publication_date>
    <news:title>هوای پایتخت پاک می‌شود</news:title></news:news>
    <image:image xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
    <image:loc>https://static.example.ir/7.jpg</image:loc><image:title>عکس</image:title></image:image>"""
    assert read(urlset(entry(7, "2024-09-22T09:00:00Z", news))).links == (
        Link(
            url="https://www.example.ir/news/7/خبر",
            found_in=URL,
            title="هوای پایتخت پاک می\N{ZERO WIDTH NON-JOINER}شود",
            published=datetime(2024, 9, 22, 5, tzinfo=UTC),
            modified=datetime(2024, 9, 22, 9, tzinfo=UTC),
        ),
    )


def test_an_index_lists_sitemaps_with_their_last_change():
    index = f"""{HEAD}<sitemapindex {NAMES}>
    <sitemap><loc>https://www.example.ir/sitemap/1403/sitemap.xml</loc><lastmod>2024-09-22</lastmod></sitemap>
    <sitemap><loc>/sitemap/1402/sitemap.xml</loc></sitemap></sitemapindex>"""
    assert read(index) == Sitemap(
        sitemaps=(
            ("https://www.example.ir/sitemap/1403/sitemap.xml", datetime(2024, 9, 21, 20, 30, tzinfo=UTC)),
            ("https://www.example.ir/sitemap/1402/sitemap.xml", None),
        )
    )


@pytest.mark.parametrize(
    ("lastmod", "meant"),
    [
        pytest.param("2024-09-22T08:30:00+03:30", datetime(2024, 9, 22, 5, tzinfo=UTC), id="with-offset"),
        pytest.param("2024-09-22T05:00Z", datetime(2024, 9, 22, 5, tzinfo=UTC), id="without-seconds"),
        pytest.param("2024-09-22T08:30:00", datetime(2024, 9, 22, 5, tzinfo=UTC), id="no-offset-is-tehran"),
        pytest.param("2024-09-22", datetime(2024, 9, 21, 20, 30, tzinfo=UTC), id="a-day-begins-in-tehran"),
        pytest.param("۱۴۰۳/۰۷/۰۱ ۰۸:۳۰", datetime(2024, 9, 22, 5, tzinfo=UTC), id="jalali"),
        pytest.param("2034-09-22", None, id="the-future"),
        pytest.param("0001-01-01T00:00:00", None, id="the-year-one"),
        pytest.param("now", None, id="a-word"),
    ],
)
def test_dates_are_read_as_they_were_meant(lastmod, meant):
    assert [link.modified for link in read(urlset(entry(1, lastmod))).links] == [meant]


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("https://www.example.ir/?id=7&amp;p=1", id="escaped"),
        pytest.param("https://www.example.ir/?id=7&p=1", id="unescaped"),
        pytest.param("<![CDATA[https://www.example.ir/?id=7&p=1]]>", id="cdata"),
        pytest.param("/?id=7&p=1", id="relative"),
        pytest.param("\n https://www.example.ir/?id=7&p=1\n ", id="blanks-around"),
    ],
)
def test_an_address_survives_however_it_is_written(address):
    found = read(urlset(f"<url><loc>{address}</loc></url>"))
    assert [link.url for link in found.links] == ["https://www.example.ir/?id=7&p=1"]


TWO = urlset(entry(1), entry(2))
JSON = {"urls": [{"loc": "/news/1/خبر", "lastmode": "2024-09-22"}, {"loc": "/news/2/خبر"}]}
FEED = '<rss version="2.0"><channel>{}</channel></rss>'.format(
    "".join(f"<item><link>/news/{n}/خبر</link></item>" for n in (1, 2))
)
LIST = "https://www.example.ir/news/1/خبر\r\nhttps://www.example.ir/news/2/خبر\n"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(TWO.encode(), id="xml"),
        pytest.param(TWO.replace(NAMES, "").encode(), id="without-namespace"),
        pytest.param(
            TWO.replace("xmlns=", "xmlns:s=").replace("<u", "<s:u").replace("</u", "</s:u").encode(), id="prefix"
        ),
        pytest.param(gzip.compress(TWO.encode()), id="gzip"),
        pytest.param(gzip.compress(TWO.encode()[:80]) + gzip.compress(TWO.encode()[80:]), id="gzip-of-two-members"),
        pytest.param(gzip.compress(urlset(*map(entry, range(1, 60))).encode())[:-60], id="gzip-torn"),
        pytest.param(b"\xef\xbb\xbf\n" + TWO.encode(), id="byte-order-mark"),
        pytest.param(TWO.encode("utf-16"), id="utf-16"),
        pytest.param(LIST.encode(), id="plain-text"),
        pytest.param(json.dumps(JSON).encode(), id="json"),
        pytest.param(FEED.encode(), id="a-feed-is-a-sitemap-too"),
        pytest.param(urlset(entry(1), "<url><b></url>", entry(2)).encode(), id="broken-in-the-middle"),
    ],
)
def test_a_sitemap_is_read_however_its_bytes_come(body):
    links = read(body).links
    assert [link.url for link in links[:2]] == [f"https://www.example.ir/news/{n}/خبر" for n in (1, 2)]


def test_old_json_day_sitemaps_say_lastmode():
    body = json.dumps({"urls": [{"loc": "https://www.example.ir/news/1", "lastmode": "2024-09-22T08:30:00"}]})
    assert [link.modified for link in read(body).links] == [datetime(2024, 9, 22, 5, tzinfo=UTC)]


@pytest.mark.parametrize("cut", [40, 70, 95, 99])
def test_a_torn_sitemap_gives_its_whole_entries_and_no_half_address(cut):
    raw = urlset(*map(entry, range(40))).encode()
    found = numbers(read(raw[: len(raw) * cut // 100]))
    assert found == list(range(len(found)))
    assert len(found) >= 40 * cut // 100 - 3


def test_of_too_many_the_newest_are_kept_in_the_order_of_the_sitemap():
    days = [entry(n, f"2024-09-{n:02}") for n in range(1, 21)]
    assert numbers(read(urlset(entry(99), *days), limit=3)) == [18, 19, 20]


def test_without_dates_the_first_are_kept():
    assert numbers(read(urlset(*map(entry, range(20))), limit=3)) == [0, 1, 2]


def test_an_address_is_listed_once():
    assert numbers(read(urlset(entry(2, "2024-09-22"), entry(1), entry(2)))) == [2, 1]


def test_only_entries_of_the_sitemap_itself_count():
    video = "<video:video xmlns:video='v'><video:url><video:loc>https://x.ir/v</video:loc></video:url></video:video>"
    assert numbers(read(urlset(entry(1, more=video), "<url/>", "<url><loc>javascript:alert(1)</loc></url>"))) == [1]


def test_an_empty_sitemap_is_no_error():
    assert read(urlset()) == Sitemap()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param("<!doctype html><html><body>خطا</body></html>", "its root is <html>", id="error-page"),
        pytest.param("", "it is empty", id="nothing"),
        pytest.param("در دسترس نیست", "neither XML, JSON nor a list of addresses", id="text"),
        pytest.param('{"error": 1}', "JSON without urls", id="other-json"),
        pytest.param('{"urls": [', "JSON without urls", id="torn-json"),
        pytest.param('{"urls": ' + "[" * 100_000, "JSON without urls", id="deep-json"),
        pytest.param('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hosts">]><urlset><url><loc>&b;</loc></url></urlset>',
                     "declares entities", id="entities"),
        pytest.param(b"\x1f\x8b\x08rubbish-rubbish-rubbish", "damaged gzip", id="broken-gzip"),
    ],
)  # fmt: skip
def test_what_is_no_sitemap_is_said_to_be_none(body, why):
    with pytest.raises(DiscoveryError, match=why) as caught:
        read(body)
    assert str(caught.value).startswith(URL)


def test_a_gzip_bomb_is_refused():
    with pytest.raises(DiscoveryError, match="too long: more than 100000 bytes"):
        read(gzip.compress(b" " * 10_000_000), max_bytes=100_000)


ADDRESSES = st.text(max_size=200).map(lambda one: urlset(f"<url><loc>{one}</loc></url>").encode())


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode) | ADDRESSES)
def test_any_bytes_give_links_or_our_own_error(body):
    try:
        found = read(body, limit=5)
    except DiscoveryError:
        return
    assert len(found.links) <= 5
    assert all(link.url.startswith("http") for link in found.links)
