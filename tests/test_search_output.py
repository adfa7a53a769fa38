"""What `bayegan search` prints for a person is short; scripts get all of it."""

from archive.commands.search import FACET_VALUES, _print_facets


def test_a_facet_shows_its_first_values_and_how_many_more_there_are(capsys):
    months = {f"1403/{number:02}": number for number in range(1, FACET_VALUES + 4)}
    _print_facets({"month": months, "section": {"استان‌ها": 1}, "agency": {}})
    month, section = capsys.readouterr().out.splitlines()
    assert month.startswith("month: 1403/01 1  1403/02 2")
    assert month.endswith(f"1403/{FACET_VALUES} {FACET_VALUES}  and 3 more")
    assert section == "section: استان‌ها 1"
