"""What strangers write commands nobody: not the archive, a terminal, a log, a spreadsheet, a reader of WARC files."""

import io
import json
import logging
import re
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.errors import DiscoveryError
from archive.ledger import Report
from archive.raw.page import RawPage
from archive.raw.warc import write_warc
from archive.store import open_store
from archive.text.letters import as_json, escaped, keepable
from crawler.agency import HERE, Agency, load_family
from crawler.extract import extract
from crawler.guard import refusal
from crawler.survey import key_of
from scheduler import cli
from scheduler.commands.crawl import line
from scheduler.log import Form, _formatter
from tests.stories import NOON, analysed

# A bell, a colour, a window's title, C1's way to say so, overrides, an isolate, a mark, half a letter, no letter at all.
NASTY = "خبر\x07\x1b[31m\x1b]0;x\x1b\\\x9b2J\u202eevil\u202c\u2066\ufeff\ud800\udfff\ufffe\ufdd0\x7f\U000e0041\x00پایان"
REFERENCES = "خبر&#7;&#27;[31m&#x9b;2J&#x202e;evil&#x2066;&#xfeff;&#xd800;&#xfffe;&#127;&#0;&#xE0041;پایان"
COLOURS = re.compile(r"\x1b\[\d+(?:;\d+)*m")


def agency(family):
    return Agency(
        key="namune",
        name="نمونه",
        home="https://namune.ir/",
        family=load_family(HERE / "families" / f"{family}.toml"),
        story=r"/news/(?P<id>\d+)",
    )


PAGES = {
    "nastooh": """<html><head><title>{x}</title><meta name="generator" content="www.nastooh.ir">
      <meta property="nastooh:nid" content="12"><link rel="canonical" href="https://namune.ir/news/12/{x}">
      <link rel="shortlink" href="https://namune.ir/x{x}"><meta property="article:tag" content="{x}">
      <meta property="article:section" content="{x}"><meta property="article:published_time" content="2024-01-01T00:00:00Z{x}">
      <meta property="og:image" content="https://namune.ir/{x}.jpg">
      <script type="application/ld+json">{{"@type":"NewsArticle","author":{{"@type":"Person","name":"{json}"}},"headline":"{json}"}}</script>
      </head><body><article><div class="item-title"><h4 class="kicker">{x}</h4><h1 class="title">{x} در شهر</h1>
      <p class="introtext">{x} گفت</p></div><div class="item-body"><div class="item-text" itemprop="articleBody">
      <figure><img src="https://namune.ir/{x}.png"><figcaption>{x}</figcaption></figure><p>{x}</p><p>{x} متن</p></div></div>
      <section class="tags"><a>{x}</a></section></article></body></html>""",
    "iran-samaneh": """<html><head><title>{x}</title><link rel="canonical" href="https://namune.ir/news/12/{x}">
      <meta property="article:published_time" content="{x}"></head><body><div class="rutitr">{x}</div>
      <h1 class="Htags">{x} در شهر</h1><div class="subtitle">{x}</div><div class="news_pdate_c">{x} ۱ خرداد ۱۳۹۵ - ۲۳:۵۲</div>
      <div class="body"><p>{x}</p><p>{x} متن</p><img src="{x}"></div><div class="tags"><a>{x}</a></div></body></html>""",
    "none": "<html><head><title>{x}</title><meta name=description content='{x}'></head><body><article><h1>{x} در شهر</h1>"
    + "<p>{x} متن این خبر درازتر است تا خوانده شود و چیزی از آن کم نشود.</p>" * 6
    + "</article></body></html>",
}


@pytest.mark.parametrize(
    "written", [pytest.param(NASTY.replace("\ud800\udfff", ""), id="raw"), pytest.param(REFERENCES, id="references")]
)
@pytest.mark.parametrize("family", PAGES)
def test_nothing_that_is_no_text_is_in_a_story(family, written):
    page = PAGES[family].format(x=written, json="\\u001b[31m\\ud800\\u202e\\u0000x")
    owner = Agency(key="n", name="ن", home="https://namune.ir/") if family == "none" else agency(family)
    found = extract(page.encode("utf-8", "surrogatepass"), owner, "https://namune.ir/news/12", now=NOON)
    assert found.story is not None
    texts = list(_texts(found.story.as_json()))
    assert len(texts) > 5
    assert [text for text in texts if not keepable(text)] == []
    assert keepable(found.reason)


def _texts(value):
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list():
            for one in value:
                yield from _texts(one)


@given(st.text(alphabet=st.characters()))
def test_an_escaped_text_is_one_line_that_commands_nothing(text):
    told = escaped(text)
    assert keepable(told)
    assert len(told.splitlines()) <= 1 or not re.search(r"[\n\r]", told)
    told.encode()


@given(st.text(alphabet=st.characters()))
def test_json_says_the_same_and_commands_nothing(text):
    told = as_json({text: [text]})
    assert keepable(told)
    assert json.loads(told) == {text: [text]}
    told.encode()


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(NASTY, id="commands"),
        pytest.param("x\nbayegan: mehr: ok: 99 new", id="a-forged-line"),
        pytest.param("x\r\x1b[2Kbayegan: all is well", id="a-line-written-over"),
    ],
)
def test_a_log_line_is_one_line_that_commands_nothing(form, text):
    record = logging.LogRecord("crawler", logging.WARNING, "", 0, "%s: %s", ("namune", text), None)
    told = _formatter(form).format(record)
    assert keepable(told)
    assert len(told.split("\n")) == 1
    assert "\r" not in told


def test_a_traceback_in_a_log_commands_nothing():
    error = ValueError(NASTY)
    record = logging.LogRecord("crawler", logging.ERROR, "", 0, "x", (), (ValueError, error, error.__traceback__))
    told = _formatter(Form.LINES).format(record)
    assert "ValueError" in told
    assert keepable(told)


def test_an_error_on_the_terminal_commands_nothing(monkeypatch, capsys):
    def fail(**_):
        raise DiscoveryError("https://namune.ir/rss", "no feed", NASTY)

    monkeypatch.setattr(cli.bayegan, "main", fail)
    with pytest.raises(SystemExit):
        cli.main([])
    told = capsys.readouterr().err
    assert keepable(told)
    assert len(told.splitlines()) == 1


def test_a_report_on_the_terminal_commands_nothing():
    told = line(Report(agency="namune", outcome="failed", error=f"https://namune.ir/rss: {NASTY}"))
    assert keepable(COLOURS.sub("", told))


_TEXTS = ("url", "kicker", "title", "lead", "body", "byline", "section", "published_raw", "short_link", "extractor")
_POISON = (
    (
        "INSERT INTO links (agency, url, address, found_in, title, state, reason, discovered, attempts)"
        " VALUES ('mehr', 'https://a.ir/' || :nasty, 'x', :nasty, :nasty, 'failed', :nasty, :when, 1)"
    ),
    f"UPDATE stories SET tags = json_array(:nasty), boilerplate = json_array(:nasty), {', '.join(f'{one} = {one} || :nasty' for one in _TEXTS)}",
    "INSERT INTO crawls (agency, started, ended, outcome, error) VALUES ('mehr', :when, :when, 'failed', :nasty)",
    (
        "INSERT INTO house_lines (agency, line, printed, stories, examples, learnt)"
        " VALUES ('mehr', :nasty, :nasty, 3, '[]', :when)"
    ),
)


@pytest.fixture
def poisoned(tmp_path):
    """An archive in whose every text that a stranger can reach stands something nasty, past all that keeps it out."""
    nasty = NASTY.replace("\ud800\udfff", "").replace("\x00", "")  # what SQLite's texts could not hold
    path = tmp_path / "news.db"
    with open_store(path) as store:
        for number in range(3):
            store.add(
                analysed(story_id=str(number), title=f"خبر {number}", body=f"متن خبر {number} از بندر\nبند دوم"),
                now=NOON,
            )
        conn = store.conn
        conn.execute("INSERT INTO agencies (key, name) VALUES ('mehr', 'مهر') ON CONFLICT DO NOTHING")
        for sql in _POISON:
            conn.execute(sql, {"nasty": nasty, "when": "2024-01-01T00:00:00Z"})
    return path


@pytest.mark.parametrize("form", [pytest.param([], id="for-people"), pytest.param(["--json"], id="for-programs")])
@pytest.mark.parametrize(
    "call",
    [
        pytest.param("search خبر", id="search"),
        pytest.param("search خبر --facets", id="facets"),
        pytest.param("show NUMBER", id="show"),
        pytest.param("links --state failed", id="failed-links"),
        pytest.param("status", id="status"),
        pytest.param("agencies --lines mehr", id="house-lines"),
        pytest.param("cluster NUMBER", id="cluster"),
    ],
)  # fmt: skip
def test_what_a_command_prints_commands_nothing(poisoned, call, form):
    with open_store(poisoned) as store:
        (number,) = store.conn.execute("SELECT max(id) FROM stories").fetchone()
    words = ["--archive", str(poisoned), *call.replace("NUMBER", str(number)).split(), *form]
    done = CliRunner().invoke(cli.bayegan, words, color=True)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "evil" in done.output
    for one in done.output.split("\n"):
        assert keepable(COLOURS.sub("", one)), one.encode("unicode_escape")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("X-A", "a\r\nX-B: c", id="two-lines"),
        pytest.param("X-A", "a\rWARC-Type: response", id="a-bare-return"),
        pytest.param("X-A", "a\n\n<html>", id="an-end-of-the-head"),
        pytest.param("X-A", "\x1b[31m\x00\x9b\u202e", id="commands"),
        pytest.param("X\r\nX-B", "a", id="in-the-name"),
        pytest.param("X-A", "خبر \xe9 \ud800", id="letters"),
        pytest.param("WARC-Type", "response", id="the-name-of-a-field-of-warc"),
        pytest.param("", "a", id="no-name"),
    ],
)
def test_a_header_of_a_stranger_adds_no_line_to_a_warc_record(name, value):
    page = RawPage(
        agency="namune",
        url="https://namune.ir/news/12\r\nWARC-Type: metadata",
        fetched=datetime(2024, 1, 1, tzinfo=UTC),
        status=200,
        body=b"<html>x</html>",
        response=(("Content-Type", "text/html"), (name, value)),
        request=((name, value),),
    )
    out = io.BytesIO()
    write_warc([(page, {})], out)
    out.seek(0)
    records = []
    for one in ArchiveIterator(out):
        body = one.content_stream().read()
        records.append(
            (one.rec_type, one.rec_headers.headers, [] if one.http_headers is None else one.http_headers.headers, body)
        )
    assert [kind for kind, *_ in records] == ["warcinfo", "response", "request", "metadata"]
    assert records[1][3] == b"<html>x</html>"
    assert len(records[1][2]) <= 3
    assert "X-B" not in {name for name, _ in records[1][2]}
    assert [value for key, value in records[1][1] if key == "WARC-Type"] == ["response"]


@given(
    st.text(alphabet=st.characters(categories=["L", "M", "N", "Pd", "Pc", "Po"], include_characters="."), max_size=60)
)
def test_the_name_of_a_file_is_of_plain_letters(text):
    url = f"http://{text}.ir/"
    assert refusal(url) or re.fullmatch(r"[a-z0-9][a-z0-9-]*", key_of(url))
