"""news-please as a library, with its own downloader, eight threads; its `from_urls` gave no answer here."""

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from kept import Kept
from newsplease import NewsPlease

KEPT, LOCK = Kept(sys.argv[2]), Lock()


def one(url: str) -> None:
    article = NewsPlease.from_url(url, fetch_images=False)
    with LOCK:
        KEPT.add(url, article and article.maintext)


with ThreadPoolExecutor(8) as pool:
    list(pool.map(one, KEPT.missing(sys.argv[1])))
