"""The folder of rule files, followed: each site's part is read whole or not at all, and again when a file changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from watchfiles import awatch

from engine.core.rule_errors import RuleError, RuleErrors
from engine.core.rulefile import read_rules
from engine.core.ruleset import RuleSet
from engine.core.site_folders import NamedSite, whose_folders
from engine.edge.rule_files import SITES, common_files, is_rule_file, own_files, own_folders, read_all
from engine.edge.rules_in_force import COMMON

logger = logging.getLogger("shopbell.rules")

LOOK_EVERY_MS = 1_000
"""Some file systems (network folders, mounts of containers) tell nobody of changes: look that often anyway."""

SETTLE_S = 0.05
MOST_LOOKS = 20
"""Editors empty a file before they write it: what has changed is read when two looks in a row found it the same."""

REST = 20
"""After a look that found nothing new, rest so many times as long as it took: thousands of files take their time."""

Stamp = tuple[str, int, int, int]
"""What changes with a file: its path, its size, when it was written, and which file it is."""

Use = Callable[[str, RuleSet | None], None]
"""Gets the rules of a site, or those for all others; None for a site that goes by these from now on."""


@dataclass(slots=True)
class _Part:
    """What is known of the files of one site's folder, or of those for all sites: when read last, and how it went."""

    stamps: Sequence[Stamp] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[RuleError] = ()


@dataclass(slots=True)
class _Look:
    """One look at the folder: the parts by site, what is wrong with the folders' names, and for whom that holds."""

    parts: dict[str, _Part] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


class RuleFolder:
    """
    The rules in force, for all sites and of single ones.

    ``use`` gets every rule set that can be used, first inside ``start``. Files with errors change nothing: the
    errors are logged, and the rules in force stay in force; other sites are not held back. A site whose
    own files cannot be used from the start goes by no rules at all: those for all sites are not meant for it.
    """

    def __init__(self, folder: Path, use: Use, sites: Callable[[], Sequence[NamedSite]] = list) -> None:
        self._folder = folder
        self._use = use
        self._sites = sites
        self._last = _Look()
        self._loaded: set[str] = set()
        self._bare: set[str] = set()
        self._met: Sequence[NamedSite] = ()
        self._settled: frozenset[str] = frozenset()
        self._rests_until = 0.0
        self._closing = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None

    def problem(self) -> str | None:
        """Return why there are no rules in force, or None if there are."""
        return None if COMMON in self._loaded else f"no rules in force: the files in {self._folder} have errors"

    def has_settled(self, site: str) -> bool:
        """Tell whether it is known by which rules a site goes: one that was just added may have some of its own."""
        return site in self._settled

    async def start(self) -> None:
        """Read the rules, and read them again on every change, until ``stop``."""
        await self._refresh()
        self._watch = asyncio.create_task(self._keep_fresh(), name="rules")

    async def stop(self) -> None:
        """Look at the folder no more."""
        self._closing.set()
        if self._watch is not None:
            await self._watch

    async def _keep_fresh(self) -> None:
        loop, trouble = asyncio.get_running_loop(), ""
        while not self._closing.is_set():
            try:
                await self._refresh()
                async for changes in awatch(
                    self._folder, stop_event=self._closing, rust_timeout=LOOK_EVERY_MS, yield_on_timeout=True
                ):
                    if changes or self._sites() != self._met or loop.time() >= self._rests_until:
                        await self._refresh()
            except (OSError, RuntimeError) as error:
                if str(error) != trouble:
                    logger.error("the rule folder cannot be watched, looking at it every second: %s", error)
                trouble = str(error)
                await asyncio.sleep(LOOK_EVERY_MS / 1000)

    async def _refresh(self) -> None:
        """Look at the files; what has changed is read, in a thread, as that takes its time."""
        self._met = list(self._sites())
        look = await self._settled_look()
        for site, part in look.parts.items():
            before = self._last.parts.get(site)
            if before is None or (part.files, part.errors) != (before.files, before.errors):
                await self._take(site, look.folders.get(site, ""), part)
        self._let_go(look)
        for doubt in look.doubts:
            if doubt not in self._last.doubts:
                logger.warning("%s: %s", self._folder / SITES, doubt)
        self._last = look
        self._settled = frozenset(each.key for each in self._met)

    async def _settled_look(self) -> _Look:
        """Look until nothing changes any more; at the start, once."""
        before, look = self._last, await self._look_once(self._last)
        for _ in range(MOST_LOOKS if self._watch is not None else 0):
            if look.parts == before.parts:
                break
            await asyncio.sleep(SETTLE_S)
            before, look = look, await self._look_once(look)
        return look

    async def _look_once(self, last: _Look) -> _Look:
        loop = asyncio.get_running_loop()
        began = loop.time()
        look = await asyncio.to_thread(_look, self._folder, self._met, last)
        self._rests_until = loop.time() + REST * (loop.time() - began)
        return look

    async def _take(self, site: str, folder: str, part: _Part) -> None:
        """Read the rules of a part, and let them hold."""
        try:
            if part.errors:
                raise RuleErrors(list(part.errors))
            rules = await asyncio.to_thread(read_rules, part.files)
        except RuleErrors as errors:
            self._report(site, folder, errors)
            return
        rules.folder = folder
        self._loaded.add(site)
        self._bare.discard(site)
        self._use(site, rules)
        logger.info("%s in force%s", _count(len(rules.rules), "rule"), _of(folder))
        for warning in rules.warnings:
            logger.warning("%s", warning)

    def _report(self, site: str, folder: str, errors: RuleErrors) -> None:
        if self._watch is None and site != COMMON:
            self._bare.add(site)
            self._use(site, RuleSet())
        # a site that has had no rules of its own goes on by those for all
        stays = site in self._loaded or (COMMON in self._loaded and site not in self._bare)
        said = "the rules in force stay in force" if stays else "no rules are in force"
        logger.error("rule files%s refused, %s; %s:", _of(folder), said, _count(len(errors.errors), "problem"))
        for error in errors.errors:
            logger.error("%s", error)

    def _let_go(self, look: _Look) -> None:
        """Let sites whose folder has gone go by the rules for all."""
        for site in self._last.parts.keys() - look.parts.keys():
            self._loaded.discard(site)
            self._bare.discard(site)
            self._use(site, None)
            logger.info("%s goes by the rules for all sites again", site)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _of(folder: str) -> str:
    return f" of {SITES}/{folder}" if folder else ""


def _look(folder: Path, sites: Sequence[NamedSite], last: _Look) -> _Look:
    """Look at a folder of rules. Of parts of which no file has changed nothing is read."""
    common = _part(partial(common_files, folder, is_rule_file), last.parts.get(COMMON))
    if not folder.is_dir():  # it may come back, and then each site's part with it
        return replace(last, parts={**last.parts, COMMON: common})
    whose = whose_folders(own_folders(folder), sites)
    look = _Look({COMMON: common}, whose.folders, whose.doubts)
    for site, own in whose.folders.items():
        look.parts[site] = _part(partial(own_files, folder, own, is_rule_file), last.parts.get(site))
    return look


def _part(find: Callable[[], list[Path]], before: _Part | None) -> _Part:
    try:
        paths = find()
        stamps = [_stamp(each) for each in paths]
        if before is not None and before.stamps == stamps and not before.errors:
            return before
        return _Part(stamps, read_all(paths))
    except RuleErrors as errors:
        return _Part(errors=errors.errors)


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return path.as_posix(), -1, 0, 0
    return path.as_posix(), found.st_size, found.st_mtime_ns, found.st_ino
