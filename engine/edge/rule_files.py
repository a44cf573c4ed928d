"""
The files of a folder of rules: those for all sites, and those of single ones.

``DIR/sites/SITE/`` holds the rules and settings of one site, which then goes by these alone; everything else in
``DIR`` is for all sites without such a folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from engine.core.rule_errors import RuleError, RuleErrors
from engine.core.rulefile import read_rules
from engine.core.ruleset import RuleSet
from engine.core.site_folders import NamedSite, whose_folders

MOST_BYTES = 1024 * 1024
SITES = "sites"
"""The folder of the sites' own folders."""

SESSION_SUFFIXES = (".session.yaml", ".session.yml")

Wanted = Callable[[str], bool]
"""Tells by its name whether a file is to be read."""


def is_rule_file(name: str) -> bool:
    """Tell a file of rules from one of golden sessions, or of something else."""
    return name.endswith((".yaml", ".yml")) and not is_session_file(name)


def is_session_file(name: str) -> bool:
    """Tell a file of golden sessions."""
    return name.endswith(SESSION_SUFFIXES)


def read_folder(folder: Path) -> RuleSet:
    """Return the folder's rules for all sites. Raises RuleErrors with all that is wrong with it and its files."""
    return read_rules(read_files(folder, is_rule_file))


def read_files(folder: Path, wanted: Wanted) -> dict[str, str]:
    """
    Return the texts of the wanted files for all sites, at any depth, by path as the operator would write it.

    Hidden files and folders are passed over, and so is a link that leads out of the folder (one within it is
    how a cluster swaps a whole set of files at once). Raises RuleErrors.
    """
    return read_all(common_files(folder, wanted))


def read_own(folder: Path, name: str, wanted: Wanted = is_rule_file) -> dict[str, str]:
    """Likewise those of one site's folder."""
    return read_all(own_files(folder, name, wanted))


def files_for(folder: Path, site: str, sites: Sequence[NamedSite], wanted: Wanted = is_rule_file) -> dict[str, str]:
    """Return the files that hold for a site: those of its own folder, else those for all sites. As above."""
    own = whose_folders(own_folders(folder), sites).folders.get(site)
    return read_files(folder, wanted) if own is None else read_own(folder, own, wanted)


def read_session_files(folder: Path, cases: Sequence[Path]) -> dict[str, str]:
    """Return the texts of these golden sessions (files, or folders of them), or of all for all sites. As above."""
    if not cases:
        return read_files(folder, is_session_file)
    paths = [path for case in cases for path in (_files(case, is_session_file) if case.is_dir() else [case])]
    return read_all(paths)


def own_folders(folder: Path) -> list[str]:
    """Return the names of the sites' own folders."""
    inside, sites = folder.resolve(), folder / SITES
    if not sites.is_dir():
        return []
    found = [each for each in sites.iterdir() if not each.name.startswith(".") and each.is_dir()]
    return sorted(each.name for each in found if each.resolve().is_relative_to(inside))


def common_files(folder: Path, wanted: Wanted) -> list[Path]:
    """Return the wanted files for all sites. Raises RuleErrors if there is no such folder, or one lies astray."""
    if not folder.is_dir():
        found = (
            "a file, expected the folder that it is in"
            if folder.exists()
            else "no such folder, expected one of rule files"
        )
        raise RuleErrors([RuleError(str(folder), 1, 1, found)])
    if (folder / SITES).is_dir():
        stray = [each for each in sorted((folder / SITES).iterdir()) if each.is_file() and is_rule_file(each.name)]
        expected = f"expected {folder.as_posix()}/{SITES}/SITE/"
        if stray:
            said = f"file is of no site, {expected}FILE"
            raise RuleErrors([RuleError(each.as_posix(), 1, 1, said) for each in stray])
    return list(_files(folder, wanted, but=SITES))


def own_files(folder: Path, name: str, wanted: Wanted) -> list[Path]:
    """Return the wanted files of one site's folder."""
    return list(_files(folder / SITES / name, wanted, folder))


def every_file(folder: Path) -> list[Path]:
    """Return all files of rules and of golden sessions, for all sites and for single ones."""
    return list(_files(folder, lambda name: is_rule_file(name) or is_session_file(name)))


def read_all(paths: Iterable[Path]) -> dict[str, str]:
    """Return the texts of files. Raises RuleErrors for all that cannot be read."""
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


def _files(folder: Path, wanted: Wanted, within: Path | None = None, but: str = "") -> Iterator[Path]:
    """Yield the wanted files under a folder, but not those of the folder ``but`` in it."""
    inside = (within or folder).resolve()
    for place, folders, files in os.walk(folder, onerror=_refuse_folder):
        is_top = Path(place) == folder
        folders[:] = sorted(each for each in folders if not each.startswith(".") and not (is_top and each == but))
        for name in sorted(files):
            path = Path(place) / name
            is_inside = not path.is_symlink() or path.resolve().is_relative_to(inside)
            if wanted(name) and not name.startswith(".") and is_inside:
                yield path


def _refuse_folder(error: OSError) -> None:
    """Have a folder that may not be read be an error, not an empty one. What goes away under our hands is none."""
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        place = Path(str(error.filename)).as_posix()
        raise RuleErrors([RuleError(place, 1, 1, f"folder cannot be read: {error.strerror}")])


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
