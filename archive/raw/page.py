"""A raw page and its packed form: the only module that knows zstandard.

A page is packed with an earlier page of the same agency as its dictionary (RFC 8878 section 6: raw content): menus,
scripts and related stories stand in both, so that what is left is little more than the story.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import zstandard

from archive.story import iso
from archive.text.jalali import jalali

# Of 80 real pages of 260 KB level 9 took two fifths longer for 4 % less; of invented ones with less in common nearly
# twice as long for 9 % less.
LEVEL = 6
# What a dictionary may be: shorter pages have too little of a site, longer ones cost time with every page.
DICTIONARY_BYTES = (4 * 1024, 1024 * 1024)

type Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """A page as it was fetched: `body` without its transfer and content codings, headers as they were sent.

    `url` is where redirects ended, `fetched` is aware.
    """

    agency: str
    url: str
    fetched: datetime
    status: int
    body: bytes
    request: Headers = ()
    response: Headers = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """An earlier page of an agency, by the SHA-256 of its bytes, in the file of `month`."""

    month: str
    hash: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A page ready for the file of its `month`: `packed` unpacks to `size` bytes whose SHA-256 is `hash`.

    `dictionary` is the hash of the page it was packed with, empty = none; headers are JSON lists of pairs.
    """

    month: str
    agency: str
    url: str
    fetched: str
    status: int
    hash: str
    size: int
    packed: bytes
    dictionary: str
    request: str
    response: str


def month_of(moment: datetime) -> str:
    """Return the Jalali month of a moment in Tehran, which names its file: `1403-07`."""
    return jalali(moment).replace("/", "-")[:7]


class Packer:
    """Packs pages of one agency, all with the same dictionary or with none; never two at once (zstd's state is one)."""

    def __init__(self, dictionary: Dictionary | None) -> None:
        """Prepare the dictionary once: with each page it would cost as much as packing it."""
        self.dictionary = dictionary
        if dictionary is None:
            self._zstd = zstandard.ZstdCompressor(level=LEVEL)
        else:
            known = zstandard.ZstdCompressionDict(dictionary.body, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
            known.precompute_compress(level=LEVEL)
            self._zstd = zstandard.ZstdCompressor(dict_data=known)

    def pack(self, page: RawPage) -> Packed:
        """Return `page` packed; the same page gives the same bytes."""
        month = month_of(page.fetched)
        if self.dictionary is not None and self.dictionary.month != month:
            raise ValueError(f"a dictionary of {self.dictionary.month} for a page of {month}")
        return Packed(
            month=month,
            agency=page.agency,
            url=page.url,
            fetched=iso(page.fetched),
            status=page.status,
            hash=digest(page.body),
            size=len(page.body),
            packed=self._zstd.compress(page.body),
            dictionary="" if self.dictionary is None else self.dictionary.hash,
            request=json.dumps(page.request, ensure_ascii=False),
            response=json.dumps(page.response, ensure_ascii=False),
        )


def unpack(packed: bytes, size: int, dictionary: bytes | None) -> bytes:
    """Return the body of a packed page; raises ValueError when it is damaged."""
    known = None
    if dictionary is not None:
        known = zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    try:
        return zstandard.ZstdDecompressor(dict_data=known).decompress(packed, max_output_size=size)
    except zstandard.ZstdError as error:
        raise ValueError(f"damaged: {error}") from error


def digest(body: bytes) -> str:
    """Return the hash that a page is known by: SHA-256 in hexadecimal."""
    return sha256(body).hexdigest()


def teaches(body_size: int) -> bool:
    """Whether a page of so many bytes may be the dictionary of others."""
    least, most = DICTIONARY_BYTES
    return least <= body_size <= most
