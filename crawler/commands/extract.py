"""`bayegan extract`: what we make of saved pages."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archive.commands.terminal import AGENCY, Session, echo_json, harmless, json_option, persian
from archive.errors import SettingsError
from archive.story import Story
from archive.text.dates import jalali_long
from crawler.agency import Agency, load_agencies
from crawler.extract import Extract, extract

# The keys of a JSON line, as scripts know them; what else a story holds comes after.
_KEYS = (
    "agency", "story_id", "url", "kicker", "title", "lead", "body", "published", "published_raw", "modified", "byline",
    "section", "tags", "images", "credit",
)  # fmt: skip


@click.command("extract")
@click.argument("pages", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--agency", "key", type=AGENCY, required=True, help="Whose pages these are; see `bayegan agencies`.")
@click.option("--url", default="", help="Where the page was fetched.  [default: its canonical link]")
@json_option
@click.pass_obj
def command(session: Session, pages: tuple[Path, ...], key: str, url: str, *, as_json: bool) -> None:
    """Show what we make of saved PAGES of an agency: its story, or why there is none.

    With --json one object a line, in the order of PAGES. Ends with 1 when a page cannot be read or holds no story.
    """
    known = load_agencies(session.settings)
    if key not in known:
        raise SettingsError.unknown("--agency", key, sorted(known), "no such agency")
    failed = 0
    for file in pages:
        try:
            found = extract(file.read_bytes(), known[key], url, now=datetime.now(UTC))
        except OSError as error:
            click.echo(f"bayegan: {file}: cannot be read: {error.strerror}", err=True)
            failed += 1
            continue
        failed += found.story is None
        if as_json:
            echo_json(_row(file, known[key], found))
        else:
            _print(file, found)
    sys.exit(1 if failed else 0)


def _row(file: Path, agency: Agency, found: Extract) -> dict[str, Any]:
    """Return the JSON object of one page; one without a story has null for all that a story would say."""
    story = {} if found.story is None else found.story.as_json()
    row: dict[str, Any] = {"file": str(file)} | {name: story.get(name) for name in _KEYS}
    row["agency"] = agency.key
    return (
        row
        | {name: value for name, value in story.items() if name not in row}
        | {
            "verdict": str(found.verdict),
            "reason": found.reason,
        }
    )


def _print(file: Path, found: Extract) -> None:
    click.secho(f"{file}: {found.verdict}: {harmless(found.reason)}", fg="green" if found.story else "red")
    if found.story is None:
        return
    for name, value in _facts(found.story):
        if value:
            click.echo(f"  {name:10} {persian(value)}")
    for paragraph in found.story.paragraphs:
        click.echo(f"    {persian(paragraph)}")


def _facts(story: Story) -> list[tuple[str, str]]:
    when = "" if story.published is None else f"{jalali_long(story.published)} ({story.published:%Y-%m-%d %H:%M} UTC)"
    return [
        ("url", harmless(story.url)),
        ("story_id", story.story_id or ""),
        ("kicker", story.kicker),
        ("title", story.title),
        ("lead", story.lead),
        ("published", when or story.published_raw),
        ("disagree", "; ".join(f"{one.source} {one.raw}" for one in story.dates if one.disagrees)),
        ("byline", story.byline),
        ("section", story.section),
        ("tags", "، ".join(story.tags)),
        ("images", str(len(story.images) or "")),
        ("cut", " | ".join(story.boilerplate)),
    ]
