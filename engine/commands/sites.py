"""``shopbell sites``: which shops the engine serves, and the secret keys of their own programs."""

import argparse
import asyncio
from typing import TYPE_CHECKING

from engine.commands.common import (
    DATABASE,
    NO_SHOP,
    add_command,
    add_group,
    add_settings,
    data_of,
    database_of,
    engine_of,
    new_database_of,
    print_table,
    read_url,
    settings_of,
)  # fmt: skip
from engine.commands.site_rules import doubts, whose
from engine.core.debug_links import sign_debug
from engine.core.origins import SELF
from engine.edge.clock import now_ms
from engine.edge.rule_files import SITES
from engine.edge.secret import load_secrets
from engine.edge.secret_keys import make_key, revoke_key
from engine.edge.sites import add_site, all_sites, change_site, find_site
from engine.refusal import Refusal

if TYPE_CHECKING:
    from engine.commands.common import Commands

MOST_HOURS = 30 * 24


def add_to(commands: "Commands") -> None:
    """Add the commands."""
    sites = add_group(commands, "sites", "say which shops the engine serves")
    add = add_command(sites, "add", "add a shop and print its key", _add, audit=("name", "origin"))
    add.add_argument("name", metavar="NAME", help="what to call it")
    add.add_argument("--origin", metavar="URL", action="append", required=True, help="where its pages are; repeatable")
    add.add_argument("--engine", metavar="URL", help="where browsers reach the engine (default: http://HOST:PORT)")
    add_settings(add, ["host", "port", *DATABASE])

    about = "change a shop's name, or where its pages are; its key stays"
    change = add_command(sites, "change", about, _change, audit=("site", "name", "origin"))
    change.add_argument("site", metavar="SITE", help="the shop's public key, pk_...")
    change.add_argument("--name", metavar="NAME", help="what to call it from now on")
    change.add_argument(
        "--origin", metavar="URL", action="append", help="where its pages are from now on: all of them; repeatable"
    )
    add_settings(change, DATABASE)

    known = add_command(sites, "list", "list the shops: name, public key, origins, and where their rules are", _list)
    add_settings(known, ["rules", *DATABASE])

    about = "make a secret key, with which programs of the shop's own may ask"
    make = add_command(sites, "secret", about, _secret, audit=("site", "name"))
    make.add_argument("site", metavar="SITE", help="the shop's public key, pk_...")
    make.add_argument("--name", default="", help="what it is for, so that it can be told from others")
    add_settings(make, DATABASE)

    revoke = add_command(sites, "revoke", "make a secret key worthless", _revoke, audit=("id",))
    revoke.add_argument("id", metavar="ID", help="the part of the secret key before its dot, sk_...")
    add_settings(revoke, DATABASE)

    link = add_command(
        sites, "debug-link", "print a link that shows, in the shop's own pages, what the snippet sees", _link
    )
    link.add_argument("site", metavar="SITE", help="the shop's public key, pk_...")
    link.add_argument(
        "--page", metavar="URL", help="the page to begin at (default: the root of each of the shop's origins)"
    )
    link.add_argument("--hours", metavar="N", type=int, default=24, help="for how long it is valid (default: 24)")
    add_settings(link, DATABASE)


def _add(said: argparse.Namespace) -> int:
    host = engine_of(said)
    _check_name(said.name)
    site = asyncio.run(add_site(new_database_of(said), said.name, said.origin))
    print(f"{site.name} has the key {site.key}; put this into its pages:\n")
    print(f'<script async src="{host}/s.js" data-site="{site.key}"></script>')
    return 0


def _check_name(name: str) -> None:
    if not name.strip():
        raise Refusal("the shop has no name, expected what to call it")


def _change(said: argparse.Namespace) -> int:
    if said.name is None and said.origin is None:
        raise Refusal("nothing is to be changed, expected --name or --origin")
    if said.name is not None:
        _check_name(said.name)
    site = asyncio.run(change_site(database_of(said), said.site, said.name, said.origin))
    print(f"{site.name} ({site.key}) may be opened by pages of {', '.join(sorted(site.origins))}")
    return 0


def _list(said: argparse.Namespace) -> int:
    folder = settings_of(said).rules
    found = whose(said, folder)
    rows = []
    for each in asyncio.run(all_sites(database_of(said))):
        own = found.folders.get(each.key)
        place = folder.as_posix() if own is None else (folder / SITES / own).as_posix()
        rows.append((each.name, each.key, place, " ".join(sorted(each.origins))))
    if not rows:
        print(NO_SHOP)
    else:
        print_table(("name", "key", "rules", "origins"), rows)
    for doubt in doubts(found, folder):
        print(doubt)
    return 0


def _secret(said: argparse.Namespace) -> int:
    secret = asyncio.run(make_key(database_of(said), said.site, said.name))
    print(f"{secret}\n\nKeep it: only its hash is stored, and it is not shown again.")
    return 0


def _revoke(said: argparse.Namespace) -> int:
    asyncio.run(revoke_key(database_of(said), said.id))
    print(f"{said.id} is worth nothing from now on")
    return 0


def _link(said: argparse.Namespace) -> int:
    if not 1 <= said.hours <= MOST_HOURS:
        raise Refusal(f"--hours is {said.hours}, expected a number from 1 to {MOST_HOURS}")
    if said.page:
        read_url("--page", said.page)
    data = data_of(said)
    site = asyncio.run(find_site(database_of(said), said.site))
    until_s = now_ms() // 1000 + said.hours * 3600
    link = sign_debug(load_secrets(data)[0], site.key, until_s)
    pages = [said.page] if said.page else [f"{origin}/" for origin in sorted(site.origins - {SELF})]
    for page in pages:
        print(f"{page}{'&' if '?' in page else '?'}shopbell={link}")
    if not pages:
        print(f"add this to the address of a page of the shop: ?shopbell={link}")
    return 0
