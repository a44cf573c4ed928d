"""The files that come with the engine: in a checkout where they are made, in an installed wheel inside the package."""

from pathlib import Path

from engine.refusal import Refusal

_PACKAGE = Path(__file__).parent.parent


class NotShipped(Refusal):
    """Neither place has them; the sentence says which were looked at."""


def snippet_folder() -> Path:
    """Return the folder of the built snippet: s.js, p.HASH.js, their compressed forms and manifest.json."""
    return _first_folder(_PACKAGE.parent / "js-snippet" / "dist", _PACKAGE / "_snippet")


def playbook_folder() -> Path:
    """Return the folder of the playbook: the rules that `shopbell demo` runs, with their golden sessions."""
    return _first_folder(_PACKAGE.parent / "rules" / "playbook", _PACKAGE / "_playbook")


def _first_folder(*places: Path) -> Path:
    for place in places:
        if place.is_dir():
            return place
    raise NotShipped(f"none of {', '.join(map(str, places))} is there, expected files that come with the engine")
