"""The coverage book as a picture: a row an agency, a square a Jalali day, darker = more of it is missing. SVG, HTML."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from html import escape

from archive.coverage import Day
from archive.text.jalali import MONTHS, PERSIAN_DIGITS, jalali_day

_SIDE, _GAP, _LEFT, _TOP = 14, 2, 120, 40
# Light and dark backgrounds both; told apart by lightness alone too.
_WHOLE, _SOME, _MANY, _NOTHING = "#2a9d62", "#e9c46a", "#c1440e", "#9aa0a6"
# Up to this share of a day missing is "some".
_SOME_SHARE = 0.05


def svg(days: Iterable[Day], first: date, last: date) -> str:
    """Return the days from `first` to `last` as an SVG picture; each square tells its numbers when pointed at."""
    of = {(one.agency, one.day): one for one in days}
    agencies = sorted({agency for agency, _ in of})
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    width = _LEFT + len(span) * (_SIDE + _GAP) + 10
    height = _TOP + len(agencies) * (_SIDE + _GAP) + 10
    body = [_months(span)]
    for row, agency in enumerate(agencies):
        y = _TOP + row * (_SIDE + _GAP)
        body.append(f'<text x="{_LEFT - 8}" y="{y + 11}" text-anchor="end">{escape(agency)}</text>')
        body += [_square(of.get((agency, day)), day, _x(n), y) for n, day in enumerate(span)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' font-family="sans-serif" font-size="11" fill="currentColor" role="img">'
        f"<title>پوشش روزها</title>{''.join(body)}</svg>"
    )


def html(days: Iterable[Day], first: date, last: date) -> str:
    """Return a page of its own with the picture and what its colours mean."""
    legend = "".join(
        f'<span style="color:{colour}">■</span> {escape(text)}\N{EM SPACE}'
        for colour, text in (
            (_WHOLE, "کامل"),
            (_SOME, "کمی کم دارد"),
            (_MANY, "کم دارد"),
            (_NOTHING, "فهرست روز دیده نشده"),
        )
    )
    return (
        '<!DOCTYPE html><html lang="fa" dir="rtl"><head><meta charset="utf-8"><title>پوشش روزها</title>'
        "<style>:root{color-scheme:light dark}body{font-family:sans-serif;margin:2em}svg{direction:ltr}</style></head>"
        f"<body><h1>پوشش روزها</h1><p>{legend}</p>{svg(days, first, last)}</body></html>\n"
    )


def _square(day: Day | None, when: date, x: int, y: int) -> str:
    label = "/".join(str(part) for part in jalali_day(when)).translate(PERSIAN_DIGITS)
    if day is not None:
        told = "؟" if day.listed is None else str(day.listed)
        label += f" {day.agency}: {day.stored} / {told}، {day.holes} -".translate(PERSIAN_DIGITS)
    place = f'x="{x}" y="{y}" width="{_SIDE}" height="{_SIDE}" rx="2"'
    return f'<rect {place} fill="{_colour(day)}"><title>{escape(label)}</title></rect>'


def _colour(day: Day | None) -> str:
    if day is None or (day.walked is None and not day.holes):
        return _NOTHING
    if not day.holes:
        return _WHOLE
    return _SOME if day.holes <= _SOME_SHARE * (day.stored + day.holes) else _MANY


def _months(span: Sequence[date]) -> str:
    labels = []
    for n, day in enumerate(span):
        year, month, number = jalali_day(day)
        if number == 1 or n == 0:
            text = f"{MONTHS[month - 1]} {year}".translate(PERSIAN_DIGITS)
            labels.append(f'<text x="{_x(n)}" y="{_TOP - 22}">{text}</text>')
        if number % 10 == 1 and number < 31:  # noqa: PLR2004 - the 31st stands beside the 1st
            labels.append(
                f'<text x="{_x(n)}" y="{_TOP - 6}" opacity=".7">{str(number).translate(PERSIAN_DIGITS)}</text>'
            )
    return "".join(labels)


def _x(column: int) -> int:
    return _LEFT + column * (_SIDE + _GAP)
