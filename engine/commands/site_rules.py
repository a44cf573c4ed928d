"""What the commands share that read a folder of rules: the part for all sites, and those of single ones."""

import argparse
import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import OperationalError, ProgrammingError

from engine.commands.common import settings_of
from engine.core.rule_errors import RuleError, RuleErrors
from engine.core.rulefile import read_rules
from engine.core.ruleset import RuleSet
from engine.core.site_folders import NamedSite, Whose, whose_folders
from engine.edge.database import database_url, has_no_tables, missing_file, open_database
from engine.edge.rule_files import SITES, Wanted, files_for, is_rule_file, own_folders, read_files, read_own
from engine.edge.sites import Sites
from engine.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a folder of rules: those of one site, by the name of its ``own`` folder, or those for all others."""

    folder: Path
    own: str = ""

    @property
    def label(self) -> str:
        """How the part begins a line of what is said of it."""
        return f"{SITES}/{self.own}: " if self.own else ""

    @property
    def place(self) -> Path:
        """The folder of its files."""
        return self.folder / SITES / self.own if self.own else self.folder

    def files(self, wanted: Wanted = is_rule_file) -> dict[str, str]:
        """Return its files. Raises RuleErrors."""
        return read_own(self.folder, self.own, wanted) if self.own else read_files(self.folder, wanted)

    def has(self, path: Path) -> bool:
        """Tell whether a file lies in its folder, if it is one site's."""
        return bool(self.own) and path.resolve().is_relative_to(self.place.resolve())


@dataclass(frozen=True, slots=True)
class Read:
    """A part that can be used: its files and its rules."""

    part: Part
    files: dict[str, str]
    rules: RuleSet


def parts_of(folder: Path) -> list[Part]:
    """Return the parts of a folder, that for all sites first."""
    return [Part(folder), *(Part(folder, own) for own in own_folders(folder))]


def read_parts(parts: list[Part]) -> list[Read]:
    """Read parts. Raises RuleErrors with all that is wrong with any of them."""
    read, errors = list[Read](), list[RuleError]()
    for part in parts:
        try:
            files = part.files()
            read.append(Read(part, files, read_rules(files)))
        except RuleErrors as found:
            errors += found.errors
    if errors:
        raise RuleErrors(errors)
    return read


def read_written(parts: list[Part]) -> list[Read]:
    """Likewise, for who has just written them. Raises Refusal where there is no file at all: it is another folder."""
    read = read_parts(parts)
    if not any(each.files for each in read):
        raise Refusal(f"no rule files in {parts[0].place}, expected files *.yaml")
    return read


def named_sites(said: argparse.Namespace) -> list[NamedSite]:
    """Return the sites of a command's database; none where there is no database yet."""
    settings = settings_of(said)
    url = database_url(settings.database_url, settings.data)
    return [] if missing_file(url) else asyncio.run(_named(url))


async def _named(url: str) -> list[NamedSite]:
    sites = Sites(open_database(url))
    try:
        await sites.refresh()
        return sites.named()
    except (OperationalError, ProgrammingError) as error:
        if not has_no_tables(error):
            raise
        return []
    finally:
        await sites.close()


def whose(said: argparse.Namespace, folder: Path) -> Whose:
    """Return whose the folders of single sites are; where no site is known, nobody's, without a doubt."""
    sites = named_sites(said)
    return whose_folders(own_folders(folder), sites) if sites else Whose()


def doubts(found: Whose, folder: Path) -> Iterator[str]:
    """Say which folders are no site's."""
    for doubt in found.doubts:
        yield f"{(folder / SITES).as_posix()}: {doubt}"


def rule_files_of(said: argparse.Namespace, site: str, folder: Path, wanted: Wanted = is_rule_file) -> dict[str, str]:
    """Return the files that hold for a site of a command's database. Raises RuleErrors."""
    return files_for(folder, site, [*named_sites(said), NamedSite(site)], wanted)
