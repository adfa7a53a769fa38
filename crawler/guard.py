"""Which addresses may be asked for: only the public web, however a link spells its target."""

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from archive.text.letters import keepable

MAX_URL = 2000

# All that is given out of IPv6 for hosts of the public internet (IANA, IPv6 global unicast).
_UNICAST_6 = ip_network("2000::/3")
# Addresses Python calls global but that lead into a private network (RFC 6052, RFC 3056, RFC 4380, RFC 7526), are for
# documentation (RFC 9637), or are what Iran's filter answers with for names it hides.
_NOT_PUBLIC = tuple(
    ip_network(one)
    for one in ("64:ff9b::/96", "2002::/16", "2001::/32", "192.88.99.0/24", "3fff::/20", "10.10.34.0/24")
)
# What may stand in a host's name; whatever else stands there, programs read it each in its own way.
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?")
# A host whose last part is a number is an address (WHATWG URL, "ends in a number"): 2130706433, 0x7f.1, 0177.1.
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether `address` is a host of the public internet: global unicast, in no translation or tunnel block."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address not in _UNICAST_6:
            return False
    return address.is_global and not address.is_multicast and not any(address in one for one in _NOT_PUBLIC)


def may_connect(host: str, address: str, private_hosts: Collection[str]) -> bool:
    """Whether `host`, which DNS says is `address`, may be connected to; `private_hosts` are trusted by name."""
    return host in private_hosts or is_public(ip_address(address))


def refusal(url: str, private_hosts: Collection[str] = ()) -> str:
    """Return why `url` may not be asked for, or an empty text when it may.

    Names are checked again when they are resolved (`may_connect`); this sees schemes, lengths and literal addresses.
    """
    if len(url) > MAX_URL:
        return f"address longer than {MAX_URL} characters"
    if not keepable(url):
        return "broken address: it holds controls or bidi overrides"
    try:
        parts = urlsplit(url)
        host = _ascii(parts.hostname or "")
        _ = parts.port
    except ValueError as error:
        return f"broken address: {error}"
    if parts.scheme not in ("http", "https"):
        return f"scheme {parts.scheme or 'missing'}: only http and https"
    if "@" in parts.netloc:
        return "a name before the host: who asks with a password is no reader"
    return "" if host in private_hosts else _of_host(host)


def _of_host(host: str) -> str:
    if not host:
        return "no host"
    try:
        literal = ip_address(host)
    except ValueError:
        if not _NAME.fullmatch(host):
            return f"broken address: {host} is no name of a host"
        return f"{host} is an odd spelling of an address" if _NUMBER.fullmatch(_last(host)) else ""
    return "" if is_public(literal) else f"{host} is not a public address"


def _last(host: str) -> str:
    return host.rstrip(".").rpartition(".")[2]


def _ascii(host: str) -> str:
    """Return a host as DNS knows it (RFC 3490): full-width digits, and dots of other scripts, are those of ASCII."""
    return host if host.isascii() else host.encode("idna").decode("ascii").lower()
