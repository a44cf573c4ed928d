"""The folder of rule files: read whole or not at all, and again whenever a file changes."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from watchfiles import awatch

from engine.core.rule_errors import RuleError, RuleErrors
from engine.core.rulefile import read_rules
from engine.core.ruleset import RuleSet

logger = logging.getLogger("shopbell.rules")

MOST_BYTES = 1024 * 1024
LOOK_EVERY_MS = 1_000
"""Some file systems (network folders, mounts of containers) tell nobody of changes: look that often anyway."""

SESSION_SUFFIX = ".session.yaml"


def read_folder(folder: Path) -> RuleSet:
    """Return the folder's rules. Raises RuleErrors with all that is wrong with it and its files."""
    return read_rules(read_files(folder, is_rule_file))


def is_rule_file(name: str) -> bool:
    """Tell a file of rules from one of golden sessions, or of something else."""
    return name.endswith((".yaml", ".yml")) and not is_session_file(name)


def is_session_file(name: str) -> bool:
    """Tell a file of golden sessions."""
    return name.endswith(SESSION_SUFFIX)


def read_files(folder: Path, wanted: Callable[[str], bool]) -> dict[str, str]:
    """
    Return the texts of the wanted files at any depth, by path as the operator would write it.

    Hidden files and folders are passed over, and so is a link that leads out of the folder (one within it is
    how a cluster swaps a whole set of files at once). Raises RuleErrors.
    """
    if not folder.is_dir():
        raise RuleErrors([RuleError(str(folder), 1, 1, "no such folder, expected one of rule files")])
    return _read_all(_files(folder, wanted))


def read_session_files(folder: Path, cases: Sequence[Path]) -> dict[str, str]:
    """Return the texts of these golden sessions (files, or folders of them), or of all in the folder. As above."""
    if not cases:
        return read_files(folder, is_session_file)
    paths = [path for case in cases for path in (_files(case, is_session_file) if case.is_dir() else [case])]
    return _read_all(paths)


def _read_all(paths: Iterable[Path]) -> dict[str, str]:
    texts: dict[str, str] = {}
    errors = []
    for path in paths:
        try:
            texts[path.as_posix()] = _read(path)
        except (OSError, ValueError) as error:
            errors.append(RuleError(path.as_posix(), 1, 1, _said(error)))
    if errors:
        raise RuleErrors(errors)
    return texts


def _files(folder: Path, wanted: Callable[[str], bool]) -> Iterator[Path]:
    inside = folder.resolve()
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(place) / name
            if wanted(name) and not name.startswith(".") and path.resolve().is_relative_to(inside):
                yield path


def _read(path: Path) -> str:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise ValueError(f"file with {size} bytes exceeds limit of {MOST_BYTES} bytes")
    return path.read_text("utf-8")


def _said(error: OSError | ValueError) -> str:
    match error:
        case UnicodeDecodeError():
            return f"file is not UTF-8 at byte {error.start}"
        case OSError():
            return f"file cannot be read: {error.strerror}"
        case _:
            return str(error)


class RuleFolder:
    """
    The rules in force.

    ``use`` gets every rule set that can be used, first inside ``start``. Files with errors change nothing: the
    errors are logged, and the rules in force stay in force.
    """

    def __init__(self, folder: Path, use: Callable[[RuleSet], None]) -> None:
        self._folder = folder
        self._use = use
        self._read_last: dict[str, str] | None = None
        self._loaded = False
        self._closing = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None

    def problem(self) -> str | None:
        """Return why there are no rules in force, or None if there are."""
        return None if self._loaded else f"no rules in force: the files in {self._folder} have errors"

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
        while not self._closing.is_set():
            try:
                async for _ in awatch(
                    self._folder, stop_event=self._closing, rust_timeout=LOOK_EVERY_MS, yield_on_timeout=True
                ):
                    await self._refresh()
            except (OSError, RuntimeError):
                logger.exception("the rule folder cannot be watched, looking at it again")
                await asyncio.sleep(1)

    async def _refresh(self) -> None:
        """Read the files; a changed set of them becomes the rules, in a thread, as that takes its time."""
        try:
            files = await asyncio.to_thread(read_files, self._folder, is_rule_file)
            if files == self._read_last:
                return
            self._read_last = files
            rules = await asyncio.to_thread(read_rules, files)
        except RuleErrors as errors:
            self._report(errors)
            return
        self._loaded = True
        self._use(rules)
        logger.info("%d rules in force", len(rules.rules))
        for warning in rules.warnings:
            logger.warning("%s", warning)

    def _report(self, errors: RuleErrors) -> None:
        stays = "the rules in force stay in force" if self._loaded else "no rules are in force"
        logger.error("rule files refused, %s; %d problems:", stays, len(errors.errors))
        for error in errors.errors:
            logger.error("%s", error)
