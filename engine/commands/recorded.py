"""What the commands share that look at recorded visitors: which site, since when, and where the records are."""

import argparse
import re
import sys
import time
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from redis.exceptions import RedisError

from engine.commands.common import NO_SHOP, data_of, settings_of
from engine.commands.site_rules import named_sites
from engine.core.conditions import DURATION_UNITS
from engine.core.counted_since import Since
from engine.core.words import did_you_mean, expected_one_of, quoted
from engine.edge.archive_reading import Recordings, Span
from engine.edge.counting import stored_since
from engine.edge.embedded_redis import running_redis
from engine.refusal import Refusal

SETTINGS = ("data", "archive", "redis_url", "database_url")

_DURATION = re.compile(r"(\d+)(ms|s|m|h|d)")


class BadSpan(Refusal):
    """A time on the command line is none; the sentence says what was expected."""


def add_span(parser: argparse.ArgumentParser, since: str) -> None:
    """Let a command be told which site's records to read, and of which time."""
    parser.add_argument("--site", metavar="KEY", help="the shop's public key, pk_... (default: the only one there is)")
    parser.add_argument(
        "--since", metavar="TIME", default=since,
        help="how long ago, such as 12h or 7d, or when, such as 2026-11-21T20:15 in the site's time zone"
        f" (default: {since})",
    )  # fmt: skip


def moment(text: str, now_ms: int, zone: str = "UTC") -> int:
    """Read a time: so long ago, or a date with or without a time of day, in ``zone`` if nothing else is said."""
    if match := _DURATION.fullmatch(text.strip()):
        return max(0, now_ms - int(match[1]) * DURATION_UNITS[match[2]])
    with suppress(ValueError):
        at = datetime.fromisoformat(text.strip())
        return max(0, int((at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).timestamp() * 1000))
    raise BadSpan(f"'{text}' is no time, expected how long ago (12h, 7d) or a date (2026-11-21)")


def span_of(said: argparse.Namespace, zone: str) -> Span:
    """Return the span that a command was told; dates are those of the site's time zone. Raises BadSpan."""
    now_ms = time.time_ns() // 1_000_000
    until = getattr(said, "until", None)
    span = Span(moment(said.since, now_ms, zone), moment(until, now_ms, zone) if until else now_ms + 1)
    if span.until_ms <= span.since_ms:
        end = f"--until '{until}'" if until else "now"
        raise BadSpan(f"--since is '{said.since}', expected a time before {end}")
    return span


def recordings_of(said: argparse.Namespace) -> Recordings:
    """Return the records of a command's settings: those of the log too, while an engine runs. Raises Refusal."""
    settings = settings_of(said)
    if not (settings.redis_url or settings.database_url or settings.archive):
        data_of(said)
    return Recordings(settings.archive_folder, settings.redis_url or running_redis(settings.data / "redis"))


def known_of(said: argparse.Namespace, site: str) -> dict[str, Since] | None:
    """Return since when a site's windows count, if an engine runs that says it; None counts all that is recorded."""
    settings = settings_of(said)
    url = settings.redis_url or running_redis(settings.data / "redis")
    if url is None:
        return None
    try:
        return stored_since(url, site)
    except RedisError as error:
        print(f"note: since when windows count is not known: {error}", file=sys.stderr)
        return None


def site_of(said: argparse.Namespace) -> str:
    """
    Return the site that a command was told, or the only one there is. Raises Refusal.

    Where no site is known at all, neither to a database nor to the archive, any may be named: its records may be in
    Redis alone.
    """
    found = sites_of(said)
    if said.site:
        if found and said.site not in found:
            raise Refusal(
                f"no site has the key {quoted(said.site)}, {expected_one_of(found)}{did_you_mean(said.site, found)}"
            )
        return str(said.site)
    if not found:
        raise Refusal(NO_SHOP)
    if len(found) > 1:
        raise Refusal(f"there are {len(found)} sites: {', '.join(found)}; say which with --site")
    return found[0]


def sites_of(said: argparse.Namespace) -> list[str]:
    """Return all sites, those too of which there are only records."""
    return sorted({*recordings_of(said).sites(), *(each.key for each in named_sites(said))})
