"""What a feed announces."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import DiscoveryError
from crawler.discover.feeds import read_feed

NOW = datetime(2024, 9, 23, 12, tzinfo=UTC)
URL = "https://www.example.ir/rss"
ITEM = "<item><title>{title}</title><link>{link}</link>{more}</item>"


def rss(*items, head='<?xml version="1.0" encoding="utf-8"?>'):
    return f'{head}<rss version="2.0"><channel><title>خبرگزاری نمونه</title>{"".join(items)}</channel></rss>'


def item(number=1, title="خبر", more=""):
    return ITEM.format(title=title, link=f"https://www.example.ir/news/{number}/خبر", more=more)


def read(feed, limit=100, **more):
    return read_feed(feed if isinstance(feed, bytes) else feed.encode(), URL, now=NOW, limit=limit, **more)


ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fa"><title>نمونه</title>
<entry><title>نمایشگاه کتاب گشایش می‌یابد</title><link rel="alternate" href="/news/7"/>
<published>2024-09-22T08:30:00+03:30</published><updated>2024-09-22T10:00:00+03:30</updated></entry></feed>"""
RSS_1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>نمونه</title></channel>
<item rdf:about="https://www.example.ir/news/7"><title>نمایشگاه کتاب گشایش می‌یابد</title>
<link>https://www.example.ir/news/7</link><dc:date>2024-09-22T05:00:00Z</dc:date></item></rdf:RDF>"""
RSS_2 = rss(
    item(7, "نمایشگاه کتاب گشایش می‌یابد", "<pubDate>Sun, 22 Sep 2024 08:30:00 +0330</pubDate>").replace("/خبر", "")
)


@pytest.mark.parametrize(
    ("feed", "modified"),
    [
        pytest.param(RSS_2, None, id="rss-2.0"),
        pytest.param(RSS_1, None, id="rss-1.0"),
        pytest.param(ATOM, datetime(2024, 9, 22, 6, 30, tzinfo=UTC), id="atom"),
    ],
)
def test_every_kind_of_feed_announces_the_same_story(feed, modified):
    (link,) = read(feed)
    assert link.url == "https://www.example.ir/news/7"
    assert link.title == "نمایشگاه کتاب گشایش می\N{ZERO WIDTH NON-JOINER}یابد"
    assert link.published == datetime(2024, 9, 22, 5, 0, tzinfo=UTC)
    assert link.modified == modified
    assert link.found_in == URL


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        pytest.param("Sun, 22 Sep 2024 08:30:00 +0330", datetime(2024, 9, 22, 5, tzinfo=UTC), id="rfc-822"),
        pytest.param("Sun, 22 Sep 2024 05:00:00 GMT", datetime(2024, 9, 22, 5, tzinfo=UTC), id="rfc-822-in-greenwich"),
        pytest.param("22 Sep 2024 05:00 GMT", datetime(2024, 9, 22, 5, tzinfo=UTC), id="rfc-822-at-its-shortest"),
        pytest.param("Sun, 22 Sep 2024 08:30:00", datetime(2024, 9, 22, 5, tzinfo=UTC), id="no-zone-is-tehran"),
        pytest.param("Sun, 22 May 2016 10:00:00", datetime(2016, 5, 22, 5, 30, tzinfo=UTC), id="tehran-in-summer-time"),
        pytest.param("2024-09-22T08:30:00+03:30", datetime(2024, 9, 22, 5, tzinfo=UTC), id="iso"),
        pytest.param("۱ مهر ۱۴۰۳ - ۰۸:۳۰", datetime(2024, 9, 22, 5, tzinfo=UTC), id="jalali-in-words"),
        pytest.param("١٤٠٣/٠٧/٠١ - ٠٨:٣٠", datetime(2024, 9, 22, 5, tzinfo=UTC), id="jalali-in-arabic-digits"),
        pytest.param("1403/07/01 08:30", datetime(2024, 9, 22, 5, tzinfo=UTC), id="jalali-is-not-the-middle-ages"),
        pytest.param("Sun, 22 Sep 1403 08:30:00 +0330", None, id="jalali-year-in-rfc-822-means-nothing"),
        pytest.param("Sun, 29 Sep 2024 05:00:00 GMT", None, id="the-future"),
        pytest.param("Thu, 01 Jan 1970 00:00:00 GMT", None, id="the-epoch"),
        pytest.param("Sun, 99 Sep 2024 05:00:00 GMT", None, id="no-such-day"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 -1200", None, id="beyond-the-calendar"),
        pytest.param("دیروز", None, id="a-word"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_dates_are_read_as_they_were_meant(printed, meant):
    (link,) = read(rss(item(more=f"<pubDate>{printed}</pubDate>")))
    assert link.published == meant


@pytest.mark.parametrize(
    ("address", "resolved"),
    [
        pytest.param("/news/7/خبر", "https://www.example.ir/news/7/خبر", id="relative"),
        pytest.param("news/7", "https://www.example.ir/news/7", id="relative-to-the-feed"),
        pytest.param("//m.example.ir/7", "https://m.example.ir/7", id="without-a-scheme"),
        pytest.param("\n  https://www.example.ir/\n news/7 ", "https://www.example.ir/news/7", id="broken-over-lines"),
        pytest.param("https://www.example.ir/?id=7&amp;p=1", "https://www.example.ir/?id=7&p=1", id="escaped"),
        pytest.param("<![CDATA[https://www.example.ir/?id=7&p=1]]>", "https://www.example.ir/?id=7&p=1", id="cdata"),
    ],
)
def test_addresses_are_absolute(address, resolved):
    assert [link.url for link in read(rss(ITEM.format(title="خبر", link=address, more="")))] == [resolved]


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("", id="none"),
        pytest.param("javascript:alert(1)", id="script"),
        pytest.param("file:///etc/passwd", id="file"),
        pytest.param("mailto:a@example.ir", id="mail"),
        pytest.param("http://[::1", id="broken"),
    ],
)
def test_items_without_an_address_of_the_web_are_left_out(address):
    assert [link.url[-9:] for link in read(rss(ITEM.format(title="خبر", link=address, more=""), item(2)))] == [
        "ews/2/خبر"
    ]


def test_order_is_kept_and_repetitions_are_dropped():
    links = read(rss(item(3), item(1, "یک"), item(3), item(2), item(1, "دو")))
    assert [link.url.split("/")[-2] for link in links] == ["3", "1", "2"]
    assert links[1].title == "یک"


def test_no_more_links_than_asked_for():
    assert len(read(rss(*map(item, range(50))), limit=20)) == 20


def test_an_address_in_the_guid_will_do():
    feed = rss("<item><title>خبر</title><guid>https://www.example.ir/news/7</guid></item>")
    assert [link.url for link in read(feed)] == ["https://www.example.ir/news/7"]


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        pytest.param("کتاب‌ها را می‌خواند", "کتاب‌ها را می‌خواند", id="half-spaces"),
        pytest.param("كتاب‌هاي علي", "كتاب‌هاي علي", id="arabic-letters-as-printed"),
        pytest.param("  دو\n\n خط ", "دو خط", id="blanks"),
        pytest.param("<![CDATA[<b>مهم</b>: باران]]>", "مهم: باران", id="tags"),
        pytest.param("می&zwnj;گوید", "می‌گوید", id="half-space-as-an-html-entity"),
        pytest.param("می&#8204;گوید", "می‌گوید", id="half-space-as-a-number"),
        pytest.param("خبر\N{RIGHT-TO-LEFT OVERRIDE} روز", "خبر روز", id="bidi-override"),
    ],
)
def test_titles_are_kept_as_printed(printed, kept):
    assert [link.title for link in read(rss(item(title=printed)))] == [kept]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(rss(item()).encode(), id="utf-8"),
        pytest.param(b"\xef\xbb\xbf" + rss(item()).encode(), id="byte-order-mark"),
        pytest.param(rss(item()).encode("utf-16"), id="utf-16"),
        pytest.param(rss(item()).encode("utf-16-le"), id="utf-16-unmarked"),
        pytest.param(
            rss(item(), head='<?xml version="1.0" encoding="windows-1256"?>').encode("cp1256", "replace"), id="1256"
        ),
        pytest.param(
            rss(item(), head='<?xml version="1.0" encoding="windows-1256"?>').encode(), id="says-1256-is-utf-8"
        ),
        pytest.param(rss(item(), head="").encode("cp1256", "replace"), id="1256-undeclared"),
        pytest.param(rss(item(), head='<?xml version="1.0" encoding="utf-7"?>').encode(), id="says-utf-7"),
        pytest.param(rss(item(), head='<?xml version="1.0" encoding="nonsense"?>').encode(), id="says-nonsense"),
        pytest.param(gzip.compress(rss(item()).encode()), id="gzip"),
        pytest.param(b"\n\n" + rss(item()).encode(), id="blank-lines-first"),
        pytest.param(rss(item()).encode()[:-3], id="last-tag-torn"),
        pytest.param(rss(item()).replace("2.0", "0.91").encode(), id="rss-0.91"),
        pytest.param(
            rss(item(), head='<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss.dtd">').encode(),
            id="document-type-is-not-fetched",
        ),
    ],
)
def test_a_feed_is_read_however_its_bytes_come(raw):
    (link,) = read(raw)
    assert link.title == "خبر"
    assert link.url.endswith("/news/1/خبر")


@pytest.mark.parametrize("cut", [30, 70, 95, 100])
def test_a_torn_feed_gives_its_whole_items_and_no_half_address(cut):
    raw = rss(*map(item, range(8))).encode()
    whole = [link.url for link in read(raw)]
    links = [link.url for link in read(raw[: len(raw) * cut // 100])]
    assert links == whole[: len(links)]
    assert len(links) >= 8 * cut // 100 - 2


def test_broken_xml_gives_what_can_be_read():
    links = read(rss(item(1, "الف & ب \x0b"), "<item><b></item>", item(2)))
    assert [link.url.split("/")[-2] for link in links] == ["1", "2"]


def test_a_feed_without_items_is_no_error():
    assert read(rss()) == []


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param("<!doctype html><html><body>خطا</body></html>", "its root is <html>", id="error-page"),
        pytest.param("", "it is empty", id="nothing"),
        pytest.param("سرویس در دسترس نیست", "it is no XML", id="text"),
        pytest.param('<!DOCTYPE rss [<!ENTITY a "b">]><rss/>', "it declares entities", id="entities"),
        pytest.param('<!-- --><!DOCTYPE a [ <!entity % a SYSTEM "file:///etc/hosts">]><rss/>', "declares", id="files"),
        pytest.param('<!DOCTYPE rss [<!ENTITY a "b">]><rss/>'.encode("utf-16"), "declares entities", id="in-utf-16"),
        pytest.param(b"\x1f\x8b\x08rubbish-rubbish-rubbish", "damaged gzip", id="broken-gzip"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_said_to_be_none(body, why):
    with pytest.raises(DiscoveryError, match=why) as caught:
        read(body)
    assert str(caught.value).startswith(URL)


def test_a_gzip_bomb_is_refused():
    with pytest.raises(DiscoveryError, match="too long: more than 100000 bytes"):
        read(gzip.compress(rss(item(title="ا" * 1_000_000)).encode()), max_bytes=100_000)


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(str.encode)
    | st.text(max_size=200).map(lambda one: rss(one).encode())
)
def test_any_bytes_give_links_or_our_own_error(body):
    try:
        links = read(body, limit=5)
    except DiscoveryError:
        return
    assert len(links) <= 5
    assert all(link.url.startswith("http") for link in links)
