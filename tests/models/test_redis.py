"""REDIS_URL: by which ways Redis is reached, and what is refused by name."""

import asyncio
import shutil
from pathlib import Path

import pytest

from auth.rate_limits import Limit, RateLimits
from models.errors import TooManyRequests
from models.redis_url import redis_problems
from resolvers.events import Events
from tests.support.certificates import issued_to
from tests.support.postgresql import free_port
from tests.support.waiting import until


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("redis://h/0?foo=1", "REDIS_URL: 'foo' is no parameter of it: remove it."),
        ("redis://h?ssl_ca_certs=x", "REDIS_URL: 'ssl_ca_certs' is no parameter of it: remove it."),
        ("redis://h?max_connections=x", "REDIS_URL: Invalid value for 'max_connections' in connection URL."),
        ("redis://h?retry=3", "REDIS_URL cannot be used: AttributeError: "),
        ("redis://h:99999", "REDIS_URL: Port out of range 0-65535"),
        ("redis://:p#w@h/0", "REDIS_URL holds a #, which ends a URL: in a password it is written %23."),
        ("redis://h:secret", "REDIS_URL has no valid port."),
        ("http://h", "REDIS_URL: Redis URL must specify one of the following schemes (redis://, rediss://, unix://)"),
        ("redis+sentinel://h", "REDIS_URL: Redis URL must specify one of the following schemes"),
        ("unix://", "REDIS_URL names no socket: it is like unix:///run/redis/redis.sock?db=0."),
    ],
)
def test_what_the_client_would_not_take_is_refused_by_name(url: str, problem: str) -> None:
    (told,) = redis_problems(url)

    assert told.startswith(problem)
    assert "secret" not in told


@pytest.mark.redis
async def test_redis_is_reached_by_a_socket_and_by_tls(tmp_path: Path) -> None:
    """Whose names may hold what URLs have other uses for."""
    folder = tmp_path / "50% of #1?"
    folder.mkdir()
    certificate, key = issued_to("redis.example", tmp_path)
    port = free_port()
    options = {
        "--port": "0",
        "--unixsocket": "redis.sock",
        "--tls-port": str(port),
        "--tls-cert-file": certificate,
        "--tls-key-file": key,
        "--tls-ca-cert-file": certificate,
        "--tls-auth-clients": "no",
        "--save": "",
        "--dir": folder,
    }
    program = shutil.which("redis-server")
    assert program is not None
    arguments = [str(word) for pair in options.items() for word in pair]
    server = await asyncio.create_subprocess_exec(program, *arguments, cwd=folder)
    urls = (
        f"unix://{tmp_path}/50%25%20of%20%231%3F/redis.sock?db=1",
        f"rediss://127.0.0.1:{port}/1?ssl_ca_certs={certificate}",
    )
    try:
        for url in urls:
            assert list(redis_problems(url)) == []
            limits, others, events = RateLimits(url), RateLimits(url), Events(url)
            await until(limits.are_shared)
            await limits.hit(Limit.CODE_PER_PURPOSE_AND_ADDRESS, url)
            with pytest.raises(TooManyRequests):
                await others.hit(Limit.CODE_PER_PURPOSE_AND_ADDRESS, url)
            async with events.receiving(), events.listening("topic") as heard:
                await events.publish("topic", 1)
                assert await anext(heard) == 1
            await limits.close()
            await others.close()
            await events.close()
    finally:
        server.terminate()
        await server.wait()
