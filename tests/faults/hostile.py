"""A hostile web: servers that want our time, memory or obedience; the rest of the crawl must not notice."""

import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from urllib.parse import unquote, urlsplit

from scheduler.demo.site import Asked
from tests.faults.attacks import LISTS, PAGES, SET_ASIDE, UNBOUND, Attack, blanks
from tests.faults.house import House, write_settings
from tests.faults.processes import crawls, memory
from tests.faults.row import MIB, Row, Size
from tests.wire import faults
from tests.wire.raw import raw_site
from tests.wire.stories import invent
from tests.wire.wire import FaultyWire

# What a crawl may have, and how much longer than its limits an attack may hold it up.
MOST_RSS, GRACE_S = 150 * MIB, 2.0
INNOCENT, TOGETHER = 3, 7
# A busy machine makes one look slow, not three.
TRIES, NEVER_S = 3, 1e6
SETTINGS = {"feed_links": 2000, "crawl_links": 2000, "requests_at_once": 1, "agencies_at_once": 8}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits a crawl of hostile servers is given, in seconds and bytes."""

    response_s: float
    extract_s: float
    page_bytes: int = 8 * MIB

    def settings(self) -> dict[str, object]:
        """Return them as settings of the crawler."""
        return {
            "response_s": self.response_s,
            "extract_s": self.extract_s,
            "page_bytes": self.page_bytes,
            "crawl_s": max(300.0, 40 * self.response_s),  # a server of many attacks takes its time
        }

    def of(self, attack: Attack) -> float:
        """How long an attack may hold a crawl up."""
        return attack.answers * self.response_s + attack.readings * self.extract_s + GRACE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An attack where it stands: on a server, at a path; `story` is the id of a spoilt page's, empty for other places."""

    attack: Attack
    wire: FaultyWire
    path: str
    story: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How crawls ended: states and reasons of links, bodies of stories, and when each link and crawl came to its end."""

    states: Mapping[str, tuple[str, str]]
    bodies: Mapping[str, str]
    at_s: Mapping[str, float]


@dataclass(slots=True, kw_only=True)
class Found:
    """What came of some attacks: why one was not survived, by its name; the most time over its limit, and memory."""

    wrong: dict[str, str] = field(default_factory=dict)
    over_s: dict[str, float] = field(default_factory=dict)
    rss: int = 0

    def take(self, later: "Found") -> None:
        """Take over what came of another try of some of the attacks."""
        self.wrong = {name: why for name, why in self.wrong.items() if name not in later.over_s} | later.wrong
        self.over_s |= later.over_s
        self.rss = max(self.rss, later.rss)


def hostile_server(size: Size, folder: Path) -> Row:
    """Servers with bombs, drips, loops, lies and pages that take for ever; innocent pages stand among them."""
    limits = size.pick(
        Limits(response_s=2.0, extract_s=3.0),
        Limits(response_s=8.0, extract_s=6.0),
        Limits(response_s=30.0, extract_s=10.0),
    )
    attacks, found = [*PAGES, *LISTS], Found()
    for coding in ("gzip", "br", "zstd", "deflate"):
        blanks(coding)
    for number in range(TRIES):
        again = [one for one in attacks if number == 0 or one.name in found.wrong]
        if again:
            found.take(attack(folder / f"try{number}", again, limits))
    for name, why in found.wrong.items():
        print(f"faults: hostile_server: {name}: {why}", file=sys.stderr)
    off = Limits(response_s=60.0, extract_s=10.0, page_bytes=1024 * MIB)
    control = attack(folder / "control", UNBOUND, off, known=limits)
    return Row(
        fault="hostile server",
        tried=len(attacks),
        survived=len(attacks) - len(found.wrong),
        lost=sum("innocent" in why for why in found.wrong.values()) + (found.rss > MOST_RSS),
        worst_s=max(0.0, GRACE_S + max(found.over_s.values())),
        worst_rss=found.rss,
        control="limits of time and size off",
        caught=control.rss > MOST_RSS and "slow body" in control.wrong,
        note="time: held up beyond the limit of the attack; memory: a crawl's process",
    )


def attack(folder: Path, attacks: Sequence[Attack], limits: Limits, known: Limits | None = None) -> Found:
    """Crawl servers with `attacks` once and see what came of each; they are judged by the limits that are `known`."""
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        plain = stack.enter_context(FaultyWire(invent(INNOCENT, first_id=4_000_001)))
        plain.key = "innocent"
        targets = list(_targets(stack, attacks))
        wires = [plain, *{target.wire.key: target.wire for target in targets}.values()]
        write_settings(folder, wires, SETTINGS | limits.settings())
        house, watched = House(folder, wires), stack.enter_context(memory(crawls))
        told = house.start("crawl", variant="sound", watched=watched)
        told.end()
        ended = _ended(house, told.heard)
    over_s = {one.attack.name: _over_s(one, ended, known or limits, _start_s(plain)) for one in targets}
    wrong = {one.attack.name: why for one in targets if (why := _wrong(one, ended, house, over_s[one.attack.name]))}
    return Found(wrong=wrong, over_s=over_s, rss=watched.worst)


def _targets(stack: ExitStack, attacks: Sequence[Attack]) -> Iterator[Target]:
    """Serve the attacks: those on pages a few to a server, the others on a server each."""
    pages = [one for one in attacks if one.place == "page"]
    groups = [*batched(pages, TOGETHER), *((one,) for one in attacks if one.place != "page")]
    for number, group in enumerate(groups):
        spoilt = len(group) if group[0].place == "page" else 0
        wire = FaultyWire(invent(INNOCENT + spoilt, seed=number + 1, first_id=5_000_001 + number * 1_000))
        wire.key = f"wire{number:02}"
        stack.enter_context(wire)
        for one, story in zip(group, wire.stories[:: 1 if spoilt else -1], strict=False):
            fault = one.fault
            if one.raw is not None:
                fault = faults.redirect(f"{stack.enter_context(raw_site(one.raw))}news/{story.id}/x")
            paths = {
                "feed": wire.layout.feed,
                "sitemap": wire.layout.sitemap,
                "robots": "/robots.txt",
                "all pages": "*",
            }
            path = paths.get(one.place, wire.path(story))
            for place in map(wire.path, wire.stories) if path == "*" else [path]:
                wire.fault(place, fault)
            yield Target(attack=one, wire=wire, path=path, story=str(story.id) if spoilt else "")


def _ended(house: House, heard: Sequence[tuple[float, list[str]]]) -> Ended:
    with closing(sqlite3.connect(house.archive)) as conn:
        links = dict(conn.execute("SELECT id, url FROM links"))
        states = {
            _id(url): (state, reason) for url, state, reason in conn.execute("SELECT url, state, reason FROM links")
        }
        bodies = dict(conn.execute("SELECT story_id, body FROM stories"))
    at_s: dict[str, float] = {}
    for moment, (word, *rest) in heard:
        if word == "link":
            at_s.setdefault(_id(links[int(rest[0])]), moment)
        elif word == "ended":
            at_s[rest[0]] = moment
    return Ended(states=states, bodies=bodies, at_s=at_s)


def _id(url: str) -> str:
    """Return the agency's own id of a story's address."""
    return urlsplit(url).path.split("/")[2]


def _start_s(innocent: FaultyWire) -> float:
    """How long a crawl of an innocent server takes from its feed to its first page: the worker has to start."""
    feed, pages = innocent.asked_for(innocent.layout.feed), [one for one in innocent.requests if _is_page(one)]
    return pages[0].at_s - feed[0].at_s


def _over_s(target: Target, ended: Ended, limits: Limits, start_s: float) -> float:
    """How much longer than its limit an attack held a crawl up: from what it asked for to when it went on.

    Where something is read, a worker may have to be started first, which takes `start_s` on this machine now.
    """
    asked = [one.at_s for one in target.wire.requests if _is_target(one, target)]
    if not asked:
        return NEVER_S
    if target.story:
        on_s = ended.at_s.get(target.story, NEVER_S + asked[0])
    else:
        later = [one.at_s for one in target.wire.requests if _is_page(one) and one.at_s > asked[0]]
        on_s = min([*later, ended.at_s.get(target.wire.key, NEVER_S + asked[0])])
    reading = target.attack.readings or target.attack.place != "page"
    return on_s - asked[0] - limits.of(target.attack) - (start_s if reading else 0.0)


def _is_page(asked: Asked) -> bool:
    return asked.path.startswith("/news/")


def _is_target(asked: Asked, target: Target) -> bool:
    return _is_page(asked) if target.path == "*" else unquote(urlsplit(asked.path).path) == target.path


def _wrong(target: Target, ended: Ended, house: House, over_s: float) -> str:
    """Return what an attack did that it should not have; nothing = it was survived."""
    if over_s > 0:
        return f"held a crawl up for {over_s:.1f} s more than it might"
    mine = {target.story} if target.story else {str(one.id) for one in target.wire.stories}
    innocent = {str(one.id) for one in target.wire.stories[-INNOCENT:]} - mine
    for story in mine:
        state, reason = ended.states.get(story, ("unknown", ""))
        if state not in target.attack.ends or (state in SET_ASIDE and not reason):
            return f"its link is {state}: {reason}"
        if state == "done" and ended.bodies.get(story) != house.truth[story]:
            return "its story is not what was published"
    lost = [story for story in innocent if ended.bodies.get(story) != house.truth[story]]
    return f"{len(lost)} innocent stories are not there" if lost else ""
