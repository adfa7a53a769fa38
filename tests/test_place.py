"""A text that was found is read where it stands: with its lists and figures, without what stands around it."""

from crawler.extract.paragraphs import Paragraph
from crawler.extract.place import read_in_place
from crawler.extract.tree import parse

ONE = "بزرگ‌ترین باغ گیاهان دارویی استان صبح امروز با حضور کشاورزان و دانشجویان در مهرآباد گشوده شد و بازدید از آن برای همه رایگان است."
TWO = (
    "مدیر این باغ در آیین گشایش گفت: سیصد گونهٔ گیاهی در دوازده هکتار کاشته شده است و پژوهشگران می‌توانند در آن کار کنند."
)
TOLD = [Paragraph(ONE), Paragraph(TWO)]


def read(inner, told=TOLD):
    return [one.text for one in read_in_place(parse(f"<html><body><nav>خانه</nav>{inner}</body></html>"), told)]


def test_what_was_left_out_between_comes_back():
    found = read(f"<main><h1>باغ</h1><div><p>{ONE}</p><ul><li>نعنا</li></ul><h2>کار</h2><p>{TWO}</p></div></main>")
    assert found == [ONE, "نعنا", "کار", TWO]


def test_what_stands_before_and_after_stays_out():
    assert read(f"<article><p>۱ مهر ۱۴۰۳</p><p>{ONE}</p><p>{TWO}</p><p>پربازدیدها</p></article>") == [ONE, TWO]


def test_a_headline_that_was_told_does_not_bring_its_date_along():
    title = "باغ گیاهان دارویی در مهرآباد گشوده شد"
    html = f"<article><h1>{title}</h1><p>۱ مهر ۱۴۰۳</p><p>{ONE}</p><p>{TWO}</p></article>"
    assert read(html, [Paragraph(title), *TOLD]) == [title, ONE, TWO]


def test_a_place_with_much_else_is_not_believed():
    others = "".join(
        f"<p>خبری دیگر از شهری دیگر که شمارهٔ آن {n} است و به این یکی هیچ کاری ندارد.</p>" for n in range(9)
    )
    assert read(f"<div><p>{ONE}</p>{others}<p>{TWO}</p></div>") == [ONE, TWO]


def test_a_text_that_stands_nowhere_stays_as_it_was_told():
    assert read("<p>متنی دیگر</p>") == [ONE, TWO]
    assert read("<p>متنی دیگر</p>", []) == []
