"""``shopbell rules lint``: what is wrong with rules that can be read."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.common import DATABASE, add_command, add_settings, count
from engine.commands.coupons import pools_by_name
from engine.commands.site_rules import Part, doubts, named_sites, parts_of, read_written, whose
from engine.core.coupons import Pool
from engine.core.lint import Known, lint
from engine.core.products import listed_in
from engine.core.site_folders import Whose
from engine.edge.clock import now_ms
from engine.refusal import Refusal

if TYPE_CHECKING:
    from engine.commands.common import Commands

_EXPECTED = (
    'expected a JSON list of products, each with an "id", or a mapping with such a list under "products" or "items"'
)


def add_to(rules: "Commands") -> None:
    """Add the command."""
    command = add_command(rules, "lint", "say which rules can never fire, never get their turn, or miss a text", _lint)
    command.add_argument("folder", metavar="DIR", type=Path, help="the folder of the rule files")
    command.add_argument("--feed", metavar="FILE", type=Path, help="the shop's products as JSON, to look up their ids")
    command.add_argument("--pools", action="store_true", help="look up pools of coupons in the shop's database")
    command.add_argument(
        "--site", metavar="KEY", help="a shop's public key: only of the rules that it goes by (default: of all)"
    )
    add_settings(command, DATABASE)
    command.add_argument("--strict", action="store_true", help="exit with status 1 on warnings too")


def _lint(said: argparse.Namespace) -> int:
    found = whose(said, said.folder)
    astray = list(doubts(found, said.folder))
    for doubt in astray:
        print(doubt)
    products = None if said.feed is None else _product_ids(said.feed)
    parts = [Part(said.folder, found.folders.get(said.site, ""))] if said.site else parts_of(said.folder)
    errors, warnings, lines = 0, len(astray), []
    for read in read_written(parts):
        known = Known(products, _pools(said, read.part, found) if said.pools else None, now_ms())
        findings = lint(read.files, read.rules, known)
        for each in (*findings, *read.rules.warnings):
            print(each)
        wrong = sum(each.is_error for each in findings)
        doubtful = len(findings) - wrong + len(read.rules.warnings)
        about = f"{count(len(read.rules.rules), 'rule')}, {count(wrong, 'error')}, {count(doubtful, 'warning')}"
        lines.append(f"{read.part.label}{about}")
        errors, warnings = errors + wrong, warnings + doubtful
    print("\n".join(lines))
    return 1 if errors or (said.strict and warnings) else 0


def _pools(said: argparse.Namespace, part: Part, found: Whose) -> dict[str, Pool] | None:
    """Return the pools of the site of a part; None where the part is no site's."""
    owner = next((site for site, own in found.folders.items() if own == part.own), None)
    if part.own and owner is None:
        return None
    others = [each.key for each in named_sites(said) if each.key not in found.folders]
    owner = owner or said.site or (others[0] if len(others) == 1 else None)
    return pools_by_name(argparse.Namespace(**{**vars(said), "site": owner}))


def _product_ids(feed: Path) -> frozenset[str]:
    try:
        said: Any = json.loads(feed.read_text("utf-8"))
    except OSError as error:
        raise Refusal(f"{feed} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise Refusal(f"{feed} is not JSON: {error}") from None
    products = listed_in(said)
    if products is None:
        raise Refusal(f"{feed}: {_EXPECTED}")
    return frozenset(_id_of(each, feed) for each in products)


def _id_of(product: Any, feed: Path) -> str:
    found = product.get("id") if isinstance(product, dict) else None
    if not isinstance(found, str | int) or isinstance(found, bool):
        raise Refusal(f"{feed}: {_EXPECTED}, found {json.dumps(product, ensure_ascii=False)[:60]}")
    return str(found)
