"""``shopbell why``: what came of the rules for one visitor, or of one rule over all sessions."""

import argparse
import json
from typing import TYPE_CHECKING

from engine.commands.common import add_command, add_settings, settings_of
from engine.commands.recorded import SETTINGS, add_span, known_of, recordings_of, site_of, span_of
from engine.commands.site_rules import rule_files_of
from engine.core.rulefile import read_rules
from engine.core.why_text import as_json, as_text
from engine.edge.replays import ProgressBar, Source
from engine.edge.why_reports import Question, sum_up, why
from engine.refusal import Refusal

if TYPE_CHECKING:
    from engine.commands.common import Commands


def add_to(commands: "Commands") -> None:
    """Add the command."""
    parser = add_command(commands, "why", "say why rules fired, and why not", _why)
    parser.add_argument("--visitor", metavar="ID", help="one visitor, moment by moment")
    parser.add_argument("--rule", metavar="ID", help="one rule; without a visitor the sum over all sessions")
    add_span(parser, "1d")
    parser.add_argument("--json", action="store_true", help="for programs")
    add_settings(parser, ["rules", *SETTINGS])


def _why(said: argparse.Namespace) -> int:
    settings = settings_of(said)
    site, recordings = site_of(said), recordings_of(said)
    files = rule_files_of(said, site, settings.rules)
    rules = read_rules(files)
    zone = rules.site.timezone
    span = span_of(said, zone)
    if said.visitor:
        asked = Question(site, said.visitor, said.rule or "", span.since_ms)
        moments = why(recordings, rules, asked, known_of(said, site))
        told = {"site": site, "visitor": said.visitor, "sessions": as_json(moments)}
        print(json.dumps(told, ensure_ascii=False) if said.json else as_text(moments, zone))
        return 0
    if not said.rule:
        raise Refusal("expected --visitor ID, --rule ID, or both")
    source = Source(settings.archive_folder, site, span, recordings.logged(site))
    total = sum_up(source, files, said.rule, ProgressBar("replaying"), known_of(said, site))
    print(json.dumps(total.as_json(), ensure_ascii=False) if said.json else total)
    return 0
