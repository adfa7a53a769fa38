"""A Scrapy spider that reads each page with trafilatura in its callback."""

import sys

import scrapy
import trafilatura
from kept import Kept
from scrapy.crawler import CrawlerProcess

KEPT = Kept(sys.argv[2])


class Stories(scrapy.Spider):
    name = "stories"

    async def start(self):
        for url in KEPT.missing(sys.argv[1]):
            yield scrapy.Request(url, self.read, cb_kwargs={"listed": url})

    def read(self, response, listed):
        KEPT.add(listed, trafilatura.extract(response.body))


process = CrawlerProcess(
    {"CONCURRENT_REQUESTS": 8, "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "DOWNLOAD_DELAY": 0, "LOG_LEVEL": "ERROR",
     "ROBOTSTXT_OBEY": True, "TELNETCONSOLE_ENABLED": False}
)  # fmt: skip
process.crawl(Stories)
process.start()
