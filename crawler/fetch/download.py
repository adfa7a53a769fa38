"""Send one request through the engine's downloader: an answer or a FetchError comes back, nothing else."""

import re
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.fetch.network import GuardedResolver
from crawler.ports import FetchError

# How Twisted lists what went wrong below.
_FAILURE = re.compile(r"<twisted\.python\.failure\.Failure (?:\w+\.)*(.*?)>(?=[],])")


async def download(crawler: Crawler, request: Request) -> Response:
    """Return the answer to `request`; whatever else the network does becomes a FetchError with its reason."""
    if crawler.engine is None:
        raise FetchError("the engine is not running")
    try:
        return await crawler.engine.download_async(request)
    except Exception as error:
        refused = GuardedResolver.refused.get(urlsplit(request.url).hostname or "")
        raise FetchError(refused or _why(error, request.url)) from error


def _why(error: Exception, url: str) -> str:
    """Return what went wrong on one line: our words as they are, others' after the name of the error."""
    text = " ".join(_FAILURE.sub(r"\1", str(error)).replace(url, "it").split())[:300]
    return text if isinstance(error, IgnoreRequest | FetchError) else f"{type(error).__name__}: {text}".rstrip(": ")
