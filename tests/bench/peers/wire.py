"""A wire of invented stories in pages of real size, served by a process of its own so that no entrant pays for it.

    python -m tests.bench.peers.wire COUNT TRUTH

Prints the addresses of home, feed and sitemap as a JSON line, writes what the stories say to TRUTH (address, lead, body), and
answers until its input is closed. Around each story stand menus, boxes of links and scripts, 120 KB as on agencies' own pages.
Its words are as frequent as those of a language and go by subject (`tests.bench.synthetic`), 216 of them as in the median
story; six headlines of seven are made of words of their story, as on real pages.
"""

import json
import random
import sys
from dataclasses import replace
from html import escape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from scheduler.demo.pages import LAYOUTS, WireStory, page
from scheduler.demo.site import Asked, Reply, Site
from scheduler.demo.wire import Wire
from tests.bench.synthetic import BODY, SUBJECTS, printed_words, words_of
from tests.wire.stories import WHAT, WHERE, invent

FAMILY = "nastooh"
PAGE_BYTES = 120_000
PARAGRAPHS = 5
TELLING = 6 / 7  # headlines whose words stand in the story
_HTML = {"Content-Type": "text/html; charset=utf-8"}


def retold(number: int, story: WireStory) -> WireStory:
    """Return `story` with the words of a language in place of its few phrases, which would make every story half a copy."""
    dice, printed = random.Random(number), printed_words()
    words = [printed[rank] for rank in words_of(dice, BODY, number % SUBJECTS)]
    told = (
        words if dice.random() < TELLING else [printed[rank] for rank in words_of(dice, BODY, dice.randrange(SUBJECTS))]
    )
    each = -(-len(words) // PARAGRAPHS)
    paragraphs = [" ".join(words[at : at + each]) + "." for at in range(0, len(words), each)]
    return replace(
        story,
        title=" ".join(dice.sample([word for word in dict.fromkeys(told) if len(word) > 2], 8)),
        lead=" ".join(dice.sample(words, 25)) + ".",
        paragraphs=(paragraphs[0], *story.paragraphs[1:2], *paragraphs[1:]),
    )


def chrome(dice: random.Random, size: int) -> tuple[str, str]:
    """Return what stands before and behind a story: menus and scripts, boxes of headlines, `size` bytes in all."""
    menu = "".join(
        f'<li class="menu-item"><a href="/service/{number}">{escape(what)}</a></li>' for number, what in enumerate(WHAT)
    )
    before = f'<header><nav><ul class="menu">{menu * 3}</ul></nav><script>var page={json.dumps([0] * 3000)};</script></header>'
    boxes: list[str] = []
    length = len(before.encode())
    while length < size:
        what, where = dice.choice(WHAT), dice.choice(WHERE)
        number = dice.randrange(1_000_000, 5_000_000)
        box = (
            f'<div class="box"><a href="/news/{number}/{number}" title="{escape(what)} {escape(where)}">'
            f'<img src="/pictures/{number}.jpg" alt=""></a><h3><a href="/news/{number}">{escape(what)} {escape(where)}</a></h3></div>'
        )
        boxes.append(box)
        length += len(box.encode())
    return before, f'<aside class="sidebar">{"".join(boxes)}</aside>'


def pages(wire: Wire) -> dict[str, bytes]:
    """Return the page of each story by its path; menus and boxes differ from page to page in their choice."""
    found = {}
    for number, story in enumerate(wire.stories):
        before, behind = chrome(random.Random(number), PAGE_BYTES)
        told = page(LAYOUTS[FAMILY], story, wire.stories[:4], name=wire.name, home="http://wire.example/").decode()
        head, _, rest = told.partition("<body")
        opening, _, inner = rest.partition(">")
        body, _, end = inner.rpartition("</body>")
        found[LAYOUTS[FAMILY].path(story)] = f"{head}<body{opening}>{before}{body}{behind}</body>{end}".encode()
    return found


def main(count: int, truth: Path) -> None:
    wire = Wire("wire", "خبرگزاری آزمون", FAMILY, [retold(number, one) for number, one in enumerate(invent(count))])
    by_path = pages(wire)

    def answer(asked: Asked) -> Reply:
        body = by_path.get(unquote(urlsplit(asked.path).path))
        return wire.answer(asked) if body is None else Reply(body=body, headers=_HTML)

    wire.site = Site(answer)
    with wire:
        rows = [{"url": wire.url(one), "lead": one.lead, "body": "\n".join(one.paragraphs)} for one in wire.stories]
        truth.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
        home = wire.home.rstrip("/")
        layout = LAYOUTS[FAMILY]
        print(json.dumps({"home": wire.home, "feed": home + layout.feed, "sitemap": home + layout.sitemap}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
