"""What Scrapy could open to others is shut: consoles, foreign schemes, proxies, policies that are imported."""

import asyncio

import pytest
from scrapy import Request
from scrapy.core.downloader.handlers import DownloadHandlers
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.extensions.memusage import MemoryUsage
from scrapy.extensions.remote_control import RemoteControl
from scrapy.extensions.telnet import TelnetConsole
from scrapy.settings import Settings
from scrapy.spidermiddlewares.referer import RefererMiddleware

from archive.settings import CrawlerSettings
from crawler.agency import Agency
from crawler.fetch.gates import MAX_HOSTS, RobotsGate
from crawler.fetch.spider import WireSpider, scrapy_settings

AGENCY = Agency(key="namune", name="نمونه", home="https://namune.ir/")


def settings(**changes):
    return scrapy_settings(AGENCY, CrawlerSettings(**changes))


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(TelnetConsole, id="telnet-console-runs-code"),
        pytest.param(RemoteControl, id="remote-control-runs-code"),
        pytest.param(RefererMiddleware, id="referrer-policy-imports-what-a-header-names"),
        pytest.param(MetaRefreshMiddleware, id="meta-refresh-leads-on"),
        pytest.param(HttpProxyMiddleware, id="proxies-of-the-environment-pass-the-guard"),
        pytest.param(MemoryUsage, id="memory-mails"),
    ],
)
def test_a_part_that_opens_something_is_off(part, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://10.0.0.1:3128")
    crawler = Crawler(WireSpider, Settings(settings()))
    with pytest.raises(NotConfigured):
        part.from_crawler(crawler)


@pytest.mark.parametrize("scheme", ["file", "data", "ftp", "s3"])
def test_other_schemes_have_no_handler(scheme):
    crawler = Crawler(WireSpider, Settings(settings()))
    assert scheme not in DownloadHandlers(crawler)._schemes


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOWNLOAD_TIMEOUT", 30.0),
        ("DOWNLOAD_MAXSIZE", 8 * 1024 * 1024),
        ("REDIRECT_MAX_TIMES", 5),
        ("RETRY_TIMES", 1),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
    ],
)
def test_the_bounds_of_a_request(name, value):
    assert settings()[name] == value


def test_the_bounds_of_a_crawl():
    crawler = CrawlerSettings()
    assert (crawler.feed_bytes, crawler.feed_links) == (4 * 1024 * 1024, 2000)
    assert (crawler.extract_s, crawler.extract_bytes, crawler.crawl_s) == (10.0, 1024**3, 900.0)


def test_a_crawl_asks_a_bounded_number_of_hosts():
    gate = RobotsGate(Crawler(WireSpider, Settings(settings())))
    gate._rules = dict.fromkeys(f"https://{number}.namune.ir" for number in range(MAX_HOSTS))
    with pytest.raises(IgnoreRequest, match="more than 32 hosts in one crawl"):
        asyncio.run(gate.process_request(Request("https://another.namune.ir/news/1")))
