"""``shopbell rules lint``: what is wrong with rules that can be read."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.common import DATABASE, add_command, add_settings, count
from engine.commands.coupons import pool_names
from engine.core.lint import Known, lint
from engine.core.rulefile import read_rules
from engine.edge.clock import now_ms
from engine.edge.rule_files import is_rule_file, read_files
from engine.refusal import Refusal

if TYPE_CHECKING:
    from engine.commands.common import Commands

_EXPECTED = 'expected a JSON list of products, each with an "id", or a mapping with such a list under "products"'


def add_to(rules: "Commands") -> None:
    """Add the command."""
    command = add_command(rules, "lint", "say which rules can never fire, never get their turn, or miss a text", _lint)
    command.add_argument("folder", metavar="DIR", type=Path, help="the folder of the rule files")
    command.add_argument("--feed", metavar="FILE", type=Path, help="the shop's products as JSON, to look up their ids")
    command.add_argument("--pools", action="store_true", help="look up pools of coupons in the shop's database")
    command.add_argument("--site", metavar="KEY", help="the shop's public key (not needed where there is one shop)")
    add_settings(command, DATABASE)
    command.add_argument("--strict", action="store_true", help="exit with status 1 on warnings too")


def _lint(said: argparse.Namespace) -> int:
    files = read_files(said.folder, is_rule_file)
    rules = read_rules(files)
    products = None if said.feed is None else _product_ids(said.feed)
    known = Known(products, pool_names(said) if said.pools else None, now_ms())
    findings = lint(files, rules, known)
    for each in findings:
        print(each)
    for warning in rules.warnings:
        print(warning)
    errors = sum(each.is_error for each in findings)
    warnings = len(findings) - errors + len(rules.warnings)
    print(f"{count(len(rules.rules), 'rule')}, {count(errors, 'error')}, {count(warnings, 'warning')}")
    return 1 if errors or (said.strict and warnings) else 0


def _product_ids(feed: Path) -> frozenset[str]:
    try:
        said: Any = json.loads(feed.read_text("utf-8"))
    except OSError as error:
        raise Refusal(f"{feed} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise Refusal(f"{feed} is not JSON: {error}") from None
    products = said.get("products") if isinstance(said, dict) else said
    if not isinstance(products, list):
        raise Refusal(f"{feed}: {_EXPECTED}")
    return frozenset(_id_of(each, feed) for each in products)


def _id_of(product: Any, feed: Path) -> str:
    found = product.get("id") if isinstance(product, dict) else None
    if not isinstance(found, str | int) or isinstance(found, bool):
        raise Refusal(f"{feed}: {_EXPECTED}, found {json.dumps(product, ensure_ascii=False)[:60]}")
    return str(found)
