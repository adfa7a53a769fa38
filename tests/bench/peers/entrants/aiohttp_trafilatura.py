"""The loop one writes first: aiohttp fetches, eight at a time, and trafilatura reads each page where it arrives."""

import asyncio
import sys

import aiohttp
import trafilatura
from kept import Kept


async def main(sitemap: str, folder: str) -> None:
    kept, gate = Kept(folder), asyncio.Semaphore(8)
    async with aiohttp.ClientSession() as session:

        async def one(url: str) -> None:
            async with gate, session.get(url) as answer:
                kept.add(url, trafilatura.extract(await answer.read()))

        await asyncio.gather(*map(one, kept.missing(sitemap)))


asyncio.run(main(*sys.argv[1:3]))
