"""The guard: only the public web is asked, however an address is spelt."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.guard import MAX_URL, is_public, may_connect, refusal


@pytest.mark.parametrize(
    ("url", "why"),
    [
        pytest.param("file:///etc/passwd", "scheme file", id="file"),
        pytest.param("ftp://a.ir/", "scheme ftp", id="ftp"),
        pytest.param("javascript:alert(1)", "scheme javascript", id="javascript"),
        pytest.param("data:text/html,x", "scheme data", id="data"),
        pytest.param("//a.ir/", "scheme missing", id="no-scheme"),
        pytest.param("http:///news", "no host", id="no-host"),
        pytest.param("http:127.0.0.1/", "no host", id="no-slashes"),
        pytest.param("http://[::1", "broken address", id="broken"),
        pytest.param("http://a.ir:99999/news/1", "broken address", id="port-out-of-range"),
        pytest.param("http://a.ir:x/news/1", "broken address", id="port-of-letters"),
        pytest.param("http://a ir/", "broken address", id="blank-in-the-host"),
        pytest.param("http://%31%32%37.0.0.1/", "broken address", id="escaped-host"),
        pytest.param("http://a.ir/\N{RIGHT-TO-LEFT OVERRIDE}1", "broken address", id="bidi-override"),
        pytest.param("http://a.ir/\x1b[31m", "broken address", id="escape"),
        pytest.param("http://a.ir/\udcff", "broken address", id="lone-surrogate"),
        pytest.param("http://" + "ا" * 90 + ".ir/", "broken address", id="a-label-dns-cannot-hold"),
        pytest.param("http://a.ir/" + "x" * MAX_URL, "longer than", id="endless"),
        pytest.param("http://user:word@a.ir/", "a name before the host", id="password"),
        pytest.param("http://127.0.0.1:80@a.ir/", "a name before the host", id="host-in-front-of-the-host"),
        pytest.param("http://a.ir\\@127.0.0.1/", "a name before the host", id="backslash"),
    ],
)
def test_an_address_that_is_none_is_refused(url, why):
    assert why in refusal(url)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("0.0.0.0", id="this-host"),  # noqa: S104 - nobody listens
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("127.255.255.254", id="loopback-far"),
        pytest.param("10.1.2.3", id="private-10"),
        pytest.param("172.16.0.1", id="private-172"),
        pytest.param("192.168.1.1", id="private-192"),
        pytest.param("169.254.169.254", id="link-local-metadata"),
        pytest.param("100.64.0.1", id="carrier"),
        pytest.param("192.0.0.1", id="protocol-assignments"),
        pytest.param("192.0.2.1", id="documentation"),
        pytest.param("192.88.99.1", id="6to4-relay"),
        pytest.param("198.18.0.1", id="benchmarks"),
        pytest.param("224.0.0.1", id="multicast"),
        pytest.param("239.255.255.250", id="multicast-ssdp"),
        pytest.param("240.0.0.1", id="reserved"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("10.10.34.34", id="filternet"),
        pytest.param("10.10.34.36", id="filternet-36"),
        pytest.param("::", id="this-host-6"),
        pytest.param("::1", id="loopback-6"),
        pytest.param("::127.0.0.1", id="compatible"),
        pytest.param("::ffff:127.0.0.1", id="mapped"),
        pytest.param("::ffff:10.10.34.34", id="mapped-filternet"),
        pytest.param("::ffff:a9fe:a9fe", id="mapped-in-hexadecimal"),
        pytest.param("64:ff9b::7f00:1", id="nat64"),
        pytest.param("64:ff9b::808:808", id="nat64-of-a-public-host"),
        pytest.param("64:ff9b:1::1", id="nat64-local"),
        pytest.param("2002:7f00:1::", id="6to4"),
        pytest.param("2001:0:4136:e378:8000:63bf:3fff:fdd2", id="teredo"),
        pytest.param("2001:db8::1", id="documentation-6"),
        pytest.param("3fff::1", id="documentation-6-of-2024"),
        pytest.param("5f00::1", id="segment-routing"),
        pytest.param("fc00::1", id="unique-local"),
        pytest.param("fe80::1", id="link-local-6"),
        pytest.param("fe80::1%lo", id="link-local-6-with-zone"),
        pytest.param("fec0::1", id="site-local"),
        pytest.param("ff02::1", id="multicast-6"),
    ],
)
def test_what_is_not_public_is_refused_as_a_literal_and_as_what_dns_says(address):
    host = f"[{address}]" if ":" in address else address
    assert "not a public address" in refusal(f"http://{host}/")
    assert not may_connect("namune.ir", address, ())
    assert not may_connect("namune.ir", address, ("sepehr.ir",))


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("2130706433", id="one-number"),
        pytest.param("017700000001", id="one-octal-number"),
        pytest.param("0x7f000001", id="one-hexadecimal-number"),
        pytest.param("0x7f.1", id="two-parts"),
        pytest.param("0177.1", id="octal"),
        pytest.param("127.1", id="short"),
        pytest.param("127.0.0.01", id="leading-zero"),
        pytest.param("0", id="zero"),
        pytest.param("127.0.0.1.", id="final-dot"),
        pytest.param("256.0.0.1", id="too-large"),
        pytest.param("1.2.3.4.5", id="five-parts"),
        pytest.param("0x", id="hexadecimal-nothing"),
    ],
)
def test_an_odd_spelling_of_an_address_is_refused(host):
    assert "odd spelling" in refusal(f"http://{host}/")


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("\uff11\uff12\uff17.0.0.1", id="full-width-digits"),
        pytest.param("127\u30020\u30020\u30021", id="ideographic-stops"),
        pytest.param("\u2460\u2461\u2466.0.0.1", id="circled-digits"),
    ],
)
def test_digits_and_dots_of_other_scripts_are_read_as_dns_does(host):
    assert refusal(f"http://{host}/") == "127.0.0.1 is not a public address"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.namune.ir/news/1",
        "http://namune.ir:8080/news/1",
        "http://185.143.233.1/",
        "https://[2001:4860::1]/",
        "https://خبر-نمونه.ایران/اخبار/۱۲/می‌رود",
        "https://a_b.namune.ir./",
        "HTTPS://NAMUNE.IR/",
        "http://0x.namune.ir/",
    ],
)
def test_the_public_web_may_be_asked(url):
    assert refusal(url) == ""


def test_a_host_of_the_settings_is_trusted_by_name():
    assert refusal("http://127.0.0.1:8000/", ("127.0.0.1",)) == ""
    assert refusal("http://127.0.0.2:8000/", ("127.0.0.1",)) != ""
    assert refusal("file://127.0.0.1/", ("127.0.0.1",)) != ""


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


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_as_what_it_is_mapped_from(address):
    assert is_public(ip_address(f"::ffff:{address}")) is is_public(address)


@given(st.text() | st.text().map(lambda text: f"http://{text}/"))
def test_no_text_breaks_the_guard(text):
    assert isinstance(refusal(text), str)
