"""The pause between two requests to a host: what settings and robots.txt say, longer while a site is slow."""

from scrapy import Request
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.patience import throttled

# robots.txt may ask for this at most.
LONGEST_S = 60.0
_OK = range(200, 400)


def keep_apart(crawler: Crawler, request: Request, delay_s: float | None) -> None:
    """Lengthen the pause between requests to what robots.txt asks for, a minute at most."""
    slot = _slot(crawler, request)
    if slot is not None and delay_s is not None:
        slot.delay = max(slot.delay, min(delay_s, LONGEST_S))
        _floors_s(crawler)[_key(crawler, request)] = slot.delay


def slow_down(crawler: Crawler, response: Response, latency_s: float) -> None:
    """Adapt the pause to the time an answer took; where the settings want no pause at all, there is none."""
    least_s = crawler.settings.getfloat("DOWNLOAD_DELAY")
    if response.request is None or (slot := _slot(crawler, response.request)) is None or not least_s:
        return
    slot.delay = throttled(
        slot.delay,
        latency_s,
        well=response.status in _OK,
        floor_s=max(least_s, _floors_s(crawler).get(_key(crawler, response.request), 0.0)),
        ceiling_s=crawler.settings.getfloat("SLOWEST_DELAY"),
    )


def _slot(crawler: Crawler, request: Request) -> Slot | None:
    downloader = _downloader(crawler)
    return None if downloader is None else downloader.slots.get(downloader.get_slot_key(request))


def _key(crawler: Crawler, request: Request) -> str:
    downloader = _downloader(crawler)
    return "" if downloader is None else downloader.get_slot_key(request)


def _downloader(crawler: Crawler) -> Downloader | None:
    return getattr(crawler.engine, "downloader", None)  # there is none before the start


def _floors_s(crawler: Crawler) -> dict[str, float]:
    """Return what robots.txt of each host asked for, by the key of its slot: slots take no notes."""
    floors_s: dict[str, float] = vars(crawler.spider).setdefault("floors_s", {})
    return floors_s
