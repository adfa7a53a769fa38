"""A day archive's page gives its stories with their own dates; the address of a day is Jalali."""

from datetime import date

import pytest

from archive.errors import DiscoveryError
from crawler.discover.days import day_address, read_day
from tests.stories import NOON

HOME = "https://www.namune.ir"
PAGE = f"""<html><body><nav><a href="/archive">بایگانی</a><a href="/news/9/x#top">پربازدید: خبر نهم</a></nav>
<ul>
<li class="news"><figure><a href="/news/1/x"><img src="a.jpg"></a></figure>
  <div><h3><a href="/news/1/x">بازدید از کتاب‌خانه در ۵ مهر ۱۴۰۲</a></h3><time datetime="2024-09-22T08:00:00Z">۱۱:۳۰</time></div></li>
<li class="news"><h3><a href="{HOME}/news/2/y">كتاب‌هاي تازه</a></h3><span class="item-date">۱ مهر ۱۴۰۳ - ۰۹:۱۰</span></li>
<li class="news"><h3><a href="/news/3">خبر دیروز</a></h3><span class="date">۱۴۰۳/۰۶/۳۱ - ۲۳:۵۹</span></li>
<li class="news"><h3><a href="/news/4">بی‌تاریخ، ۲ مهر ۱۴۰۳</a></h3></li>
<li><a href="/tag/1">برچسب</a> <a href="http://other.ir/news/5">دیگری</a> <a href="javascript:x()">x</a></li>
</ul></body></html>"""


def is_story(url):
    return url.startswith(f"{HOME}/news/")


@pytest.mark.parametrize(
    ("pattern", "address"),
    [
        pytest.param("/archive?pi={page}&ms=0&dy={day}&mn={month}&yr={year}", "/archive?pi=2&ms=0&dy=1&mn=7&yr=1403", id="nastooh"),
        pytest.param("/fa/archive?date={year}%2F{month}%2F{day}&page={page}", "/fa/archive?date=1403%2F7%2F1&page=2", id="asam"),
    ],
)  # fmt: skip
def test_the_address_of_a_day_is_jalali(pattern, address):
    assert day_address(pattern, date(2024, 9, 22), 2) == address


def test_each_story_of_a_page_comes_once_with_the_date_its_own_item_prints():
    links = read_day(PAGE.encode(), f"{HOME}/archive", now=NOON, limit=100, is_story=is_story)
    found = {link.url.rsplit("/news/")[1]: link for link in links}
    assert list(found) == ["9/x", "1/x", "2/y", "3", "4"]
    assert found["1/x"].title == "بازدید از کتاب‌خانه در ۵ مهر ۱۴۰۲"
    dates = {key: None if link.published is None else link.published.isoformat()[:16] for key, link in found.items()}
    assert dates == {
        "9/x": None, "1/x": "2024-09-22T08:00", "2/y": "2024-09-22T05:40", "3": "2024-09-21T20:29", "4": None,
    }  # fmt: skip


@pytest.mark.parametrize("body", [b"", b"   "], ids=["empty", "blank"])
def test_what_is_no_page_is_refused(body):
    with pytest.raises(DiscoveryError):
        read_day(body, HOME, now=NOON, limit=100, is_story=is_story)
