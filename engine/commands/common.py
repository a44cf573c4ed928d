"""What several commands share: options that are settings, and how numbers are said."""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from engine.edge.database import database_url, missing_file
from engine.refusal import Refusal
from engine.settings import OPTIONS, Settings, read_settings

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

Command = Callable[[argparse.Namespace], int]
"""Carries a command out and returns its exit status; what it refuses it raises as a Refusal."""

NO_SHOP = "there is no shop yet, add one with 'shopbell sites add' (or name its folder with --data)"

DATABASE = ("data", "database_url")
"""The settings of a command that works on the database."""

_KEPT = ("secret.key", "shopbell.db", "redis", "archive")
"""What an engine, or a command that sets something up, makes in its data folder."""


def add_group(commands: "Commands", name: str, about: str) -> "Commands":
    """Add a command that has commands of its own."""
    return commands.add_parser(name, help=about).add_subparsers(required=True, metavar="DO")


def add_command(
    commands: "Commands", name: str, about: str, command: Command, audit: Sequence[str] | None = None
) -> argparse.ArgumentParser:
    """
    Add one command and return its parser.

    ``audit`` is for a command that changes something: the names of the arguments that stand in the audit log, never
    one that holds a secret or personal data. It needs the settings of the database.
    """
    parser = commands.add_parser(name, help=about)
    parser.set_defaults(command=command, demo=False, audit=audit, what=parser.prog.partition(" ")[2])
    return parser


def add_settings(parser: argparse.ArgumentParser, names: Sequence[str]) -> None:
    """Let settings be given as flags of a command."""
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


def settings_of(said: argparse.Namespace) -> Settings:
    """Return the settings of a command's flags and the environment. Raises BadSetting."""
    flags = {option.name: getattr(said, option.name, None) for option in OPTIONS}
    return read_settings(flags, os.environ, demo=said.demo)


def data_of(said: argparse.Namespace) -> Path:
    """Return the data folder of a command that needs what is in it. Raises Refusal where there is no such folder."""
    data = settings_of(said).data
    expected = "expected one that an engine or 'shopbell sites add' has made, name it with --data"
    if not data.is_dir():
        raise Refusal(f"there is no data folder '{data.resolve()}', {expected}")
    if not any((data / name).exists() for name in _KEPT):
        raise Refusal(f"nothing of an engine is in '{data.resolve()}', {expected}")
    return data


def database_of(said: argparse.Namespace) -> str:
    """Return the URL of the database of a command's settings. Raises Refusal where there is none yet."""
    settings = settings_of(said)
    url = database_url(settings.database_url, settings.data if settings.database_url else data_of(said))
    if missing := missing_file(url):
        raise Refusal(
            f"there is no database '{missing}', expected that of an engine, name it with --data or --database"
        )
    return url


def own_redis_is_meant(said: argparse.Namespace) -> None:
    """
    Refuse to start a Valkey in a folder in which no engine ever had one: its engines have theirs elsewhere.

    What such a one says of a visitor would be nothing, however much is held. Raises Refusal.
    """
    settings = settings_of(said)
    if settings.redis_url is None and not (data_of(said) / "redis").is_dir():
        expected = "expected --redis with the one that engines of this folder count in"
        raise Refusal(f"no Valkey of an engine's own has run in '{settings.data.resolve()}', {expected}")


def new_database_of(said: argparse.Namespace) -> str:
    """Likewise of a command that may be the first one; the data folder is made where it is missing."""
    settings = settings_of(said)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return database_url(settings.database_url, settings.data)


def read_url(what: str, text: str, example: str = "https://shop.example/") -> str:
    """Return an address of the web, as browsers reach it. Raises Refusal, which calls it ``what``."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Refusal(f"{what} is {text!r}, expected a URL such as {example}")
    return text


def engine_of(said: argparse.Namespace) -> str:
    """Return where browsers reach the engine: as a command was told, or else as its settings say. Raises Refusal."""
    settings = settings_of(said)
    if not said.engine:
        return f"http://{settings.host}:{settings.port}"
    return read_url("--engine", said.engine, "https://bell.shop.example").rstrip("/")


def count(number: int, noun: str, plural: str = "") -> str:
    """Say how many: ``1 rule``, ``2 rules``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {plural or noun + 's'}"


def print_table(heads: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> None:
    """Print lines of cells under their heads."""
    widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]
    for line in (heads, *lines):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
