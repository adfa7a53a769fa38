"""Invented stories as agencies set them: paragraphs, headings, lists, quotations and tables, among boxes and under footers."""

import random
import re
from collections.abc import Callable, Iterator
from html import escape
from itertools import chain
from pathlib import Path
from typing import Any

from tests.pages.golden import expected, name, pages

_BODY = re.compile(r"(?<=<!--body-->).*(?=<!--/body-->)", re.DOTALL)

WORDS = (
    "شهردار روستا کتاب‌خانه رودخانه پل‌ها می‌گوید نمی‌شود ساخته‌اند آب‌وهوا گفت‌وگو کشاورزان دانش‌آموزان باغ‌های زمستان بهره‌برداری "
    "مدیر استان برنامه‌ریزی تازه‌ترین پیش‌بینی آغاز پایان هفته‌ها پژوهش‌گاه نیم‌روز كارگران مي‌رود هوایی راه‌آهن ۱۴۰۳ ۲۵۰ درصد "
    "میلیارد تومان آن‌ها این‌که هم‌چنین علاقه‌مندان صنعتی برق‌آبی نوآوری سال‌ها مردم خانه‌ها شبانه‌روزی به در از که با برای و را است"
).split()
FOOTERS = (
    "انتهای پیام/", "انتهای پیام/ی", "انتهای‌پیام/ن/۱۲", "انتهاي پيام", "17302", "۲۳۲۳", "ک.م/40", "کد خبر: ۱۲۳۴۵۶۷", "نظر شما",
    "ارسال نظر", "لینک کوتاه: https://example.ir/x349jN", "برچسب‌ها: پل، رودخانه", "بیشتر بخوانید:", "این خبر را به اشتراک بگذارید",
)  # fmt: skip
BESIDE = (
    "<div class='related-news'><h4>اخبار مرتبط</h4><ul><li><a href='/news/2'>پلی قدیمی برای همیشه بسته شد</a></li></ul></div>",
    "<p>بیشتر بخوانید: <a href='/news/3'>رودخانه خروشان شد و مردم به تماشا رفتند</a></p>",
    "<p><strong>همچنین بخوانید</strong></p><p><a href='/news/4'>رودخانه خروشان شد</a></p>",
    "<figure><img src='/a.jpg'><figcaption>نمایی از رودخانه در یک روز بارانی</figcaption></figure>",
    "<div class='image'><img src='/b.jpg'><span class='caption'>عکس: مریم نمونه</span></div>",
    "<div class='video-js'><video src='a.mp4'>پخش نمی‌شود</video></div><script>var t = 'متن';</script>",
    "<iframe src='https://example.ir/embed'></iframe><p>&nbsp;</p>",
    "<div class='tags'>برچسب‌ها: <a href='/t/1'>پل</a></div>",
    "<aside class='box'><a href='/news/5'>خبری دیگر از شهری دیگر</a></aside>",
    "<section class='comments'><h3>نظرات</h3><p>چه خبر خوبی بود</p></section>",
)
HALF_SPACES = ("\N{ZERO WIDTH NON-JOINER}", "&zwnj;", "&#8204;", "&#x200c;")


def chromes() -> list[Path]:
    """Return the golden pages that other stories can be put into."""
    return [page for page in pages() if _BODY.search(page.read_text("utf-8")) and page.parent.name != "none"]


def fill(page: Path, count: int) -> Iterator[dict[str, Any]]:
    """Yield `count` invented stories in a golden page: the page, whose it is, and what it tells."""
    given, chrome = expected(page), page.read_text("utf-8")
    for seed in range(count):
        title, html, shown = story(seed)
        told = _BODY.sub(lambda _: html, chrome).replace(given["story"]["title"], escape(title))  # noqa: B023
        yield {
            "page": told.encode(),
            "file": f"{name(page)}-{seed}",
            "chrome": given["agency"],
            "url": given["url"],
            "id": given["story"]["story_id"],
            "title": title,
            "lead": given["story"]["lead"].replace(given["story"]["title"], title),
            "text": "\n".join(shown),
            "published": given["story"]["published"],
            "tags": given["story"]["tags"] or (["پل"] if "/t/1" in html else []),  # some pages have them in the body
        }


def invented(count: int) -> Iterator[dict[str, Any]]:
    """Yield `count` invented stories in each of the golden pages."""
    return chain.from_iterable(fill(page, count) for page in chromes())


def story(seed: int) -> tuple[str, str, list[str]]:
    """Return a headline, the HTML of a body that is about it, and the paragraphs that a reader sees."""
    dice = random.Random(seed)
    title = " ".join(dice.choices([word for word in WORDS if len(word) > 3], k=8))
    html, shown = _paragraph(dice, first=title)
    for _ in range(dice.randint(2, 7)):
        piece, texts = dice.choices(BLOCKS, weights=(6, 1, 1, 1, 1, 1))[0](dice)
        html += piece + (dice.choice(BESIDE) if dice.random() < 0.25 else "")
        shown += texts
    html += "".join(f"<p>{escape(line)}</p>" for line in dice.sample(FOOTERS, dice.randint(0, 3)))
    return title, html.replace("\N{ZERO WIDTH NON-JOINER}", dice.choice(HALF_SPACES)), shown


def sentence(dice: random.Random, words: int = 0) -> str:
    return " ".join(dice.choices(WORDS, k=words or dice.randint(8, 25))) + dice.choice((".", "؟", "!", "؛"))


def _paragraph(dice: random.Random, first: str = "") -> tuple[str, list[str]]:
    text = " ".join([*([first + "."] if first else []), *(sentence(dice) for _ in range(dice.randint(1, 3)))])
    words = text.split(" ")
    linked = dice.randrange(len(words) - 2)
    words[linked] = dice.choice(
        ("<a href='/news/9'>{}</a>", "<b>{}</b>", "<span style='color:red'>{}</span>", "{}")
    ).format(words[linked])
    return f"<p>{' '.join(words)}</p>\n", [text]


def _heading(dice: random.Random) -> tuple[str, list[str]]:
    text = sentence(dice, 4)
    return dice.choice(("<h2>{}</h2>", "<h3>{}</h3>", "<p><strong>{}</strong></p>")).format(text), [text]


def _list(dice: random.Random) -> tuple[str, list[str]]:
    texts = [sentence(dice, 5) for _ in range(3)]
    tag = dice.choice(("ul", "ol"))
    return f"<{tag}>{''.join(f'<li>{one}</li>' for one in texts)}</{tag}>", texts


def _quotation(dice: random.Random) -> tuple[str, list[str]]:
    text = f"«{sentence(dice)}»"
    return f"<blockquote><p>{text}</p></blockquote>", [text]


def _table(dice: random.Random) -> tuple[str, list[str]]:
    rows = [[dice.choice(WORDS), str(dice.randint(1, 99))] for _ in range(3)]
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tbody>{cells}</tbody></table>", [" ".join(row) for row in rows]


def _breaks(dice: random.Random) -> tuple[str, list[str]]:
    texts = [sentence(dice) for _ in range(2)]
    return f"<div>{'<br/>'.join(texts)}</div>", texts


BLOCKS: tuple[Callable[[random.Random], tuple[str, list[str]]], ...] = (_paragraph, _heading, _list, _quotation, _table, _breaks)  # fmt: skip
