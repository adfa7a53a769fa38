"""What hits have in common: how many by agency, section and Jalali month, and by day where these are few."""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence

from archive.search.span import DAY, of_id
from archive.text.jalali import jalali_day

type Facets = dict[str, dict[str, int]]

# Left alone, SQLite goes to the rows, each on another page.
COUNTED = "SELECT agency, section FROM stories INDEXED BY stories_facets WHERE id IN (SELECT value FROM json_each(?))"

# In more months than these, days are too many to be told one by one.
_FEW_MONTHS = (1, 2)


def facets(conn: sqlite3.Connection, ids: Sequence[int], each: int = 12) -> Facets:
    """Return the `each` most frequent agencies and sections of these stories, and their months (also days, if few)."""
    agencies: Counter[str] = Counter()
    sections: Counter[str] = Counter()
    for agency, section in conn.execute(COUNTED, (json.dumps(list(ids)),)):
        agencies[agency] += 1
        sections[section] += 1
    del sections[""]
    by_month = months(ids)
    return {
        "agency": dict(agencies.most_common(each)),
        "section": dict(sections.most_common(each)),
        "month": by_month,
        **({"day": days(ids)} if len(by_month) in _FEW_MONTHS else {}),
    }


def days(ids: Sequence[int]) -> dict[str, int]:
    """Return how many of these stories are filed under each Jalali day, `1403/07/01`, the newest first."""
    found = Counter(story // DAY for story in ids)
    return {
        "{:04}/{:02}/{:02}".format(*jalali_day(of_id(day * DAY))): count
        for day, count in sorted(found.items(), reverse=True)
    }


def months(ids: Sequence[int]) -> dict[str, int]:
    """Return how many of these stories are filed under each Jalali month, `1403/07`, the newest first."""
    days = Counter(story // DAY for story in ids)
    found: Counter[str] = Counter()
    for day, count in sorted(days.items(), reverse=True):
        year, month, _ = jalali_day(of_id(day * DAY))
        found[f"{year}/{month:02}"] += count
    return dict(found)
