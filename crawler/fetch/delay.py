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
        floor_s = max(slot.delay, min(delay_s, LONGEST_S))
        slot.delay = floor_s
        setattr(slot, _FLOOR, floor_s)


def slow_down(crawler: Crawler, response: Response, latency_s: float) -> None:
    """Adapt the pause to the time an answer took; where the settings want no pause at all, there is none."""
    least_s = crawler.settings.getfloat("DOWNLOAD_DELAY")
    slot = _slot(crawler, response.request) if response.request is not None else None
    if slot is None or not least_s:
        return
    slot.delay = throttled(
        slot.delay,
        latency_s,
        well=response.status in _OK,
        floor_s=max(least_s, getattr(slot, _FLOOR, 0.0)),
        ceiling_s=crawler.settings.getfloat("SLOWEST_DELAY"),
    )


def _slot(crawler: Crawler, request: Request) -> Slot | None:
    downloader: Downloader | None = getattr(crawler.engine, "downloader", None)  # there is none before the start
    return None if downloader is None else downloader.slots.get(downloader.get_slot_key(request))


_FLOOR = "bayegan_floor_s"
