"""Which date of many is believed, what addresses say of days, numbers in words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.settings import Settings
from archive.story import DateFound
from archive.text.dates import TEHRAN, address_date, jalali, jalali_long, parse_date
from archive.text.jalali import month_days
from archive.text.numerals import digits
from archive.text.provenance import TRUST, best, marked
from crawler.agency import load_agencies
from crawler.extract.moments import day_in
from tests.stories import DAY, HOUR, NOON

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MIDNIGHT = datetime(2024, 9, 22, tzinfo=TEHRAN).astimezone(UTC)


def found(source, value, raw="raw"):
    return DateFound(source=source, raw=raw, value=value)


@pytest.mark.parametrize(
    ("dates", "believed"),
    [
        pytest.param([], None, id="none"),
        pytest.param([("visible", None)], None, id="an-impossible-one"),
        pytest.param([("seen", NOON)], None, id="first-seen-is-no-publication"),
        pytest.param([("visible", NOON), ("json-ld", NOON + HOUR)], NOON + HOUR, id="machines-before-readers"),
        pytest.param([("json-ld", None), ("visible", NOON)], NOON, id="the-next-one-when-it-is-impossible"),
        pytest.param([("address", MIDNIGHT), ("feed", NOON)], NOON, id="the-feed-before-the-address"),
        pytest.param([("sitemap", NOON + DAY), ("address", MIDNIGHT)], MIDNIGHT, id="a-change-comes-last"),
        pytest.param([("json-ld", NOON + 9 * DAY), ("visible", NOON)], NOON + 9 * DAY, id="one-against-one"),
        pytest.param(
            [("json-ld", NOON + 9 * DAY), ("meta", NOON), ("visible", NOON)], NOON, id="two-that-agree-against-one"
        ),
        pytest.param(
            [("json-ld", NOON + 9 * DAY), ("visible", NOON), ("address", MIDNIGHT)], NOON, id="the-address-is-a-witness"
        ),
        pytest.param(
            [("json-ld", NOON + 9 * DAY), ("visible", NOON), ("seen", NOON + 9 * DAY)],
            NOON + 9 * DAY,
            id="being-seen-is-none",
        ),
    ],
)
def test_the_most_trusted_date_is_believed_unless_others_agree_against_it(dates, believed):
    chosen = best([found(*one) for one in dates])
    assert (chosen.value if chosen else None) == believed


@pytest.mark.parametrize(
    ("source", "after", "disagrees"),
    [
        pytest.param("visible", timedelta(hours=3, minutes=30), False, id="a-wrong-zone"),
        pytest.param("visible", DAY, False, id="a-day"),
        pytest.param("visible", DAY + HOUR, True, id="more-than-a-day"),
        pytest.param("visible", -DAY - HOUR, True, id="before"),
        pytest.param("sitemap", 40 * DAY, False, id="changed-later"),
        pytest.param("sitemap", -2 * DAY, True, id="changed-before-it-was-published"),
        pytest.param("seen", 4000 * DAY, False, id="seen-years-later"),
    ],
)
def test_a_disagreement_beyond_a_day_is_marked(source, after, disagrees):
    chosen = found("json-ld", NOON)
    assert [one.disagrees for one in marked([chosen, found(source, NOON + after)], chosen)] == [False, disagrees]


@pytest.mark.parametrize(("days", "disagrees"), [(0, False), (-1, False), (-2, True), (1, False), (2, True)])
def test_a_bare_day_means_all_of_it(days, disagrees):
    chosen = found("visible", NOON)
    assert marked([found("address", MIDNIGHT + days * DAY)], chosen)[0].disagrees == disagrees


def test_an_impossible_date_stays_with_its_raw_text_and_disagrees_with_nothing():
    dates = [found("visible", None, "۳۱ مهر ۱۴۰۳"), found("feed", NOON)]
    assert marked(dates, best(dates)) == tuple(dates)


@given(st.lists(st.tuples(st.sampled_from((*TRUST, "seen")), st.none() | st.integers(-50, 50))))
def test_what_is_believed_was_found_and_never_contradicts_itself(dates):
    dates = [found(source, None if hours is None else NOON + hours * HOUR) for source, hours in dates]
    chosen = best(dates)
    if chosen is not None:
        assert chosen in dates
        assert not marked([chosen], chosen)[0].disagrees


@pytest.mark.parametrize(
    ("agency", "url", "day"),
    [
        pytest.param("isna", "https://www.isna.ir/news/98022110867/slug", "1398/02/21", id="isna-yymmdd"),
        pytest.param("isna", "https://www.isna.ir/news/00070112345", "1400/07/01", id="isna-in-1400"),
        pytest.param("isna", "https://www.isna.ir/news/1403123012345/slug", "1403/12/30", id="isna-yyyymmdd"),
        pytest.param("isna", "https://www.isna.ir/news/1402123012345/slug", None, id="isna-no-such-day"),
        pytest.param("isna", "https://www.isna.ir/news/62401338", None, id="isna-another-number"),
        pytest.param("fars", "https://www.farsnews.ir/news/13990221000123/slug", "1399/02/21", id="fars-14-digits"),
        pytest.param("fars", "https://www.farsnews.ir/newstext.php?nn=8707060255", "1387/07/06", id="fars-10-digits"),
        pytest.param("fars", "https://www.farsnews.ir/news/13991321000123", None, id="fars-no-such-month"),
        pytest.param(
            "tasnim", "https://www.tasnimnews.com/fa/news/1403/07/01/3163411/slug", "1403/07/01", id="tasnim-path"
        ),
        pytest.param(
            "tasnim", "https://www.tasnimnews.com/fa/news/1403/13/01/3163411", None, id="tasnim-no-such-month"
        ),
        pytest.param("mehr", "https://www.mehrnews.com/news/1403070/slug", None, id="mehr-a-plain-number"),
        pytest.param("mehr", "https://www.mehrnews.com/news/6234567/1403", None, id="mehr-a-year-in-the-slug"),
        pytest.param("arya", "https://www.aryanews.com/News/20240922120000123/slug", "1403/07/01", id="arya"),
        pytest.param("arya", "https://www.aryanews.com/News/99999999999999999/slug", None, id="arya-another-number"),
    ],
)
def test_an_address_may_carry_the_day_of_its_story(agency, url, day):
    moment = day_in(url, load_agencies(Settings())[agency], NOW)
    assert (None if moment is None else jalali(moment)) == day


def test_a_day_in_the_future_is_no_day_of_an_address():
    pattern = load_agencies(Settings())["fars"].dated
    assert address_date("/news/14050101000123", pattern, now=NOW) is None


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("یک", "1"),
        ("بیست و یکم", "21"),
        ("سی ام", "30"),
        ("اول مهر", "1 مهر"),
        ("هزار و سیصد و نود و نه", "1399"),
        ("یک هزار و چهارصد و سه", "1403"),
        ("دو هزار و بیست و پنج", "2025"),
        ("دوازدهم", "12"),
        ("دو و سه", "دو و سه"),
        ("پنجشنبه سیصدا", "پنجشنبه سیصدا"),
        ("سه شنبه", "3 شنبه"),
    ],
)
def test_numbers_in_words_become_digits(words, number):
    assert digits(words) == number


@given(st.datetimes(datetime(1991, 1, 1), datetime(2025, 12, 30)))  # noqa: DTZ001 - Tehran's clock follows
def test_what_we_print_we_read_to_the_minute(local):
    moment = local.replace(second=0, microsecond=0, tzinfo=TEHRAN).astimezone(UTC)
    read = parse_date(jalali_long(moment), now=NOW)
    assert read is not None
    assert jalali_long(read) == jalali_long(moment)
    assert parse_date(jalali(moment), now=NOW) <= moment


@given(st.text() | st.text(alphabet="0123456789۰۱۲۳۴۵۶۷۸۹/-.: مهرابنTZ+", max_size=40))
def test_no_text_breaks_the_reader_of_dates(text):
    moment = parse_date(text, now=NOW)
    assert moment is None or datetime(1990, 1, 1, tzinfo=UTC) < moment <= NOW + DAY


def test_a_jalali_month_has_a_first_and_a_last_day():
    assert [str(day) for day in month_days(1403, 12)] == ["2025-02-19", "2025-03-20"]
    assert [str(day) for day in month_days(1402, 12)] == ["2024-02-20", "2024-03-19"]
