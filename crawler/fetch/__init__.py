"""Fetch from the web, guarded: the only rooms that know Scrapy and Twisted."""

from crawler.fetch.spider import crawl, survey

__all__ = ["crawl", "survey"]
