"""Client networks (an IPv4 address, an IPv6 /64): the unit by which clients are counted."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

IPV6_PREFIX = 64
"""A subscriber of IPv6 gets at least this network, and may take any address of it."""
MAX_TEXT = 64


def network_of(client: str) -> str:
    """The network of a client's address: an IPv4 address itself, an IPv6 address without its last 64 bits.

    What is no address (a proxy may send anything) is a network of its own.
    """
    try:
        address: IPv4Address | IPv6Address = ip_address(client.partition("%")[0])
    except ValueError:
        return client[:MAX_TEXT]
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), IPV6_PREFIX), strict=False))
