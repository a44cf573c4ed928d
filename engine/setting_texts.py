"""How the text of a setting is read. Each raises ValueError for what it cannot be."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from redis import ConnectionPool
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from engine.core.addresses import read_proxies
from engine.edge.redis_address import RedisAddress


def number(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from ``least`` to ``most``."""

    def read(text: str) -> int:
        found = int(text)
        if not least <= found <= most:
            raise ValueError
        return found

    return read


def rate(text: str) -> float:
    """Read how many in some time."""
    found = float(text)
    if not 0 <= found <= 1_000_000:
        raise ValueError
    return found


def seconds(text: str) -> float:
    """Read seconds, of a day at most."""
    found = float(text)
    if not 0 <= found <= 86_400:
        raise ValueError
    return found


def word(text: str) -> str:
    """Read what may be anything but nothing."""
    if not text.strip():
        raise ValueError
    return text.strip()


def hosts(text: str) -> str:
    """Read host names with commas between."""
    found = [each.strip().lower() for each in text.split(",") if each.strip()]
    if any(not each.strip("[]").replace(":", "").replace("-", "").replace(".", "").isalnum() for each in found):
        raise ValueError
    return ",".join(found)


def proxies(text: str) -> str:
    """Read addresses and networks with commas between."""
    read_proxies(text)
    return text.strip()


def header(text: str) -> str:
    """Read a header's name, in small letters."""
    name = text.strip().lower()
    if name and not (name.replace("-", "").isalnum() and name.isascii()):
        raise ValueError
    return name


def cookie_path(text: str) -> str:
    """Read a path without a slash at its end."""
    found = text.strip().rstrip("/")
    if found and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", found):
        raise ValueError
    return found


def path(text: str) -> Path:
    """Read a file or a folder."""
    return Path(word(text)).expanduser()


def place(text: str) -> Path | str:
    """Read a folder, or a place in an object store."""
    if "://" not in text:
        return path(text)
    parts = urlsplit(text)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.username:
        raise ValueError
    return text


def database(*schemes: str) -> Callable[[str], str]:
    """Return a reader of URLs of databases with one of these schemes. One in memory alone would forget everything."""

    def read(text: str) -> str:
        try:
            said = make_url(text)
        except ArgumentError:
            raise ValueError from None
        is_file = said.drivername.startswith("sqlite")
        if said.drivername not in schemes or (is_file and (said.host or said.database in (None, "", ":memory:"))):
            raise ValueError
        return text

    return read


def redis(text: str) -> str:
    """Read where a Redis is."""
    try:
        ConnectionPool.from_url(RedisAddress.read(text).one).make_connection()
    except TypeError:
        raise ValueError from None
    return text


def one_of(*words: str) -> Callable[[str], str]:
    """Return a reader of one of these words."""

    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError
        return text.lower()

    return read
