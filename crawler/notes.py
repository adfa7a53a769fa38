"""The notes that the steps of one crawl take together, and its report is made of."""

import logging
from collections import Counter
from dataclasses import dataclass, field

from archive.text.letters import clean
from crawler import patience
from crawler.ports import Answer

LOG = logging.getLogger(__name__)


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
