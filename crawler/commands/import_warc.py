"""Take in the pages of a WARC file as stories, through extraction."""

import asyncio
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import click

from archive import pages
from archive.commands.terminal import Session, echo_json, harmless
from archive.errors import SettingsError
from archive.raw.files import RawWriter, folder_of, open_raw
from archive.raw.page import Packed, Packer, RawPage, month_of
from archive.raw.warc import Foreign, read_warc
from archive.store import Store, open_store
from archive.verdict import Verdict
from crawler.agency import Agency, load_agencies
from crawler.house import with_lines
from crawler.reader import HostilePageError, Page, Reader, open_reader

_COUNTED = ("new", "revised", "unchanged", "older", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taker:
    """Takes in one page after the other; `agencies` are those whose stories are wanted."""

    store: Store
    raw: RawWriter | None
    reader: Reader
    agencies: Mapping[str, Agency]

    async def take(self, record: Foreign) -> tuple[str, str]:
        """Store the story of a record, and say what it was and why."""
        agency = next((one for one in self.agencies.values() if one.is_story(record.url)), None)
        if record.page is None or agency is None:
            return "rejected", record.reason or "no story of an agency that is known"
        page = replace(record.page, agency=agency.key)
        charset = next((value for name, value in page.response if name.lower() == "content-type"), "")
        asked = Page(url=page.url, body=page.body, charset=charset.rpartition("charset=")[2])
        try:
            reading = await self.reader.read(asked, with_lines(self.store.conn, agency), page.fetched)
        except HostilePageError as error:
            return "rejected", str(error)
        if reading.analysed is None:
            return "rejected", f"{reading.verdict}: {reading.reason}"
        verdict, story = self.store.foresee(reading.analysed)
        if story is not None and verdict is not Verdict.NEW and self._is_older(story, page.fetched):
            return "older", ""
        packed = self._keep(page) if verdict is not Verdict.UNCHANGED else None
        with self.store.atomic():
            self.store.add_agency(agency.key, agency.name, agency.own_hosts)
            stored = self.store.add(reading.analysed, now=page.fetched)
            if packed is not None:
                pages.note_story(self.store.conn, stored.id, packed)
        return str(stored.verdict), ""

    def _is_older(self, story: int, fetched: datetime) -> bool:
        return fetched < datetime.fromisoformat(self.store.row(story)["last_seen"])

    def _keep(self, page: RawPage) -> Packed | None:
        if self.raw is None:
            return None
        packed = Packer(self.raw.dictionary(page.agency, month_of(page.fetched))).pack(page)
        self.raw.keep(packed, teach=True)
        return packed


def import_warc(session: Session, file: Path, agency: str | None, archive: Path | None, *, as_json: bool) -> None:
    """Take in `file`, say what came of it, and end with 1 when nothing could be taken in."""
    settings, path = session.settings, session.archive(archive)
    known = load_agencies(settings)
    if agency is not None and agency not in known:
        raise SettingsError.unknown("--agency", agency, sorted(known), "no such agency")
    wanted = known if agency is None else {agency: known[agency]}
    crawler = settings.crawler
    with (
        open_store(path, alerts=settings.alerts_folder) as store,
        open_raw(folder_of(path)) as raw,
        open_reader(crawler.extract_s, crawler.extract_bytes) as reader,
    ):
        taker = _Taker(store=store, raw=raw if crawler.raw_pages else None, reader=reader, agencies=wanted)
        counts = asyncio.run(_all(taker, file))
    said = {name: counts[name] for name in _COUNTED}
    if as_json:
        echo_json(said)
    else:
        click.echo(", ".join(f"{count:,} {name}" for name, count in said.items()))
    sys.exit(1 if counts["rejected"] and counts["rejected"] == counts.total() else 0)


async def _all(taker: _Taker, file: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    for record in read_warc(file):
        verdict, reason = await taker.take(record)
        counts[verdict] += 1
        if reason:
            click.echo(f"bayegan: {file}: {harmless(record.url) or 'end'}: {reason}", err=True)
    return counts
