"""Clusters on the command line: who ran a story, what each changed, who takes over from whom."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from archive.duplicates.relations import Relations, other_agencies, relations
from archive.duplicates.syndication import syndication
from archive.store import open_store
from scheduler.cli import bayegan
from tests.stories import DAY, HOUR
from tests.test_clusters import OTHER, TEXT, add, state, told

CHANGED = (TEXT[0].replace("یزد", "زنجان"), "این بند تازه را خبرنگار ما افزود و در خبر نخست نبود.", TEXT[1])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "news.db"


@pytest.fixture
def numbers(path):
    """A story, two that took it over, the next issue of nothing, and a user of one passage."""
    with open_store(path) as store:
        return add(
            store,
            told("mehr", 1, TEXT),
            told("isna", 1, "به گزارش ایسنا، " + "\n".join(CHANGED), HOUR),
            told("yjc", 1, TEXT, 3 * HOUR),
            told("yjc", 2, OTHER + OTHER[::-1] + TEXT[:1], 4 * HOUR),
        )


@pytest.fixture
def run(path):
    def call(*words):
        done = CliRunner().invoke(bayegan, ["--archive", str(path), *map(str, words)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done

    return call


def rows(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_cluster_shows_who_ran_a_story_and_what_each_changed(run, numbers):
    (found,) = rows(run("cluster", numbers[2], "--json"))
    first, second, third = found["members"]
    assert found["cluster"] == first["id"] == numbers[0]
    assert (second["agency"], second["lag_min"], second["from"]) == ("isna", 60, ["mehr"])
    assert second["difference"]["changed"] == [["یزد", "زنجان"]]
    assert second["difference"]["added"] == ["این بند تازه را خبرنگار ما افزود و در خبر 1 نبود"]
    assert second["difference"]["dropped"][0].startswith("ساختمان تازه کتابخانه مرکزی با زیربنای 6000 متر")
    assert (third["difference"]["of_first"], third["difference"]["of_second"]) == (100, 100)


def test_cluster_prints_the_same_for_people(run, numbers):
    told = run("cluster", numbers[0]).stdout
    assert "~ یزد > زنجان" in told
    assert "+ این بند تازه را" in told
    assert "+60 min" in told
    assert "1 story" in run("cluster", numbers[3]).stderr


def test_compare_says_what_two_stories_are_to_each_other(run, numbers):
    (found,) = rows(run("compare", numbers[0], numbers[1], "--json"))
    assert (found["kind"], found["names"]) == ("copy", 1)
    assert "a shared passage" in run("compare", numbers[0], numbers[3]).stdout


@pytest.mark.parametrize("words", [("cluster", 20240922999999), ("compare", 20240922000001, 20240922999999)])
def test_a_story_that_is_not_there_is_an_error_of_ours(path, numbers, words):
    done = CliRunner().invoke(bayegan, ["--archive", str(path), *map(str, words)])
    assert done.exit_code == 1
    assert "20240922999999" in str(done.exception)


def test_syndication_says_who_takes_over_from_whom_and_how_soon(run, numbers):
    shares = {row["agency"]: row for row in rows(run("syndication", "--json"))}
    assert (shares["mehr"]["own"], shares["mehr"]["copied"], shares["mehr"]["from"]) == (1, 0, [])
    assert (shares["yjc"]["own"], shares["yjc"]["copied"]) == (1, 1)
    assert shares["yjc"]["from"] == [{"agency": "mehr", "stories": 1, "median_lag_min": 180}]
    assert "mehr 1, 180 min later" in run("syndication", "--from", "1403/07/01", "--to", "1403/07/01").stdout
    assert run("syndication", "--from", "1403/07/02").stdout == ""


def test_the_views_say_the_same(path, numbers):
    with open_store(path) as store:
        found = store.conn.execute("SELECT agency, day, own, copied, median_lag_min FROM syndication ORDER BY agency")
        assert found.fetchall() == [
            ("isna", 20240922, 0, 1, 60),
            ("mehr", 20240922, 1, 0, None),
            ("yjc", 20240922, 1, 1, 180),
        ]
        found = store.conn.execute("SELECT story, first, first_agency, lag_min FROM copies ORDER BY story").fetchall()
        assert found == [(numbers[1], numbers[0], "mehr", 60), (numbers[2], numbers[0], "mehr", 180)]
        assert [share.agency for share in syndication(store.conn, date(2024, 9, 22), None)] == ["isna", "mehr", "yjc"]


def test_relations_of_stories(path, numbers):
    with open_store(path) as store:
        found = {one: relations(store.conn, one) for one in numbers}
        assert other_agencies(store.conn, numbers) == {
            numbers[0]: ("isna", "yjc"), numbers[1]: ("mehr", "yjc"), numbers[2]: ("isna", "mehr"),
        }  # fmt: skip
    assert found[numbers[0]] == Relations(cluster=numbers[0], also_ran_in=(numbers[1], numbers[2]))
    alone = found[numbers[3]]
    assert (alone.cluster, alone.also_ran_in, numbers[0] in alone.reuse) == (numbers[3], (), True)
    assert alone.as_json()["reuse"] == list(alone.reuse)


def test_an_export_tells_what_stories_are_to_others(run, numbers):
    exported = {row["id"]: row for row in rows(run("export"))}
    assert [exported[one]["cluster"] for one in numbers] == [numbers[0]] * 3 + [numbers[3]]
    assert exported[numbers[0]]["also_ran_in"] == [numbers[1], numbers[2]]
    assert numbers[0] in exported[numbers[3]]["reuse"]
    assert exported[numbers[0]]["reuse"] == exported[numbers[0]]["update_of"] == []
    assert "also_ran_in,update_of,reuse" in run("export", "--format", "csv").stdout.splitlines()[0]


def test_search_folds_copies_for_people_and_names_them_for_scripts(run, numbers):
    told = run("search", "کتابخانه‌های", "اعضای")
    assert told.stdout.count("in 2 other agencies\n") == 1
    assert "4 stories, 2 of them folded as copies" in told.stderr
    hits = {row["id"]: row for row in rows(run("search", "کتابخانه‌های", "اعضای", "--json"))}
    assert {row["cluster"] for row in hits.values()} == {numbers[0], numbers[3]}
    assert hits[numbers[1]]["also_ran_in"] == ["mehr", "yjc"]
    assert hits[numbers[3]]["also_ran_in"] == []


def test_show_says_who_else_ran_a_story(run, numbers):
    assert "in 2 other agencies: mehr, yjc\n" in run("show", numbers[1]).stdout
    assert "در ۲ خبرگزاری دیگر: mehr, yjc\n" in run("--lang", "fa", "show", numbers[1]).stdout
    assert f"shares a passage with: {numbers[0]}" in run("show", numbers[3]).stdout
    (shown,) = rows(run("show", numbers[2], "--json"))
    assert (shown["cluster"], shown["also_ran_in"]) == (numbers[0], [numbers[0], numbers[1]])


def test_recluster_finds_what_was_not_compared_and_a_dry_run_changes_nothing(run, path, numbers):
    with open_store(path) as store:
        whole = state(store)
        store.conn.execute("DELETE FROM edges")
        store.conn.execute("DELETE FROM clusters")
        store.conn.execute("DELETE FROM fingerprints")
        bare = state(store)
    days = ("--from", "1403/07/01", "--to", "1403/07/01")
    dry = run("recluster", *days, "--json")
    assert rows(dry) == [{"id": story, "before": story, "after": numbers[0]} for story in numbers[1:3]]
    with open_store(path) as store:
        assert state(store) == bare
    assert "2 changed" in run("recluster", *days, "--apply").stderr
    with open_store(path) as store:
        assert state(store) == whole


def test_recluster_of_what_came_in_order_changes_nothing(path, numbers):
    with open_store(path) as store:
        add(store, *(told("mehr", 10 + day, TEXT if day % 2 else OTHER, day * DAY) for day in range(1, 7)))
        before = state(store)
        assert store.recluster(date(2024, 9, 22), date(2024, 9, 30), dry=False) == (10, [])
        assert state(store) == before


def test_a_story_by_itself_is_told_so(run, path, numbers):
    with open_store(path) as store:
        store.conn.execute("DELETE FROM edges")
        store.conn.execute("DELETE FROM clusters")
    assert (
        f"{numbers[1]}  by itself > under {numbers[0]}"
        in run("recluster", "--from", "1403/07", "--to", "1403/07").stdout
    )


def test_a_credit_is_read_at_import(run, path, tmp_path):
    file = tmp_path / "mehr.jsonl"
    told_by_others = {
        "id": "1",
        "agency": "yjc",
        "title": "یک",
        "body": "به گزارش باشگاه خبرنگاران جوان به نقل از خبرگزاری مهر، " + "\n".join(TEXT),
        "published": "2024-09-22T08:30:00Z",
    }
    own = {"id": "1", "agency": "mehr", "title": "دو", "body": "\n".join(TEXT), "published": "2024-09-22T09:30:00Z"}
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in (told_by_others, own)), "utf-8")
    run("import", file)
    with open_store(path) as store:
        speaks = store.conn.execute(
            "SELECT DISTINCT s.agency FROM clusters c JOIN stories s ON s.id = c.cluster"
        ).fetchall()
    assert speaks == [("mehr",)]
