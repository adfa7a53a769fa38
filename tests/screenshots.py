"""`make screenshots`: each kind of page in a real Chromium, on a desk and a phone, by day and night, in both languages."""

import sys
import tempfile
from pathlib import Path

from tests.chromium import DESK, PHONE, browser, pages, served

MODES = {
    "desk": {"viewport": DESK},
    "phone": {"viewport": PHONE},
    "dark": {"viewport": DESK, "color_scheme": "dark"},
    "english": {"viewport": DESK},
}


def main(folder: Path) -> None:
    """Write the screenshots into `folder`."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place, browser() as chromium, served(Path(place), "--sql") as (home, ids, _):
        for mode, options in MODES.items():
            context = chromium.new_context(**options)
            page = context.new_page()
            if mode == "english":
                page.goto(f"{home}/?_lang=en")
            for name, address in pages(ids).items():
                page.goto(f"{home}{address}")
                page.screenshot(path=folder / f"{name}-{mode}.png", full_page=True)
            context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
