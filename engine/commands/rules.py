"""``shopbell rules``: check and test rule files."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands import backtest, lint
from engine.commands.common import add_command, add_group, count
from engine.core.golden import read_sessions, run_session
from engine.edge.rule_folder import read_folder, read_session_files
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
    lint.add_to(rules)
    backtest.add_to(rules)
    test.add_argument("cases", metavar="CASES", type=Path, nargs="*", help="session files (all *.session.yaml in DIR)")


def _check(said: argparse.Namespace) -> int:
    rules = read_folder(said.folder)
    for warning in rules.warnings:
        print(warning)
    print(f"{count(len(rules.rules), 'rule')}, {count(len(rules.warnings), 'warning')}, no errors")
    return 0


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
