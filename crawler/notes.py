"""What the steps of one crawl share: the archive behind its pipe, and the notes its report is made of."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from archive.text.letters import clean
from crawler import patience
from crawler.ports import Answer, Archive

LOG = logging.getLogger(__name__)


class Desk:
    """The archive behind its pipe: one call at a time, without holding up the downloads."""

    def __init__(self, archive: Archive) -> None:
        """Ask `archive`."""
        self.archive = archive
        self._one_at_a_time = asyncio.Lock()

    async def ask[**P, T](self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a method of the archive."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(method, *args, **kwargs)


@dataclass(slots=True, kw_only=True)
class Notes:
    """What a crawl keeps for its report: counts, complaints, and how long the site asked to be left alone."""

    agency: str
    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    pause_s: float = 0.0
    refusals: int = 0

    def complain(self, what: str) -> None:
        """Note what went wrong; the first complaint stands in the report."""
        LOG.warning("%s: %s", self.agency, what)
        self.errors.append(clean(what))

    def heard(self, answer: Answer) -> None:
        """Note the size of an answer, and whether it asks to be left alone."""
        self.counts["bytes"] += len(answer.body)
        if answer.status in _LATER and answer.retry_after_s is not None:
            self.pause_s = max(self.pause_s, answer.retry_after_s)
        elif answer.status == _TOO_MANY:
            self.refusals += 1
            if self.refusals >= patience.REFUSALS:
                self.pause_s = max(self.pause_s, patience.SHUT_PAUSE_S)


_TOO_MANY = 429
_LATER = (_TOO_MANY, 503)
