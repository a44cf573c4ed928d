"""Which folder of rules is whose: each is named as a site is, or by the site's key."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.core.words import nearest, quoted

_WORD = ("L", "M", "N")
"""Unicode's letters, marks on them, and numbers."""


@dataclass(frozen=True, slots=True)
class NamedSite:
    """A site, as operators know it."""

    key: str
    name: str = ""


@dataclass(slots=True)
class Whose:
    """The folder of each site that has one, by its key; and what is wrong with the others."""

    folders: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


def folder_name(name: str) -> str:
    """Return how a site's folder is best called: its name in small letters, with `-` for all that is no word."""
    text = unicodedata.normalize("NFC", name).casefold()
    words = "".join(each if unicodedata.category(each)[0] in _WORD else " " for each in text).split()
    return "-".join(words)


def whose_folders(folders: Iterable[str], sites: Sequence[NamedSite]) -> Whose:
    """
    Find the site of each folder: by its key, or by its name, however that is spelt.

    A folder that is no site's, or might be that of several, is nobody's: a doubt says so.
    """
    found = Whose()
    keys = {each.key for each in sites}
    # a key is the surer word: it comes first where a site has two folders
    for folder in sorted(folders, key=lambda each: (each not in keys, each)):
        owners = [each for each in sites if each.key == folder] or _called(folder, sites)
        match owners:
            case [site] if site.key in found.folders:
                other = quoted(found.folders[site.key])
                found.doubts.append(f"{quoted(folder)} is passed over: its site has the folder {other} already")
            case [site]:
                found.folders[site.key] = folder
            case []:
                found.doubts.append(_nobody(folder, sites))
            case _:
                said = f"{len(owners)} sites have this name, expected a key, one of"
                keys_said = ", ".join(each.key for each in owners)
                found.doubts.append(f"{quoted(folder)} is passed over: {said} {keys_said}")
    return found


def _called(folder: str, sites: Iterable[NamedSite]) -> list[NamedSite]:
    name = folder_name(folder)
    return [each for each in sites if name and folder_name(each.name) == name]


def _nobody(folder: str, sites: Sequence[NamedSite]) -> str:
    known = [word for each in sites for word in (folder_name(each.name), each.key) if word]
    meant = nearest(folder_name(folder), known) or nearest(folder, known)
    near = f" (did you mean {quoted(meant)}?)" if meant else ""
    return f"{quoted(folder)} is passed over: no site has this name, expected the name or the key of one{near}"
