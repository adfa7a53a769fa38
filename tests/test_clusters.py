"""Clusters in the archive: one event of publication, however many agencies ran it, in whatever order they came."""

import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.analysis import analyse
from archive.duplicates import clusters, shelf
from archive.duplicates.places import Places
from archive.duplicates.precedence import Member, chain, representative
from archive.duplicates.recent import KEPT, Recent
from archive.duplicates.shelf import Shelves, row_of
from archive.duplicates.sketch import paragraphs_in, paragraphs_of, sketch_of
from archive.store import open_store
from archive.story import Credit, Story
from archive.verdict import Verdict
from tests.quality.bulletins import bulletin
from tests.stories import DAY, HOUR, NOON

TEXT = (
    "مدیر کتابخانه‌های یزد گفت شمار اعضای کتابخانه‌ها در سال گذشته دو برابر شده و به ۴۲ هزار تن رسیده است.",
    "وی افزود بیشتر این اعضا دانش‌آموزانی هستند که عصرها پس از مدرسه در تالار مطالعه می‌مانند و درس می‌خوانند.",
    "ساختمان تازه کتابخانه مرکزی با زیربنای شش هزار متر تا پایان پاییز آماده بهره‌برداری می‌شود و سه تالار دارد.",
)
OTHER = (
    "باران دیشب راه روستاهای کوهستانی را بست و راهداران از بامداد امروز سرگرم گشودن گردنه‌ها هستند و تا ظهر کار می‌کنند.",
    "فرماندار از گردشگران خواست تا آرام شدن هوا از سفر به ییلاق‌ها بپرهیزند و پیش از حرکت حال راه‌ها را بپرسند.",
)
DAY_OF_MANY = 20240922 * shelf.NUMBERS_A_DAY
HOUSE = "خوانندگان گرامی می‌توانند تازه‌ترین رویدادهای استان را هر بامداد و پسین در همین پایگاه دنبال کنند و برای دوستان خود بفرستند."


def told(agency, number, body, after=0 * HOUR, **changes):
    text = "\n".join(body) if isinstance(body, tuple) else body
    return Story(
        agency=agency, story_id=str(number), url="", title=f"خبر {agency} {number}", body=text, published=NOON + after, **changes
    )  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "news.db"


@pytest.fixture
def store(path):
    with open_store(path) as store:
        yield store


def days(one):
    return 20240900 + one, 20240900 + one


def add(store, *stories):
    return [store.add(analyse(one), now=NOON + DAY).id for one in stories]


def test_a_batch_of_copies_is_one_segment_of_the_index(store):
    """A statement that needs a savepoint would make FTS5 write out what it has gathered, a segment each."""
    bodies = [(TEXT if number % 3 else OTHER)[: 2 + number % 2] for number in range(12)]
    stories = [told(("mehr", "isna", "yjc")[at % 3], at, body, -at * HOUR) for at, body in enumerate(bodies)]
    store.add_all([analyse(one) for one in stories], now=NOON + DAY)
    assert len(groups(store)) == 2
    assert store.conn.execute("SELECT count(DISTINCT segid) FROM story_index_idx").fetchone() == (1,)


def killed(store, one):
    """Store a story and die before the commit."""
    with store.atomic():
        store.add(analyse(one), now=NOON + DAY)
        raise KeyboardInterrupt


def state(store):
    tables = "SELECT 'e', story, other, kind FROM edges UNION ALL SELECT 'c', story, cluster, '' FROM clusters ORDER BY 1, 2, 3"
    packed = store.conn.execute("SELECT story, prints FROM fingerprints ORDER BY story").fetchall()
    return store.conn.execute(tables).fetchall(), packed


def groups(store):
    found = {}
    for story, cluster in store.conn.execute("SELECT story, cluster FROM clusters"):
        found.setdefault(cluster, set()).add(story)
    return found


def test_copies_form_a_cluster_under_the_earliest(store):
    first, second, third, lone = add(
        store,
        told("mehr", 1, TEXT),
        told("isna", 1, ("به گزارش ایسنا، " + TEXT[0].replace("وی", "او"), *TEXT[1:]), HOUR),
        told("yjc", 1, TEXT[:2], 2 * HOUR),
        told("yjc", 2, OTHER, 2 * HOUR),
    )
    assert groups(store) == {first: {first, second, third}}
    assert clusters.cluster_of(store.conn, lone) == lone
    edges = store.conn.execute("SELECT story, kind, of_story FROM edges ORDER BY story").fetchall()
    assert edges == [(second, "copy", 100), (third, "copy", 100)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_does_not_change_who_speaks(store, order):
    stories = [told("mehr", 1, TEXT), told("isna", 1, TEXT, HOUR), told("yjc", 1, TEXT, 2 * HOUR)]
    numbers = dict(zip(order, add(store, *(stories[at] for at in order)), strict=True))
    assert groups(store) == {numbers[0]: set(numbers.values())}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_two_copies_that_share_nothing_are_joined_by_what_they_copy(store, order):
    whole = (*TEXT, *OTHER)
    stories = [told("mehr", 1, whole), told("isna", 1, TEXT, HOUR), told("yjc", 1, OTHER, 2 * HOUR)]
    numbers = dict(zip(order, add(store, *(stories[at] for at in order)), strict=True))
    assert groups(store) == {numbers[0]: set(numbers.values())}
    edges = store.conn.execute("SELECT story, other FROM edges WHERE kind = 'copy' ORDER BY story").fetchall()
    assert set(edges) == {(numbers[1], numbers[0]), (numbers[2], numbers[0])}


def test_a_story_met_twice_changes_nothing(store):
    stories = [told("mehr", 1, TEXT), told("isna", 1, TEXT, HOUR)]
    add(store, *stories)
    before = state(store)
    add(store, *stories)
    assert state(store) == before


def wire(seed):
    """A few days of a small wire: own stories, copies, shortened ones, issues of forms, revisions."""
    draw = random.Random(seed)
    stories = []
    for number in range(40):
        agency, after = draw.choice(["mehr", "isna", "yjc"]), number * HOUR
        match draw.randrange(4):
            case 0:
                stories.append(told(agency, number, bulletin("quake", number), after))
            case 1:
                stories.append(told(agency, number, bulletin("dams", number // 3), after))
            case 2 if stories:
                taken = draw.choice(stories[-6:])
                stories.append(told(agency, number, tuple(taken.body.split("\n")[:3]), after))
            case _ if stories:
                old = draw.choice(stories[-6:])
                stories.append(told(old.agency, old.story_id, tuple(old.body.split("\n")[::-1]) + OTHER[:1]))
    return stories


@pytest.mark.parametrize("seed", range(2))
def test_the_same_stories_give_the_same_clusters_after_any_kill_and_restart(tmp_path, seed):
    stories = wire(seed)
    with open_store(tmp_path / "whole.db") as store:
        store.add_all([analyse(one) for one in stories], now=NOON + DAY)
        whole = state(store)
    for one in stories:
        with open_store(tmp_path / "torn.db") as store:
            with pytest.raises(KeyboardInterrupt):
                killed(store, one)
            add(store, one)
    with open_store(tmp_path / "torn.db") as store:
        assert state(store) == whole
    assert whole[0]


def test_a_revision_may_leave_its_cluster_and_come_back(store):
    first, second, third = add(
        store, told("mehr", 1, TEXT), told("isna", 1, TEXT, HOUR), told("yjc", 1, TEXT[1:], 2 * HOUR)
    )
    assert store.add(analyse(told("mehr", 1, OTHER)), now=NOON + DAY).verdict is Verdict.REVISED
    assert groups(store) == {second: {second, third}}
    add(store, told("mehr", 1, TEXT))
    assert groups(store) == {first: {first, second, third}}


def test_issues_of_a_form_are_updates_and_not_joined(store):
    numbers = add(store, *(told("mehr", seed, bulletin("quake", seed), seed * HOUR) for seed in range(6)))
    assert groups(store) == {}
    found = store.conn.execute("SELECT DISTINCT story FROM edges WHERE kind = 'update_of'").fetchall()
    assert {story for (story,) in found} == set(numbers[1:])


def test_a_copy_of_an_issue_joins_that_issue_even_when_the_form_is_old(store):
    issues = add(store, *(told("mehr", day, bulletin("seizure", day), day * DAY) for day in range(8)))
    (copy,) = add(store, told("isna", 1, "به گزارش مهر، " + bulletin("seizure", 7), 7 * DAY + HOUR))
    assert groups(store) == {issues[7]: {issues[7], copy}}


def test_a_passage_is_reuse(store):
    first, second = add(store, told("mehr", 1, TEXT), told("isna", 1, OTHER + OTHER[::-1] + TEXT[:1], HOUR))
    assert store.conn.execute("SELECT story, other, kind FROM edges").fetchall() == [(second, first, "reuse")]


def test_house_lines_do_not_make_stories_alike(store):
    for number in range(3):
        add(store, told("mehr", number, (bulletin("quake", number).split("\n")[0], HOUSE), number * HOUR))
    before = len(groups(store))
    add(store, told("mehr", 8, (TEXT[0], HOUSE), 5 * HOUR), told("mehr", 9, (OTHER[0], HOUSE), 6 * HOUR))
    assert len(groups(store)) == before == 0


def test_stories_four_days_apart_are_not_compared(store):
    add(store, told("mehr", 1, TEXT), told("isna", 1, TEXT, 4 * DAY))
    assert state(store)[0] == []


def test_the_credited_agency_speaks_though_it_was_later(store):
    store.add_agency("isna", "خبرگزاری ایسنا")
    early, late, third = add(
        store,
        told("mehr", 1, TEXT, credit=Credit(reporter="مهر", source="خبرگزاری ایسنا")),
        told("isna", 1, TEXT, HOUR),
        told("yjc", 1, TEXT, 2 * HOUR, credit=Credit(source="mehr")),
    )
    assert groups(store) in ({late: {early, late, third}}, {early: {early, late, third}})
    assert [one.agency for one in clusters.members(store.conn, third)] == ["mehr", "isna", "yjc"]


@pytest.mark.parametrize(
    ("sources", "speaks"),
    [
        pytest.param({}, 1, id="earliest"),
        pytest.param({1: "ج", 2: "ج"}, 3, id="credited-by-most"),
        pytest.param({3: "ب"}, 2, id="credited-by-one"),
        pytest.param({1: "ی"}, 1, id="credits-a-stranger"),
        pytest.param({1: "الف"}, 1, id="credits-itself"),
    ],
)
def test_who_speaks_for_a_cluster(sources, speaks):
    names = {1: "الف", 2: "ب", 3: "ج"}
    members = [
        Member(
            story=number, agency=f"a{number}", name=name, published=f"2024-09-22T0{number}:00:00Z", first_seen="",
            credit=Credit(source=sources[number]) if number in sources else None,
        )
        for number, name in names.items()
    ]  # fmt: skip
    assert representative(members).story == speaks
    assert representative(members[::-1]).story == speaks
    assert all(chain(one, members)[-1].story == speaks for one in members)


def test_the_chain_of_attribution():
    first = Member(story=1, agency="a", name="الف", published="2024-09-22T01:00:00Z")
    second = Member(story=2, agency="b", name="ب", published="2024-09-22T02:00:00Z", credit=Credit(source="الف"))
    third = Member(
        story=3, agency="c", name="ج", published="2024-09-22T03:00:00Z", credit=Credit(reporter="ج", source="ب")
    )
    assert [one.agency for one in chain(third, [third, second, first])] == ["c", "b", "a"]


SAME, RARE = 7 << 40, 9 << 40


def test_the_shelves_give_back_what_was_put_there(store):
    draw, ours = random.Random(3), Shelves(store.conn)
    prints = {DAY_OF_MANY + n: [draw.getrandbits(63) for _ in range(40)] for n in range(1, 50)}
    for story, values in prints.items():
        ours.put(story, [*values, SAME])
    gone = next(iter(prints))
    for shelves in (ours, Shelves(store.conn)):  # as this writer has them in memory, and as another reads them
        for story, values in prints.items():
            assert set(map(tuple, shelves.look_up(days(22), values, 200).values())) == {(story,)}
        assert shelves.look_up(days(22), [SAME], 200) == {SAME: list(prints)}
        assert shelves.look_up(days(23), [SAME], 200) == {}
    ours.remove(gone)
    ours.remove(gone)
    for shelves in (ours, Shelves(store.conn)):
        assert shelves.look_up(days(22), [SAME, *prints[gone]], 200) == {SAME: list(prints)[1:]}


@pytest.mark.parametrize("change", ["put", "remove", "clear", "clear and put", "clear all"])
def test_what_was_rolled_back_is_on_no_shelf(store, change):
    shelves = Shelves(store.conn)
    for number in range(3):
        shelves.put(DAY_OF_MANY + number, [SAME, RARE + (number << 30)])
    store.db.begin()
    if "remove" in change:
        shelves.remove(DAY_OF_MANY)
    if "clear" in change:
        shelves.clear_all() if "all" in change else shelves.clear(20240922)
    if "put" in change:
        shelves.put(DAY_OF_MANY + 5, [SAME, RARE + (5 << 30)])
    store.db.rollback()
    shelves.put(DAY_OF_MANY + 3, [SAME])
    asked = [SAME, *(RARE + (number << 30) for number in (1, 5))]
    found = {SAME: [DAY_OF_MANY + number for number in range(4)], asked[1]: [DAY_OF_MANY + 1]}
    assert shelves.look_up(days(22), asked, 200) == Shelves(store.conn).look_up(days(22), asked, 200) == found


@pytest.mark.parametrize("let_go", [pytest.param(1, id="taken-out-at-once"), pytest.param(1_000, id="taken-out-later")])
def test_a_shelf_that_is_full_takes_no_more_and_memory_lets_go_of_days(store, monkeypatch, let_go):
    monkeypatch.setattr(shelf, "A_DAY", 3)
    monkeypatch.setattr(shelf, "LET_GO", let_go)
    monkeypatch.setattr(shelf, "IN_MEMORY", 4)
    shelves = Shelves(store.conn)
    for day in range(4):
        for number in range(5):
            shelves.put(DAY_OF_MANY + day * shelf.NUMBERS_A_DAY + number, [SAME])
    for day in (*range(4), *range(3)):
        first = DAY_OF_MANY + day * shelf.NUMBERS_A_DAY
        assert shelves.look_up(days(22 + day), [SAME], 200) == {SAME: [first, first + 1, first + 2]}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=40), st.sets(st.integers(0, 3)))
def test_what_stands_on_shelves_that_are_let_go_of_is_gone_and_all_else_is_found(put, kept):
    places, values = Places(), (SAME, RARE, SAME + 256)
    shelves = [places.shelf() for _ in range(4)]
    for story, (at, value) in enumerate(put):
        places.add(shelves[at], story, row_of([values[value]]))
    places.keep(frozenset(shelves[at] for at in kept))
    found = dict(places.find(row_of(values), dict.fromkeys(shelves, 0), 100))
    for number in range(3):
        wanted = [story for story, (at, value) in enumerate(put) if value == number and at in kept]
        assert found.get(number, []) == wanted


def test_a_shelf_whose_number_ends_as_one_that_stays_is_not_found_once_it_is_let_go_of():
    places = Places()
    gone, *_, stays = (places.shelf() for _ in range(257))
    for shelf_number in (gone, stays):
        places.add(shelf_number, 7, row_of([SAME]))
    places.keep(frozenset([stays]))
    assert dict(places.find(row_of([SAME]), {stays: 1000}, 100)) == {0: [1007]}
    places.keep(frozenset())
    assert not dict(places.find(row_of([SAME]), {gone: 0, stays: 1000}, 100))


@given(st.lists(st.text(st.sampled_from("آبپ ۱2.*\n\N{ZERO WIDTH NON-JOINER}"), max_size=30), min_size=3, max_size=3))
def test_a_sketch_has_the_words_of_its_story_paragraph_by_paragraph(texts):
    paragraphs = paragraphs_of(*texts)
    assert sketch_of(*texts).paragraphs == (paragraphs or ((),))
    assert all(at < max(1, len(paragraphs)) for at in sketch_of(*texts).prints.values())


def test_words_are_kept_as_long_as_the_row_they_are_of_and_the_last_ones_only():
    recent = Recent()
    for story in range(KEPT + 1):
        recent.keep(story, b"sum", "یک دو\nسه")
    assert recent.text(0, b"sum") is None
    assert recent.text(1, b"other") is None
    assert paragraphs_in(recent.text(1, b"sum")) == (("یک", "دو"), ("سه",))


def test_a_copy_of_what_a_story_says_after_a_better_reading_is_found_and_one_of_before_is_none(store):
    (first,) = add(store, told("mehr", 1, TEXT))
    store.retell(first, analyse(told("mehr", 1, OTHER)))
    before, after = add(store, told("isna", 1, TEXT, HOUR), told("yjc", 1, OTHER, HOUR))
    assert groups(store) == {first: {first, after}}
    assert clusters.is_alone(store.conn, before)


def test_old_days_make_room(store, monkeypatch):
    monkeypatch.setattr(shelf, "STORIES", 3)
    shelves = Shelves(store.conn)
    for day in range(1, 21):
        shelves.put((20241000 + day) * shelf.NUMBERS_A_DAY + 1, [day])
    kept = store.conn.execute("SELECT day FROM fingerprint_days ORDER BY day").fetchall()
    assert kept == [(20241000 + day,) for day in range(7, 21)]
    assert store.conn.execute("SELECT count(*) FROM fingerprints").fetchone() == (14,)


def test_other_sketches_are_taken_anew(store):
    add(store, told("mehr", 1, TEXT), told("isna", 1, OTHER))
    before = state(store)
    store.conn.execute("UPDATE versions SET version = 0 WHERE part = 'sketch'")
    store.conn.execute("DELETE FROM fingerprints")
    assert store.refresh_sketches() is True
    assert state(store) == before
    assert store.refresh_sketches() is False
