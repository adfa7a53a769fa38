"""news-please as a library, with its own downloader and its own pool of processes, forty addresses at a time."""

import sys
from itertools import batched

from kept import Kept
from newsplease import NewsPlease

if __name__ == "__main__":
    kept = Kept(sys.argv[2])
    for urls in batched(kept.missing(sys.argv[1]), 40):
        for url, article in NewsPlease.from_urls(list(urls), fetch_images=False).items():
            kept.add(url, article and article.maintext)
