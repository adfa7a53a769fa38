"""Pack the pages of a crawl, each with its agency's dictionary of the month."""

import asyncio
from collections.abc import Awaitable, Callable

from archive.raw.page import Dictionary, Packed, Packer, RawPage, month_of

# A page of so many bytes is packed in less time than a thread takes to be asked and to answer, twice.
_SOON = 256 * 1024


class PagePacker:
    """Packs pages of one agency; asks for the month's dictionary until there is one."""

    def __init__(self, ask: Callable[[str], Awaitable[Dictionary | None]]) -> None:
        """`ask` gives the dictionary of a month, None while there is none."""
        self._ask = ask
        self._packer = Packer(None)
        self._one_at_a_time = asyncio.Lock()

    async def pack(self, page: RawPage) -> Packed:
        """Return `page` packed; one that takes long does not hold up the downloads."""
        async with self._one_at_a_time:
            month = month_of(page.fetched)
            if self._packer.dictionary is None or self._packer.dictionary.month != month:
                self._packer = Packer(await self._ask(month))
            if len(page.body) < _SOON:
                return self._packer.pack(page)
            return await asyncio.to_thread(self._packer.pack, page)
