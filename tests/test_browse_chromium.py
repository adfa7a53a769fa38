"""The browser's pages in a real Chromium: found in four spellings, walked through, on a phone, heard, and attacked."""

import csv
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.chromium import DESK, PAYLOADS, PHONE, browser, pages, served

pytestmark = pytest.mark.timeout(300)
PAGES = tuple(pages(dict.fromkeys(("talk", "changed", "gone", "copy"), 0)))


@pytest.fixture(scope="module")
def chromium():
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def site(tmp_path_factory, chromium):
    with served(tmp_path_factory.mktemp("chromium"), "--sql") as site:
        yield site


@pytest.fixture(scope="module")
def home(site):
    return site[0]


@pytest.fixture
def open_page(chromium):
    """Open a page of its own context: `open_page(viewport=PHONE)`."""
    contexts = []

    def opened(**options):
        contexts.append(chromium.new_context(**{"viewport": DESK, **options}))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def test_a_word_typed_in_any_spelling_finds_the_same_stories(home, site, open_page):
    page, found = open_page(), []
    for typed in ("گفت‌وگو", "گفت وگو", "گفتوگو", "گفت و گو"):
        page.goto(home)
        page.fill(".quick input", typed)
        page.keyboard.press("Enter")
        page.wait_for_selector(".tally")
        found.append(page.locator(".hits h2 a").evaluate_all("links => links.map(link => link.getAttribute('href'))"))
    assert f"/story/{site[1]['talk']}" in found[0]
    assert found == [found[0]] * 4


def test_a_reader_walks_from_a_search_to_a_story_its_difference_its_cluster_and_back(home, site, open_page):
    ids, page = site[1], open_page()
    page.goto(f"{home}/search?q=روستایی")
    page.click(f'.hits a[href="/story/{ids["changed"]}"]')
    page.click("text=مقایسه با نسخهٔ پیش")
    assert page.locator("ins").count() >= 1
    assert page.locator("ins").first.evaluate("mark => getComputedStyle(mark).textDecorationLine") == "underline"
    page.go_back()
    page.go_back()
    assert page.input_value("#q") == "روستایی"
    page.goto(f"{home}/story/{ids['original']}")
    page.click("text=در خبرگزاری‌های دیگر")
    assert page.locator(".runs > li").count() == 3
    assert page.locator("details[open] ins").count() == 2


def test_facets_narrow_and_exports_are_taken_along(home, open_page):
    page = open_page(accept_downloads=True)
    page.goto(f"{home}/search?q=کتاب‌خوانی")
    page.click("aside .facet a:has-text('سپهر')")
    assert "agency=sepehr" in page.url
    with page.expect_download() as waiting:
        page.click("text=CSV")
    with Path(waiting.value.path()).open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {row["agency"] for row in rows} == {"sepehr"}
    assert len(rows) == page.locator(".hits > li").count()


def test_a_day_is_picked_from_a_jalali_calendar(home, open_page):
    page = open_page()
    page.goto(f"{home}/edits")
    page.click("#from")
    page.locator(".calendar td button", has_text="۵").first.click()
    assert page.input_value("#from").endswith("/05")
    assert page.input_value("#from").startswith("14")
    assert page.locator(".calendar").count() == 0


def test_the_keyboard_is_enough(home, open_page):
    page = open_page()
    page.goto(home)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"


def test_all_works_without_javascript(home, site, open_page):
    page = open_page(java_script_enabled=False)
    page.goto(f"{home}/search")
    page.fill("#q", "کارگردان")
    page.click(".filters summary")
    page.select_option("#agency", "sepehr")
    page.click("form.search > button")
    assert page.locator(f'.hits a[href="/story/{site[1]["talk"]}"]').count() == 1


@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(home, site, open_page, name):
    page = open_page(viewport=PHONE)
    page.goto(f"{home}{pages(site[1])[name]}")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize("name", PAGES)
def test_no_policy_is_broken_by_a_page_itself(home, site, open_page, name):
    page, said = open_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{home}{pages(site[1])[name]}")
    assert [one for one in said if "404" not in one or name != "trouble"] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(home, site, open_page, name, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    context = open_page(color_scheme=scheme, bypass_csp=True)
    context.goto(f"{home}{pages(site[1])[name]}")
    found = axe.run(context).response["violations"]
    serious = [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:200]}"
        for one in found
        for node in one["nodes"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


def fired(page):
    page.wait_for_timeout(60)
    return set(page.evaluate("window.fired"))


def armed(page):
    page.add_init_script("window.fired = []; window.pwn = (number) => window.fired.push(number);")
    return page


def test_every_payload_fires_where_nothing_stops_it(open_page, tmp_path):
    heard = set()
    for number, payload in enumerate(PAYLOADS):
        page = armed(open_page())
        file = tmp_path / f"{number}.html"
        link = f'<a href="{payload}">click</a>' if payload.startswith("javascript:") else payload
        comment = "<!-- " if payload.startswith("--") else ""
        open_tag = {"</title": "<title>", "</textarea": "<textarea>"}.get(payload.partition(">")[0], "")
        file.write_text(f"<!doctype html><meta charset=utf-8>{open_tag}{comment}{link}", "utf-8")
        page.goto(file.as_uri())
        if page.locator("text=click").count():
            page.click("text=click")
        heard |= fired(page)
    assert heard == set(range(len(PAYLOADS)))


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_no_payload_fires_from_a_story(home, site, open_page, number):
    page, story = armed(open_page()), site[2][number]
    asked = quote(PAYLOADS[number], safe="")
    seen = (
        f"/story/{story}",
        f"/story/{story}/1..2",
        f"/agency/evil{number}",
        f"/search?q={asked}&section={asked}&tag={asked}&from={asked}&to={asked}",
        f"/news/stories/{story}",
        f"/news?sql=select+{quote(repr(PAYLOADS[number]), safe='')}+as+highlight",
        f"/{asked}",
    )
    for address in seen:
        page.goto(f"{home}{address}")
        for link in page.locator("a").evaluate_all(
            "links => links.map(link => (link.getAttribute('href') || '').trim().toLowerCase())"
        ):
            assert not link.startswith("javascript:"), address
        assert fired(page) == set(), address


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/edits",
        "/agencies",
        "/coverage",
        "/status",
        "/search?q=باران&sort=newest",
        "/search.json?q=باران",
        "/search.atom?q=باران",
        "/news/stories?_facet=title",
        "/news/agencies",
        "/news/story_revisions",
        "/news/search?words=باران",
        "/news/headlines_changed",
    ],
)
def test_no_payload_fires_from_a_list(home, open_page, address):
    page = armed(open_page())
    page.goto(f"{home}{address}")
    assert fired(page) == set()


def test_the_policy_stops_what_would_slip_into_a_page(home, open_page):
    for address in ("/", "/news/stories"):
        page = armed(open_page())
        page.goto(f"{home}{address}")
        page.evaluate(
            "payloads => payloads.forEach(one => document.body.insertAdjacentHTML('beforeend', one))", list(PAYLOADS)
        )
        assert fired(page) == set()
