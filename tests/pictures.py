"""`make pictures`: what README.md shows, as it is now: the command on a terminal, and a page of the browser."""

import html
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.chromium import DESK, browser, served
from tests.screenshots import weeks
from tests.terminal import on_a_terminal

BAYEGAN = Path(sys.executable).with_name("bayegan")
# What is typed; {changed} is the number of the demonstration's story that was changed.
TYPED = (
    ("search", "گفتوگوی تلفنی"),
    ("search", "كتابخانه هاي روستايي"),
    ("diff", "{changed}"),
)
SEARCH = "/search?q=کتابخانه روستایی"
# Select Graphic Rendition (ECMA-48, 8.3.117): what of it the command uses, as a dark terminal shows it.
COLOURS = {
    "1": "font-weight:bold", "2": "opacity:.7", "4": "text-decoration:underline", "9": "text-decoration:line-through",
    "31": "color:#f7768e", "32": "color:#9ece6a", "33": "color:#e0af68", "34": "color:#7aa2f7", "35": "color:#bb9af7",
    "36": "color:#7dcfff",
}  # fmt: skip
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #1a1b26 }}
pre {{ margin: 0; padding: 18px 22px; width: 916px; color: #c0caf5; white-space: pre-wrap;
  font: 15px/1.75 "DejaVu Sans Mono", "Vazir Code", monospace }}
b {{ color: #9ece6a }}
</style><pre>{}</pre>"""


def main(folder: Path) -> None:
    """Write the pictures into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, browser() as chromium:
        page = chromium.new_page(viewport={"width": 960, "height": 600})
        page.set_content(PAGE.format("\n".join(typed(Path(place)))))
        page.locator("pre").screenshot(path=folder / "terminal.png")
        page.close()
        (beside := Path(place) / "browse").mkdir()
        with served(beside, more=weeks) as (home, _, _):
            page = chromium.new_page(viewport=DESK)
            page.goto(f"{home}{SEARCH}")
            page.screenshot(path=folder / "browse.png")
            page.close()


def typed(folder: Path) -> Iterator[str]:
    """Crawl the demonstration's wire into `folder`, type commands, and yield them with what they print, as HTML."""
    ask(folder, "demo")
    changed = next(iter(re.findall(r"\d{14}", ask(folder, "log", "--changed"))))
    for words in TYPED:
        meant = [word.format(changed=changed) for word in words]
        yield f"<b>$</b> bayegan {html.escape(' '.join(meant))}"
        yield coloured(ask(folder, *meant))


def ask(folder: Path, *words: str) -> str:
    """Return what a command prints on a terminal; RuntimeError when it fails."""
    code, screen = on_a_terminal([BAYEGAN, "--archive", "news.db", *words], folder, COLUMNS="100")
    if code:
        raise RuntimeError(f"bayegan {' '.join(words)} ended with {code}: {screen}")
    return screen.replace("\r\n", "\n")


def coloured(screen: str) -> str:
    """Return what a terminal shows as HTML."""
    parts, depth = [], 0
    for at, part in enumerate(re.split(r"\x1b\[([\d;]*)m", screen)):
        if at % 2 == 0:
            parts.append(html.escape(part))
        elif styles := [COLOURS[code] for code in part.split(";") if code in COLOURS]:
            parts.append(f'<span style="{";".join(styles)}">')
            depth += 1
        else:
            parts.append("</span>" * depth)
            depth = 0
    return "".join(parts)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
