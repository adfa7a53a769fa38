"""What has changed: troubles of now against the alarms that are open."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from archive.alarms import Alarm
from archive.story import iso

# Kinds that are judged here anew each time; others (a site's layout) begin and end by their own rules.
JUDGED = frozenset(("silent", "blocked", "failing", "slow", "unreachable", "disk", "clock", "dates"))


def changes(open_alarms: Iterable[Alarm], troubles: Iterable[Alarm], now: datetime) -> list[Alarm]:
    """Return the alarms that begin (without an id) and those that end (with `until`); what goes on is left alone.

    While nothing can be reached, nothing is known of the agencies: their alarms neither begin nor end.
    """
    known = {(one.kind, one.agency): one for one in open_alarms if one.kind in JUDGED}
    wrong = {(one.kind, one.agency): one for one in troubles}
    begun = [one for place, one in wrong.items() if place not in known]
    blind = ("unreachable", "") in wrong
    over = [one for place, one in known.items() if place not in wrong and not (blind and one.agency)]
    return [*begun, *(replace(one, until=iso(now)) for one in over)]
