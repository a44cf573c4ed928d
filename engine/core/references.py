"""Names that one rule says of another thing: looked up when all files have been read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.core.rule_errors import RuleError
from engine.core.words import did_you_mean, expected_one_of, quoted


@dataclass(frozen=True, slots=True)
class Reference:
    """``name`` of a ``what`` ("rule", "feed", "channel"), and where it stands in its file."""

    what: str
    name: str
    line: int
    column: int


_NONE_YET = {
    "rule": "there is no rule",
    "feed": "site.yaml names no feed under 'feeds:'",
    "channel": "site.yaml names none under 'channels:'",
}


def unknown_reference(reference: Reference, file: str, known: Iterable[str]) -> RuleError | None:
    """Return what is wrong with a reference, None if its name is known."""
    names = sorted(known)
    if reference.name in names:
        return None
    expected = expected_one_of(names) if names else _NONE_YET[reference.what]
    message = f"unknown {reference.what} {quoted(reference.name)}, {expected}{did_you_mean(reference.name, names)}"
    return RuleError(file, reference.line, reference.column, message)
