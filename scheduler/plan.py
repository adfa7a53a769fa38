"""When is which agency due: decided from the clock, the settings and what the ledger knows, by nothing else.

The daemon, `bayegan crawl --due` and `bayegan plan` all ask here, so that they agree to the second.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from archive.errors import SettingsError
from archive.ledger import Past
from archive.settings import AgencySettings, Settings
from archive.text.jalali import TEHRAN, midnight
from crawler.agency import Agency
from scheduler.when.cron import Cron, Quiet, read_cron, read_quiet
from scheduler.when.pace import Bounds, adapted, after
from scheduler.when.rhythm import Weights

_NEVER = Past()
_FLAT = Weights()
_TICK = timedelta(seconds=2)  # the ledger's moments are whole seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """What the settings say of one agency: a cron line, or a pace within bounds; when not, and how often at most.

    `requests_per_day` 0 = as many as it takes.
    """

    agency: str
    pace_s: float
    bounds: Bounds
    cron: Cron | None = None
    quiet: Quiet | None = None
    adaptive: bool = True
    jitter_s: float = 0.0
    retry_s: float = 60.0
    requests_per_day: int = 0
    rechecks_per_story: float = 0.15
    rechecks_per_day: int = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When an agency runs next, and why then."""

    agency: str
    at: datetime
    why: str
    pace_s: float | None = None  # None = a cron line decides


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The timetables of all agencies that are crawled, and the weights of their hours; `next` is the answer."""

    timetables: Mapping[str, Timetable]
    weights: Mapping[str, Weights] = field(default_factory=dict)

    def next(self, agency: str, past: Past, now: datetime) -> Due:
        """Return when `agency` runs next: never before `now`."""
        table = self.timetables[agency]
        due = _wanted(table, past, now, self.weights.get(agency, _FLAT))
        at = max(now, due.at)
        why = due.why
        for moment, reason in _hindrances(table, past, now):
            if moment > at:
                at, why = moment, reason
        if table.quiet is not None and (over := table.quiet.over(at)) > at:
            at, why = over, "quiet hours"
        return Due(agency=agency, at=at, why=why, pace_s=due.pace_s)

    def due(self, agencies: Iterable[str], pasts: Mapping[str, Past], now: datetime) -> list[Due]:
        """Return those of `agencies` that are due at `now`, the longest waiting first."""
        found = [one for key in agencies if (one := self.next(key, pasts.get(key, _NEVER), now)).at <= now]
        return sorted(found, key=lambda one: _moment(pasts.get(one.agency, _NEVER).started))

    def ahead(self, agency: str, past: Past, now: datetime, count: int) -> list[Due]:
        """Return the next `count` runs, as if each ended at once and found what it always finds."""
        runs = [self.next(agency, past, now)]
        while len(runs) < count:
            start = runs[-1].at
            calm = Past(started=start, ended=start, pace_s=runs[-1].pace_s)
            runs.append(self.next(agency, calm, start + timedelta(seconds=1)))
        return runs

    def pace_after(self, agency: str, past: Past, *, listed: int, new: int) -> float | None:
        """Return the pace after a look that listed so many stories and found so many new; None under a cron line."""
        table = self.timetables[agency]
        if table.cron is not None:
            return None
        pace_s = _pace_s(table, past)
        return adapted(pace_s, listed=listed, new=new, bounds=table.bounds) if table.adaptive else pace_s

    def requests_left(self, agency: str, past: Past, now: datetime) -> int | None:
        """Return how many requests are left of today's budget; None = there is no bound."""
        allowed = self.timetables[agency].requests_per_day
        return max(0, allowed - _spent(past, now)) if allowed else None

    def hindered(self, agency: str, past: Past, now: datetime) -> bool:
        """Whether an agency may not be asked for anything now: it asked for peace, or these are its quiet hours."""
        table = self.timetables[agency]
        quiet = table.quiet is not None and table.quiet.over(now) > now
        return quiet or any(moment > now for moment, _ in _hindrances(table, past, now))

    def rechecks_left(self, agency: str, past: Past, now: datetime) -> int:
        """Return how many known stories may still be looked at again today only for their age."""
        table = self.timetables[agency]
        today = past.day == now.astimezone(TEHRAN).date()
        allowed = max(table.rechecks_per_day, int(table.rechecks_per_story * (past.new if today else 0)))
        return max(0, allowed - (past.again if today else 0))


def chosen(settings: Settings) -> list[str]:
    """Return the agencies that settings.toml names and has not switched off, in its order."""
    return [key for key, own in settings.agencies.items() if own.enabled]


def host(agency: Agency) -> str:
    """Return what an agency's site is asked by: host and port of its home."""
    return urlsplit(agency.home).netloc.removeprefix("www.")


def plan(settings: Settings, agencies: Iterable[str], weights: Mapping[str, Weights] | None = None) -> Plan:
    """Return the plan of `agencies`; raises SettingsError for a cron line or quiet hours that mean nothing."""
    return Plan(timetables={key: timetable(settings, key) for key in agencies}, weights=weights or {})


def timetable(settings: Settings, agency: str) -> Timetable:
    """Return what the settings say of one agency: its own words, else those for all."""
    common, own = settings.scheduler, settings.agencies.get(agency, AgencySettings())
    pace_s = common.interval_s if own.interval_s is None else own.interval_s
    where = f"agencies.{agency}"
    return Timetable(
        agency=agency,
        pace_s=pace_s,
        bounds=Bounds(fastest_s=min(common.fastest_s, pace_s), slowest_s=max(common.slowest_s, pace_s)),
        cron=_read(read_cron, own.cron, f"{where}.cron") if own.cron else None,
        quiet=_read(read_quiet, common.quiet if own.quiet is None else own.quiet, f"{where}.quiet"),
        adaptive=common.adaptive if own.adaptive is None else own.adaptive,
        jitter_s=min(common.jitter_s, pace_s / 4),
        retry_s=common.retry_s,
        rechecks_per_story=common.rechecks_per_story,
        rechecks_per_day=common.rechecks_per_day,
        requests_per_day=common.requests_per_day if own.requests_per_day is None else own.requests_per_day,
    )


def back_off_s(table: Timetable, failures: int) -> float:
    """Return how long to wait after so many failed crawls in a row: doubled with each, the slowest pace at most."""
    return min(table.bounds.slowest_s, table.retry_s * 2.0 ** min(failures - 1, 20))


def missed(table: Timetable, since: datetime, until: datetime) -> int:
    """Return how many runs fell between two moments at which nobody ran any: cron's moments, or paces gone by."""
    if table.cron is None:
        return int((until - since).total_seconds() // max(1.0, table.pace_s))
    count, at = 0, table.cron.after(since)
    while at < until and count < 10_000:  # noqa: PLR2004 - a line of every minute, away for a week
        count, at = count + 1, table.cron.after(at)
    return count


def _wanted(table: Timetable, past: Past, now: datetime, weights: Weights) -> Due:
    """Return when an agency is to run if nothing hinders it."""
    at, why = _after_past(table, past, now)
    if at is None and past.started is not None:
        at, why = _regular(table, past.started, _pace_s(table, past), weights)
    return Due(agency=table.agency, at=at or now, why=why, pace_s=None if table.cron else _pace_s(table, past))


def _after_past(table: Timetable, past: Past, now: datetime) -> tuple[datetime | None, str]:
    """Return when the last run's end asks for another, and why; no moment when it went well, or never was."""
    if past.started is None:
        return None, "never ran"
    ended = past.ended or past.started
    if max(past.started, ended) > now + _TICK:
        return now, "the clock was set back"
    if past.outcome == "stopped":
        return ended, "was cut short"
    if past.failures:
        return ended + timedelta(seconds=back_off_s(table, past.failures) + _jitter_s(table, ended)), (
            f"retry {past.failures}"
        )
    return None, ""


def _regular(table: Timetable, started: datetime, pace_s: float, weights: Weights) -> tuple[datetime, str]:
    """Return when an agency runs after a run that went well, and by which rule."""
    jitter = timedelta(seconds=_jitter_s(table, started))
    if table.cron is not None:
        return table.cron.after(started) + jitter, "cron"
    if not table.adaptive:
        return started + timedelta(seconds=table.pace_s) + jitter, "interval"
    return after(started, pace_s, weights, table.bounds) + jitter, "pace"


def _hindrances(table: Timetable, past: Past, now: datetime) -> Sequence[tuple[datetime, str]]:
    """Return the moments before which an agency may not run, each with its reason."""
    found: list[tuple[datetime, str]] = []
    if past.ended is not None and past.ended <= now and past.pause_s:
        found.append((past.ended + timedelta(seconds=past.pause_s), "asked to come back later"))
    if table.requests_per_day and _spent(past, now) >= table.requests_per_day:
        tomorrow = now.astimezone(TEHRAN).date() + timedelta(days=1)
        found.append((midnight(tomorrow), "the day's budget is spent"))
    return found


def _pace_s(table: Timetable, past: Past) -> float:
    return table.pace_s if past.pace_s is None or not table.adaptive else table.bounds.within(past.pace_s)


def _spent(past: Past, now: datetime) -> int:
    """Return the requests of today (Tehran's), if the ledger's day is today."""
    return past.requests if past.day == now.astimezone(TEHRAN).date() else 0


def _jitter_s(table: Timetable, moment: datetime) -> float:
    """Return a shift that looks like chance and is the same for whoever asks."""
    told = sha256(f"{table.agency} {moment.astimezone(UTC).isoformat()}".encode()).digest()
    return table.jitter_s * int.from_bytes(told[:4]) / 2**32


def _moment(started: datetime | None) -> float:
    return 0.0 if started is None else started.timestamp()


def _read[T](read: Callable[[str], T], text: str, key: str) -> T:
    try:
        return read(text)
    except ValueError as error:
        raise SettingsError("settings", key, str(error)) from error
