"""Charts as SVG text: bars one can click, and heat maps; drawn on the server, coloured by the style sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from markupsafe import Markup

LEVELS = 5  # shades of a heat map above empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: how high, what it says when pointed at, where it leads (empty = nowhere), what stands under it."""

    value: int
    label: str
    href: str = ""
    tick: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One field of a heat map; `level` runs from 0 (nothing) to LEVELS, -1 is «not known»."""

    level: int
    label: str
    href: str = ""
    is_hole: bool = False  # something is missing here


_WIDTH, _HEIGHT, _FOOT = 720, 120, 22
_WIDEST = 48  # of one bar
_TICK = 130  # room for what stands under one, also in the larger letters of a phone
_NARROWEST, _LETTER = 72, 9  # room for names beside a heat map, and for one letter of them
_SCALE = 1.5  # of a heat map where there is room


def bars(values: Sequence[Bar], *, name: str, rtl: bool) -> Markup:
    """Return a bar chart; time runs the way the language does. `name` says what it shows to who cannot see it."""
    if not values:
        return Markup()
    top = max(1, *(bar.value for bar in values)) if len(values) > 1 else max(1, values[0].value)
    step = min(_WIDEST, _WIDTH / len(values))
    drawn = Markup().join(
        _bar(bar, _place(number, step, _WIDTH, rtl=rtl), step, round(_HEIGHT * bar.value / top, 1))
        for number, bar in enumerate(values)
    )
    return Markup(
        '<svg class="chart bars" viewBox="0 0 {} {}" preserveAspectRatio="{}" role="group" aria-label="{}">{}</svg>'
    ).format(_WIDTH, _HEIGHT + _FOOT, "xMaxYMid" if rtl else "xMinYMid", name, drawn)


def tick_every(count: int) -> int:
    """Return under which of `count` bars, counted from the first, there is room to write something."""
    return ceil(_TICK / min(_WIDEST, _WIDTH / max(1, count)))


def _bar(bar: Bar, left: float, step: float, height: float) -> Markup:
    gap = min(2.0, step / 5)
    shown = max(height, 1.5) if bar.value else 0
    # The whole column can be hit, not only a low bar.
    shape = Markup(
        '<rect class="hit" x="{0}" y="0" width="{1}" height="{2}"/>'
        '<rect class="bar" x="{3}" y="{4}" width="{5}" height="{6}"/><title>{7}</title>'
    ).format(
        round(left, 2),
        round(step, 2),
        _HEIGHT,
        round(left + gap / 2, 2),
        round(_HEIGHT - shown, 1),
        round(step - gap, 2),
        shown,
        bar.label,
    )
    tick = Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
        round(min(max(left + step / 2, 24), _WIDTH - 24), 2), _HEIGHT + 16, bar.tick
    )
    return _linked(shape, bar.href, bar.label) + (tick if bar.tick else Markup())


def heat(
    rows: Sequence[tuple[str, Sequence[Cell]]], *, name: str, rtl: bool, ticks: Sequence[str] = (), side: int = 18
) -> Markup:
    """Return a heat map: one line of cells a row, its name at the side it begins, `ticks` under the columns."""
    if not rows:
        return Markup()
    columns = max(len(ticks), *(len(cells) for _, cells in rows))
    margin = max(_NARROWEST, _LETTER * max(len(label) for label, _ in rows))
    width, height = margin + columns * side, len(rows) * side + (_FOOT if ticks else 0)
    drawn = Markup().join(
        _row(label, cells, top=number * side, width=width, side=side, margin=margin, rtl=rtl)
        for number, (label, cells) in enumerate(rows)
    )
    under = Markup().join(
        Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
            margin_place(number, side, margin, width, rtl=rtl) + side / 2, len(rows) * side + 15, tick
        )
        for number, tick in enumerate(ticks)
        if tick
    )
    return Markup(
        '<svg class="chart heat" width="{}" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}</svg>'
    ).format(round(width * _SCALE), width, height, name, drawn, under)


def margin_place(number: int, side: int, margin: int, width: int, *, rtl: bool) -> float:
    """Return where column `number` begins, counted from the side where reading begins."""
    left = margin + number * side
    return width - left - side if rtl else left


def level(value: float, top: float) -> int:
    """Return the shade of `value` where `top` is the darkest: 0 only for nothing."""
    if value <= 0 or top <= 0:
        return 0
    return min(LEVELS, 1 + int((LEVELS - 1) * value / top + 0.5))


def _row(label: str, cells: Sequence[Cell], *, top: int, width: int, side: int, margin: int, rtl: bool) -> Markup:
    # The style sheet lays charts from left to right, whatever the page does.
    text = Markup('<text class="side" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        width - margin + 6 if rtl else margin - 6, round(top + side * 0.72, 1), "start" if rtl else "end", label
    )
    drawn = Markup().join(
        _linked(
            Markup('<rect class="cell l{}{}" x="{}" y="{}" width="{}" height="{}" rx="2"/><title>{}</title>').format(
                "x" if cell.level < 0 else cell.level,
                " hole" if cell.is_hole else "",
                margin_place(number, side, margin, width, rtl=rtl) + 1,
                top + 1,
                side - 2,
                side - 2,
                cell.label,
            ),
            cell.href,
            cell.label,
        )
        for number, cell in enumerate(cells)
    )
    return text + drawn


def _linked(shape: Markup, href: str, label: str) -> Markup:
    if not href:
        return Markup("<g>{}</g>").format(shape)
    return Markup('<a href="{}" aria-label="{}">{}</a>').format(href, label, shape)


def _place(number: int, step: float, width: float, *, rtl: bool) -> float:
    return width - (number + 1) * step if rtl else number * step
