"""The network that a client comes from, which limits count by."""

from ipaddress import IPv6Address, ip_address, ip_network

IPV6_PREFIX = 64
"""What one subscriber is given at least: the addresses within are as good as one."""


def network_of(address: str) -> str:
    """An IPv4 address as it is, the /64 of an IPv6 address, and anything else as it is."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ip_network((parsed, IPV6_PREFIX), strict=False))
    return str(parsed)
