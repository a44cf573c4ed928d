"""``shopbell serve`` and ``shopbell demo``: run the engine."""

import argparse
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.commands.common import add_command, add_settings, settings_of
from engine.settings import OPTIONS

if TYPE_CHECKING:
    from engine.commands.common import Commands


def add_to(commands: "Commands") -> None:
    """Add the commands."""
    serve = add_command(commands, "serve", "run the engine", _serve)
    demo = add_command(commands, "demo", "run the engine with a shop to try it in", _serve)
    demo.set_defaults(demo=True)
    for each in (serve, demo):
        add_settings(each, [option.name for option in OPTIONS])


def _serve(said: argparse.Namespace) -> int:
    from engine.edge.shipped_files import playbook_folder
    from engine.server import run

    settings = settings_of(said)
    if said.demo and said.rules is None and "SHOPBELL_RULES" not in os.environ:
        settings = replace(settings, rules=playbook_folder())
    return run(settings)
