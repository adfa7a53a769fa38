"""Learn an agency's house lines from its stories in the archive, and cut them from those that still have them."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from archive import house_lines, rows
from archive.analysis import analyse
from archive.house_lines import HouseLine
from archive.search.span import DAY
from archive.store import Store
from crawler.agency import Agency
from crawler.footer import LINE_LETTERS, as_footer, key, strip_footer, under_stories

# The newest stories are looked at; a line that is new to an agency shows within a day or two.
STORIES = 300
EXAMPLES = 5
# Stories are looked at again for so long after publication: one that keeps its line longer would seem revised then.
RECHECKED = timedelta(days=31)


def with_lines(conn: sqlite3.Connection, agency: Agency) -> Agency:
    """Return `agency` with what was learnt of it among its footers."""
    lines = [one.line for one in house_lines.house_lines(conn, agency.key) if not one.kept]
    return replace(agency, footers=(*agency.footers, *map(as_footer, lines)))


def learn(store: Store, agency: str, now: datetime) -> list[HouseLine]:
    """Note what an agency prints under several different stories, cut it from them, and return what is new of it.

    The stories that have it are told anew without it, so that looking at them again shows no revision; what was cut
    stands in their `boilerplate`.
    """
    known = {one.line for one in house_lines.house_lines(store.conn, agency)}
    stories = house_lines.newest(store.conn, agency, STORIES)
    found = under_stories([paragraphs for _, paragraphs in stories])
    new = [_line(line, stories) for line in found if line not in known]
    if new:
        with store.atomic():
            house_lines.add(store.conn, agency, new, now)
            _cut(store, agency, [one.line for one in new], _month_before(stories[0][0]))
    return new


def _month_before(story: int) -> int:
    """Return the number that stories have from `RECHECKED` before the day of `story` on."""
    day = datetime.strptime(str(story // DAY), "%Y%m%d").replace(tzinfo=UTC) - RECHECKED
    return int(day.strftime("%Y%m%d")) * DAY


def _line(line: str, stories: list[tuple[int, list[str]]]) -> HouseLine:
    where = [(number, one) for number, paragraphs in stories for one in paragraphs[1:] if key(one) == line]
    numbers = tuple(dict.fromkeys(number for number, _ in where))
    return HouseLine(line=line, printed=where[0][1], stories=len(numbers), examples=numbers[:EXAMPLES])


def _cut(store: Store, agency: str, lines: list[str], since: int) -> None:
    footers = [as_footer(line) for line in lines]
    for number, end in list(house_lines.ends(store.conn, agency, since, 4 * LINE_LETTERS)):
        if not any(key(one) in lines for one in end):
            continue
        story = rows.story(store.row(number))
        trimmed = strip_footer(story.paragraphs, footers=footers)
        if trimmed.cut:
            cut = (*trimmed.cut, *story.boilerplate)
            store.retell(number, analyse(replace(story, body="\n".join(trimmed.kept), boilerplate=cut)))
