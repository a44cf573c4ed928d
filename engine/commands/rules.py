"""``shopbell rules``: check and test rule files."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from engine.commands import backfill, backtest, lint
from engine.commands.common import add_command, add_group, add_settings, count, settings_of
from engine.core.counted_since import beginnings, names_of, notes
from engine.core.golden import read_sessions, run_session
from engine.core.ruleset import RuleSet
from engine.edge.counting import stored_since
from engine.edge.embedded_redis import running_redis
from engine.edge.rule_files import read_folder, read_session_files
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
    add_settings(check, ("data", "redis_url"))
    lint.add_to(rules)
    backtest.add_to(rules)
    backfill.add_to(rules)
    test.add_argument("cases", metavar="CASES", type=Path, nargs="*", help="session files (all *.session.yaml in DIR)")


def _check(said: argparse.Namespace) -> int:
    rules = read_folder(said.folder)
    for warning in rules.warnings:
        print(warning)
    for note in _notes(rules, said):
        print(note)
    print(f"{count(len(rules.rules), 'rule')}, {count(len(rules.warnings), 'warning')}, no errors")
    return 0


def _notes(rules: RuleSet, said: argparse.Namespace) -> list[str]:
    """Say since when windows count, if an engine counts them now."""
    settings = settings_of(said)
    url = settings.redis_url or running_redis(settings.data / "redis")
    if url is None or not names_of(rules.tracking):
        return []
    try:
        known = stored_since(url)
    except RedisError as error:
        return [f"since when windows count is not known: {error}"]
    return [*notes(rules, known, time.time_ns() // 1_000_000), *beginnings(rules, known)]


def _test(said: argparse.Namespace) -> int:
    rules = read_folder(said.folder)
    sessions = read_sessions(read_session_files(said.folder, said.cases))
    if not sessions:
        raise Refusal(f"no golden sessions in {said.folder}, expected files *.session.yaml")
    failed = 0
    for session in sessions:
        outcome = run_session(rules, session)
        print(outcome)
        failed += not outcome.passed
    print(f"{len(sessions) - failed} passed, {failed} failed")
    return 1 if failed else 0
