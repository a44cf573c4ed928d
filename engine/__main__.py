"""The command `shopbell`."""

import argparse
import sys
from collections.abc import Sequence

import engine
from engine.build import build
from engine.commands import (
    audit,
    backup,
    coupons,
    doctor,
    keys,
    migrate,
    refused,
    rules,
    serve,
    sites,
    subscribers,
    visitors,
    why,
)
from engine.commands.audit import audited
from engine.commands.common import Command, add_command, count
from engine.commands.failing import TROUBLE, let_go_of_output, told
from engine.core.origins import BadOrigin
from engine.core.rule_errors import RuleErrors
from engine.refusal import Refusal

_GROUPS = (serve, rules, sites, why, refused, coupons, subscribers, visitors, audit, keys, doctor, backup, migrate)

INTERRUPTED = 130
"""The status of what Ctrl-C ended, as shells say it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; return its exit status."""
    said = parser().parse_args(arguments)
    command: Command = said.command
    try:
        with audited(said):
            status = command(said)
        sys.stdout.flush()
        return status
    except RuleErrors as errors:
        print(errors, file=sys.stderr)
        print(f"shopbell: {count(len(errors.errors), 'error')} in the rules", file=sys.stderr)
    except (Refusal, BadOrigin) as error:
        print(f"shopbell: {error}", file=sys.stderr)
    except BrokenPipeError:
        let_go_of_output()
    except TROUBLE as error:
        print(f"shopbell: {told(error)}", file=sys.stderr)
    except KeyboardInterrupt:
        return INTERRUPTED
    return 1


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(prog="shopbell", description=engine.__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in _GROUPS:
        group.add_to(commands)
    add_command(commands, "version", "print the version", _version)
    return parser


def _version(_said: argparse.Namespace) -> int:
    print(f"shopbell {engine.__version__} ({build()})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
