"""The guard: only the public web is asked, however an address is spelt."""

import pytest

from crawler.guard import MAX_URL, may_connect, refusal


@pytest.mark.parametrize(
    ("url", "why"),
    [
        pytest.param("file:///etc/passwd", "scheme file", id="file"),
        pytest.param("ftp://a.ir/", "scheme ftp", id="ftp"),
        pytest.param("//a.ir/", "scheme missing", id="no-scheme"),
        pytest.param("http:///news", "no host", id="no-host"),
        pytest.param("http://127.0.0.1/", "not a public address", id="loopback"),
        pytest.param("http://[::1]/", "not a public address", id="loopback-6"),
        pytest.param("http://[::ffff:127.0.0.1]/", "not a public address", id="mapped"),
        pytest.param("http://10.1.2.3/", "not a public address", id="private"),
        pytest.param("http://169.254.169.254/", "not a public address", id="link-local"),
        pytest.param("http://100.64.0.1/", "not a public address", id="carrier"),
        pytest.param("http://224.0.0.1/", "not a public address", id="multicast"),
        pytest.param("http://[64:ff9b::7f00:1]/", "not a public address", id="nat64"),
        pytest.param("http://[2002:7f00:1::]/", "not a public address", id="6to4"),
        pytest.param("http://10.10.34.35/", "not a public address", id="filternet"),
        pytest.param("http://[::1", "broken address", id="broken"),
        pytest.param("http://a.ir/" + "x" * MAX_URL, "longer than", id="endless"),
    ],
)
def test_what_is_not_public_is_refused(url, why):
    assert why in refusal(url)


@pytest.mark.parametrize("url", ["https://www.namune.ir/news/1", "http://185.143.233.1/", "https://[2001:4860::1]/"])
def test_the_public_web_may_be_asked(url):
    assert refusal(url) == ""


def test_a_host_of_the_settings_is_trusted_by_name():
    assert refusal("http://127.0.0.1:8000/", ("127.0.0.1",)) == ""
    assert refusal("http://127.0.0.2:8000/", ("127.0.0.1",)) != ""


@pytest.mark.parametrize(
    ("host", "address", "allowed"),
    [
        ("namune.ir", "185.143.233.1", True),
        ("namune.ir", "127.0.0.1", False),
        ("2130706433", "127.0.0.1", False),
        ("0x7f.1", "127.0.0.1", False),
        ("localhost", "127.0.0.1", False),
        ("mirror.local", "192.168.1.5", False),
    ],
)
def test_a_name_is_checked_by_where_it_leads(host, address, allowed):
    assert may_connect(host, address, ()) is allowed
    assert may_connect(host, address, (host,))
