"""``shopbell doctor``: what is amiss, on this machine or in a shop's pages, and what to do."""

import argparse
import asyncio
from typing import TYPE_CHECKING

from engine.commands.common import add_command, add_settings, read_url, settings_of

if TYPE_CHECKING:
    from engine.commands.common import Commands
    from engine.core.page_kinds import PageKinds

SETTINGS = ("data", "rules", "redis_url", "database_url")


def add_to(commands: "Commands") -> None:
    """Add the command."""
    doctor = add_command(commands, "doctor", "say what is amiss, with the engine or in a shop's pages", _doctor)
    doctor.add_argument(
        "url", metavar="URL", nargs="?", help="a shop's home page, to look at the shop; without it, at this machine"
    )
    doctor.add_argument("--product", metavar="URL", help="one of its product pages (default: found from the home page)")
    doctor.add_argument("--cart", metavar="URL", help="its cart page (default: found from the home page)")
    doctor.add_argument(
        "--press", metavar="SELECTOR", action="append", default=[],
        help="what puts the product into its cart; repeatable, pressed in this order (default: found)",
    )  # fmt: skip
    doctor.add_argument("--engine", metavar="URL", help="where browsers reach the engine")
    doctor.add_argument("--json", action="store_true", help="for programs")
    add_settings(doctor, SETTINGS)


def _doctor(said: argparse.Namespace) -> int:
    for flag in ("url", "product", "cart", "engine"):
        value = getattr(said, flag)
        if value is not None:
            read_url("the shop's address" if flag == "url" else f"--{flag}", value)
    return _look_at_machine(said) if said.url is None else _look_at_shop(said)


def _look_at_shop(said: argparse.Namespace) -> int:
    from engine.doctor.chromium import Chromium, find_chromium
    from engine.doctor.examination import Examination, Order
    from engine.doctor.findings import as_json, as_text
    from engine.doctor.shopper import Shopper
    from engine.edge.shipped_files import snippet_folder

    order = Order(said.url, said.product, said.cart, said.press, said.engine or "", _pages_of(said))
    with Chromium(find_chromium()) as browser:
        leaves = Examination(Shopper(browser, snippet_folder()), order).carry_out()
    print(as_json(leaves) if said.json else as_text(leaves))
    return 0 if all(each.is_well for each in leaves) else 1


def _pages_of(said: argparse.Namespace) -> "PageKinds":
    """Return what the rules' ``site.yaml`` says of addresses; nothing where there is none. Raises RuleErrors."""
    from engine.core.page_kinds import PageKinds
    from engine.edge.rule_files import read_folder

    folder = settings_of(said).rules
    return read_folder(folder).site.pages if folder.is_dir() else PageKinds()


def _look_at_machine(said: argparse.Namespace) -> int:
    from engine.doctor.findings import Leaf, as_json, as_text
    from engine.doctor.machine import CHECKS, database, site_folders
    from engine.doctor.reach import public_address

    settings = settings_of(said)
    of_rules = asyncio.run(site_folders(settings))
    leaves = [Leaf(name, "", [*check(settings), *(of_rules if name == "rules" else ())]) for name, check in CHECKS]
    leaves.insert(3, Leaf("database", "", asyncio.run(database(settings))))
    if said.engine:
        leaves.append(Leaf("public address", said.engine, list(public_address(said.engine))))
    print(as_json(leaves) if said.json else as_text(leaves))
    return 0 if all(each.is_well for each in leaves) else 1
