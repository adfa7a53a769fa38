"""The reader's tongue: the words of pages and screens, and how numbers, days and moments are written."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from archive.text.jalali import MONTHS, PERSIAN_DIGITS, TEHRAN, jalali_day

LANGUAGES = {"fa": "rtl", "en": "ltr"}
_MONTHS_LATIN = "Farvardin Ordibehesht Khordad Tir Mordad Shahrivar Mehr Aban Azar Dey Bahman Esfand".split()
_MONTHS_GREGORIAN = "January February March April May June July August September October November December".split()
_MONTHS_GREGORIAN_FA = "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر".split()
# Monday first, as date.weekday() counts.
_WEEKDAYS = {
    "fa": "دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه شنبه یکشنبه".split(),
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}
_MINUTES = {"hour": 60, "day": 24 * 60}


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language, Persian or English; called with a key it says the words of a room's `words/<language>.toml`."""

    language: str
    words: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the words for `key`, with `values` in their places, numbers in the language's digits.

        Where one thing is said otherwise than many, `key` has a second entry, `<key>_one`, for an `n` of 1.
        """
        words = self.words.get(f"{key}_one", self.words[key]) if values.get("n") == 1 else self.words[key]
        return words.format(**{name: self._value(value) for name, value in values.items()})

    @property
    def direction(self) -> str:
        """Where its lines run: rtl or ltr."""
        return LANGUAGES[self.language]

    @property
    def other(self) -> str:
        """The language one can switch to."""
        return "en" if self.language == "fa" else "fa"

    def digits(self, text: object) -> str:
        """Return `text` with the digits of the language."""
        return str(text).translate(PERSIAN_DIGITS) if self.language == "fa" else str(text)

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number with thousands parted: ۱۲٬۳۴۵ or 12,345."""
        plain = f"{value:,.{decimals}f}"
        if self.language == "fa":
            plain = plain.replace(",", "\N{ARABIC THOUSANDS SEPARATOR}").replace(".", "\N{ARABIC DECIMAL SEPARATOR}")
        return self.digits(plain)

    def percent(self, part: float, whole: float) -> str:
        """Return which share of `whole` is `part`, in whole percents; a dash of nothing."""
        return "–" if not whole else self("percent", n=round(100 * part / whole))

    def jalali(self, day: date) -> str:
        """Return a day in the Jalali calendar: «۱ مهر ۱۴۰۳», 1 Mehr 1403."""
        year, month, number = jalali_day(day)
        name = MONTHS[month - 1] if self.language == "fa" else _MONTHS_LATIN[month - 1]
        return self.digits(f"{number} {name} {year}")

    def jalali_month(self, day: date) -> str:
        """Return the Jalali month of a day: «مهر ۱۴۰۳»."""
        return self.jalali(day).partition(" ")[2]

    def gregorian(self, day: date) -> str:
        """Return a day in the Gregorian calendar: 22 September 2024."""
        names = _MONTHS_GREGORIAN_FA if self.language == "fa" else _MONTHS_GREGORIAN
        return self.digits(f"{day.day} {names[day.month - 1]} {day.year}")

    def weekday(self, day: date) -> str:
        """Return the name of a day's weekday."""
        return _WEEKDAYS[self.language][day.weekday()]

    def weekday_name(self, number: int) -> str:
        """Return the name of a weekday, Monday being 0."""
        return _WEEKDAYS[self.language][number]

    def moment(self, text: str | None) -> str:
        """Return a moment of the archive (UTC, ISO 8601) in Tehran's time, in the calendar of the language."""
        when = tehran(text)
        if when is None:
            return self("undated")
        day = self.jalali(when.date()) if self.language == "fa" else self.gregorian(when.date())
        return self("moment", day=day, clock=self.digits(f"{when:%H:%M}"))

    def clock(self, text: str | None) -> str:
        """Return the hour and minute of a moment in Tehran; empty when it is not known."""
        when = tehran(text)
        return "" if when is None else self.digits(f"{when:%H:%M}")

    def both(self, text: str | None) -> str:
        """Return a moment in both calendars, for whoever cites it."""
        when = tehran(text)
        if when is None:
            return self("undated")
        day = f"{self.weekday(when.date())} {self.jalali(when.date())}"
        return self("both", jalali=day, gregorian=self.gregorian(when.date()), clock=self.digits(f"{when:%H:%M}"))

    def alarm(self, kind: str) -> str:
        """Return what kind of alarm it is: `silent`, or `drift:title` with its field."""
        name, _, field = kind.partition(":")
        known = self.words.get(f"alarm_{name}")
        return (
            kind
            if known is None
            else " ".join(part for part in (known, self.words.get(f"field_{field}", field)) if part)
        )

    def span(self, minutes: float) -> str:
        """Return a length of time as people say it: minutes, hours or days, whichever is short."""
        for unit in ("day", "hour"):
            if abs(minutes) >= 2 * _MINUTES[unit]:
                return self(f"{unit}s", n=round(minutes / _MINUTES[unit]))
        return self("minutes", n=round(minutes))

    def _value(self, value: object) -> str:
        return self.number(value) if isinstance(value, int | float) else str(value)


def tehran(text: str | None) -> datetime | None:
    """Return a moment of the archive in Tehran's time; None when it is none."""
    try:
        return None if not text else datetime.fromisoformat(text).astimezone(TEHRAN)
    except ValueError:
        return None


@cache
def tongue(language: str, room: str = "browse") -> Tongue:
    """Return a language by its code, with the words of a room of the archive; Persian when nobody knows it."""
    known = language if language in LANGUAGES else "fa"
    file = Path(__file__).parent / room / "words" / f"{known}.toml"
    return Tongue(known, tomllib.loads(file.read_text("utf-8")))
