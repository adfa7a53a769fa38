"""`bayegan agencies add`: get to know a site and write an agency file for it."""

import re
import sys
from pathlib import Path

import click

from archive.commands.terminal import Session, echo_json, harmless, json_option, persian, remark
from archive.errors import SettingsError
from archive.settings import Settings
from archive.story import Story
from archive.text.dates import jalali_long
from crawler.agency import Agency, check_contact, load_agencies, load_agency
from crawler.fetch import survey
from crawler.survey import Sample, Survey, as_toml, key_of


@click.command("add")
@click.argument("url")
@click.option("--key", default="", help="What to call it in files and options.  [default: from its host]")
@click.option("--name", default="", help="What it calls itself, in Persian.  [default: what its pages say]")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@json_option
@click.pass_obj
def command(session: Session, url: str, *, key: str, name: str, dry_run: bool, as_json: bool) -> None:
    """Get to know the site at URL and write an agency file for it.

    Looks for feeds and sitemaps where the home page, robots.txt and sites of its kind have them, works out how its
    story addresses look, recognises the page family, extracts three stories and shows them: look whether they are
    whole. At most some twenty requests, as slow and polite as a crawl. The file goes into crawler.agencies_dir, or
    ./agencies; docs/agencies.md says what may be improved in it by hand. Ends with 1 when no story could be extracted.

    \b
    Example:
      bayegan agencies add https://www.example.ir/ --key example
    """  # noqa: D301 - \b keeps Click from filling the lines
    settings = session.settings
    url = url if "://" in url else f"https://{url}"
    key = key or key_of(url)
    _refuse(settings, key, url)
    check_contact(settings, [Agency(key=key, name=name, home=url)])
    remark(f"bayegan: {harmless(url)}: looking at feeds, sitemaps and three stories")
    found = survey(url, settings.crawler, key, name)
    file = settings.folder / (settings.crawler.agencies_dir or "agencies") / f"{key}.toml"
    _show(found, file, as_json=as_json)
    if found.stories and not dry_run:
        _write(file, found.agency)
        _say_next(settings, key, file)
    sys.exit(0 if found.stories else 1)


def _refuse(settings: Settings, key: str, url: str) -> None:
    """Raise SettingsError for a key that is none or taken, and for a site that is known already."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", key):
        raise SettingsError("--key", key, "must be of a-z, 0-9, - and _")
    known = load_agencies(settings)
    if key in known:
        raise SettingsError("--key", key, f"there is an agency of that name: {known[key].home}")
    for other, agency in known.items():
        if agency.owns(url):
            raise SettingsError(url, "known already", f"it is {other}")


def _write(file: Path, agency: Agency) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(as_toml(agency))
    except OSError as error:
        raise SettingsError(file, "cannot be written", error.strerror or "") from error
    load_agency(file)


def _say_next(settings: Settings, key: str, file: Path) -> None:
    said = f"written to {file}; name it in settings.toml to have it crawled: [agencies] {key} = {{}}"
    if not settings.crawler.agencies_dir:
        said += f', and tell where it is: [crawler] agencies_dir = "{file.parent.name}"'
    remark(f"bayegan: {said}")


def _show(found: Survey, file: Path, *, as_json: bool) -> None:
    if as_json:
        agency, family = found.agency, found.agency.family
        row = {name: getattr(agency, name) for name in ("key", "name", "home", "feeds", "sitemaps", "story")}
        samples = [_row(sample) for sample in found.samples]
        echo_json(row | {"family": family.name if family else None, "file": str(file), "samples": samples})
        return
    for sample in found.samples:
        _show_sample(sample)
    click.secho(f"# {file}", bold=True)
    click.echo("\n".join(harmless(line) for line in as_toml(found.agency).splitlines()))


def _row(sample: Sample) -> dict[str, object]:
    reading = sample.reading
    story = reading.analysed.story.as_json() if reading.analysed else None
    return {"url": sample.url, "verdict": str(reading.verdict), "reason": reading.reason, "story": story}


def _show_sample(sample: Sample) -> None:
    reading = sample.reading
    click.secho(
        f"{harmless(sample.url)}: {reading.verdict}: {harmless(reading.reason)}",
        fg="green" if reading.analysed else "red",
    )
    if reading.analysed is None:
        return
    story = reading.analysed.story
    for text in (story.kicker, story.title, _when(story), story.lead, *_ends(story.paragraphs)):
        if text:
            click.echo(f"  {persian(text)}")
    click.echo()


def _when(story: Story) -> str:
    return jalali_long(story.published) if story.published else "no date"


def _ends(paragraphs: list[str]) -> list[str]:
    """Return the first and the last paragraph, which show whether a story is whole and nothing hangs on it."""
    between = [f"[… {len(paragraphs) - 2} …]"] if len(paragraphs) > 2 else []  # noqa: PLR2004
    return [*paragraphs[:1], *between, *paragraphs[1:][-1:]]
