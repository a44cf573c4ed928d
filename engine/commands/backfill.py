"""``shopbell rules backfill``: fill from the archive what rules look back at further than it was counted."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

import redis
from redis.exceptions import RedisError

from engine.commands.common import add_command, add_settings, count, data_of, settings_of
from engine.commands.recorded import SETTINGS, recordings_of, sites_of
from engine.commands.site_rules import Read, parts_of, read_parts, whose
from engine.core.counted_since import said as said_moment
from engine.edge.counting import key_of
from engine.edge.embedded_redis import running_redis
from engine.edge.filling import Came, Filled, Filling
from engine.edge.redis_store import open_store
from engine.edge.redis_version import without_password
from engine.edge.replays import ProgressBar
from engine.refusal import Refusal

if TYPE_CHECKING:
    from engine.commands.common import Commands


class NotFilled(Refusal):
    """Nothing can be filled now; the sentence says what is missing."""


def add_to(rules: "Commands") -> None:
    """Add the command to those on rules."""
    about = "fill windows from the archive that count not long enough"
    parser = add_command(rules, "backfill", about, _backfill, audit=("rules",))
    add_settings(parser, ["rules", *SETTINGS])


def _backfill(said: argparse.Namespace) -> int:
    settings = settings_of(said)
    url = settings.redis_url or running_redis(data_of(said) / "redis")
    if url is None:
        raise NotFilled(f"no engine runs in {settings.data}, expected one: what it counts is to be filled")
    parts = read_parts(parts_of(settings.rules))
    own = whose(said, settings.rules).folders
    came: set[Came] = set()
    told = False
    try:
        with open_store(url) as store:
            for read, key, sites in _groups(store, parts, own, sites_of(said)):
                recordings = recordings_of(said)
                filled = Filling(store, recordings, read.rules, counted=key).run(sites, ProgressBar("filling"))
                came |= filled.visitors.keys()
                print("\n".join(f"{read.part.label}{line}" for line in _told(filled)))
                told = True
    except RedisError as error:
        raise NotFilled(f"redis at {without_password(url)} does not do it: {error}") from None
    if not told:
        print("nothing to fill: there is no site yet")
    return 1 if Came.GONE_ON in came else 0


def _groups(
    store: redis.Redis, parts: list[Read], own: dict[str, str], sites: list[str]
) -> Iterator[tuple[Read, bytes, list[str]]]:
    """Yield the rules, the place where it stands since when they count, and the sites for which these are the same."""
    for read in parts:
        by_key: dict[bytes, list[str]] = {}
        for site in sites:
            if own.get(site, "") == read.part.own:
                by_key.setdefault(key_of(store, site), []).append(site)
        for key, group in by_key.items():
            yield read, key, group


def _told(filled: Filled) -> list[str]:
    if not filled.visitors and not filled.names:
        return ["nothing to fill: no rule looks back further than is counted, as far as the archive goes"]
    found = filled.visitors
    lines = [f"{count(found.get(Came.FILLED, 0), 'visitor')} filled, {found.get(Came.NOTHING, 0):,} had nothing of it"]
    if lacking := found.get(Came.LACKING):
        lines.append(f"{count(lacking, 'visitor')} not filled: events of theirs are missing from the archive")
    if gone_on := found.get(Came.GONE_ON):
        lines.append(f"{count(gone_on, 'visitor')} went on too fast; nothing counts since earlier yet, try again")
    since = f"since {said_moment(filled.back_to_ms)}" if filled.back_to_ms else "from the beginning"
    return [*lines, *(f"{name.partition(' ')[2]} counts {since}" for name in filled.names)]
