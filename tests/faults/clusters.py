"""An import that is killed and run again gives the clusters it would have given."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

from archive.store import open_store
from tests.faults.house import PATIENCE_S, House
from tests.faults.processes import kill_family
from tests.faults.row import Row, Size
from tests.quality.bulletins import FORMS, bulletin, rerun
from tests.stories import HOUR, NOON
from tests.test_clusters import state


def kill_import_of_copies(size: Size, folder: Path) -> Row:
    """kill -9 of an import of stories that copy each other: run again, it finds the same clusters."""
    kills, stories = size.pick((1, 300), (5, 1_200), (20, 1_200))
    file = folder / "wire.jsonl"
    file.write_text("\n".join(_lines(stories)), "utf-8")
    _house(folder / "whole").start("import", file).end()
    whole, same, torn = _state(folder / "whole" / "news.db"), 0, []
    for number in range(kills):
        house = _house(folder / f"torn{number}")
        told = house.start("import", file)
        told.wait_kept(random.Random(number).randrange(20, stories - 100, 20), PATIENCE_S)
        kill_family(told.pid)
        told.end()
        torn.append(_state(house.archive))
        house.start("import", file).end()
        same += _state(house.archive) == whole
    return Row(
        fault="kill -9 of an import of copies: the same clusters",
        tried=kills,
        survived=same,
        lost=kills - same,
        control="not run again",
        caught=all(one != whole for one in torn),
        note=f"{stories:,} stories",
    )


def _house(folder: Path) -> House:
    folder.mkdir()
    return House(folder, ())


def _state(archive: Path) -> object:
    with open_store(archive) as store:
        return state(store)


def _lines(count: int) -> Iterator[str]:
    forms = list(FORMS)
    for number in range(count):
        original = bulletin(forms[number % len(forms)], number // 3)
        yield json.dumps(
            {
                "id": str(number),
                "agency": ("mehr", "isna", "yjc")[number % 3],
                "title": f"خبر {number}",
                "body": original if number % 2 else rerun(original, "نمونه", number),
                "published": (NOON + number * HOUR / 20).isoformat(),
            },
            ensure_ascii=False,
        )
