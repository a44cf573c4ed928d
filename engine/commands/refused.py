"""``shopbell refused``: which events of a shop's pages were refused, and why."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from redis.exceptions import RedisError

from engine.commands.common import add_command, add_settings, data_of, print_table, settings_of
from engine.commands.recorded import SETTINGS, site_of
from engine.edge.embedded_redis import running_redis
from engine.edge.redis_version import without_password
from engine.edge.refused_events import refused_of
from engine.refusal import Refusal

if TYPE_CHECKING:
    from engine.commands.common import Commands

MOST_LINES = 20


def add_to(commands: "Commands") -> None:
    """Add the command."""
    parser = add_command(commands, "refused", "say which events of a shop's pages were refused, and why", _refused)
    parser.add_argument("--site", metavar="KEY", help="the shop's public key, pk_... (default: the only one there is)")
    parser.add_argument("--json", action="store_true", help="for programs")
    add_settings(parser, SETTINGS)


def _refused(said: argparse.Namespace) -> int:
    settings = settings_of(said)
    url = settings.redis_url or running_redis(data_of(said) / "redis")
    if url is None:
        raise Refusal(f"no engine runs in {settings.data}, expected one: it knows what it has refused")
    try:
        told = refused_of(url, site_of(said))
    except RedisError as error:
        raise Refusal(f"redis at {without_password(url)} does not answer: {error}") from None
    if said.json:
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print_table(("refused", "event", "field", "why"), [_line(each, f"{each['count']:,}") for each in told["counts"]])
    if told["last"]:
        print(f"\nthe last {min(MOST_LINES, len(told['last']))}, the newest first:")
        print_table(("when", "event", "field", "why"), [_line(each, each["at"]) for each in told["last"][:MOST_LINES]])
    return 0


def _line(told: dict[str, Any], first: str) -> tuple[str, ...]:
    return first, told["event"], told["field"], told["reason"]
