"""Golden pages: of each family's page exactly the story that is written beside it."""

import subprocess
import sys

import pytest

from archive.settings import Settings
from crawler.agency import load_agencies
from tests.pages.golden import difference, expected, name, pages


@pytest.mark.parametrize("page", pages(), ids=name)
def test_a_golden_page_gives_the_story_written_beside_it(page):
    assert "\n".join(difference(page)) == ""


def test_every_family_has_a_golden_page():
    families = {agency.family.name for agency in load_agencies(Settings()).values() if agency.family}
    assert families <= {page.parent.name for page in pages()}


def test_a_golden_page_is_read_by_the_rule_of_its_folder():
    for page in pages():
        story = expected(page)["story"]
        if story is not None:
            assert story["extractor"] == (page.parent.name if page.parent.name != "none" else "trafilatura")


def test_make_rerun_ends_well_when_nothing_differs():
    done = subprocess.run([sys.executable, "-m", "tests.pages.rerun"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"{len(pages())} pages, 0 different\n"


def test_a_difference_is_shown_line_by_line(tmp_path, monkeypatch):
    from tests.pages import golden, rerun  # noqa: PLC0415

    (tmp_path / "none").mkdir()
    page = tmp_path / "none" / "story.html"
    source = next(one for one in pages() if name(one) == "none/story")
    page.write_bytes(source.read_bytes())
    page.with_suffix(".json").write_text(golden.written(expected(source) | {"verdict": "gallery"}), "utf-8")
    monkeypatch.setattr(golden, "HERE", tmp_path)
    shown = list(difference(page))
    assert '- "verdict": "gallery",' in shown
    assert '+ "verdict": "story",' in shown
    assert rerun.main(write=False) == 1
    assert rerun.main(write=True) == 0
    assert rerun.main(write=False) == 0
