"""Raw pages as WARC 1.1 (ISO 28500:2017), for replay tools, and WARC files of others as raw pages: knows warcio."""

import io
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.errors import ArchiveError
from archive.raw.page import Headers, RawPage, digest
from archive.story import iso
from archive.text.letters import clean

_SOFTWARE = {"software": "Bayegan", "format": "WARC File Format 1.1", "conformsTo": "ISO 28500:2017"}
# Bodies are written without their codings, so that headers that speak of these would lie.
_CODINGS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
# What the name of a field may not hold (RFC 9110 section 5.6.2).
_NO_TOKEN = re.compile(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]")
_NOTHING: Mapping[str, str] = MappingProxyType({})
_PAGE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A record of a WARC file: its page, or why it is none (`reason`); `url` is what it was asked for."""

    url: str
    page: RawPage | None = None
    reason: str = ""


def write_warc(found: Iterable[tuple[RawPage, dict[str, Any]]], out: IO[bytes]) -> int:
    """Write pages, each with what is known of it, to `out` as gzipped records; return how many.

    A page is a response, the request that asked for it and a metadata record; a body that was written before is a
    revisit of it (section 6.7). Digests are SHA-1, as all replay tools expect.
    """
    writer = WARCWriter(out, gzip=True, warc_version=WARCWriter.WARC_1_1)
    writer.write_record(writer.create_warcinfo_record("bayegan.warc.gz", _SOFTWARE))
    written: dict[str, tuple[str, str, str]] = {}  # body -> where and when it was written first, and its digest
    count = 0
    for page, known in found:
        when, body = iso(page.fetched), digest(page.body)
        headers = _http(page)
        if body in written:
            url, then, sha1 = written[body]
            record = _record(writer, page, "revisit", b"", headers, more=_revisit(writer, url, then, sha1))
        else:
            record = _record(writer, page, "response", page.body, headers)
        request = _record(writer, page, "request", b"", _request(page))
        writer.write_request_response_pair(request, record)
        written.setdefault(body, (_target(page.url), when, record.rec_headers.get_header("WARC-Payload-Digest")))
        writer.write_record(_metadata(writer, page, known, record, when))
        count += 1
    return count


def read_warc(file: Path) -> Iterator[Foreign]:
    """Yield the answers of a WARC or ARC file that are pages, gzipped or not, and why others are none.

    A torn tail ends the file: what stands before it is taken. Raises ArchiveError when there is no such file, or it is
    no WARC at all.
    """
    try:
        raw = file.open("rb")
    except OSError as error:
        raise ArchiveError(file, "cannot be read", error.strerror or "") from error
    seen = False
    with raw:
        try:
            for record in ArchiveIterator(raw, check_digests=True):
                seen = True
                if record.rec_type == "response":
                    yield _foreign(record)
        except (ArchiveLoadFailed, EOFError, zlib.error, OSError, ValueError) as error:
            if not seen:
                raise ArchiveError(file, "no WARC", " ".join(str(error).split())) from error
            yield Foreign(url="", reason="the file is torn here; the rest is lost")


def _foreign(record: Any) -> Foreign:  # noqa: ANN401 - warcio has no types
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    http = record.http_headers
    if http is None:
        return Foreign(url=url, reason="no answer of a web server")
    kind = http.get_header("Content-Type") or ""
    if http.get_statuscode() != "200":
        return Foreign(url=url, reason=f"HTTP {http.get_statuscode()}")
    if "html" not in kind.lower():
        return Foreign(url=url, reason=f"no page: {kind or 'of no kind'}")
    body = record.content_stream().read(_PAGE_BYTES + 1)
    if len(body) > _PAGE_BYTES:
        return Foreign(url=url, reason=f"longer than {_PAGE_BYTES} bytes")
    record.raw_stream.read()  # to the end, so that the digest is known
    if record.digest_checker.passed is False:
        return Foreign(url=url, reason="its digest is wrong: damaged")
    return Foreign(
        url=url,
        page=RawPage(
            agency="",
            url=url,
            fetched=_moment(record.rec_headers.get_header("WARC-Date") or ""),
            status=200,
            body=body,
            response=tuple((name, value) for name, value in http.headers if name.lower() not in _CODINGS),
        ),
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _http(page: RawPage) -> StatusAndHeaders:
    kept = tuple((name, value) for name, value in _lines(page.response) if name.lower() not in _CODINGS)
    phrase = HTTPStatus(page.status).phrase if page.status in list(HTTPStatus) else ""
    headers = [*kept, ("Content-Length", str(len(page.body)))]
    return StatusAndHeaders(f"{page.status} {phrase}".strip(), headers, protocol="HTTP/1.1")


def _request(page: RawPage) -> StatusAndHeaders:
    parts = urlsplit(_target(page.url))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = list(_lines(page.request))
    if not any(name.lower() == "host" for name, _ in headers):
        headers.insert(0, ("Host", parts.netloc))
    return StatusAndHeaders(f"GET {path} HTTP/1.1", headers, is_http_request=True)


def _lines(headers: Headers) -> Headers:
    """Return headers that are one line each, whatever a server wrote into them: they are parsed again by others."""
    return tuple((name, clean(value)) for raw, value in headers if (name := _NO_TOKEN.sub("", raw)))


def _target(url: str) -> str:
    """Return an address as one word of one line."""
    return "".join(clean(url).split())


def _record(
    writer: WARCWriter,
    page: RawPage,
    kind: str,
    body: bytes,
    http: StatusAndHeaders,
    *,
    more: Mapping[str, str] = _NOTHING,
) -> Any:  # noqa: ANN401 - warcio has no types
    """Return a record; its length is told, since warcio would copy it into a file of its own to learn it."""
    return writer.create_warc_record(
        _target(page.url), kind, payload=io.BytesIO(body), length=len(body), http_headers=http,
        warc_headers_dict={"WARC-Date": iso(page.fetched), **more},
    )  # fmt: skip


def _revisit(writer: WARCWriter, url: str, then: str, sha1: str) -> dict[str, str]:
    return {
        "WARC-Profile": writer.REVISIT_PROFILE_1_1,
        "WARC-Refers-To-Target-URI": url,
        "WARC-Refers-To-Date": then,
        "WARC-Payload-Digest": sha1,
    }


def _metadata(writer: WARCWriter, page: RawPage, known: dict[str, Any], record: Any, when: str) -> Any:  # noqa: ANN401 - as above
    # Named fields (section 6.6): replay tools take a metadata record of any other kind for the page itself.
    told = "".join(
        f"{name}: {clean(str(value))}\r\n" for name, value in {"agency": page.agency, **known}.items()
    ).encode()
    headers = {
        "WARC-Date": when,
        "WARC-Refers-To": record.rec_headers.get_header("WARC-Record-ID"),
        "WARC-Concurrent-To": record.rec_headers.get_header("WARC-Record-ID"),
    }
    return writer.create_warc_record(
        _target(page.url), "metadata", payload=io.BytesIO(told), length=len(told),
        warc_content_type="application/warc-fields",
        warc_headers_dict=headers,
    )  # fmt: skip
