"""The command `shopbell`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import engine
from engine.core.origins import BadOrigin
from engine.core.rule_errors import RuleErrors
from engine.refusal import Refusal
from engine.settings import OPTIONS, Settings, read_settings

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; return its exit status."""
    said = _parser().parse_args(arguments)
    command: Command = said.command
    try:
        return command(said)
    except RuleErrors as errors:
        print(errors, file=sys.stderr)
        print(f"shopbell: {_count(len(errors.errors), 'error')} in the rules", file=sys.stderr)
    except (Refusal, BadOrigin) as error:
        print(f"shopbell: {error}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="shopbell", description=engine.__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="run the engine")
    serve.set_defaults(command=_serve, demo=False)
    demo = commands.add_parser("demo", help="run the engine with a shop to try it in")
    demo.set_defaults(command=_serve, demo=True)
    for each in (serve, demo):
        _add_options(each, [option.name for option in OPTIONS])

    rules = commands.add_parser("rules", help="check and test rule files").add_subparsers(required=True, metavar="DO")
    check = rules.add_parser("check", help="say what is wrong with the rule files")
    check.set_defaults(command=_rules_check)
    test = rules.add_parser("test", help="run golden sessions against the rules")
    test.set_defaults(command=_rules_test)
    for each in (check, test):
        each.add_argument("folder", metavar="DIR", type=Path, help="the folder of the rule files")
    test.add_argument("cases", metavar="CASES", type=Path, nargs="*", help="session files (all *.session.yaml in DIR)")

    sites = commands.add_parser("sites", help="say which shops the engine serves")
    add = sites.add_subparsers(required=True, metavar="DO").add_parser("add", help="add a shop and print its key")
    add.set_defaults(command=_sites_add, demo=False)
    add.add_argument("name", metavar="NAME", help="what to call it")
    add.add_argument("--origin", metavar="URL", action="append", required=True, help="where its pages are; repeatable")
    add.add_argument("--engine", metavar="URL", help="where browsers reach the engine (default: http://HOST:PORT)")
    _add_options(add, ["host", "port", "data", "database_url"])

    commands.add_parser("version", help="print the version").set_defaults(command=_version)
    return parser


def _add_options(parser: argparse.ArgumentParser, names: Sequence[str]) -> None:
    for option in OPTIONS:
        if option.name in names:
            default = getattr(Settings(), option.name)
            shown = "" if default is None else f" (default: {default})"
            parser.add_argument(
                option.flag,
                dest=option.name,
                metavar=option.metavar,
                help=f"{option.help}{shown} [{option.variable}]".replace("%", "%%"),
            )


def _settings(said: argparse.Namespace) -> Settings:
    flags = {option.name: getattr(said, option.name, None) for option in OPTIONS}
    settings = read_settings(flags, os.environ, demo=said.demo)
    if said.demo and flags["rules"] is None and "SHOPBELL_RULES" not in os.environ:
        from engine.edge.shipped_files import playbook_folder

        settings = replace(settings, rules=playbook_folder())
    return settings


def _serve(said: argparse.Namespace) -> int:
    from engine.server import run

    return run(_settings(said))


def _rules_check(said: argparse.Namespace) -> int:
    from engine.edge.rule_folder import read_folder

    rules = read_folder(said.folder)
    for warning in rules.warnings:
        print(warning)
    print(f"{_count(len(rules.rules), 'rule')}, {_count(len(rules.warnings), 'warning')}, no errors")
    return 0


def _rules_test(said: argparse.Namespace) -> int:
    from engine.core.golden import read_sessions, run_session
    from engine.edge.rule_folder import read_folder, read_session_files

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


def _sites_add(said: argparse.Namespace) -> int:
    from engine.edge.database import database_url
    from engine.edge.sites import add_site

    settings = _settings(said)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    site = asyncio.run(add_site(database_url(settings.database_url, settings.data), said.name, said.origin))
    host = (said.engine or f"http://{settings.host}:{settings.port}").rstrip("/")
    print(f"{site.name} has the key {site.key}; put this into its pages:\n")
    print(f'<script async src="{host}/s.js" data-site="{site.key}"></script>')
    return 0


def _version(_said: argparse.Namespace) -> int:
    print(f"shopbell {engine.__version__}")
    return 0


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


if __name__ == "__main__":
    sys.exit(main())
