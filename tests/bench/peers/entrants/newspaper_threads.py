"""newspaper4k with its own downloader, eight threads as its `fetch_news` has them."""

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import newspaper
from kept import Kept

KEPT, LOCK = Kept(sys.argv[2]), Lock()


def one(url: str) -> None:
    article = newspaper.Article(url, language="fa", memoize_articles=False)
    article.download()
    article.parse()
    with LOCK:
        KEPT.add(url, article.text)


with ThreadPoolExecutor(8) as pool:
    list(pool.map(one, KEPT.missing(sys.argv[1])))
