"""What an operator can set: by a flag of the command, else by an environment variable, else by default."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.edge.archive_shelf import Bucket, Place
from engine.refusal import Refusal
from engine.setting_texts import (
    cookie_path,
    database,
    header,
    hosts,
    number,
    one_of,
    path,
    place,
    proxies,
    rate,
    redis,
    seconds,
    word,
)  # fmt: skip


class BadSetting(Refusal):
    """A setting has a value that cannot be; the sentence names it, the value, and what was expected."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How one engine runs. Made once, handed to everything that needs it, never changed."""

    host: str = "127.0.0.1"
    port: int = 8000
    data: Path = Path("data")
    rules: Path = Path("rules")
    redis_url: str | None = field(default=None, repr=False)
    """None: the engine starts a Valkey of its own in the data folder."""
    database_url: str | None = field(default=None, repr=False)
    """None: SQLite in the data folder."""
    archive: Path | str | None = None
    """A folder, or the URL of a place in an object store. None: a folder in the data folder."""
    archive_every: float = 30.0
    """Seconds; 0 archives nothing."""
    archive_days: int = 30
    workers: int = 1
    events_per_second: float = 10.0
    events_burst: int = 40
    events_per_session: int = 2_000
    site_events_per_second: float = 0.0
    connections_per_address: int = 50
    connections_per_site: int = 0
    sockets_per_address: int = 100
    strikes: int = 3
    hits_per_minute: int = 6_000
    requests_per_minute: int = 300
    forms_per_minute: int = 10
    posts_per_minute: int = 600
    coupons_per_day: int = 200
    head_bytes: int = 8_192
    head_within: float = 5.0
    trusted_proxies: str = "127.0.0.1"
    log_level: str = "info"
    feed_hosts: str = ""
    """Hosts of product feeds that may be private, and may be read without https; with commas between."""
    country_header: str | None = None
    """In small letters; None: nobody tells a visitor's country."""
    keep_days: int = 395
    """Of answers, and of whose a code or an order was."""
    cookie_path: str = ""
    """Where a shop's own host leads to the engine; empty: no cookie is set."""
    demo: bool = False

    @property
    def archive_folder(self) -> Place:
        """Where the archive is."""
        if isinstance(self.archive, str):
            return Bucket(self.archive.rstrip("/"), self.data / "archive-copies")
        return self.data / "archive" if self.archive is None else self.archive


@dataclass(frozen=True, slots=True)
class Option:
    """One setting's words: its flag, its variable, and how its text is read."""

    name: str
    flag: str
    variable: str
    metavar: str
    help: str
    expected: str
    read: Callable[[str], Any]


def read_settings(flags: Mapping[str, str | None], environ: Mapping[str, str], **fixed: object) -> Settings:
    """
    Return the settings of these flags (by setting's name) and environment variables.

    ``fixed`` are values that need no reading. Raises BadSetting for the first value that cannot be.
    """
    values: dict[str, Any] = dict(fixed)
    for option in OPTIONS:
        said_by, text = option.flag, flags.get(option.name)
        if text is None:
            said_by, text = _from_environment(option.variable, environ)
        if text is not None:
            values[option.name] = _read(option, said_by, text)
    return Settings(**values)


def _from_environment(variable: str, environ: Mapping[str, str]) -> tuple[str, str | None]:
    """
    Return the variable that has a value, and the value.

    ``VARIABLE_FILE`` names a file that holds it: what is secret then stands in no environment, which other processes
    of the account may read, and which programs print.
    """
    by_file = f"{variable}_FILE"
    if by_file not in environ:
        return variable, environ.get(variable)
    if variable in environ:
        raise BadSetting(f"{variable} and {by_file} are both given, expected one of them")
    try:
        return by_file, Path(environ[by_file]).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        reason = (error.strerror or "").lower() if isinstance(error, OSError) else "it is not UTF-8"
        raise BadSetting(f"{by_file} is {environ[by_file]!r}, which cannot be read: {reason}") from None


def _read(option: Option, said_by: str, text: str) -> Any:
    try:
        return option.read(text)
    except ValueError:
        shown = _without_password(text)
        raise BadSetting(f"{said_by} is {shown!r}, expected {option.expected}") from None


def _without_password(text: str) -> str:
    scheme, is_url, rest = text.partition("://")
    _, at, after = rest.rpartition("@")
    shown, has_query, _ = after.partition("?")
    return f"{scheme}://{'***' if at else ''}{at}{shown}{'?***' if has_query else ''}" if is_url else text


OPTIONS = (
    Option("host", "--host", "SHOPBELL_HOST", "HOST", "the address to listen on", "a host name or address", word),
    Option("port", "--port", "SHOPBELL_PORT", "PORT", "the port to listen on; 0 takes any that is free",
           "a number from 0 to 65535", number(0, 65_535)),
    Option("data", "--data", "SHOPBELL_DATA", "DIR", "the folder for everything that must be kept",
           "a folder", path),
    Option("rules", "--rules", "SHOPBELL_RULES", "DIR", "the folder of the rule files", "a folder", path),
    Option("redis_url", "--redis", "SHOPBELL_REDIS_URL", "URL",
           "an existing Redis 7.0 or Valkey 7.2, or later (default: the engine starts its own)",
           "a URL such as redis://host:6379, rediss://host:6379 or unix:///run/valkey.sock, or of a cluster such as"
           " redis+cluster://host:6379,host:6379", redis),
    Option("database_url", "--database", "SHOPBELL_DATABASE_URL", "URL",
           "an existing database (default: SQLite in the data folder)",
           "a URL such as postgresql://user:password@host/shopbell or sqlite:////var/lib/shopbell/shopbell.db",
           database("postgresql", "postgres", "postgresql+asyncpg", "sqlite", "sqlite+aiosqlite")),
    Option("archive", "--archive", "SHOPBELL_ARCHIVE", "PLACE",
           "where to archive the event log: a folder, or s3://BUCKET/PREFIX (default: a folder in the data folder)",
           "a folder or a URL such as s3://bucket/prefix", place),
    Option("archive_every", "--archive-every", "SHOPBELL_ARCHIVE_EVERY", "S",
           "how often to archive, in seconds; 0 for never", "a number from 0 to 86400", seconds),
    Option("archive_days", "--archive-days", "SHOPBELL_ARCHIVE_DAYS", "N",
           "for how many days the archive keeps what visitors did", "a number from 1 to 3650", number(1, 3_650)),
    Option("workers", "--workers", "SHOPBELL_WORKERS", "N", "how many processes share the port",
           "a number from 1 to 256", number(1, 256)),
    Option("events_per_second", "--events-per-second", "SHOPBELL_EVENTS_PER_SECOND", "N",
           "how many events a second one connection may send for long; 0 for no limit",
           "a number from 0 to 1000000", rate),
    Option("events_burst", "--events-burst", "SHOPBELL_EVENTS_BURST", "N",
           "how many events one connection may send at once", "a number from 1 to 1000000", number(1, 1_000_000)),
    Option("events_per_session", "--events-per-session", "SHOPBELL_EVENTS_PER_SESSION", "N",
           "how many events one session may send; 0 for no limit", "a number from 0 to 1000000000",
           number(0, 1_000_000_000)),
    Option("site_events_per_second", "--site-events-per-second", "SHOPBELL_SITE_EVENTS_PER_SECOND", "N",
           "how many events a second all visitors of one site may send for long; 0 for no limit",
           "a number from 0 to 1000000", rate),
    Option("connections_per_address", "--connections-per-address", "SHOPBELL_CONNECTIONS_PER_ADDRESS", "N",
           "how many streams one public address (of IPv6 a /64) may have open at each process; 0 for no limit",
           "a number from 0 to 1000000", number(0, 1_000_000)),
    Option("connections_per_site", "--connections-per-site", "SHOPBELL_CONNECTIONS_PER_SITE", "N",
           "how many streams one site may have open at each process; 0 for no limit",
           "a number from 0 to 1000000", number(0, 1_000_000)),
    Option("sockets_per_address", "--sockets-per-address", "SHOPBELL_SOCKETS_PER_ADDRESS", "N",
           "how many connections that are no stream, or not yet, one public address may have open at each process; 0"
           " for no limit", "a number from 0 to 1000000", number(0, 1_000_000)),
    Option("strikes", "--strikes", "SHOPBELL_STRIKES", "N",
           "how many streams of one public address are closed within a minute for what they send before it is kept out"
           " for a minute; 0 for no limit", "a number from 0 to 1000", number(0, 1_000)),
    Option("hits_per_minute", "--hits-per-minute", "SHOPBELL_HITS_PER_MINUTE", "N",
           "how many requests of any kind a minute one public address may make, for the scripts and for streams too; 0"
           " for no limit", "a number from 0 to 1000000", number(0, 1_000_000)),
    Option("requests_per_minute", "--requests-per-minute", "SHOPBELL_REQUESTS_PER_MINUTE", "N",
           "how many requests a minute one public address may make of the HTTP API; 0 for no limit",
           "a number from 0 to 1000000", number(0, 1_000_000)),
    Option("forms_per_minute", "--forms-per-minute", "SHOPBELL_FORMS_PER_MINUTE", "N",
           "how many popup forms a minute one public address may send off; 0 for no limit",
           "a number from 0 to 1000000", number(0, 1_000_000)),
    Option("posts_per_minute", "--posts-per-minute", "SHOPBELL_POSTS_PER_MINUTE", "N",
           "how many requests a minute one public address may send events with, where no stream gets through, or have a"
           " visitor's cookie kept; 0 for no limit", "a number from 0 to 1000000", number(0, 1_000_000)),
    Option("coupons_per_day", "--coupons-per-day", "SHOPBELL_COUPONS_PER_DAY", "N",
           "how many coupons of pools a day one public address may be given; 0 for no limit",
           "a number from 0 to 1000000", number(0, 1_000_000)),
    Option("head_bytes", "--head-bytes", "SHOPBELL_HEAD_BYTES", "N",
           "how long the head of a request may be; 0 for no limit", "a number from 0 to 65536", number(0, 65_536)),
    Option("head_within", "--head-within", "SHOPBELL_HEAD_WITHIN", "S",
           "within how many seconds the head of a request must have come; 0 for no limit",
           "a number from 0 to 86400", seconds),
    Option("trusted_proxies", "--trusted-proxies", "SHOPBELL_TRUSTED_PROXIES", "ADDRESSES",
           "whose X-Forwarded-For and X-Forwarded-Proto count, with commas between",
           "addresses or networks with commas between, or *", proxies),
    Option("feed_hosts", "--feed-hosts", "SHOPBELL_FEED_HOSTS", "HOSTS",
           "whose product feeds may be private or without https, with commas between (default: nobody's)",
           "host names with commas between", hosts),
    Option("keep_days", "--keep-days", "SHOPBELL_KEEP_DAYS", "N",
           "for how many days the database keeps answers, and whose a coupon or an order was",
           "a number from 1 to 3650", number(1, 3_650)),
    Option("cookie_path", "--cookie-path", "SHOPBELL_COOKIE_PATH", "PATH",
           "the path on which the shop's own host leads to the engine, to keep a visitor's token in a cookie there"
           " (default: no cookies)", "a path such as /bell", cookie_path),
    Option("country_header", "--country-header", "SHOPBELL_COUNTRY_HEADER", "NAME",
           "the header in which the proxy in front tells the visitor's country, such as CF-IPCountry; the proxy must"
           " set it itself, whatever a client sends", "the name of a header", header),
    Option("log_level", "--log-level", "SHOPBELL_LOG_LEVEL", "LEVEL", "the least that is logged",
           "one of debug, info, warning, error", one_of("debug", "info", "warning", "error")),
)  # fmt: skip
"""Every setting, in the order in which `shopbell serve --help` tells them."""
