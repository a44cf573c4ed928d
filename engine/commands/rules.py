"""``shopbell rules``: check and test rule files."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from engine.commands import backfill, backtest, lint
from engine.commands.common import DATABASE, add_command, add_group, add_settings, count, settings_of
from engine.commands.site_rules import Part, Read, doubts, parts_of, read_written, whose
from engine.core.counted_since import beginnings, names_of, notes
from engine.core.golden import GoldenSession, read_sessions, run_session
from engine.edge.counting import stored_since
from engine.edge.embedded_redis import running_redis
from engine.edge.rule_files import is_session_file, read_session_files
from engine.refusal import Refusal

if TYPE_CHECKING:
    from engine.commands.common import Commands


def add_to(commands: "Commands") -> None:
    """Add the commands."""
    rules = add_group(commands, "rules", "check and test rule files")
    check = add_command(rules, "check", "say what is wrong with the rule files", _check)
    test = add_command(rules, "test", "run golden sessions against the rules", _test)
    for each in (check, test):
        each.add_argument("folder", metavar="DIR", type=Path, help="the folder of the rule files")
    add_settings(check, (*DATABASE, "redis_url"))
    lint.add_to(rules)
    backtest.add_to(rules)
    backfill.add_to(rules)
    test.add_argument("cases", metavar="CASES", type=Path, nargs="*", help="session files (all *.session.yaml in DIR)")


def _check(said: argparse.Namespace) -> int:
    read, found = read_written(parts_of(said.folder)), whose(said, said.folder)
    for doubt in doubts(found, said.folder):
        print(doubt)
    sites = {own: site for site, own in found.folders.items()}
    for each in read:
        for line in (*each.rules.warnings, *_notes(each, sites.get(each.part.own, ""), said)):
            print(line)
    for each in read:
        about = f"{count(len(each.rules.rules), 'rule')}, {count(len(each.rules.warnings), 'warning')}, no errors"
        print(f"{each.part.label}{about}")
    return 0


def _notes(read: Read, site: str, said: argparse.Namespace) -> list[str]:
    """Say since when windows count, if an engine counts them now."""
    settings, rules = settings_of(said), read.rules
    url = settings.redis_url or running_redis(settings.data / "redis")
    if url is None or not names_of(rules.tracking) or (read.part.own and not site):
        return []
    try:
        known = stored_since(url, site)
    except RedisError as error:
        return [f"since when windows count is not known: {error}"]
    told = [*notes(rules, known, time.time_ns() // 1_000_000), *beginnings(rules, known)]
    return [f"{read.part.label}{each}" for each in told]


def _test(said: argparse.Namespace) -> int:
    read = read_written(parts_of(said.folder))
    played = [(each, session) for each in read for session in _sessions(each.part, said.cases, read)]
    if not played:
        raise Refusal(f"no golden sessions in {said.folder}, expected files *.session.yaml")
    failed = 0
    for each, session in played:
        outcome = run_session(each.rules, session)
        print(outcome)
        failed += not outcome.passed
    print(f"{len(played) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _sessions(part: Part, cases: list[Path], read: list[Read]) -> list[GoldenSession]:
    """Return the golden sessions that are played by the rules of a part: those in its folder."""
    if not cases:
        return read_sessions(part.files(is_session_file))
    owners = {case: next((each.part for each in read if each.part.has(case)), Part(part.folder)) for case in cases}
    mine = [case for case, owner in owners.items() if owner == part]
    return read_sessions(read_session_files(part.folder, mine)) if mine else []
