"""Two hundred dates and more, in the shapes that pages print: how many are read right, and that none is invented."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from archive.text.dates import parse_date
from archive.text.jalali import gregorian, jalali_day

NOW = datetime(2030, 6, 1, tzinfo=UTC)

# When Nowruz fell, as the Calendar Centre of the Institute of Geophysics (University of Tehran) announced it: a year
# whose next Nowruz is 366 days away is a leap year. Nothing here is worked out by the library that is tested.
NOWRUZ_20_MARCH = {1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1407, 1408}
LEAP = {1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408}
MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()
GREGORIAN = "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر".split()
ENGLISH = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
LATIN = "Farvardin Ordibehesht Khordad Tir Mordad Shahrivar Mehr Aban Azar Dey Bahman Esfand".split()
ORDINALS = {1: "اول", 2: "دوم", 15: "پانزدهم", 21: "بیست و یکم", 29: "بیست‌ونهم", 30: "سی‌ام", 31: "سی و یکم"}
WEEK = "دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه شنبه یکشنبه".split()
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC = str.maketrans("0123456789یک", "٠١٢٣٤٥٦٧٨٩يك")


def nowruz(year):
    return date(year + 621, 3, 20 if year in NOWRUZ_20_MARCH else 21)


def day_of(year, month, day):
    """Return a Jalali day as a Gregorian one: six months of 31 days, then months of 30."""
    return nowruz(year) + timedelta(days=31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1)


def offset(year, month, day):
    """Return Tehran's offset at noon: summer time of the law of 1386, from 2 Farvardin to 30 Shahrivar, until 1401."""
    summer = (1387 <= year <= 1401 or 1380 <= year <= 1384) and (1, 2) <= (month, day) <= (6, 30)
    return timezone(timedelta(hours=4 if summer else 3, minutes=30))


# Jalali days: both ends of the year, leap days, the days summer time came and went (and no longer did).
DAYS = (
    (1384, 5, 1),
    (1385, 5, 1),
    (1386, 4, 31),
    (1387, 12, 30),
    (1395, 3, 1),
    (1398, 11, 29),
    (1399, 2, 21),
    (1399, 12, 30),
    (1400, 1, 1),
    (1400, 6, 31),
    (1401, 4, 15),
    (1402, 4, 15),
    (1402, 12, 29),
    (1403, 7, 1),
    (1403, 12, 30),
    (1404, 1, 1),
    (1408, 12, 30),
    (1409, 1, 2),
)
HOUR, MINUTE = 14, 5


class Printed:
    """A moment in all the words and figures a page may print it in."""

    def __init__(self, year, month, day):
        self.y, self.m, self.d = year, month, day
        self.at = datetime.combine(day_of(year, month, day), datetime.min.time(), offset(year, month, day))
        self.at = self.at.replace(hour=HOUR, minute=MINUTE)
        self.month, self.weekday = MONTHS[month - 1], WEEK[self.at.weekday()]


CLOCK = f"{HOUR:02}:{MINUTE:02}"
SHAPES = {
    "weekday-day-month-year-clock": lambda p: f"{p.weekday} {p.d} {p.month} {p.y} - {CLOCK}".translate(PERSIAN),
    "numbers-dash-clock": lambda p: f"{p.y}/{p.m:02}/{p.d:02} - {CLOCK}".translate(PERSIAN),
    "clock-before-hyphens": lambda p: f"{CLOCK} {p.y}-{p.m}-{p.d}".translate(PERSIAN),
    "label-and-bar": lambda p: f"تاریخ انتشار: {CLOCK} | {p.y}/{p.m:02}/{p.d:02}".translate(PERSIAN),
    "arabic-keyboard": lambda p: f"{p.d} {p.month} {p.y} - {CLOCK}".translate(ARABIC),
    "iso-utc": lambda p: p.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "iso-offset": lambda p: p.at.isoformat(),
    "iso-offset-without-colon": lambda p: p.at.strftime("%Y-%m-%dT%H:%M:%S%z"),
    "iso-without-offset": lambda p: p.at.strftime("%Y-%m-%d %H:%M:%S"),
    "iso-in-persian-digits": lambda p: p.at.isoformat().translate(PERSIAN),
    "jalali-in-iso": lambda p: f"{p.y}-{p.m:02}-{p.d:02}T{CLOCK}:00{p.at.strftime('%z')}",
    "jalali-in-iso-with-persian-digits": lambda p: f"{p.y}-{p.m:02}-{p.d:02}T{CLOCK}".translate(PERSIAN),
    "month-with-mah-and-hour": lambda p: f"{p.weekday}، {p.d} {p.month}‌ماه {p.y} ساعت {CLOCK}".translate(PERSIAN),
    "day-first": lambda p: f"{p.d:02}/{p.m:02}/{p.y} {CLOCK}",
    "twelve-hours": lambda p: f"{p.y}/{p.m}/{p.d} {HOUR - 12:02}:{MINUTE:02}:00 ب.ظ".translate(PERSIAN),
    "hour-in-words": lambda p: f"{p.d} {p.month} {p.y}، ساعت {HOUR} و {MINUTE} دقیقه".translate(PERSIAN),
    "rfc-822": lambda p: f"{p.at.day:02} {ENGLISH[p.at.month - 1]} {p.at.year} {CLOCK}:00 {p.at.strftime('%z')}",
    "javascript": lambda p: (
        f"{ENGLISH[p.at.month - 1]} {p.at.day} {p.at.year} {CLOCK}:00 GMT{p.at.strftime('%z')} (IRST)"
    ),
    "gregorian-in-persian": lambda p: f"{p.at.day} {GREGORIAN[p.at.month - 1]} {p.at.year} - {CLOCK}".translate(
        PERSIAN
    ),
    "both-calendars": lambda p: (
        f"{p.d} {p.month} {p.y} | {p.at.year}-{p.at.month:02}-{p.at.day:02} | {CLOCK}".translate(PERSIAN)
    ),
    "hijri-first": lambda p: f"۱۳ شعبان ۱۴۳۷، {p.weekday} {p.d} {p.month} {p.y}، {CLOCK}".translate(PERSIAN),
    "touching-hyphen": lambda p: f"{p.y}/{p.m:02}/{p.d:02}-{CLOCK}".translate(PERSIAN),
    "marks-and-half-spaces": lambda p: f"\u200f{p.d}\u200c {p.month} \u200e{p.y}\u200f - \u202b{CLOCK}\u202c".translate(
        PERSIAN
    ),
    "newlines-and-blanks": lambda p: f"\n\t  {p.d}\xa0{p.month}\n {p.y}   \n ساعت :  {CLOCK} ".translate(PERSIAN),
    "c-library": lambda p: f"Sun {ENGLISH[p.at.month - 1]} {p.at.day:2} {CLOCK}:00 IRST {p.at.year}",
    "gmt-with-hours": lambda p: (
        f"{p.at.year}-{p.at.month:02}-{p.at.day:02} {CLOCK} GMT{p.at.strftime('%z').replace('+0', '+')[:2]}:30"
    ),
    "dot-in-the-clock": lambda p: f"{p.d} {p.month} {p.y} - {HOUR}.{MINUTE:02}".translate(PERSIAN),
    "compact-iso": lambda p: p.at.strftime("%Y%m%dT%H%M%S%z"),
    "jalali-in-latin-letters": lambda p: f"{p.d} {LATIN[p.m - 1]} {p.y} {CLOCK}",
    "in-words": lambda p: f"{p.weekday} {ORDINALS[p.d]} {p.month}‌ماه سال {p.y}، ساعت {CLOCK}",
    "year-first-in-words": lambda p: f"{p.y} {p.month} {p.d}، {CLOCK}".translate(PERSIAN),
}

# What is no date of a story, though it looks like one: read as one, it would be invented.
NO_DATES = (
    *("2026-13-45", "2025-02-30T10:00:00Z", "0000-00-00 00:00:00", "0001-01-01T00:00:00", "1970-01-01T00:00:00Z"),
    *("۱۴۰۳/۱۳/۰۱", "۱۴۰۳/۰۷/۳۱", "۳۱ مهر ۱۴۰۳", "۳۰ اسفند ۱۴۰۲", "۱۴۰۲-۱۲-۳۰ ۱۰:۰۰", "۳۰ اسفند ۱۴۰۴", "۰ مهر ۱۴۰۳"),
    *("۱۴۰۳/۰۷/۰۱ - ۲۵:۶۱", "2024-09-22T24:61:00", "۱۴۴۵/۰۹/۱۵", "۱۵ رمضان ۱۴۴۵", "۱۵ شعبان", "الأحد ١٥ شعبان ١٤٤٥"),
    *(
        "۱ مهر",
        "مهر ۱۴۰۳",
        "۱ مهر ۱۲:۳۰",
        "۱۴۰۳",
        "۱۴۰۳/۰۷",
        "09-22",
        "12:30",
        "ساعت ۱۲",
        "سه‌شنبه",
        "امروز",
        "۲ ساعت پیش",
    ),
    *("دقایقی پیش", "دیروز ۱۰:۰۰", "now", "null", "", " ", "-", "//", "تاریخ انتشار:", "۵ خرداد ۹۸ نفر کشته شدند"),
    *("۱۲/۵/۳", "09123456789", "۰۲۱-۸۸۷۷۶۶", "192.168.1.1", "1.2.3.4.2024", "v2.10.2024.1", "۱۴۰۳۰۷۰۱۰۰۱۲۳", "17302"),
    *("2099-01-01T00:00:00Z", "۱ فروردین ۱۴۷۸", "1989-12-31T00:00:00Z", "۱۳۶۰/۱۱/۱۷ - ۱۹:۵۳", "20240230", "14031301"),
    *(
        "قیمت ۲۰۲۴ / ۳۵ / ۷۱",
        "۱ مهر ۲۰۲۴",
        "۲۲ سپتامبر ۱۴۰۳",
        "ده تا بیست مهر",
        "۱۴۰۳/۰۷/۰۱/۰۵",
        "3.14.2024.5",
        "کد خبر: 14030701001234",
    ),
)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("day", DAYS, ids=lambda day: "-".join(map(str, day)))
def test_a_date_is_read_in_every_shape(shape, day):
    printed = Printed(*day)
    assert parse_date(SHAPES[shape](printed), now=NOW) == printed.at, SHAPES[shape](printed)


@pytest.mark.parametrize("text", NO_DATES)
def test_no_date_is_invented(text):
    assert parse_date(text, now=NOW) is None


def test_there_are_two_hundred_dates_in_fifteen_shapes_and_more():
    assert len(SHAPES) * len(DAYS) >= 200
    assert len(SHAPES) >= 15


@pytest.mark.parametrize("year", range(1370, 1410))
def test_the_calendar_agrees_with_the_announced_new_years_and_leap_years(year):
    assert gregorian(year, 1, 1) == nowruz(year)
    assert jalali_day(nowruz(year)) == (year, 1, 1)
    assert (jalali_day(nowruz(year + 1) - timedelta(days=1)) == (year, 12, 30)) == (year in LEAP)


@pytest.mark.parametrize("year", [1399, 1403, 1408])
def test_a_leap_year_has_a_thirtieth_of_esfand_and_its_neighbours_have_none(year):
    assert gregorian(year, 12, 30) == nowruz(year + 1) - timedelta(days=1)
    for other in (year - 1, year + 1):
        with pytest.raises(ValueError, match="day"):
            gregorian(other, 12, 30)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        pytest.param("۱ فروردین ۱۳۹۹ - ۱۲:۰۰", "2020-03-20T08:30Z", id="nowruz-of-a-leap-year-is-winter-time"),
        pytest.param("۲ فروردین ۱۳۹۹ - ۱۲:۰۰", "2020-03-21T07:30Z", id="then-summer-time"),
        pytest.param("۳۰ شهریور ۱۳۹۹ - ۱۲:۰۰", "2020-09-20T07:30Z", id="its-last-day"),
        pytest.param("۳۱ شهریور ۱۳۹۹ - ۱۲:۰۰", "2020-09-21T08:30Z", id="and-the-first-after-it"),
        pytest.param("۳۰ شهریور ۱۴۰۱ - ۱۲:۰۰", "2022-09-21T07:30Z", id="the-last-summer-time"),
        pytest.param("۲ فروردین ۱۴۰۲ - ۱۲:۰۰", "2023-03-22T08:30Z", id="none-since"),
        pytest.param("۱۵ تیر ۱۴۰۳ - ۱۲:۰۰", "2024-07-05T08:30Z", id="nor-in-high-summer"),
        pytest.param("۱۵ تیر ۱۳۸۵ - ۱۲:۰۰", "2006-07-06T08:30Z", id="nor-in-1385"),
        pytest.param("۱ مهر ۱۴۰۳", "2024-09-21T20:30Z", id="a-day-without-a-clock-begins-at-midnight"),
    ],
)
def test_tehrans_clock_is_read_as_it_was_set_then(text, utc):
    assert parse_date(text, now=NOW) == datetime.fromisoformat(utc)
