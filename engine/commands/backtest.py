"""``shopbell rules backtest``: what a draft would have done with recorded visitors."""

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.common import add_command, add_settings, count, settings_of
from engine.commands.recorded import SETTINGS, add_span, recordings_of, site_of, span_of
from engine.commands.site_rules import rule_files_of
from engine.core.backtest import unknowable
from engine.core.backtest_text import BacktestReport
from engine.edge.backtests import backtest, draw_golden, read_draft
from engine.edge.replays import ProgressBar, Source
from engine.refusal import Refusal

if TYPE_CHECKING:
    from engine.commands.common import Commands


def add_to(rules: "Commands") -> None:
    """Add the command to those on rules."""
    parser = add_command(rules, "backtest", "say what a draft would have done with recorded visitors", _backtest)
    parser.add_argument("draft", metavar="DRAFT", type=Path, help="the file of the rules to test")
    add_span(parser, "7d")
    parser.add_argument("--until", metavar="TIME", help="likewise (default: now)")
    parser.add_argument(
        "--with-rules", metavar="DIR", type=Path,
        help="let these rules run along and compete (default: the draft alone, under the policy of the site's rules)",
    )  # fmt: skip
    parser.add_argument("--golden", metavar="FILE", type=Path, help="write golden sessions drawn from real ones")
    parser.add_argument("--json", action="store_true", help="for programs")
    add_settings(parser, ["rules", *SETTINGS])


def _backtest(said: argparse.Namespace) -> int:
    _refuse_nowhere(said.golden)
    settings = settings_of(said)
    site, recordings = site_of(said), recordings_of(said)
    draft = read_draft(said.draft, settings.rules, said.with_rules, partial(rule_files_of, said, site))
    rules = draft.rules()
    span = span_of(said, rules.site.timezone)
    source = Source(settings.archive_folder, site, span, recordings.logged(site))
    found = backtest(source, draft, ProgressBar("replaying"))
    sessions = recordings.sessions(site, span, source.logged)
    reports = [BacktestReport(rule, found, sessions, rules.site.timezone) for rule in draft.names()]
    if said.json:
        print(json.dumps([each.as_json() for each in reports], ensure_ascii=False))
    else:
        print("\n\n".join(map(str, reports)))
    for fact in unknowable(each.rule for each in rules.rules if each.rule.id in draft.names()):
        print(f"note: {fact} is recorded only where a rule asked for it then: there may be more", file=sys.stderr)
    if said.golden is not None:
        drawn = draw_golden(recordings, site, draft, found)
        said.golden.write_text(drawn.text, "utf-8")
        untold = f"; {count(drawn.untold, 'other')} did not play as they were" if drawn.untold else ""
        print(f"{count(drawn.sessions, 'golden session')} in {said.golden}{untold}", file=sys.stderr)
    return 0


def _refuse_nowhere(golden: Path | None) -> None:
    """Say that there is no such folder before the long work, not after it."""
    if golden is not None and (golden.is_dir() or not golden.parent.is_dir()):
        raise Refusal(f"--golden is '{golden}', expected a file in a folder that is there")
