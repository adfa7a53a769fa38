"""The test wire: an invented agency on 127.0.0.1 whose stories are known, and on which anything can go wrong."""

from collections.abc import Sequence
from datetime import datetime
from threading import Event, Lock
from types import TracebackType
from urllib.parse import unquote, urlsplit

from crawler.agency import HERE as CRAWLER
from crawler.agency import Agency, load_family
from scheduler.demo.pages import WireStory
from scheduler.demo.site import Asked, Reply
from scheduler.demo.wire import Wire
from tests.wire.faults import Fault
from tests.wire.stories import NOW, invent

FOR_EVER = 1_000_000


class FaultyWire(Wire):
    """A wire that does what it should, but for the faults set on it; `requests` is all it was asked."""

    def __init__(
        self, stories: Sequence[WireStory] | int = 20, *, family: str = "nastooh", seed: int = 1, now: datetime = NOW
    ) -> None:
        """Serve `stories`, or as many invented ones, in the layout of `family`."""
        known = invent(stories, seed=seed, now=now) if isinstance(stories, int) else stories
        super().__init__("wire", "خبرگزاری آزمون", family, known)
        self.family = family
        self._faults: dict[str, Fault] = {}
        self._left: dict[str, int] = {}
        self._lock = Lock()
        self._closed = Event()

    @property
    def requests(self) -> list[Asked]:
        """Every request so far, in order."""
        return self.site.requests

    @property
    def agency(self) -> Agency:
        """The wire as an agency that can be crawled."""
        return Agency(
            key=self.key,
            name=self.name,
            home=self.home,
            family=load_family(CRAWLER / "families" / f"{self.family}.toml"),
            feeds=(self.layout.feed,),
            sitemaps=(self.layout.sitemap,),
            archive=self.layout.archive,
            story=self.layout.story.format(id=r"(?P<id>\d+)", slug="").rstrip("/"),
        )

    def path(self, story: WireStory) -> str:
        """Return the path of a story's page, as `fault` and `asked_for` take it."""
        return self.layout.path(story)

    def truth(self) -> dict[str, str]:
        """Return the body of each story by its id: what an archive should hold, to the letter."""
        return {str(story.id): "\n".join(story.paragraphs) for story in self.stories}

    def fault(self, path: str, fault: Fault, *, times: int = FOR_EVER) -> None:
        """Spoil what is answered at `path` the next `times`; `*` = everywhere that has no fault of its own."""
        self._faults[path], self._left[path] = fault, times

    def heal(self) -> None:
        """Take all faults away."""
        self._faults.clear()

    def asked_for(self, path: str) -> list[Asked]:
        """Return the requests for `path`, in order."""
        return [one for one in self.requests if _path(one) == path]

    def answer(self, asked: Asked) -> Reply:
        """Return what a sound wire answers, spoilt by the fault of its path."""
        reply = super().answer(asked)
        fault = self._fault_of(_path(asked))
        return reply if fault is None else fault(asked, reply, self._closed)

    def _fault_of(self, path: str) -> Fault | None:
        where = path if path in self._faults else "*"
        with self._lock:
            if where not in self._faults or self._left[where] <= 0:
                return None
            self._left[where] -= 1
            return self._faults[where]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        super().__exit__(kind, error, trace)


def _path(asked: Asked) -> str:
    return unquote(urlsplit(asked.path).path)
