"""``shopbell keys``: what signs visitors' tokens, and what opens the API; replaced one after the other."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from engine.commands.common import DATABASE, add_command, add_group, add_settings, data_of, database_of, settings_of
from engine.edge.secret import add_key, drop_key, known_secrets, load_secrets, sign_with
from engine.edge.secret_keys import known_keys, replace_key
from engine.refusal import Refusal

if TYPE_CHECKING:
    from engine.commands.common import Commands

_ALL_ENGINES = "engines on other machines need the file secret.key too"


def add_to(commands: Commands) -> None:
    """Add the commands."""
    keys = add_group(commands, "keys", "list and replace keys")
    told = add_command(keys, "list", "list all keys by their ids, never what is secret of them", _list)
    rotate = add_command(keys, "rotate", "make a new key; the one before stays good", _rotate, audit=("id", "to"))
    rotate.add_argument(
        "id",
        metavar="ID",
        nargs="?",
        help="the secret key to replace, sk_... (default: the key that signs visitors' tokens)",
    )
    how = rotate.add_mutually_exclusive_group()
    how.add_argument("--stage", action="store_true", help="let the new key be accepted only, until all engines know it")
    how.add_argument("--to", metavar="ID", help="make no new key, let this one sign")
    drop = add_command(
        keys, "drop", "forget a key of visitors' tokens: its visitors are new ones", _drop, audit=("id",)
    )
    drop.add_argument("id", metavar="ID", help="the key's id")
    for each in (told, rotate, drop):
        add_settings(each, DATABASE)


def _list(said: argparse.Namespace) -> int:
    for n, key in enumerate(known_secrets(data_of(said))):
        print(f"{key.id}  visitors' tokens  {'signs' if n == 0 else 'accepted'}")
    for each in asyncio.run(known_keys(database_of(said))):
        state = f"revoked {each.revoked}" if each.revoked else "good"
        print(f"{each.id}  {each.site}  {state}  made {each.made}  {each.name}".rstrip())
    return 0


def _rotate(said: argparse.Namespace) -> int:
    if said.id is not None:
        if said.stage or said.to is not None:
            raise Refusal("--stage and --to are about the keys of visitors' tokens, expected no ID of a secret key")
        print(asyncio.run(replace_key(database_of(said), said.id)))
        print(f"\nKeep it: only its hash is stored. Both are good until 'shopbell sites revoke {said.id}'.")
        return 0
    folder = settings_of(said).data
    if said.to is not None:
        sign_with(data_of(said), said.to)
        print(f"{said.to} signs from now on; {_ALL_ENGINES}")
    elif said.stage:
        made = add_key(folder, signs=False)
        print(f"{made} is accepted; {_ALL_ENGINES}. Then: shopbell keys rotate --to {made}")
    else:
        before = load_secrets(folder)[0].id
        print(f"{add_key(folder, signs=True)} signs from now on, {before} is accepted; {_ALL_ENGINES}")
    return 0


def _drop(said: argparse.Namespace) -> int:
    drop_key(data_of(said), said.id)
    print(f"{said.id} is forgotten: visitors whose tokens it signed are new ones; {_ALL_ENGINES}")
    return 0
