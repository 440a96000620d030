"""Client addresses: the single place where an address sent by a client is parsed and validated."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

LONGEST = 45
"""The characters of the longest address that is written."""
_LONGEST_READ = 64
"""Nothing longer is an address; what a proxy passes on may be of any length."""


def address(host: str | None) -> str:
    """The address in its one spelling, at most 45 characters; "" for what is none.

    An IPv4 address within an IPv6 one is that IPv4 address, and a zone, which may be any text, is left out.
    """
    return "" if host is None or len(host) > _LONGEST_READ else _parsed(host)


@lru_cache(maxsize=1024)
def _parsed(host: str) -> str:
    try:
        found: IPv4Address | IPv6Address = ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)
