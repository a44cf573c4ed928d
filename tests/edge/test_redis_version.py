"""What a server says of itself, and whether it will do."""

import asyncio
from pathlib import Path

import pytest

from engine.edge.redis_version import NoRedis, RedisVersion, reach, without_password


@pytest.mark.parametrize(
    ("banner", "version"),
    [
        ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64", RedisVersion("Redis", (7, 0, 15))),
        ("Valkey server v=9.1.2 sha=00000000:1 malloc=libc bits=64", RedisVersion("Valkey", (9, 1, 2))),
        ("KeyDB server v=6.3.4", None),
        ("", None),
    ],
)
def test_banner_tells_product_and_version(banner: str, version: RedisVersion | None) -> None:
    assert RedisVersion.from_banner(banner) == version


def test_info_of_valkey_is_not_taken_for_the_redis_it_names() -> None:
    info = {"redis_version": "7.2.4", "server_name": "valkey", "valkey_version": "8.1.1"}
    assert str(RedisVersion.from_info(info)) == "Valkey 8.1.1"
    assert str(RedisVersion.from_info({"redis_version": "6.2.6"})) == "Redis 6.2.6"
    assert not RedisVersion.from_info({}).new_enough


@pytest.mark.parametrize(
    ("product", "version", "new_enough"),
    [
        ("Redis", (6, 2, 14), False),
        ("Redis", (7, 0, 0), True),
        ("Valkey", (7, 1, 9), False),
        ("Valkey", (7, 2, 0), True),
        ("Redis", (10, 0, 0), True),
    ],
)
def test_functions_need_redis_7_0_or_valkey_7_2(product: str, version: tuple[int, ...], new_enough: bool) -> None:
    assert RedisVersion(product, version).new_enough is new_enough


async def test_server_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(NoRedis, match=r"^Redis at redis://\*\*\*@127\.0\.0\.1:1/0 cannot be reached: .*127"):
        await reach("redis://shop:s3cret@127.0.0.1:1/0")


async def test_server_that_is_too_old_is_told() -> None:
    async with await asyncio.start_server(old_redis, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(NoRedis) as refused:
            await reach(f"redis://127.0.0.1:{port}")
    assert (
        str(refused.value)
        == f"Redis at redis://127.0.0.1:{port} is Redis 6.2.6, expected Redis 7.0 or Valkey 7.2, or later"
    )


async def test_server_that_wants_a_password_is_told() -> None:
    async with await asyncio.start_server(closed_redis, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(NoRedis, match="refuses the user or password"):
            await reach(f"redis://:wrong@127.0.0.1:{port}")


async def old_redis(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer every command as Redis 6.2.6 does: INFO with its version, the others with OK or an error."""
    info = b"# Server\r\nredis_version:6.2.6\r\n"
    while command := await reader.read(1000):
        if b"INFO" in command:
            writer.write(b"$%d\r\n%s\r\n" % (len(info), info))
        else:
            writer.write(b"-ERR unknown command\r\n" * command.count(b"*"))
    writer.close()


async def closed_redis(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Refuse every password."""
    while command := await reader.read(1000):
        writer.write(b"-WRONGPASS invalid username-password pair or user is disabled.\r\n" * command.count(b"*"))
    writer.close()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:s3cret@cache:6379/0", "redis://***@cache:6379/0"),
        ("redis://cache:6379?password=s3cret", "redis://cache:6379"),
        ("unix:///run/valkey.sock", "unix:///run/valkey.sock"),
    ],
)
def test_url_is_shown_without_its_password(url: str, shown: str) -> None:
    assert without_password(url) == shown
