"""On whose word a story is told: who reports, and whom they quote, agencies by the name they call themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.duplicates.credit import find_credit
from archive.story import Credit
from crawler.agency import agency_names

NAMES = agency_names()
ISNA = "خبرگزاری دانشجویان ایران (ایسنا)"
YJC = "باشگاه خبرنگاران جوان"
FARS, MEHR, TASNIM = "خبرگزاری فارس", "خبرگزاری مهر", "خبرگزاری تسنیم"


@pytest.mark.parametrize(
    ("opening", "reporter", "source"),
    [
        pytest.param("به گزارش ایسنا، شهردار گفت:", ISNA, "", id="short-name"),
        pytest.param("به گزارش خبرگزاری دانشجویان ایران (ایسنا)، شهردار گفت:", ISNA, "", id="full-name"),
        pytest.param("به گزارش خبرگزاري مهر، شهردار", MEHR, "", id="arabic-letters"),
        pytest.param("به گزارش خبرنگار مهر، شهردار", MEHR, "", id="its-reporter"),
        pytest.param("به گزارش خبرنگار اجتماعی خبرگزاری تسنیم، شهردار", TASNIM, "", id="a-desk-of-it"),
        pytest.param("به گزارش گروه استان‌های باشگاه خبرنگاران جوان، شهردار", YJC, "", id="a-group-of-it"),
        pytest.param("به گزارش سرویس ورزشی ایسنا؛ شهردار", ISNA, "", id="a-service-of-it"),
        pytest.param("به گزارش خبرگزاری فارس از تبریز، شهردار", FARS, "", id="from-a-city"),
        pytest.param("به گزارش «تسنیم»، شهردار", TASNIM, "", id="in-quotes"),
        pytest.param("به گزارش ایسنا به نقل از روابط عمومی شهرداری، وی", ISNA, "روابط عمومی شهرداری", id="both"),
        pytest.param("به گزارش فارس و به نقل از ایسنا، شهردار", FARS, ISNA, id="an-agency-on-anothers-word"),
        pytest.param("به گزارش تسنیم، به نقل از رویترز، وی", TASNIM, "رویترز", id="a-foreign-agency"),
        pytest.param("به نقل از مهر، شهردار گفت", "", MEHR, id="only-quoted"),
        pytest.param("شهردار به نقل از روزنامه نمونه نوشت:", "", "روزنامه نمونه", id="up-to-the-verb"),
        pytest.param("روزنامه نمونه نوشت: سه پل ساخته می‌شود.", "", "روزنامه نمونه", id="a-paper-wrote"),
        pytest.param("ایسنا نوشت: سه پل ساخته می‌شود.", "", ISNA, id="an-agency-wrote"),
        pytest.param("خبرگزاری رویترز گزارش داد: سه پل", "", "خبرگزاری رویترز", id="an-agency-reported"),
        pytest.param("وزیر در نامه‌ای نوشت: سه پل ساخته شود.", "", "", id="people-write-letters"),
        pytest.param("این کالا با حمل و نقل از تهران گران‌تر می‌شود.", "", "", id="transport-is-no-quotation"),
        pytest.param(
            "به گزارش روابط عمومی بانک مهر، وام داده شد.", "روابط عمومی بانک مهر", "", id="a-bank-of-that-name"
        ),
        pytest.param("به گزارش استانداری فارس، وام داده شد.", "استانداری فارس", "", id="a-province-of-that-name"),
        pytest.param("شهردار گفت: پل‌ها ساخته می‌شوند.", "", "", id="none"),
        pytest.param("", "", "", id="nothing"),
    ],
)
def test_a_credit_is_read(opening, reporter, source):
    expected = Credit(reporter=reporter, source=source) if reporter or source else None
    assert find_credit([opening], NAMES) == expected


def test_a_credit_may_stand_in_the_second_paragraph():
    assert find_credit(["سه پل ساخته می‌شود.", "به گزارش ایسنا، شهردار گفت"], NAMES) == Credit(reporter=ISNA)


@pytest.mark.parametrize(
    ("closing", "source"),
    [
        ("منبع: ایسنا", ISNA),
        ("(منبع : مهر)", MEHR),
        ("منبع: روزنامه نمونه", "روزنامه نمونه"),
        ("منبع آب: چشمه‌ای است.", ""),
    ],
)
def test_a_closing_line_may_name_the_source(closing, source):
    assert find_credit(["سه پل ساخته می‌شود."], NAMES, closing=closing) == (Credit(source=source) if source else None)


def test_a_credit_far_inside_a_paragraph_is_none():
    assert find_credit(["پل " * 200 + "به گزارش ایسنا، شهردار"], NAMES) is None


@given(
    st.text() | st.lists(st.sampled_from([*"به گزارش نقل از نوشت: ایسنا مهر خبرنگار « » ،".split(), " "])).map(" ".join)
)
def test_no_text_breaks_the_reader_of_credits(text):
    found = find_credit([text], NAMES)
    assert found is None or found.reporter or found.source
