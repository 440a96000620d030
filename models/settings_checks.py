"""What is wrong with the value of a setting, one sentence each."""

from ipaddress import ip_network
from urllib.parse import urlsplit


def proxy_problems(allowed: str) -> list[str]:
    """What of FORWARDED_ALLOW_IPS is neither an address nor a network: uvicorn would take it for a name."""
    found = []
    for proxy in filter(None, map(str.strip, allowed.split(","))):
        if proxy == "*":
            continue
        try:
            network = ip_network(proxy)
        except ValueError:
            found.append(f"FORWARDED_ALLOW_IPS: {proxy[:64]} is neither an address nor a network such as 10.0.0.0/8.")
            continue
        if not network.prefixlen:
            found.append(f"FORWARDED_ALLOW_IPS: {proxy} is every address: name the addresses of the proxies.")
    return found


def storage_problems(url: str, endpoint: str, *, has_keys: bool) -> list[str]:
    """What keeps STORAGE_URL from being used."""
    found = []
    store = urlsplit(url)
    if store.scheme != "s3" or not store.hostname or store.netloc != store.hostname or store.query or store.fragment:
        found.append("STORAGE_URL is not like s3://bucket/prefix.")
    place = urlsplit(endpoint)
    if endpoint and (place.scheme not in {"http", "https"} or not place.hostname or place.path.strip("/")):
        found.append("S3_ENDPOINT_URL is not like https://s3.example.com.")
    if not has_keys:
        found.append("STORAGE_URL also needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
    return found
