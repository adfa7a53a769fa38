"""Which past days of which agency are to be walked again, so that holes are filled by themselves. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from archive.text.jalali import TEHRAN, midnight

# A day is walked once it has been over for so long: late stories have appeared, and the night is quiet.
AFTER = timedelta(hours=2)
# A walk that failed is tried again after this.
AGAIN = timedelta(hours=1)


def to_walk(first: datetime, walked: Mapping[date, datetime], now: datetime, days: int) -> list[date]:
    """Return the days that were not walked to their end since they were over, the latest first.

    Looked at are the last `days`, from the day of the agency's `first` crawl on; `walked` says when each was last.
    """
    today = now.astimezone(TEHRAN).date()
    since = max(first.astimezone(TEHRAN).date(), today - timedelta(days=days))
    past = [today - timedelta(days=n) for n in range(1, (today - since).days + 1)]
    return [day for day in past if now >= over(day) and (day not in walked or walked[day] < over(day))]


def over(day: date) -> datetime:
    """Return when a day (Tehran's) may be walked."""
    return midnight(day + timedelta(days=1)) + AFTER
