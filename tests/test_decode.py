"""Bytes become the text that was meant, whatever charset was declared, and nothing that parsers stumble over."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.extract.decode import decode
from crawler.extract.tree import parse

PAGE = "<html><head><title>خبر</title></head><body><p>کتاب‌های تازه در کتابخانه‌ها؛ گزارش «نمونه» ۱۲۳</p></body></html>"
# Letters that the legacy charset has: no Persian yeh and keheh of Unicode's own block but those of windows-1256.
LEGACY = "<html><body><p>كتابهاي تازه در شهر؛ گزارش «نمونه» پژوهش چاپ گفت</p></body></html>"


@pytest.mark.parametrize(
    "declared", ["", "utf-8", "windows-1256", "iso-8859-1", "utf-16", "no-such-charset", "idna", "zip"]
)
@pytest.mark.parametrize(
    ("encoded", "meant"),
    [
        pytest.param(PAGE.encode(), PAGE, id="utf-8"),
        pytest.param(b"\xef\xbb\xbf" + PAGE.encode(), PAGE, id="utf-8-with-mark"),
        pytest.param(PAGE.encode("utf-16"), PAGE, id="utf-16-with-mark"),
        pytest.param(PAGE.encode("utf-16-le"), PAGE, id="utf-16-le"),
        pytest.param(PAGE.encode("utf-16-be"), PAGE, id="utf-16-be"),
        pytest.param(LEGACY.encode("windows-1256"), LEGACY, id="windows-1256"),
    ],
)
def test_bytes_speak_before_declarations(encoded, meant, declared):
    assert decode(encoded, declared) == meant


def test_a_few_torn_bytes_do_not_spoil_a_page():
    torn = PAGE.encode() * 20
    text = decode(torn[:500] + b"\xff\xfe\x80" + torn[500:], "windows-1256")
    assert text.count("کتابخانه‌ها") >= 18


def test_among_latin_charsets_the_declared_one_is_believed():
    assert decode("caf\xe9 \u0161".encode("iso-8859-2"), "iso-8859-2") == "caf\xe9 \u0161"
    assert decode("caf\xe9".encode("latin-1"), "") == "caf\xe9"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("a&#x1;b&#27;c&#xFFFF;d&#0;e", "abcde", id="what-xml-cannot-hold"),
        pytest.param("a&#xD800;b&#x110000;c&#99999999;d", "abcd", id="no-characters"),
        pytest.param("&#8204;&#x200c;&zwnj;&#1587;", "&#8204;&#x200c;&zwnj;&#1587;", id="legal-ones-stand"),
        pytest.param("&#147;&#x94;", "“”", id="windows-quotes-as-browsers-read-them"),
        pytest.param("a\x00b\x0bc\x0cd", "abc d", id="controls"),
        pytest.param('<?xml version="1.0" encoding="windows-1256"?><p>x</p>', "<p>x</p>", id="a-declaration-in-text"),
    ],
)
def test_nothing_is_left_that_drops_a_whole_page(written, read):
    assert decode(written.encode()) == read


@given(st.binary(max_size=2000), st.sampled_from(["", "utf-8", "windows-1256", "utf-7", "rot13", "\x00", "utf-16"]))
@example(b"\xff\xfe", "")
@example(b"\x00" * 7, "utf-16")
@example(b"\xfe\xff\xd8\x00", "")
def test_no_bytes_break_the_decoder_or_the_parser(body, charset):
    text = decode(body, charset)
    text.encode("utf-8")
    parse(text)


@given(
    st.text(
        alphabet=st.characters(min_codepoint=0x20, exclude_categories=("Cs", "Cn"), exclude_characters="\ufeff&<"),
        min_size=1,
    )
)
def test_valid_utf_8_is_read_to_the_letter(text):
    assert decode(("<p>" + text).encode()).removeprefix("<p>") == "".join(
        one for one in text if not "\x7f" < one < "\x7f"
    )


@given(
    st.text(
        alphabet=st.sampled_from(
            "آ\t\n\x00\x0b\x0c\x1f\x7f\ud7ff\ufdcf\ufdd0\ufdef\ufdf0\ufdfa\ufffd\ufffe\uffff\U0001f600"
        )
    )
)
def test_what_no_xml_may_hold_is_gone_and_nothing_else(text):
    illegal = "\x00\x0b\x1f\ufdd0\ufdef\ufffe\uffff"
    wanted = "".join(one for one in text if one not in illegal).replace("\x0c", " ")
    assert decode(f"آ{text}".encode()) == f"آ{wanted}"


def test_nor_is_it_kept_of_a_page_in_utf_16_whose_bytes_hold_no_control():
    assert decode("翻\ufdd0翻".encode("utf-16")) == "翻翻"
