"""Which addresses may be asked for: only the public web, however a link spells its target."""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

MAX_URL = 2000

# Addresses Python calls global but that lead into a private network (RFC 6052, RFC 3056, RFC 4380), and the block
# that Iran's filter answers with for names it hides.
_NOT_PUBLIC = tuple(ip_network(one) for one in ("64:ff9b::/96", "2002::/16", "2001::/32", "10.10.34.0/24"))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether `address` is a host of the public internet: global unicast, in no translation or tunnel block."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
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
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        return f"broken address: {error}"
    if parts.scheme not in ("http", "https"):
        return f"scheme {parts.scheme or 'missing'}: only http and https"
    if not host:
        return "no host"
    try:
        literal = ip_address(host)
    except ValueError:
        return ""
    return "" if host in private_hosts or is_public(literal) else f"{host} is not a public address"
