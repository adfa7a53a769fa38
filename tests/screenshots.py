"""`make screenshots`: each kind of page in a real Chromium, on a desk and a phone, by day and night, in both languages.

And on paper: the pages people print, as PDF.
"""

import random
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from archive.store import Store
from scheduler.demo.wire import demo_wires
from tests.browsing import NOW
from tests.chromium import DESK, PHONE, browser, pages, served
from tests.stories import analysed

MODES = {
    "desk": {"viewport": DESK},
    "phone": {"viewport": PHONE},
    "dark": {"viewport": DESK, "color_scheme": "dark"},
    "english": {"viewport": DESK},
    "english-phone": {"viewport": PHONE},
}
PRINTED = ("front", "story", "copied", "difference", "cluster", "search")
DAYS, A_DAY = 50, 12


def main(folder: Path) -> None:
    """Write the screenshots into `folder`."""
    folder.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as place,
        browser() as chromium,
        served(Path(place), "--sql", more=weeks) as (home, ids, _),
    ):
        for mode, options in MODES.items():
            context = chromium.new_context(**options)
            page = context.new_page()
            if mode.startswith("english"):
                page.goto(f"{home}/?_lang=en")
            for name, address in pages(ids).items():
                page.goto(f"{home}{address}")
                page.screenshot(path=folder / f"{name}-{mode}.png", full_page=True)
                if mode == "desk" and name in PRINTED:
                    page.pdf(path=folder / f"{name}.pdf", format="A4")
            context.close()


def weeks(store: Store) -> None:
    """Store some weeks of the demonstration's stories, more by day than by night and fewer on Fridays."""
    rng = random.Random(1403)
    known = [one for wire in demo_wires(NOW) for one in wire.stories]
    for day in range(DAYS):
        for number in range(A_DAY // 3 if (NOW - timedelta(days=day)).weekday() == 4 else A_DAY):
            one = rng.choice(known)
            at = NOW - timedelta(days=day) + timedelta(hours=rng.gauss(0, 4))
            if at > NOW:
                continue
            text = "\n".join(rng.sample(one.paragraphs, len(one.paragraphs)))
            store.add(
                analysed(
                    agency=rng.choice(("namune", "sepehr", "yazd")), story_id=f"w{day}-{number}", url="",
                    title=one.title, kicker=one.kicker, section=one.section, tags=one.tags, lead=one.lead, published=at,
                    body=f"{text}\n{rng.choice(known).paragraphs[0]} این خبر شمارهٔ {rng.randrange(9999)} است.",
                ),
                now=max(at, NOW - timedelta(days=day)),
            )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
